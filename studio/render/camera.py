"""A camera that orbits a face and never loses it: pure numbers, no VTK."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats
from studio.document.view import ViewState

FIELD_OF_VIEW = 24.0  # degrees, upright; a portrait lens, which keeps noses in proportion
MARGIN = 1.07
MAX_ELEVATION = 85.0
NEAREST, FARTHEST = 0.12, 4.0
Vector = NDArray[np.float64]

# Azimuth and elevation in degrees; left and right are the face's own.
PRESETS: dict[str, tuple[float, float]] = {
    "front": (0.0, 0.0),
    "three-quarter left": (45.0, 0.0),
    "left": (90.0, 0.0),
    "three-quarter right": (-45.0, 0.0),
    "right": (-90.0, 0.0),
    "top": (0.0, MAX_ELEVATION),
}


@dataclass(frozen=True, eq=False)
class Orbit:
    """Where the camera stands around a target.

    Attributes
    ----------
    center
        (3,) of the box around the face, millimeters.
    size
        (3,) of that box, seen upright.
    azimuth
        Degrees to the face's left, 0 looks at it from the front.
    elevation
        Degrees up, held within 85.
    zoom
        Distance as a share of the fitted one.
    pan
        (right, up) shift of the view as a share of the half height, held within 1.
    parallel
        Whether lines that run away from the viewer stay as far apart as they are.
    upright
        (3, 3), whose rows are the face's left, up and front; they are x, y and z unless given.
    """

    center: Vector
    size: Vector
    azimuth: float = 0.0
    elevation: float = 0.0
    zoom: float = 1.0
    pan: tuple[float, float] = (0.0, 0.0)
    parallel: bool = False
    upright: Vector = field(default_factory=lambda: np.eye(3))

    @classmethod
    def around(cls, vertices: Floats, upright: Vector | None = None) -> Orbit:
        """Look at vertices (V, 3) from the front of a face that is `upright` so."""
        turn = np.eye(3) if upright is None else upright
        seen = vertices if upright is None else vertices @ turn.T
        low, high = seen.min(axis=0).astype(float), seen.max(axis=0).astype(float)
        return cls((low + high) / 2 @ turn, np.maximum(high - low, 1e-3), upright=turn)

    def front(self) -> Orbit:
        """Look from the front again."""
        return Orbit(self.center, self.size, parallel=self.parallel, upright=self.upright)

    def fitted(self) -> Orbit:
        """Look at the whole face from the same side."""
        return replace(self, zoom=1.0, pan=(0.0, 0.0))

    def looking(self, azimuth: float, elevation: float) -> Orbit:
        """Look from another side, in degrees, as near as before and with the face in the middle."""
        return replace(self, azimuth=0.0, elevation=0.0, pan=(0.0, 0.0)).turned(azimuth, elevation)

    def under(self, view: ViewState) -> Orbit:
        """Look at the face from where the camera stood another time, within limits."""
        start = replace(self, zoom=1.0, parallel=view.orthographic)
        placed = start.looking(view.azimuth, view.elevation).panned(view.pan_right, view.pan_up)
        return placed.zoomed(view.zoom)

    def told(self, view: ViewState) -> ViewState:
        """Put the camera of a view where it stands here."""
        return replace(
            view,
            azimuth=self.azimuth,
            elevation=self.elevation,
            zoom=self.zoom,
            pan_right=self.pan[0],
            pan_up=self.pan[1],
            orthographic=self.parallel,
        )

    def on(self, vertices: Floats) -> Orbit:
        """Look at other vertices (V, 3) in the same way."""
        fitted = Orbit.around(vertices, self.upright)
        return replace(self, center=fitted.center, size=fitted.size)

    def standing(self, upright: Vector, vertices: Floats) -> Orbit:
        """Look at a face (V, 3) that is upright so, as before where it already was."""
        if np.array_equal(upright, self.upright):
            return self
        return replace(self, upright=upright).on(vertices)

    def like(self, other: Orbit) -> Orbit:
        """Look at this face as another is looked at."""
        return replace(other, center=self.center, size=self.size, upright=self.upright)

    def misses(self, vertices: Floats) -> bool:
        """Whether vertices (V, 3) lie elsewhere, or have another size, than what this fits."""
        fitted = Orbit.around(vertices, self.upright)
        size = float(np.linalg.norm(self.size))
        moved = float(np.linalg.norm(fitted.center - self.center))
        return moved > 0.2 * size or not 0.7 < float(np.linalg.norm(fitted.size)) / size < 1.4

    def turned(self, azimuth: float, elevation: float) -> Orbit:
        """Turn by degrees; the horizon stays level."""
        up = min(max(self.elevation + elevation, -MAX_ELEVATION), MAX_ELEVATION)
        around = (self.azimuth + azimuth + 180) % 360 - 180
        return replace(self, azimuth=around, elevation=up)

    def zoomed(self, factor: float) -> Orbit:
        """Come nearer for a factor below 1, within limits."""
        return replace(self, zoom=min(max(self.zoom * factor, NEAREST), FARTHEST))

    def panned(self, right: float, up: float) -> Orbit:
        """Shift by shares of the half height of what is seen, never off the face."""
        x, y = self.pan[0] + right * self.zoom, self.pan[1] + up * self.zoom
        return replace(self, pan=(min(max(x, -1.0), 1.0), min(max(y, -1.0), 1.0)))

    def half_height(self, aspect: float) -> float:
        """Give half of the height seen at the target when fitted; aspect is width over height."""
        # As wide as an egg in that box is from this side, for a head is deeper than wide.
        a = math.radians(self.azimuth)
        wide = math.hypot(float(self.size[0]) * math.cos(a), float(self.size[2]) * math.sin(a))
        return MARGIN * max(float(self.size[1]), wide / max(aspect, 1e-3)) / 2

    def distance(self, aspect: float) -> float:
        """Measure from the camera to the target, in millimeters.

        A parallel view zooms by its scale, so that the camera never comes to stand inside the face.
        """
        fitted = self.half_height(aspect) / math.tan(math.radians(FIELD_OF_VIEW / 2))
        return (fitted + float(self.size[2]) / 4) * (1.0 if self.parallel else self.zoom)

    def scale(self, aspect: float) -> float:
        """Give half of the height that a parallel view shows, in millimeters.

        It is what a lens shows of the face's nearer half, so that the face keeps its size when the
        lens is changed.
        """
        return self.half_height(aspect) * self.zoom

    def axes(self) -> tuple[Vector, Vector, Vector]:
        """Give unit vectors (3,): right, up, and from the target towards the camera."""
        a, e = math.radians(self.azimuth), math.radians(self.elevation)
        towards = np.array([math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e)])
        up = np.array([-math.sin(a) * math.sin(e), math.cos(e), -math.cos(a) * math.sin(e)])
        right = np.array([math.cos(a), 0.0, -math.sin(a)])
        return right @ self.upright, up @ self.upright, towards @ self.upright

    def target(self, aspect: float) -> Vector:
        """Find the point (3,) in the middle of the view."""
        right, up, _ = self.axes()
        half = self.half_height(aspect)
        return np.asarray(self.center + half * (self.pan[0] * right + self.pan[1] * up))

    def position(self, aspect: float) -> Vector:
        """Find the place (3,) of the camera."""
        return np.asarray(self.target(aspect) + self.distance(aspect) * self.axes()[2])

    def clipping(self, aspect: float) -> tuple[float, float]:
        """Set near and far planes so that they hold the face with room for it to move."""
        reach = 2.0 * float(np.linalg.norm(self.size))
        far = self.distance(aspect) + reach
        return max(self.distance(aspect) - reach, far / 500), far
