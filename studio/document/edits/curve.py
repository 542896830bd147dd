"""A number over time by its keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from studio.core.geometry import smoothstep
from studio.core.parameters import Choice, Parameter

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
