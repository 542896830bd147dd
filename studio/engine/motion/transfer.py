"""What one face does, on another one or taken off again (paper 003, section 4.4)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.core import InputError, MeshSequence, Progress
from studio.core.request import FEWEST_FRAMES
from studio.core.sequence import Floats
from studio.engine import checks
from studio.engine.kinds.recognizer import RECOGNIZER
from studio.engine.loading.model_set import ModelSet
from studio.engine.pose import FaceTemplate, to_template_pose
from studio.engine.recognition import Recognition
from studio.face.fit import at_rest
from studio.face.known import studio_face
from studio.face.rig import load_rig

from .landmarks import LandmarkMotion, Placed

CHUNK = 64  # frames laid on the template at a time
WAYS = ("dense", "landmarks")
# What no expression moves far: jaw ends, nose bridge, outer eye corners; and chin and mouth
# corners, for how tall and wide the lower face is.
_MEASURED = (0, 16, 36, 45, 27, 8, 48, 54)


def proportions(one: Floats, other: Floats) -> Floats:
    """Measure how many times larger one face is than another.

    Parameters
    ----------
    one, other : (68, 3) float32
        Landmarks of both in mm, at rest and in one pose.

    Returns
    -------
    (3,) float32
        How many times wider, taller and deeper.
    """
    measured = list(_MEASURED)
    return np.asarray(one[measured].std(axis=0) / other[measured].std(axis=0), dtype=np.float32)


def transferred(
    models: ModelSet,
    source: MeshSequence,
    face: Floats,
    rest: Floats | None,
    progress: Progress,
    way: str,
) -> MeshSequence:
    """Show on one face what a clip shows of another person.

    The head of the target stays still, and so does all of it that no expression moves.

    Parameters
    ----------
    models : ModelSet
        Reads the clip, and moves the surface.
    source : MeshSequence
        The clip, in any pose.
    face : (V, 3) float32
        The target in mm; the answer is in its pose.
    rest : (V, 3) float32 or None
        The clip's person at rest in mm, in any pose; None: estimated.
    progress : Progress
        Told how far the work is.
    way : str
        "dense" hands over what every vertex does, scaled by how much wider, taller and deeper the
        target is; "landmarks" hands over what the landmarks do, scaled alike, and makes the surface
        anew.

    Returns
    -------
    MeshSequence
        As many frames as the clip, vertices (T, V, 3) in mm where the target has its own.
    """
    if way not in WAYS:
        raise InputError.of("way", " or ".join(WAYS), way)
    template = models.template
    placed = Placed.of(checks.face(face, template), template)
    checks.topology(source, template, "transferred")
    rest, left = known_rest(models, source, rest, progress)
    person = Placed.of(rest, template)
    posed = _posed(source.vertices, template, left.part(0.0, 0.5))
    scale = proportions(placed.landmarks, person.landmarks)
    if way == "landmarks":
        curve = (posed[:, template.landmarks] - person.landmarks) * scale
        motion = LandmarkMotion(models, template)
        dense = motion.dense(curve, placed, left.part(0.5, 1.0))
    else:
        dense = (posed - person.posed) * scale
    dense[:, template.regions["rigid"]] = 0.0
    return replace(source, vertices=placed.moved(dense), origin=np.zeros(3))


def neutralized(
    models: ModelSet, sequence: MeshSequence, rest: Floats | None, progress: Progress
) -> MeshSequence:
    """Take the expression off each frame of a clip, in the frame's own pose.

    What the landmarks do away from those of the face at rest is made dense and taken off: of the
    face at rest only the landmarks count, and what is the frame's own stays.

    Parameters
    ----------
    models : ModelSet
        Estimate the face at rest, and move the surface.
    sequence : MeshSequence
        The clip, in any pose.
    rest : (V, 3) float32 or None
        The person's face at rest in mm, in any pose; None: estimated.
    progress : Progress
        Told how far the work is.

    Returns
    -------
    MeshSequence
        As many frames as the clip, vertices (T, V, 3) in mm.
    """
    template, frames = models.template, sequence.vertices
    motion = LandmarkMotion(models, template)
    checks.topology(sequence, template, "neutralized")
    rest, left = known_rest(models, sequence, rest, progress)
    placed, out = Placed.of(rest, template), np.empty_like(frames)
    for start in left.each(range(0, len(frames), CHUNK), "Taking expressions off"):
        chunk = frames[start : start + CHUNK]
        posed, turns = to_template_pose(chunk, template)
        curve = posed[:, template.landmarks] - placed.landmarks
        dense = motion.dense(curve, placed, Progress())
        dense[:, template.regions["rigid"]] = 0.0
        out[start : start + CHUNK] = chunk - dense @ turns.astype(np.float32)
    return replace(sequence, vertices=out)


def known_rest(
    models: ModelSet, sequence: MeshSequence, rest: Floats | None, progress: Progress
) -> tuple[Floats, Progress]:
    """Take or estimate a clip's face at rest (V, 3) in mm, and say what progress is left."""
    if rest is not None:
        return checks.face(rest, models.template), progress
    if sequence.n_frames < FEWEST_FRAMES:
        return face_at_rest(sequence.vertices[0], models.template), progress
    reader = models.served(RECOGNIZER, Recognition)
    return reader.resting_face(sequence, progress.part(0.0, 0.4)), progress.part(0.4, 1.0)


def face_at_rest(face: Floats, template: FaceTemplate) -> Floats:
    """Take off a single face what the rig sees it express.

    Parameters
    ----------
    face : (V, 3) float32
        In mm, in any pose.
    template : FaceTemplate
        In whose pose the answer is.

    Returns
    -------
    (V, 3) float32
        The face at rest in mm, in the template's pose.

    Raises
    ------
    InputError
        Where the template is not the one that the rig moves.
    """
    if template.topology != studio_face().topology:
        wanted = f"at least {FEWEST_FRAMES} frames to find the face at rest"
        raise InputError.of("clip", wanted, "a single face of another template")
    posed, _ = to_template_pose(face[None], template)
    return at_rest(posed[0], load_rig())


def _posed(frames: Floats, template: FaceTemplate, progress: Progress) -> Floats:
    """Lay frames (T, V, 3) on the template."""
    starts = progress.each(range(0, len(frames), CHUNK), "Reading faces")
    return np.concatenate([to_template_pose(frames[s : s + CHUNK], template)[0] for s in starts])
