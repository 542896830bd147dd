"""What the engine asks of its arguments; each answer that will not do is one sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from studio.core import GenerationRequest, InputError, Limits, MeshSequence
from studio.core.request import FEWEST_FRAMES, SEED
from studio.core.sequence import Floats

from .pose import FaceTemplate


def topology(sequence: MeshSequence, template: FaceTemplate, verb: str) -> None:
    """Refuse a clip that is not made of the studio's face; the verb says what it cannot be."""
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
    """Refuse a clip too short for motion to be read."""
    if sequence.n_frames < FEWEST_FRAMES:
        raise InputError.of(
            sequence.name,
            f"at least {FEWEST_FRAMES} frames to recognize",
            f"{sequence.n_frames}",
        )


def face(vertices: Floats, template: FaceTemplate) -> Floats:
    """Check one face of the studio's vertex count.

    Parameters
    ----------
    vertices : (V, 3)
        In mm, of any type of number.
    template : FaceTemplate
        Says how many vertices there are.

    Returns
    -------
    (V, 3) float32
        The same coordinates.

    Raises
    ------
    InputError
        Where the shape is another, or a coordinate is not finite.
    """
    array = np.asarray(vertices, dtype=np.float32)
    wanted = template.vertices.shape
    if array.shape != wanted:
        raise InputError.of("neutral", f"vertices of shape {wanted}", str(array.shape))
    if not np.isfinite(array).all():
        raise InputError.of("neutral", "finite coordinates", "NaN or infinity")
    return array


def latents(array: Floats, size: int) -> Floats:
    """Check that latents (T, D) are finite and at least one row; give them as float32."""
    array = np.asarray(array, dtype=np.float32)
    if array.ndim != 2 or array.shape[1] != size or not len(array):
        raise InputError.of("latents", f"an array of shape (T, {size})", str(array.shape))
    if not np.isfinite(array).all():
        raise InputError.of("latents", "finite numbers", "NaN or infinity")
    return array


def label(name: str, known: Sequence[str]) -> None:
    """Refuse a label that the models do not know."""
    if name not in known:
        raise InputError.of("label", f"one of {', '.join(known)}", name)


def request(wanted: GenerationRequest, seeds: Sequence[int], limits: Limits) -> None:
    """Refuse seeds that are none, and a length that the generator was not trained on."""
    for seed in seeds:
        SEED.check("seed", seed)
    if not limits.min_frames <= wanted.frames <= limits.max_frames:
        learned = (
            f"{limits.min_frames} to {limits.max_frames}, the lengths this model was trained on"
        )
        raise InputError.of("frames", learned, str(wanted.frames))
