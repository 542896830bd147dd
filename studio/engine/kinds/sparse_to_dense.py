"""The sparse-to-dense decoder (paper 003): a learned surface that follows landmarks."""

from __future__ import annotations

from studio.core.parameters import Choice
from studio.engine.kind import Domain, Family, ModelKind, ModelParameter, Role

_NAME = "sparse-to-dense"
SURFACE = ModelParameter(
    "surface",
    "Surfa&ce",
    "How the surface follows the landmarks: as learned, or pulled along, which is rougher",
    choices=(Choice("s2d", "Learned", needs=_NAME), Choice("rbf", "Pulled along (RBF)")),
    without="it makes every vertex itself",
)


def _family() -> Family:
    from studio.engine.motion.landmarks import LearnedSurface
    from studio.nn.sparse_to_dense import SparseToDense, SparseToDenseConfig

    return Family(
        SparseToDenseConfig,
        lambda file, _: SparseToDense.from_state(file.config_as(SparseToDenseConfig), file.state),
        LearnedSurface,
    )


SPARSE_TO_DENSE = ModelKind(
    _NAME,
    Role.surface,
    Domain.landmarks,
    "Sparse to dense",
    "Sparse to dense: the surface that follows landmarks",
    _family,
)
KINDS = (SPARSE_TO_DENSE,)
