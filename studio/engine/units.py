"""Action units of a clip: displacements of points from the face at rest, read by the network."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import torch

from studio.core import CheckpointError, InputError, MeshSequence, Progress
from studio.core.alignment import apply_rigid, head_alignment
from studio.core.sequence import Floats
from studio.core.unit_tracks import UnitTracks
from studio.engine.loading.models import Models
from studio.face.action_units import unit_label
from studio.face.rig import proportions
from studio.nn.checkpoint import Checkpoint
from studio.nn.units.au_transformer import AuTransformer, AuTransformerConfig
from studio.nn.units.decoding import read_clip

from . import checks
from .kind import Workplace
from .pose import FaceTemplate
from .recognition import Recognition


class UnitReader:
    """The reader of action units of a set, beside the recognizer of a name.

    Parameters
    ----------
    place
        Where it works.
    recognizer
        Estimates the face at rest where none is given.
    """

    def __init__(self, place: Workplace, recognizer: str) -> None:
        self._place = place
        self._resting = Recognition(replace(place, name=recognizer))

    def read(
        self,
        sequence: MeshSequence,
        neutral: Floats | None,
        progress: Progress,
        *,
        causal: bool = False,
    ) -> UnitTracks:
        """Read a clip, against a face at rest (V, 3) or its estimate; see `Engine.read_units`."""
        checks.topology(sequence, self._place.template, "read for action units")
        if neutral is None:
            checks.enough_frames(sequence)
            neutral = self._resting.resting_face(sequence, progress.part(0.0, 0.5))
        rest = checks.face(neutral, self._place.template)
        progress.report(0.5, "Reading action units")
        ask = partial(self._answer, sequence=sequence, rest=rest, causal=causal)
        names, values, chances, thresholds = self._place.host.ask(ask)
        if not (np.isfinite(values).all() and np.isfinite(chances).all()):
            wanted = "weights that give intensities, found others"
            raise CheckpointError(f"{self._place.name}.safetensors: expected {wanted}")
        return UnitTracks(
            names, values, values.max(axis=0), probability=chances, thresholds=thresholds
        )

    def _answer(
        self, models: Models, sequence: MeshSequence, rest: Floats, *, causal: bool
    ) -> tuple[tuple[str, ...], Floats, Floats, Floats]:
        """Give names, intensities (T, N), probabilities (T, N) and thresholds (N,)."""
        model = models.of(self._place.name, AuTransformer)
        vertices = model.vertices.cpu().numpy()
        moved = displacements(sequence.vertices, rest, self._place.template, vertices)
        answer = read_clip(model, models.tensor(moved), sequence.fps, causal=causal)
        return (
            tuple(map(unit_label, model.units.tolist())),
            model.intensity(answer)[0].cpu().numpy(),
            answer.occurs[0].sigmoid().cpu().numpy(),
            model.thresholds[0 if causal else 1].cpu().numpy(),
        )


def displacements(
    frames: Floats, rest: Floats, template: FaceTemplate, vertices: np.ndarray
) -> Floats:
    """Find how far points of a face are from rest, without the head's motion.

    Parameters
    ----------
    frames : (T, V, 3)
        In mm, in any pose.
    rest : (V, 3)
        The person's face at rest in mm, in any pose.
    template
        Says what of a face is rigid, and which measures the average has.
    vertices : (K,)
        The points.

    Returns
    -------
    (T, K, 3) float32
        In mm, in the axes of the template and the measure of the average face.
    """
    rigid = template.regions["rigid"]
    turn, shift = head_alignment(rest[None, rigid], template.vertices[rigid])
    start = apply_rigid(rest[None], turn, shift)[0]
    turns, shifts = head_alignment(frames[:, rigid], start[rigid])
    moved = apply_rigid(frames[:, vertices], turns, shifts) - start[vertices]
    return np.asarray(moved / proportions(start, template.vertices), dtype=np.float32)


def loaded(file: Checkpoint, recognizer: torch.nn.Module | None, vertices: int) -> AuTransformer:
    """Build the network of a file, of a face with so many vertices.

    Raises
    ------
    CheckpointError
        Where it does not fit, or its set has no recognizer to find the face at rest.
    """
    if recognizer is None:
        wanted = "a recognizer in the set, which finds the face at rest, found none"
        raise CheckpointError(f"{file.path.name}: expected {wanted}")
    try:
        model = file.fill(AuTransformer(file.config_as(AuTransformerConfig)))
    except InputError as error:
        raise CheckpointError(str(error)) from error
    for name, ids, count in (
        ("vertices", model.vertices, vertices),
        ("points", model.tokens.points, model.config.points),
    ):
        if ids.numel() and not 0 <= int(ids.min()) <= int(ids.max()) < count:
            raise CheckpointError(f"{file.path.name}: its {name} lie on no face of the studio")
    return model
