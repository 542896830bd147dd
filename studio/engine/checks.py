"""What the engine asks of its arguments; each answer that will not do is one sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from studio.core import InputError, Limits, MeshSequence
from studio.core.sequence import Floats

from .pose import FaceTemplate

FEWEST_FRAMES = 4
LAST_SEED = 2**31 - 1


def topology(sequence: MeshSequence, template: FaceTemplate, verb: str) -> None:
    """The clip is made of the studio's face."""
    if sequence.topology == template.topology:
        return
    count = len(template.vertices)
    found = f"{sequence.n_vertices} vertices"
    if sequence.n_vertices == count:
        found = "as many vertices joined by other triangles"
    raise InputError.of(
        sequence.name,
        f"the studio's {count}-vertex face",
        f"{found}; it can be viewed, not {verb}",
    )


def enough_frames(sequence: MeshSequence) -> None:
    """Motion is there to be read."""
    if sequence.n_frames < FEWEST_FRAMES:
        raise InputError.of(
            sequence.name,
            f"at least {FEWEST_FRAMES} frames to recognise",
            f"{sequence.n_frames}",
        )


def face(vertices: Floats, template: FaceTemplate) -> Floats:
    """One face of the studio's vertex count, as float32."""
    array = np.asarray(vertices, dtype=np.float32)
    wanted = template.vertices.shape
    if array.shape != wanted:
        raise InputError.of("neutral", f"vertices of shape {wanted}", str(array.shape))
    if not np.isfinite(array).all():
        raise InputError.of("neutral", "finite coordinates", "NaN or infinity")
    return array


def latents(array: Floats, size: int) -> Floats:
    """Finite latents (T, D) with at least one row."""
    array = np.asarray(array, dtype=np.float32)
    if array.ndim != 2 or array.shape[1] != size or not len(array):
        raise InputError.of("latents", f"an array of shape (T, {size})", str(array.shape))
    if not np.isfinite(array).all():
        raise InputError.of("latents", "finite numbers", "NaN or infinity")
    return array


def label_index(label: str, known: Sequence[str]) -> int:
    if label not in known:
        raise InputError.of("label", f"one of {', '.join(known)}", str(label))
    return list(known).index(label)


def seed(value: int) -> None:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or not 0 <= value <= LAST_SEED:
        raise InputError.of("seed", f"a whole number from 0 to {LAST_SEED}", str(value))


def frame_count(value: int, fewest: int, most: int) -> None:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or not fewest <= value <= most:
        raise InputError.of(
            "frames", f"{fewest} to {most}, the lengths this model was trained on", str(value)
        )


def settings(
    limits: Limits,
    seeds: Sequence[int],
    frames: int,
    intensity: float,
    guidance: float | None,
) -> None:
    """What a generator is asked for lies in its ranges."""
    for value in seeds:
        seed(value)
    frame_count(frames, limits.min_frames, limits.max_frames)
    number("intensity", intensity, 0.0, 1.5)
    if guidance is not None:
        number("guidance", guidance, 0.0, 20.0)


def number(name: str, value: float, low: float, high: float) -> None:
    if not math.isfinite(value) or not low <= value <= high:
        raise InputError.of(name, f"a number from {low:g} to {high:g}", str(value))
