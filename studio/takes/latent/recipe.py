"""Recipes of frames between motions, and of a clip that passes into another.

The JSON of the former, `made` as between, says by `way` what is made, from the end of the `source`:

fill : frames `start`..`stop`-1 of the clip anew
loop : `frames` from its end back to its beginning
join : `frames` from its end to the beginning of the `other`, which follows

and by what it `shows`, `seed`, `intensity` and `strength` how; where it shows an empty text that is
what the clip shows. That of the latter, `made` as morph, has a `source` and an `other`, the
`shares` of the second as pairs of place and share, and `align`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, Self, cast, get_args

from studio.core import InputError
from studio.core.request import (
    INTENSITY,
    SEED,
    SHARE,
    InbetweenRequest,
    MorphRequest,
    Range,
)
from studio.takes.recipe import ClipSource, Derived, need, source_from_dict
from studio.takes.recipe_faces import Json

Way = Literal["fill", "loop", "join"]
WAYS: tuple[Way, ...] = get_args(Way)
FRAME = Range(0, 1_000_000, whole=True)
LENGTH = Range(1, 1000, whole=True)


@dataclass(frozen=True, kw_only=True)
class InbetweenRecipe(Derived):
    """Frames between two motions.

    Parameters
    ----------
    source
        The clip in which they are, or that they begin from.
    way
        What they are made for.
    start, stop
        The range that is filled; of no other way.
    frames
        How many there are; of a range that is filled as many as in it.
    request
        How they are made; its label is what they show.
    other
        The clip that is joined.

    Raises
    ------
    InputError
        Where these do not go together.
    """

    made = "between"
    source: ClipSource
    way: Way = "fill"
    start: int = 0
    stop: int = 0
    frames: int = 1
    request: InbetweenRequest = field(default_factory=InbetweenRequest)
    other: ClipSource | None = None

    def __post_init__(self) -> None:
        if self.way not in WAYS:
            raise InputError.of("way", f"one of {', '.join(WAYS)}", str(self.way)[:40])
        for name in ("start", "stop"):
            FRAME.check(name, getattr(self, name))
        if self.way == "fill" and self.start >= self.stop:
            raise InputError.of("range", "one frame or more", f"{self.start} to {self.stop}")
        if self.way == "fill":
            object.__setattr__(self, "frames", self.stop - self.start)
        LENGTH.check("frames", self.frames)
        if (self.way == "join") != (self.other is not None):
            wanted = "another clip to join, and none for other ways"
            raise InputError.of("other", wanted, "one" if self.other else "none")

    def with_label(self, label: str) -> Self:
        """Say what the frames show."""
        return replace(self, request=replace(self.request, label=label))

    def ingredients(self) -> dict[str, object]:
        """Say which clips, where and how, as JSON."""
        span = {"start": self.start, "stop": self.stop} if self.way == "fill" else {}
        other = {} if self.other is None else {"other": self.other.to_dict()}
        asked = self.request
        return {
            "source": self.source.to_dict(),
            **other,
            "way": self.way,
            **(span or {"frames": self.frames}),
            "shows": asked.label,
            "seed": asked.seed,
            "intensity": asked.intensity,
            "strength": asked.strength,
        }

    @classmethod
    def read(cls, data: Json) -> InbetweenRecipe:
        """Read what is particular to it; raises `InputError`."""
        way, found = str(data.get("way", "fill")), data.get("other")

        def number(name: str, allowed: Range, *, told: bool, otherwise: int) -> int:
            """Read a number where it is told."""
            return int(allowed.check(name, need(data, name))) if told else otherwise

        ranged = way == "fill"
        return cls(
            source=source_from_dict(need(data, "source")),
            other=None if found is None else source_from_dict(found),
            way=cast(Way, way),  # which the recipe checks
            start=number("start", FRAME, told=ranged, otherwise=0),
            stop=number("stop", FRAME, told=ranged, otherwise=0),
            frames=number("frames", LENGTH, told=not ranged, otherwise=1),
            request=InbetweenRequest(
                label=str(data.get("shows", "")),
                seed=int(SEED.check("seed", data.get("seed", 1))),
                intensity=float(INTENSITY.check("intensity", data.get("intensity", 1.0))),
                strength=float(SHARE.check("strength", data.get("strength", 1.0))),
            ),
        )


@dataclass(frozen=True, kw_only=True)
class MorphRecipe(Derived):
    """A clip that passes from one into another."""

    made = "morph"
    source: ClipSource
    other: ClipSource
    request: MorphRequest = field(default_factory=MorphRequest)

    def ingredients(self) -> dict[str, object]:
        """Say which clips and how they pass, as JSON."""
        return {
            "source": self.source.to_dict(),
            "other": self.other.to_dict(),
            "shares": [list(key) for key in self.request.keys],
            "align": self.request.align,
        }

    @classmethod
    def read(cls, data: Json) -> MorphRecipe:
        """Read what is particular to it; raises `InputError`."""
        return cls(
            source=source_from_dict(need(data, "source")),
            other=source_from_dict(need(data, "other")),
            request=MorphRequest(_keys(need(data, "shares")), data.get("align") is not False),
        )


def _keys(found: object) -> tuple[tuple[float, float], ...]:
    wanted = "pairs of place and share"
    if not isinstance(found, list | tuple):
        raise InputError.of("shares", wanted, str(found)[:40])
    keys = []
    for key in found:
        if not isinstance(key, list | tuple) or len(key) != 2:
            raise InputError.of("shares", wanted, str(key)[:40])
        at, share = (float(SHARE.check("share", number)) for number in key)
        keys.append((at, share))
    return tuple(keys)
