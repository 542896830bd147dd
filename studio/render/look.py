"""How a movie looks, as plain numbers that can be handed to another process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from studio.core import InputError
from studio.core.sequence import Doubles, Floats
from studio.document.view import ViewState

Background = Literal["light", "dark", "white", "transparent"]
BACKGROUNDS: tuple[Background, ...] = get_args(Background)
SIZES: dict[str, tuple[int, int]] = {
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "square": (1080, 1080),
    "small": (480, 480),
}
FRONT = ViewState()
SMALLEST, LARGEST = 16, 8192  # pixels along a side


@dataclass(frozen=True, eq=False)
class Look:
    """What stands around a face in a movie, and from where it is seen.

    Attributes
    ----------
    background
        The gradient of a theme, plain white, or transparent (where the format can).
    view
        Camera, shading and parts; its heat map comes with a color bar in millimeters.
    neutral
        (V, 3) millimeters the heat map is measured from; the clip's first frame when None.
    caption
        Write the frame number and its time into a corner.
    upright
        (3, 3) how the face is held, as `Orbit` has it; None where its y is up.
    """

    background: Background = "light"
    view: ViewState = FRONT
    neutral: Floats | None = None
    caption: bool = False
    upright: Doubles | None = None

    @property
    def theme(self) -> str:
        """The theme of the background."""
        return "dark" if self.background == "dark" else "light"

    def plain(self) -> dict[str, Any]:
        """Write the look for JSON; the neutral is left out."""
        view = self.view.as_dict()
        held = None if self.upright is None else self.upright.tolist()
        said = {"background": self.background, "view": view, "caption": self.caption}
        return {**said, "upright": held}

    @classmethod
    def of(cls, plain: dict[str, Any], neutral: Floats | None) -> Look:
        """Read the look that `plain` was made from; neutral is (V, 3)."""
        view = ViewState.of(plain["view"])
        held = None if plain["upright"] is None else np.array(plain["upright"])
        return cls(plain["background"], view, neutral, plain["caption"], held)


def parse_size(text: str) -> tuple[int, int]:
    """Read a name of `SIZES` or ``WIDTHxHEIGHT``.

    Raises
    ------
    InputError
        For anything else.
    """
    if text in SIZES:
        return SIZES[text]
    parts = text.lower().split("x")
    if len(parts) == 2 and all(p.isascii() and p.isdigit() and len(p) < 6 for p in parts):
        return checked_size((int(parts[0]), int(parts[1])))
    raise InputError.of("size", f"{', '.join(SIZES)} or a size such as 640x480", text or "nothing")


def checked_size(size: tuple[int, int]) -> tuple[int, int]:
    """Let a size pass that can be drawn.

    Raises
    ------
    InputError
        For one that cannot.
    """
    if not all(SMALLEST <= side <= LARGEST for side in size):
        wanted = f"{SMALLEST} to {LARGEST} pixels along each side"
        raise InputError.of("size", wanted, f"{size[0]}x{size[1]}")
    return size
