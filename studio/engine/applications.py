"""What one face does, on another one or taken off again (paper 003, section 4.4)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.core import InputError, MeshSequence, Progress
from studio.core.sequence import Floats
from studio.face.fit import at_rest
from studio.face.known import studio_face
from studio.face.rig import load_rig

from . import checks
from .kinds.recognizer import RECOGNIZER
from .landmark_motion import LandmarkMotion, Placed
from .model_set import ModelSet
from .pose import FaceTemplate, to_template_pose
from .recognition import Recognition

CHUNK = 64  # frames laid on the template at a time
WAYS = ("dense", "landmarks")
# What no expression moves far: jaw ends, nose bridge, outer eye corners; and chin and mouth
# corners, for how tall and wide the lower face is.
_MEASURED = (0, 16, 36, 45, 27, 8, 48, 54)


def proportions(one: Floats, other: Floats) -> Floats:
    """(3,) how many times wider, taller and deeper one face is than another, by the landmarks
    (68, 3) of both at rest and in one pose."""
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
    """A face (V, 3) in its own pose that shows what the clip of another person shows.

    rest : (V, 3) that person's face at rest, in any pose
    way : "dense" hands over what every vertex does, scaled by how much wider, taller and deeper
        the target is; "landmarks" hands over what the landmarks do, scaled alike, and makes the
        surface anew
    The head of the target stays still, and so does all of it that no expression moves.
    """
    if way not in WAYS:
        raise InputError.of("way", " or ".join(WAYS), way)
    template = models.template
    placed = Placed.of(checks.face(face, template), template)
    checks.topology(source, template, "transferred")
    rest, left = _known(models, source, rest, progress)
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
    return replace(source, vertices=placed.moved(dense))


def neutralised(
    models: ModelSet, sequence: MeshSequence, rest: Floats | None, progress: Progress
) -> MeshSequence:
    """The clip without the expression that it shows, each frame in its own pose.

    rest : (V, 3) the person's face at rest, known or estimated, in any pose
    What the landmarks do away from those of the face at rest is made dense and taken off: of the
    face at rest only the landmarks count, and what is the frame's own stays.
    """
    template, frames = models.template, sequence.vertices
    motion = LandmarkMotion(models, template)
    checks.topology(sequence, template, "neutralised")
    rest, left = _known(models, sequence, rest, progress)
    placed, out = Placed.of(rest, template), np.empty_like(frames)
    for start in left.each(range(0, len(frames), CHUNK), "Taking expressions off"):
        chunk = frames[start : start + CHUNK]
        posed, turns = to_template_pose(chunk, template)
        curve = posed[:, template.landmarks] - placed.landmarks
        dense = motion.dense(curve, placed, Progress())
        dense[:, template.regions["rigid"]] = 0.0
        out[start : start + CHUNK] = chunk - dense @ turns.astype(np.float32)
    return replace(sequence, vertices=out)


def _known(
    models: ModelSet, sequence: MeshSequence, rest: Floats | None, progress: Progress
) -> tuple[Floats, Progress]:
    """A clip's face at rest (V, 3), given or estimated, and the progress that is left."""
    if rest is not None:
        return checks.face(rest, models.template), progress
    if sequence.n_frames < checks.FEWEST_FRAMES:
        return face_at_rest(sequence.vertices[0], models.template), progress
    reader = models.served(RECOGNIZER, Recognition)
    return reader.resting_face(sequence, progress.part(0.0, 0.4)), progress.part(0.4, 1.0)


def face_at_rest(face: Floats, template: FaceTemplate) -> Floats:
    """(V, 3) in the template's pose: a single face (V, 3) less what the rig sees it express.

    Raises `InputError` where the template is not the one that the rig moves.
    """
    if template.topology != studio_face().topology:
        wanted = f"at least {checks.FEWEST_FRAMES} frames to find the face at rest"
        raise InputError.of("clip", wanted, "a single face of another template")
    posed, _ = to_template_pose(face[None], template)
    return at_rest(posed[0], load_rig())


def _posed(frames: Floats, template: FaceTemplate, progress: Progress) -> Floats:
    """Frames (T, V, 3) in the template's pose."""
    starts = progress.each(range(0, len(frames), CHUNK), "Reading faces")
    return np.concatenate([to_template_pose(frames[s : s + CHUNK], template)[0] for s in starts])
