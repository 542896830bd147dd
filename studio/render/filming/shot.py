"""How somebody is filmed: the light, the color of skin and background, the lens, the sensor."""

from __future__ import annotations

from dataclasses import dataclass

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Lighting:
    """A lamp before the camera, and what comes from everywhere.

    Attributes
    ----------
    place
        Of the lamp, in camera axes about the face.
    color, strength
        Of the lamp.
    fill
        Strength of a second lamp, on the other side.
    """

    place: Triple
    color: Triple
    strength: float
    fill: float


@dataclass(frozen=True)
class Shot:
    """How a face is filmed.

    Attributes
    ----------
    skin
        Color that the skin is dyed by.
    back
        Color behind the face.
    lens
        Degrees that the picture spans upright.
    height
        Of the head, as a share of that of the picture.
    shift
        Of the face from the middle, to the right and upward, in shares of the picture's height.
    blur
        Deviation of the lens's bell, in pixels.
    noise, gain
        Deviation of the sensor's noise, of 255, and what its brightness is multiplied by.
    """

    lighting: Lighting
    skin: Triple
    back: Triple
    lens: float
    height: float
    shift: tuple[float, float]
    blur: float
    noise: float
    gain: float
