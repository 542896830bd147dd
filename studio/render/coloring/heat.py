"""The colors of the displacement heat map, and the range they span."""

from __future__ import annotations

import math
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkLookupTable

from studio.core import MeshSequence
from studio.core.sequence import Floats
from studio.render.steady import Measure, Steady

STEPS = 256
# Still gray, then yellow to violet: luminance falls all the way, so the order can be read
# without hue.
STOPS = (
    (216, 216, 219),
    (246, 222, 140),
    (240, 160, 62),
    (205, 74, 76),
    (120, 34, 104),
    (48, 14, 70),
)
# What is looked at to find the range of a clip, so that it takes a moment however long it is.
_MOST_FRAMES, _LEAST_FRAMES, _VERTICES = 96, 8, 1_000_000
_COSTLY_FRAMES = 3
_RESTS = 3  # remembered of a clip: its first frame, its estimated face at rest, a chosen one
_Known = tuple[Steady, NDArray[np.bool_] | None]
_steadies: WeakKeyDictionary[MeshSequence, list[_Known]] = WeakKeyDictionary()
_limits: WeakKeyDictionary[Measure, float] = WeakKeyDictionary()


def color_table() -> Floats:
    """Make shares (256, 3) of red, green and blue, from no displacement to the most."""
    stops = np.array(STOPS, dtype=np.float32) / 255
    at = np.linspace(0, len(stops) - 1, STEPS)
    channels = [np.interp(at, np.arange(len(stops)), stops[:, k]) for k in range(3)]
    return np.stack(channels, axis=1).astype(np.float32)


def lookup_table() -> vtkLookupTable:
    """Make the table of colors for a VTK mapper; the mapper sets the range."""
    table = vtkLookupTable()
    table.SetNumberOfTableValues(STEPS)
    for place, (red, green, blue) in enumerate(color_table().tolist()):
        table.SetTableValue(place, red, green, blue, 1.0)
    return table


def heat_limit(vertices: Floats, measure: Measure) -> float:
    """Find the top of the range for a clip (T, V, 3), a round number of millimeters.

    Of a long clip frames are taken evenly, so that this stays below a thirtieth of a second on
    a face of usual size, and of one that takes long to measure few; what lies above the limit shows
    in the last color.
    """
    room = min(max(_VERTICES // vertices.shape[1], _LEAST_FRAMES), _MOST_FRAMES)
    room = _COSTLY_FRAMES if measure.costly else room
    count = min(len(vertices), room)
    frames = np.linspace(0, len(vertices) - 1, count).round().astype(int).tolist()
    measure.prepare(frames)
    most = 0.0
    for frame in frames:
        away = measure.displacement(frame, vertices[frame])
        if away is not None:
            most = max(most, float(np.einsum("vc,vc->v", away, away).max()))
    return round_up(math.sqrt(most))


def limit_of(vertices: Floats, measure: Measure) -> float:
    """Find the same for a clip (T, V, 3), once for a measure."""
    if measure not in _limits:
        _limits[measure] = heat_limit(vertices, measure)
    return _limits[measure]


def keep_limit(measure: Measure, limit: float) -> None:
    """Have a measure span a range that does not depend on the clip."""
    _limits[measure] = limit


def steady_of(sequence: MeshSequence, rest: Floats, rigid: NDArray[np.bool_] | None) -> Steady:
    """Take a clip's displacement from a face at rest (V, 3), with what is known of it from before.

    Who goes back and forth between clips asks for the same few again and again.
    """
    known = _steadies.setdefault(sequence, [])
    for place, (one, region) in enumerate(known):
        if region is rigid and same_face(one.rest, rest):
            known.append(known.pop(place))
            return one
    known.append((Steady(rest, sequence.vertices, rigid), rigid))
    del known[:-_RESTS]
    return known[-1][0]


def same_face(one: Floats | None, other: Floats | None) -> bool:
    """Whether two faces at rest (V, 3) have the same numbers.

    Views of one frame are made anew often.
    """
    if one is None or other is None:
        return one is other
    return one is other or bool(np.array_equal(one, other))


def round_up(value: float) -> float:
    """Round up to 1, 1.5, 2, 3, 4, 5, 6, 8, 10 times a power of ten; at least 0.1."""
    value = max(value, 0.1)
    power = 10.0 ** math.floor(math.log10(value))
    for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10):
        if step * power >= value * (1 - 1e-9):
            return step * power
    return 10 * power
