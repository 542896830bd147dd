"""The action-unit Transformer (paper 004): which units a face shows, and how strongly."""

from __future__ import annotations

from studio.core.unit_tracks import UnitTracks
from studio.engine.kind import Domain, Family, ModelKind, Role

from .autoencoder import AUTOENCODER
from .recognizer import RECOGNIZER


def _family() -> Family:
    from studio.engine.units import UnitReader, loaded
    from studio.face.known import studio_face
    from studio.nn.units.au_transformer import AuTransformerConfig

    return Family(
        AuTransformerConfig,
        lambda file, others: loaded(
            file, others.get(RECOGNIZER.name), studio_face().template.n_vertices
        ),
        lambda place: UnitReader(place, RECOGNIZER.name),
    )


UNITS = ModelKind(
    "units",
    Role.reader,
    Domain.meshes,
    "Action units",
    "Action units: tells which units a face shows, and how strongly",
    _family,
    gives=UnitTracks,
    depends=(AUTOENCODER.name, RECOGNIZER.name),
)
KINDS = (UNITS,)
