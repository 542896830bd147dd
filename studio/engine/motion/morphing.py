"""One clip that passes into another, what both do alike brought to the same moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Progress
from studio.core.alignment import Rotations
from studio.core.geometry import smoothstep
from studio.core.request import MorphRequest
from studio.core.sequence import Doubles, Floats
from studio.engine import checks
from studio.engine.loading.model_set import ModelSet
from studio.engine.readings import Readings

from .heads import Posed
from .inbetween import Rests
from .transfer import known_rest

Frames = NDArray[np.intp]
CHUNK = 64  # frames that are blended at a time
STEADY = 2.0  # samples of the way to which either side its pace is evened
FARTHEST = 0.5  # of a clip's length that a moment may be brought away from its own
MOST = 1000  # frames of a clip that are compared


def morph(
    engine: Readings,
    one: MeshSequence,
    other: MeshSequence,
    request: MorphRequest,
    *,
    rests: Rests = (None, None),
    progress: Progress | None = None,
) -> MeshSequence:
    """Pass from one clip into another, faces, heads and pace alike.

    Where the share is 0 all along, that is the first clip; where it is 1, the second.

    Parameters
    ----------
    one, other : MeshSequence
        Of the studio's face, of one frame rate.
    request : MorphRequest
        How much of the second there is along the way.
    rests : (V, 3) float32 or None, of both
        The persons' faces at rest in mm, away from which motions are compared; None: estimated.
    progress : Progress or None
        Told how far the work is.

    Returns
    -------
    MeshSequence
        As long as the clips, by their shares.

    Raises
    ------
    InputError
        For another face and for two frame rates.
    """
    models, progress = engine.models, progress or Progress()
    for clip in (one, other):
        checks.topology(clip, models.template, "morphed")
    if one.fps != other.fps:
        raise InputError.of(other.name, f"{one.fps:g} frames a second", f"{other.fps:g}")
    if request.align:
        first = _track(models, one, rests[0], progress.part(0.0, 0.25))
        path = aligned(first, _track(models, other, rests[1], progress.part(0.25, 0.5)))
    else:
        path = _straight(one.n_frames, other.n_frames)
    way = Way.along(path, request.keys)
    name = f"{one.name} to {other.name}"
    vertices = _blended(models, one, other, way, progress.part(0.5, 1.0))
    return replace(one, vertices=vertices, name=name, frame_names=(), remarks=(), footage=None)


@dataclass(frozen=True, eq=False)
class Way:
    """What plays in each frame of a morph.

    Attributes
    ----------
    moments : (2, T) float64
        Of both clips, in frames.
    share : (T,) float32
        Of the second.
    """

    moments: Doubles
    share: Floats

    @classmethod
    def along(cls, path: Doubles, keys: Sequence[tuple[float, float]]) -> Way:
        """Go along pairs of moments (2, S), at the pace of the clips by their shares.

        The places of the keys are shares of the way.
        """
        along = np.linspace(0.0, 1.0, path.shape[1])
        share = eased(along, keys)
        middle = (share[1:] + share[:-1]) / 2
        steps = np.diff(path, axis=1)
        times = np.concatenate([[0.0], np.cumsum((1 - middle) * steps[0] + middle * steps[1])])
        count = round(times[-1])
        times *= count / max(times[-1], 1e-9)  # so that the last frame is the end of the way
        frames = np.arange(count + 1)
        # Where the time stands still, as what one clip alone does waits, the later pair counts.
        kept = np.append(np.diff(times) > 1e-12, True)
        kept[0] = True
        moments = np.stack([np.interp(frames, times[kept], each[kept]) for each in path])
        return cls(moments, np.interp(frames, times[kept], share[kept]).astype(np.float32))


def eased(along: Doubles, keys: Sequence[tuple[float, float]]) -> Doubles:
    """Give the share at places (S,) of the way, which eases from key to key."""
    places, shares = (np.array(each, dtype=np.float64) for each in zip(*keys, strict=True))
    if len(places) == 1:
        return np.full(len(along), shares[0])
    at = np.clip(np.searchsorted(places, along, side="right") - 1, 0, len(places) - 2)
    rise = smoothstep((along - places[at]) / (places[at + 1] - places[at]))
    return np.asarray(shares[at] + rise * (shares[at + 1] - shares[at]))


def aligned(one: Floats, other: Floats) -> Doubles:
    """Bring two tracks to the same moments, by dynamic time warping (Sakoe and Chiba 1978).

    Parameters
    ----------
    one, other : (T, D) and (U, D)

    Returns
    -------
    (2, S) float64
        Pairs of moments in frames, from the first of both to the last of both, neither going back.
    """
    rows = [_spread(len(each)) for each in (one, other)]
    cost = _distances(one[rows[0]], other[rows[1]])
    total = np.full((cost.shape[0] + 1, cost.shape[1] + 1), np.inf)
    total[0, 0] = 0.0
    # A diagonal at a time: all of it depends on the two before it alone.
    for level in range(sum(cost.shape) - 1):
        row = np.arange(max(0, level - cost.shape[1] + 1), min(level, cost.shape[0] - 1) + 1)
        column = level - row
        best = np.minimum(total[row, column + 1], total[row + 1, column])
        best = np.minimum(best, total[row, column])
        total[row + 1, column + 1] = best + cost[row, column]
    pairs = _back(total)
    return _evened(np.stack([row[pair] for row, pair in zip(rows, pairs, strict=True)]))


def _spread(frames: int) -> Frames:
    """Choose the frames of a clip that are compared, the first and the last among them."""
    return np.linspace(0, frames - 1, min(frames, MOST)).round().astype(np.intp)


def _distances(one: Floats, other: Floats) -> Doubles:
    """Measure how unlike rows are, (T, U); too far from the straight way they are no pair."""
    first, second = (np.asarray(each, dtype=np.float64) for each in (one, other))
    square = (first**2).sum(1)[:, None] + (second**2).sum(1) - 2 * first @ second.T
    cost = np.sqrt(np.maximum(square, 0.0))
    places = (np.linspace(0, 1, len(each)) for each in (one, other))
    away = np.abs(np.subtract.outer(*places))
    # A little for being away from the straight way, which rows that are all alike follow then.
    cost += (0.02 * cost.max() + 1e-9) * away
    near = away <= FARTHEST + 1 / min(cost.shape)
    return np.asarray(np.where(near, cost, cost.max() * cost.size))


def _back(total: Doubles) -> Frames:
    """Follow the cheapest way back from the end: pairs (2, S) of rows in their order."""
    here = (total.shape[0] - 1, total.shape[1] - 1)
    found = [here]
    while here != (1, 1):
        row, column = here
        before = ((row - 1, column - 1), (row - 1, column), (row, column - 1))
        here = min(before, key=lambda pair: total[pair])
        found.append(here)
    return np.array(found[::-1], dtype=np.intp).T - 1


def _evened(stairs: Frames) -> Doubles:
    """Make of stairs (2, S) a way without corners that begins and ends as they do."""
    from scipy.ndimage import gaussian_filter1d

    path = stairs.astype(np.float64)
    straight = np.linspace(path[:, 0], path[:, -1], path.shape[1], axis=1)
    away = gaussian_filter1d(path - straight, STEADY, axis=1, mode="constant")
    # Off the ends the stairs go straight on, so that they are met; and no step goes back.
    ends = away[:, [0, -1]]
    shares = np.linspace(0.0, 1.0, path.shape[1])
    away -= ends[:, :1] * (1 - shares) + ends[:, 1:] * shares
    even = np.maximum.accumulate(straight + away, axis=1)
    return np.clip(even, path[:, :1], path[:, -1:])


def _straight(one: int, other: int) -> Doubles:
    """Stretch both clips, of so many frames, to the same time: pairs of moments (2, S)."""
    samples = 2 * max(one, other)
    return np.stack([np.linspace(0, frames - 1, samples) for frames in (one, other)])


def _track(models: ModelSet, clip: MeshSequence, rest: Floats | None, progress: Progress) -> Floats:
    """Read what a clip does, as latents (T, D) away from rest."""
    face, left = known_rest(models, clip, rest, progress)
    _, resting = models.codec.posed(face)
    return models.codec.encode(clip, left) - resting


def _blended(
    models: ModelSet, one: MeshSequence, other: MeshSequence, way: Way, progress: Progress
) -> Floats:
    """Blend the moments of both clips: (T, V, 3) mm, where the first has its head at share 0."""
    count = len(way.share)
    out = np.empty((count, one.n_vertices, 3), dtype=np.float32)
    for start in progress.each(range(0, count, CHUNK), "Blending"):
        part = slice(start, start + CHUNK)
        share = way.share[part, None, None]
        pair = [
            Posed.of(_at(clip.vertices, moments), models.template)
            for clip, moments in zip((one, other), way.moments[:, part], strict=True)
        ]
        faces = pair[0].vertices + share * (pair[1].vertices - pair[0].vertices)
        out[part] = _between(pair[0], pair[1], way.share[part]).held(faces)
    return out


def _at(vertices: Floats, moments: Doubles) -> Floats:
    """Take frames (T, V, 3) at moments (N,), straight between two of them."""
    low = np.minimum(moments.astype(np.intp), len(vertices) - 1)
    high = np.minimum(low + 1, len(vertices) - 1)
    share = (moments - low).astype(np.float32)[:, None, None]
    return np.asarray(vertices[low] + share * (vertices[high] - vertices[low]))


def _between(one: Posed, other: Posed, share: Floats) -> Posed:
    """Hold heads between two, by the share of the second (T,)."""
    from scipy.spatial.transform import Rotation

    start, stop = (Rotation.from_matrix(each.rotation) for each in (one, other))
    turn = (stop * start.inv()).as_rotvec()
    rotation: Rotations = (Rotation.from_rotvec(share[:, None] * turn) * start).as_matrix()
    shift = one.shift + share[:, None] * (other.shift - one.shift)
    return Posed(one.vertices, rotation, shift)
