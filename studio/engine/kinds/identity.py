"""The identity head: whom a clip shows, by a vector of the person (paper 000, table 1)."""

from __future__ import annotations

from studio.engine.kind import Domain, Family, ModelKind, Role

from .autoencoder import AUTOENCODER


def _family() -> Family:
    from studio.engine.identity import PersonReader
    from studio.nn.identity.head import IdentityConfig, IdentityHead

    return Family(
        IdentityConfig,
        lambda file, _: file.fill(IdentityHead(file.config_as(IdentityConfig))),
        PersonReader,
    )


IDENTITY = ModelKind(
    "identity",
    Role.identifier,
    Domain.latents,
    "Identity",
    "Identity: tells people apart that it is shown first",
    _family,
    depends=(AUTOENCODER.name,),
)
KINDS = (IDENTITY,)
