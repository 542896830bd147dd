"""What one face does, on another one or taken off again (paper 003, section 4.4)."""

from __future__ import annotations

import numpy as np

from studio.core import InputError, Progress
from studio.core.sequence import Floats

from .landmark_motion import LandmarkMotion, Placed
from .pose import FaceTemplate, to_template_pose

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
    motion: LandmarkMotion,
    frames: Floats,
    rest: Floats,
    target: Floats,
    progress: Progress,
    *,
    way: str = "dense",
) -> Floats:
    """A face (V, 3) in its own pose that shows what frames (T, V, 3) of another person show.

    rest : (V, 3) that person's face at rest, in any pose
    way : "dense" hands over what every vertex does, scaled by how much wider, taller and deeper
        the target is; "landmarks" hands over what the landmarks do, scaled alike, and makes the
        surface anew
    The head of the target stays still, and so does all of it that no expression moves.
    """
    if way not in WAYS:
        raise InputError.of("way", " or ".join(WAYS), way)
    template = motion.template
    source, placed = Placed.of(rest, template), Placed.of(target, template)
    posed = _posed(frames, template, progress.part(0.0, 0.5))
    scale = proportions(placed.landmarks, source.landmarks)
    if way == "landmarks":
        curve = (posed[:, template.landmarks] - source.landmarks) * scale
        dense = motion.dense(curve, placed, progress.part(0.5, 1.0))
    else:
        dense = (posed - source.posed) * scale
    dense[:, template.regions["rigid"]] = 0.0
    return placed.moved(dense)


def neutralised(motion: LandmarkMotion, frames: Floats, rest: Floats, progress: Progress) -> Floats:
    """Frames (T, V, 3) without the expression that they show, each in its own pose.

    rest : (V, 3) the person's face at rest, known or estimated, in any pose
    What the landmarks do away from those of the face at rest is made dense and taken off: of the
    face at rest only the landmarks count, and what is the frame's own stays.
    """
    template = motion.template
    placed = Placed.of(rest, template)
    out = np.empty_like(frames)
    for start in progress.each(range(0, len(frames), CHUNK), "Taking expressions off"):
        chunk = frames[start : start + CHUNK]
        posed, turns = to_template_pose(chunk, template)
        dense = motion.dense(posed[:, template.landmarks] - placed.landmarks, placed, Progress())
        dense[:, template.regions["rigid"]] = 0.0
        out[start : start + CHUNK] = chunk - dense @ turns.astype(np.float32)
    return out


def _posed(frames: Floats, template: FaceTemplate, progress: Progress) -> Floats:
    """Frames (T, V, 3) in the template's pose."""
    starts = progress.each(range(0, len(frames), CHUNK), "Reading faces")
    return np.concatenate([to_template_pose(frames[s : s + CHUNK], template)[0] for s in starts])
