"""The spiral autoencoder (paper 000): faces as a few numbers, on which the others stand."""

from __future__ import annotations

from studio.engine.kind import Domain, Family, ModelKind, Role


def _family() -> Family:
    from studio.engine.coding import Coding
    from studio.nn.autoencoder import Autoencoder, AutoencoderConfig

    return Family(
        AutoencoderConfig,
        lambda file, _: Autoencoder.from_state(file.config_as(AutoencoderConfig), file.state),
        Coding,
    )


AUTOENCODER = ModelKind(
    "autoencoder",
    Role.codec,
    Domain.meshes,
    "Autoencoder",
    "Autoencoder: faces as a few numbers",
    _family,
)
KINDS = (AUTOENCODER,)
