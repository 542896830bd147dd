"""What a reader of action units says of a clip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .errors import InputError
from .sequence import Floats, read_only
from .tracks import Tracks

MOST = 5.0  # intensity E of FACS, the maximum
_TRACE = 0.5  # intensity from which on a unit is nearer to a trace than to nothing


class Columns(StrEnum):
    """Whose columns a table of units has."""

    openface = "openface"
    feat = "feat"


def _nothing() -> Floats:
    return np.zeros(0, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class UnitTracks(Tracks):
    """Intensity of action units, 0 (not there) to 5 (E of FACS), and where they occur.

    Attributes
    ----------
    probability
        (T, N) float32, 0..1 that a unit occurs; where none is given, its share of the highest
        intensity.
    thresholds
        (N,) float32, the intensity from which on a unit is said to occur; that of a trace where
        none is given. What occurs follows from the intensity alone, so that the two never
        contradict each other.
    """

    high: float = MOST
    probability: Floats = field(default_factory=_nothing)
    thresholds: Floats = field(default_factory=_nothing)

    def __post_init__(self) -> None:
        super().__post_init__()
        trace = np.full(len(self.names), _TRACE)
        for name, usual in (("probability", self.shares), ("thresholds", trace)):
            given = getattr(self, name)
            array = np.ascontiguousarray(given if given.size else usual, dtype=np.float32)
            if array.shape[-1] != len(self.names):
                raise ValueError(f"{name} has shape {array.shape} for {len(self.names)} names")
            read_only(array)
            object.__setattr__(self, name, array)

    @property
    def units(self) -> tuple[int, ...]:
        """Numbers of the units, in the order of the columns."""
        return tuple(int(name.removeprefix("AU")) for name in self.names)

    @property
    def occurs(self) -> NDArray[np.bool_]:
        """(T, N) where each unit is at or above its threshold."""
        return np.asarray(self.values >= self.thresholds, dtype=np.bool_)

    @property
    def shown(self) -> dict[int, float]:
        """Units that occur somewhere, with the highest intensity of each."""
        found = np.flatnonzero(self.occurs.any(axis=0)).tolist()
        return {self.units[place]: float(self.summary[place]) for place in found}

    def only(self, units: Sequence[int]) -> Self:
        """Keep some units, in the order asked for; those that are not read are left out."""
        places = [self.units.index(unit) for unit in units if unit in self.units]
        return replace(
            self,
            names=tuple(self.names[place] for place in places),
            values=self.values[:, places],
            summary=self.summary[places],
            probability=self.probability[:, places],
            thresholds=self.thresholds[places],
        )

    def over(self, thresholds: Mapping[int, float]) -> Self:
        """Have units occur from other intensities on.

        Raises
        ------
        InputError
            For a unit that is not read, or an intensity that is none.
        """
        out = self.thresholds.copy()
        for unit, value in thresholds.items():
            if unit not in self.units:
                wanted = f"one of {', '.join(map(str, self.units))}"
                raise InputError.of("threshold", wanted, str(unit))
            if not 0.0 < value <= MOST:
                raise InputError.of("threshold", "an intensity above 0, up to 5", f"{value:g}")
            out[self.units.index(unit)] = value
        return replace(self, thresholds=out)

    def between(self, start: int, stop: int) -> Self:
        """Take frames start..stop-1; the summary is theirs."""
        part = self.values[start:stop]
        return replace(
            self,
            values=part,
            summary=part.max(axis=0),
            probability=self.probability[start:stop],
        )

    def at(self, moments: NDArray[np.float64]) -> Self:
        """Read at moments (N,) in frames, the probability as well."""
        moved = super().at(moments)
        frames = np.arange(len(self.probability))
        columns = [np.interp(moments, frames, column) for column in self.probability.T]
        return replace(moved, probability=np.stack(columns, axis=1))

    def text(self, value: float) -> str:
        """Write an intensity as people read it."""
        return f"{value:.1f}"
