"""Weights as trackers write them: the CSV of Live Link Face, and a table for each frame in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np

from studio.core import MeshSequence
from studio.core.sequence import Doubles, Floats
from studio.face.rig import ARKIT_INDEX
from studio.io.format import Destination

from .names import HEAD, NAMES
from .solved import solve

_EYES = tuple(f"{side}Eye{turn}" for side in ("Left", "Right") for turn in ("Yaw", "Pitch", "Roll"))
_COLUMNS = tuple(name[0].upper() + name[1:] for name in (*NAMES, *HEAD)) + _EYES
_TICKS = 60_000  # parts of a second: the timecode counts sixtieths, and thousandths of these
# Radians at a weight of 1, as in takes of the app: eyes turn less far up than down.
_INWARD, _DOWN, _UP = 0.61, 0.61, 0.44


def write_live_link(sequence: MeshSequence, to: Destination) -> None:
    """Write the columns of the Live Link Face app, and its timecode from midnight on."""
    found = solve(sequence, to)
    values = np.hstack([found.weights, np.radians(found.head), eye_turns(found.weights)]) + 0.0
    seconds = np.arange(len(values)) / sequence.fps
    progress, title = to.progress.part(0.9, 1.0), f"Writing {to.place.name}"
    lines = live_link_lines(seconds, values)
    with to.paths[0].open("w", encoding="ascii", newline="\n") as file:
        file.write(next(lines))
        file.writelines(progress.each(lines, title, total=len(values)))


def live_link_lines(seconds: Doubles, values: Doubles | Floats) -> Iterator[str]:
    """Give the lines of a CSV of the app: its header, then moments (N,) and values (N, 61)."""
    yield ",".join(("Timecode", "BlendshapeCount", *_COLUMNS)) + "\n"
    for second, row in zip(seconds.tolist(), values.tolist(), strict=True):
        yield ",".join([timecode(second), str(len(row)), *(f"{v:.10f}" for v in row)]) + "\n"


def write_arkit_json(sequence: MeshSequence, to: Destination) -> None:
    """Write the rate, and for each frame its second, the weights and the head's turn in radians."""
    found = solve(sequence, to)
    values = np.hstack([found.weights, np.radians(found.head)]).round(6).tolist()
    with to.paths[0].open("w", encoding="ascii", newline="\n") as file:
        file.write(f'{{"fps": {json.dumps(sequence.fps)}, "frames": [')
        for frame, row in enumerate(values):
            said = dict(zip(("seconds", *NAMES, *HEAD), (frame / sequence.fps, *row), strict=True))
            file.write(",\n" * bool(frame) + json.dumps(said))
        file.write("]}\n")


def timecode(seconds: float) -> str:
    """Write a moment as HH:MM:SS:FF.mmm, where FF counts sixtieths whatever the rate is."""
    ticks = round(seconds * _TICKS)
    whole, part = divmod(ticks, _TICKS)
    frames, thousandths = divmod(part, 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours % 24:02d}:{minute:02d}:{second:02d}:{frames:02d}.{thousandths:03d}"


def eye_turns(weights: Floats) -> Doubles:
    """Turn the eyes as weights (T, 52) look: yaw, pitch and roll of both (T, 6), in radians."""

    def of(name: str) -> Doubles:
        return weights[:, ARKIT_INDEX[name]].astype(np.float64)

    turns = np.zeros((len(weights), len(_EYES)))
    for place, side, outward in ((0, "Left", -1.0), (3, "Right", 1.0)):
        out, inward = of(f"eyeLookOut{side}"), of(f"eyeLookIn{side}")
        turns[:, place] = _INWARD * outward * (out - inward)
        turns[:, place + 1] = _DOWN * of(f"eyeLookDown{side}") - _UP * of(f"eyeLookUp{side}")
    return turns
