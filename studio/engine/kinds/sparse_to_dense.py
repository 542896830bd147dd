"""The sparse-to-dense decoder (paper 003): a learned surface that follows landmarks."""

from __future__ import annotations

from ..kind import Domain, Family, ModelKind, Parameter, Role

SURFACE = Parameter(
    "surface",
    "Surfa&ce",
    "How the surface follows the landmarks: as learned, or pulled along, which is rougher",
    choices=(("s2d", "Learned"), ("rbf", "Pulled along (RBF)")),
    without="it makes every vertex itself",
)


def _family() -> Family:
    from studio.nn.sparse_to_dense import SparseToDense, SparseToDenseConfig

    from ..landmark_motion import LearnedSurface

    return Family(
        SparseToDenseConfig,
        lambda file, _: SparseToDense.from_state(file.config_as(SparseToDenseConfig), file.state),
        LearnedSurface,
    )


SPARSE_TO_DENSE = ModelKind(
    "sparse-to-dense",
    Role.surface,
    Domain.landmarks,
    "Sparse to dense",
    "Sparse to dense: the surface that follows landmarks",
    _family,
)
KINDS = (SPARSE_TO_DENSE,)
