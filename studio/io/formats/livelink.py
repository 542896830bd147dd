"""Takes of Apple's face tracking as the Live Link Face app writes them: CSV, 52 weights by name.

The timecode is ``HH:MM:SS:FF.mmm``: FF counts frames of a second of the clock (to base 60 even in
30 fps takes), .mmm is a part of a frame. The angles are radians.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.core import InputError, MeshSequence
from studio.core.sequence import Floats
from studio.io.format import FORMATS, Format, Source
from studio.io.units import Doubles

# The order of the 52 columns in the file, spelled as ARKit spells them.
NAMES: tuple[str, ...] = (
    "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft",
    "eyeSquintLeft", "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight",
    "eyeLookOutRight", "eyeLookUpRight", "eyeSquintRight", "eyeWideRight", "jawForward",
    "jawRight", "jawLeft", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthRight",
    "mouthLeft", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight",
    "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft",
    "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft",
    "mouthUpperUpRight", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft",
    "browOuterUpRight", "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft",
    "noseSneerRight", "tongueOut",
)  # fmt: skip
HEAD = ("headYaw", "headPitch", "headRoll")

# What a tracker means by a weight; beyond it, it is a fault.
LOWEST, HIGHEST = -0.2, 1.5

_RATES = (24.0, 25.0, 29.97, 30.0, 48.0, 50.0, 59.94, 60.0, 120.0)
_BASES = (24, 25, 30, 48, 50, 60, 120)
_DAY = 86400.0
# Longer than this nobody blends over: the take was paused.
_PAUSE = 1.0


@dataclass(frozen=True, eq=False)
class LiveLinkTake:
    """One take on a regular grid in time.

    Attributes
    ----------
    weights
        (T, 52) in the order of `names`, within -0.2..1.5.
    head
        (T, 3) degrees, yaw, pitch, roll; zeros where the file has no angles.
    """

    weights: Floats
    head: Floats
    fps: float
    names: tuple[str, ...] = NAMES


def is_livelink(start: bytes) -> bool:
    """Whether the first bytes of a file are the header of a take."""
    start = start.removeprefix(b"\xef\xbb\xbf")
    return b"timecode" in start[:64].lower() and b"blendshapecount" in start[:128].lower()


def read_livelink(path: Path, *, fps: float | None = None) -> LiveLinkTake:
    """Read a take; a dropped frame is blended from its neighbors, a longer pause closed up.

    Parameters
    ----------
    fps
        Sample at this rate; by default the rate of the take, whose frames then stay as they are.

    Raises
    ------
    InputError
        Where a column is missing (but for tongueOut) or a value cannot be read.
    """
    columns, rows = _rows(path)
    missing = [name for name in NAMES if name.lower() not in columns and name != "tongueOut"]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        found = f"no {', '.join(missing[:3])}{more}"
        raise InputError.of(path, "the 52 ARKit weights", found)
    weights, head = _chosen(path, columns, rows)
    time = _seconds(path, [row[columns["timecode"]] for row in rows])
    keep = np.flatnonzero(np.diff(time, prepend=-np.inf) > 1e-4)
    place, rate = _grid(time[keep], fps)
    taken = np.clip(_resampled(weights[keep], place), LOWEST, HIGHEST)
    return LiveLinkTake(taken, _resampled(head[keep], place), rate)


def _rows(path: Path) -> tuple[dict[str, int], list[list[str]]]:
    """Columns by name in lower case, and the cells of all rows."""
    try:
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InputError.of(path, "a CSV text file", "binary data") from None
    columns = {
        name.strip().lower(): k for k, name in enumerate(lines[0].split(",") if lines else ())
    }
    if "timecode" not in columns:
        raise InputError.of(path, "a Live Link Face header", "no column Timecode")
    rows = []
    for number, line in enumerate(lines[1:], 2):
        row = line.split(",")
        if len(row) >= len(columns):
            rows.append(row)
        elif line.strip():
            raise InputError.of(path, f"{len(columns)} values in line {number}", str(len(row)))
    if not rows:
        raise InputError.of(path, "frames", "only a header")
    return columns, rows


def _chosen(path: Path, columns: dict[str, int], rows: list[list[str]]) -> tuple[Doubles, Doubles]:
    """(N, 52) weights and (N, 3) angles in degrees, as they are in the file."""
    angles = [name for name in HEAD if name.lower() in columns]
    if angles and len(angles) < len(HEAD):
        raise InputError.of(path, ", ".join(HEAD), f"only {', '.join(angles)}")
    values = np.zeros((len(rows), len(NAMES) + len(HEAD)))
    for k, name in enumerate(NAMES + HEAD):
        column = columns.get(name.lower())
        if column is not None:
            values[:, k] = _numbers(path, name, [row[column] for row in rows])
    return values[:, : len(NAMES)], np.degrees(values[:, len(NAMES) :])


def _numbers(path: Path, name: str, cells: list[str]) -> Doubles:
    try:
        values = np.array([float(cell) for cell in cells])
    except ValueError:
        values = np.full(1, np.nan)
    if not np.isfinite(values).all():
        raise InputError.of(path, f"numbers in column {name}", "something else")
    return values


def _seconds(path: Path, timecodes: list[str]) -> Doubles:
    """Seconds from the first frame; raises `InputError` where time runs back."""
    try:
        parts = np.array(
            [[float(p) for p in code.replace(";", ":").split(":")] for code in timecodes]
        )
        hours, minutes, seconds, frames = parts.T
    except ValueError:
        raise InputError.of(path, "timecodes HH:MM:SS:FF.mmm", timecodes[0]) from None
    clock = (hours * 60 + minutes) * 60 + seconds
    time: Doubles = clock + frames / _base(frames, clock)
    time = time + _DAY * np.cumsum(np.diff(time, prepend=time[0]) < -_DAY / 2)
    time -= time[0]
    back = np.flatnonzero(np.diff(time) < -1e-6)
    if not np.isfinite(time).all() or len(back):
        at = int(back[0]) + 1 if len(back) else 0
        raise InputError.of(path, "timecodes that run on", f"{timecodes[at]} in line {at + 2}")
    return time


def _base(frames: Doubles, clock: Doubles) -> int:
    """Frames a second in the timecode: 60, unless a take of some seconds never counts so far."""
    if len(np.unique(clock)) < 4:
        return 60 if frames.max() < 60 else 120
    return next((base for base in _BASES if frames.max() < base), 120)


def _grid(time: Doubles, fps: float | None) -> tuple[Doubles, float]:
    """Where on the old frames each new frame lies, and the frames a second of the new ones."""
    if len(time) < 2:
        return np.zeros(1), fps or 30.0
    step = np.diff(time)
    usual = float(np.median(step))
    step = np.where(step > max(_PAUSE, 3 * usual), usual, step)
    counts = np.maximum(np.rint(step / usual), 1)
    rate = _rate(float(counts.sum() / step.sum()), int(counts.sum()))
    even = bool((np.abs(step / usual - counts) < 0.25).all())
    ticks = np.concatenate([[0.0], np.cumsum(counts if even else step * rate)])
    stride = 1.0 if fps is None else rate / fps
    wanted = np.arange(int(np.floor(ticks[-1] / stride + 1e-6)) + 1) * stride
    return np.interp(wanted, ticks, np.arange(len(ticks))), fps or rate


def _rate(measured: float, frames: int) -> float:
    """Choose a standard rate, if over the take it is right to within a frame."""
    near = min(_RATES, key=lambda rate: abs(rate - measured))
    return near if abs(near / measured - 1) * frames < 1 else round(measured, 3)


def _resampled(values: Doubles, place: Doubles) -> Floats:
    """(T, C) values blended at fractional rows; a whole row is taken as it is."""
    low = np.clip(np.floor(place + 1e-9).astype(np.int64), 0, len(values) - 1)
    high = np.minimum(low + 1, len(values) - 1)
    share = np.clip(place - low, 0, 1)[:, None]
    share[share < 1e-6] = 0
    return np.asarray(values[low] * (1 - share) + values[high] * share, dtype=np.float32)


def in_order(take: LiveLinkTake, names: tuple[str, ...]) -> Floats:
    """(T, C) weights of a take in the order of other names."""
    return np.ascontiguousarray(take.weights[:, [take.names.index(name) for name in names]])


def pose_take(source: Source) -> MeshSequence:
    """Move the studio's face by the weights and the head of a take."""
    path = source.place
    take = read_livelink(path, fps=source.fps)
    # Loaded here only: parsing a take needs no face.
    from studio.face.known import studio_face
    from studio.face.rig import ARKIT, load_rig

    source.progress.report(0.3, f"Posing {path.name}")
    template = studio_face().template
    source.check_room(36 * len(take.weights) * len(template.vertices))
    vertices = load_rig().pose(in_order(take, ARKIT), head=take.head)
    return MeshSequence(vertices, template.faces, take.fps, source.name)


FORMATS.add(
    Format(
        name="csv",
        label="Live Link Face recording",
        noun="a Live Link Face recording",
        read=pose_take,
        sniff=is_livelink,
    )
)
