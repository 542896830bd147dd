"""A number over time by its keys, and edits that scale by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from studio.core.geometry import smoothstep
from studio.core.parameters import Choice, Parameter
from studio.core.request import Range

from .edit import Below, Frames
from .keyed import KeyedEdit

Between = Literal["smooth", "linear"]
BETWEEN: tuple[Between, ...] = get_args(Between)
BETWEEN_KEYS = Parameter(
    "between",
    "&Between",
    "How the value passes from one key to the next",
    choices=tuple(Choice(name, name.capitalize()) for name in BETWEEN),
    default="smooth",
)


@dataclass(frozen=True)
class CurveKey:
    """The value in a frame.

    Parameters
    ----------
    frame
        Its number.
    value
        The number there.
    """

    frame: int
    value: float


def along(
    keys: Sequence[CurveKey], between: Between, moments: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Tell the value at some moments; before the first key and after the last as it is there.

    Parameters
    ----------
    keys
        By frame, one or more.
    between
        How the value passes from one key to the next.
    moments
        (N,) in frames.

    Returns
    -------
    (N,)
    """
    values = np.array([key.value for key in keys])
    places = np.arange(len(values))
    at = np.interp(moments, [key.frame for key in keys], places)
    if between == "smooth":
        whole = np.floor(at)
        at = whole + smoothstep(at - whole)
    return np.asarray(np.interp(at, places, values))


class CurveEdit(KeyedEdit):
    """An edit that scales something by a number over time.

    Attributes
    ----------
    between
        How the number passes from one key to the next.
    """

    fewest: ClassVar[int] = 1
    values: ClassVar[Range] = Range(0.0, 2.0)  # that a key may have
    key_kind: ClassVar[type[CurveKey]] = CurveKey
    idle: ClassVar[float] = 1.0  # the number that changes nothing

    keys: Sequence[CurveKey]
    between: Between

    @property
    def summary(self) -> str:
        """What a list of edits says of it: its keys, or the one number."""
        only = f"{self.keys[0].value:.0%}"
        return f"{self.title} · {f'{len(self.keys)} keys' if len(self.keys) > 1 else only}"

    @property
    def changes(self) -> bool:
        """Whether any key scales."""
        return any(key.value != self.idle for key in self.keys)

    def with_value(self, frame: int, value: float) -> Self:
        """Put a key of this value in a frame, instead of what was there."""
        return self.put([self.key_kind(frame, value)])

    def keyed(self, below: Below, frame: int) -> Self:
        """Set a key in a frame, of the value that the curve has there."""
        value = round(float(self.scale(np.array([frame]))[0]), 2)
        return self.with_value(frame, min(max(value, self.values.low), self.values.high))

    def scale(self, frames: Frames) -> NDArray[np.float64]:
        """Tell the number in some frames.

        Parameters
        ----------
        frames
            (N,) numbers of frames.

        Returns
        -------
        (N,)
        """
        return along(self.keys, self.between, frames.astype(np.float64))
