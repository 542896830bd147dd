"""Diffusion of latents (paper 000), with a Transformer over frames or the published 2D UNet."""

from __future__ import annotations

from studio.core import request
from studio.core.parameters import Choice
from studio.engine.kind import Domain, Family, ModelKind, ModelParameter, Role

from .autoencoder import AUTOENCODER
from .recognizer import RECOGNIZER

_AT_ONCE = "it makes a clip in one go"
GUIDANCE = ModelParameter(
    "guidance",
    "G&uidance",
    "How strongly the expression steers; too much looks overdone",
    allowed=request.GUIDANCE,
    step=0.5,
    without=_AT_ONCE,
)
STEPS = ModelParameter(
    "steps",
    "S&teps",
    "More steps take longer and change the clip a little",
    allowed=request.STEPS,
    most="train_steps",
    without=_AT_ONCE,
)
SAMPLER = ModelParameter(
    "sampler",
    "Sam&pler",
    "How noise becomes motion; each gives another clip for the same seed",
    choices=(
        Choice("dpm", "DPM-Solver++"),
        Choice("sde", "DPM-Solver++, stochastic"),
        Choice("ddim", "DDIM"),
        Choice("ddpm", "DDPM, many steps"),
    ),
    without=_AT_ONCE,
)


def _family() -> Family:
    from studio.engine.generation import DiffusionGenerator
    from studio.nn.denoisers import DiffusionConfig, MotionDiffusion

    return Family(
        DiffusionConfig,
        lambda file, _: file.fill(MotionDiffusion(file.config_as(DiffusionConfig))),
        DiffusionGenerator,
    )


def _kind(name: str, title: str, line: str) -> ModelKind:
    return ModelKind(
        name,
        Role.generator,
        Domain.latents,
        title,
        "Diffusion: makes motion",
        _family,
        header="diffusion",
        line=line,
        parameters=(GUIDANCE, STEPS, SAMPLER),
        depends=(AUTOENCODER.name, RECOGNIZER.name),
    )


DIFFUSION = _kind("diffusion", "Diffusion", "The finest motion; every vertex is its own.")
UNET = _kind(
    "diffusion-unet2d", "Diffusion, 2D UNet", "The published network, to compare with; slow."
)
KINDS = (DIFFUSION, UNET)
