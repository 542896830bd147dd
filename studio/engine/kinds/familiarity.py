"""Distances from the training data: whether what the recognizer says of a clip can be trusted."""

from __future__ import annotations

from studio.core import Familiarity
from studio.engine.kind import Domain, Family, ModelKind, Role

from .autoencoder import AUTOENCODER
from .recognizer import RECOGNIZER


def _family() -> Family:
    from studio.engine.familiarity import Weighing, fitted_on
    from studio.nn.familiarity import FamiliarityConfig

    return Family(
        FamiliarityConfig,
        lambda file, others: fitted_on(others.get(RECOGNIZER.name), file),
        lambda place: Weighing(place, RECOGNIZER.name),
    )


FAMILIARITY = ModelKind(
    "familiarity",
    Role.reader,
    Domain.latents,
    "Familiarity",
    "Familiarity: tells what is unlike the training data",
    _family,
    gives=Familiarity,
    depends=(AUTOENCODER.name, RECOGNIZER.name),
)
KINDS = (FAMILIARITY,)
