"""What is made of the channels of a capture: a factor and an offset each, kept in files a person.

``{"jawOpen": {"multiplier": 1.2, "offset": -0.05}}``; a channel that is left out stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core import InputError
from studio.core.request import Range
from studio.core.system.disk import read_json
from studio.face.rig import ARKIT_INDEX
from studio.io.files import whole_file

SUFFIX = ".gains.json"
MULTIPLIER, OFFSET = Range(0.0, 5.0), Range(-1.0, 1.0)


@dataclass(frozen=True)
class ChannelGain:
    """What is made of the weight of a channel: ``multiplier * weight + offset``.

    Parameters
    ----------
    channel
        By ARKit's name.
    multiplier
        0 to 5.
    offset
        -1 to 1.

    Raises
    ------
    InputError
        For a name that is none of ARKit's, and numbers out of range.
    """

    channel: str
    multiplier: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        if self.channel not in ARKIT_INDEX:
            raise InputError.of("channels", "names of ARKit's 52 shapes", self.channel[:40])
        MULTIPLIER.check(f"multiplier of {self.channel}", self.multiplier)
        OFFSET.check(f"offset of {self.channel}", self.offset)

    @property
    def changes(self) -> bool:
        """Whether it makes anything else of a weight."""
        return self.multiplier != 1.0 or self.offset != 0.0


def write_gains(path: Path, gains: Sequence[ChannelGain]) -> None:
    """Write a preset, in place of one that is there.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    table = {one.channel: {"multiplier": one.multiplier, "offset": one.offset} for one in gains}
    with whole_file(path) as part:
        part.write_text(json.dumps(table, indent=1), encoding="utf-8")


def read_gains(path: Path) -> tuple[ChannelGain, ...]:
    """Read a preset.

    Raises
    ------
    InputError
        Where the file holds something else.
    """
    wanted = "a table of a multiplier and an offset by channel"
    try:
        found = read_json(path, "a preset of channels")
        return tuple(ChannelGain(name, **numbers) for name, numbers in found.items())
    except InputError as error:
        at = str(error).startswith(path.name)
        raise error if at else InputError(f"{path.name}: {error}") from error
    except (TypeError, AttributeError) as error:
        raise InputError.of(path, wanted, "something else") from error
