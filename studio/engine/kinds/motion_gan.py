"""The motion GAN (paper 002): landmark motion as points on the sphere of its directions."""

from __future__ import annotations

from studio.engine.kind import Domain, Family, ModelKind, Role

from .sparse_to_dense import SPARSE_TO_DENSE, SURFACE


def _family() -> Family:
    import torch
    from torch import Tensor

    from studio.engine.motion.landmarks import LandmarkGenerator, Wanted
    from studio.nn.motion_gan import MotionGan, MotionGanConfig, generate_landmarks, noise_size

    def draw(model: MotionGan, wanted: Wanted) -> Tensor:
        noise = torch.randn(1, noise_size(model.config), generator=wanted.chance)
        return generate_landmarks(model, wanted.label, wanted.intensity, wanted.frames, noise)

    return Family(
        MotionGanConfig,
        lambda file, _: file.fill(MotionGan(file.config_as(MotionGanConfig))),
        lambda place: LandmarkGenerator(place, place.config_as(MotionGanConfig), MotionGan, draw),
    )


MOTION_GAN = ModelKind(
    "motion-gan",
    Role.generator,
    Domain.landmarks,
    "Motion GAN",
    "Motion GAN: makes landmark motion, on the sphere of its directions",
    _family,
    line="Quick and varied; 68 landmarks lead the surface.",
    parameters=(SURFACE,),
    depends=(SPARSE_TO_DENSE.name,),
)
KINDS = (MOTION_GAN,)
