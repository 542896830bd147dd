"""How the 3D view looks at a face: numbers and words, so that any file can keep them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

Shading = Literal["smooth", "flat", "wireframe", "points"]
SHADINGS: tuple[Shading, ...] = get_args(Shading)
# How two clips are looked at: beside each other, in turn or both at one place, or their distance.
Comparing = Literal["side by side", "flip", "overlay", "error map"]
COMPARING: tuple[Comparing, ...] = get_args(Comparing)

# What is drawn besides the face, or not: fields of `ViewState`.
DRAWN = ("landmarks", "fittings", "rounded", "ghosts", "trails")
_SWITCHES = ("orthographic", "heat_map", *DRAWN)
_FARTHEST = 1e4  # degrees, and shares of the face, within which somebody looks at it


@dataclass(frozen=True)
class ViewState:
    """Where the camera stands and what is drawn; none of it belongs to one clip.

    Attributes
    ----------
    azimuth, elevation
        Degrees to the face's left and up, 0 is the front.
    zoom
        Distance as a share of the one that fits the face.
    pan_right, pan_up
        Shift of the view as a share of its half height.
    orthographic, heat_map, landmarks
        Whether there is no perspective, and whether each of these is drawn.
    ghosts, trails
        Whether frames before and after are seen through, and the way of each landmark is drawn.
    fittings, rounded
        Whether the studio's face is drawn with teeth and lashes, and with a round outline and lips
        that meet.
    shading
        How the surface is drawn.
    hidden
        Names of the parts that are not drawn.
    """

    azimuth: float = 0.0
    elevation: float = 0.0
    zoom: float = 1.0
    pan_right: float = 0.0
    pan_up: float = 0.0
    orthographic: bool = False
    shading: Shading = "smooth"
    heat_map: bool = False
    landmarks: bool = False
    ghosts: bool = False
    trails: bool = False
    fittings: bool = True
    rounded: bool = True
    hidden: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Say it in numbers, words and lists of words, as JSON has them."""
        return {**asdict(self), "hidden": list(self.hidden)}

    def drawing(self, name: str, *, on: bool) -> ViewState:
        """Give the same with one of `DRAWN` drawn, or left out."""
        changed: dict[str, Any] = {name: on}
        return replace(self, **changed)

    @classmethod
    def of(cls, stored: Mapping[str, object]) -> ViewState:
        """Read what `as_dict` gave; what is missing or spoilt takes its default."""
        known = {field.name: _read(field.name, stored.get(field.name)) for field in fields(cls)}
        return cls(**{name: value for name, value in known.items() if value is not None})  # type: ignore[arg-type]


def _read(name: str, value: object) -> object:
    """Take the value if it can be one of this field, else None."""
    if name == "shading":
        return value if value in SHADINGS else None
    if name == "hidden":
        listed = isinstance(value, list | tuple)
        return tuple(part for part in value if isinstance(part, str)) if listed else None  # type: ignore[attr-defined]
    if name in _SWITCHES:
        return value if isinstance(value, bool) else None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and abs(value) <= _FARTHEST else None  # type: ignore[arg-type]
