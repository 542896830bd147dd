"""The landmark LSTM (paper 003): landmark motion, each frame from the one before it."""

from __future__ import annotations

from studio.engine.kind import Domain, Family, ModelKind, Role

from .sparse_to_dense import SPARSE_TO_DENSE, SURFACE


def _family() -> Family:
    import torch
    from torch import Tensor

    from studio.engine.motion.landmarks import LandmarkGenerator, Wanted
    from studio.nn.landmark_lstm import (
        LandmarkLstm,
        LandmarkLstmConfig,
        generate_landmarks,
        noise_size,
    )

    def draw(model: LandmarkLstm, wanted: Wanted) -> Tensor:
        noise = torch.randn(1, noise_size(model.config), generator=wanted.chance)
        return generate_landmarks(
            model, wanted.label, wanted.intensity, wanted.frames, noise, wanted.neutral
        )

    return Family(
        LandmarkLstmConfig,
        lambda file, _: file.fill(LandmarkLstm(file.config_as(LandmarkLstmConfig))),
        lambda place: LandmarkGenerator(
            place, place.config_as(LandmarkLstmConfig), LandmarkLstm, draw
        ),
    )


LANDMARK_LSTM = ModelKind(
    "landmark-lstm",
    Role.generator,
    Domain.landmarks,
    "Landmark LSTM",
    "LSTM: makes landmark motion frame by frame",
    _family,
    line="Small; landmarks frame by frame, for comparison.",
    parameters=(SURFACE,),
    depends=(SPARSE_TO_DENSE.name,),
)
KINDS = (LANDMARK_LSTM,)
