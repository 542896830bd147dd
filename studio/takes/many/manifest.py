"""What is to be done to each of many clips, and what has become of it, in files alone.

`manifest.jsonl` lists the items of the latest command, a line each. A hidden folder beside it has
a file for each item that has ended, called by its id; what is made of a clip appears whole, before
that. So whatever stops a command, running it again does what is left.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from studio.core import InputError
from studio.core.system.disk import read_whole
from studio.io.files import clear_begun, refusals, whole_file
from studio.takes.text import recipe_beside

MANIFEST = "manifest.jsonl"
_LARGEST = 1 << 30


@dataclass(frozen=True)
class Item:
    """One thing to do.

    Attributes
    ----------
    id
        Of the verb, its parameters, the models and what lies at the source.
    verb
        The command.
    arguments
        All that stands behind the program's name.
    source
        The clip.
    output
        The file or the folder that is made.
    spoken
        Whether that is a file of what the command prints.
    """

    id: str
    verb: str
    arguments: tuple[str, ...]
    source: str
    output: str
    spoken: bool = False


@dataclass(frozen=True)
class State:
    """How an item ended.

    Attributes
    ----------
    id, source, output
        Of the item.
    error
        A sentence; empty where it went well.
    lasting
        Whether another try would end no other way.
    seconds
        That it took.
    host
        The machine that worked on it.
    tries
        How many there were.
    remarks
        What was said of the clip.
    """

    id: str
    source: str
    output: str
    error: str = ""
    lasting: bool = False
    seconds: float = 0.0
    host: str = ""
    tries: int = 1
    remarks: tuple[str, ...] = ()


def item_id(verb: str, parameters: Sequence[str], models: str, source: Path, stamp: str) -> str:
    """Name an item by all that its result depends on.

    Parameters
    ----------
    verb, parameters
        The command and its options, with a stamp for each file that they name.
    models
        A digest of the models it asks.
    source, stamp
        The clip, and its size and time of change.
    """
    said = json.dumps([verb, list(parameters), models, str(source), stamp])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


class Manifest:
    """The items of a command in files, and what has become of them.

    Parameters
    ----------
    path
        The file that lists the items.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.folder = self.path.parent / f".{self.path.stem}"

    @classmethod
    def of(cls, out: Path) -> Manifest:
        """Find that of an output folder, or of a file that tells of all items."""
        return cls(out.with_suffix(f".{MANIFEST}") if out.suffix else out / MANIFEST)

    def state_file(self, item_id: str) -> Path:
        """Say which file tells how an item ended."""
        return self.folder / f"{item_id}.json"

    def write(self, items: Iterable[Item]) -> None:
        """Put down what is to be done.

        Raises
        ------
        StudioError
            Where the system refuses.
        """
        with refusals(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        with whole_file(self.path) as part:
            lines = (json.dumps(asdict(item)) + "\n" for item in items)
            part.write_text("".join(lines), encoding="utf-8")

    def items(self) -> list[Item]:
        """Read what is to be done; nothing where no manifest is.

        Raises
        ------
        InputError
            Where the file is no manifest.
        """
        if not os.path.lexists(self.path):
            return []
        try:
            lines = read_whole(self.path, "a manifest", _LARGEST).decode().splitlines()
            return [_item(json.loads(line)) for line in lines if line]
        except (ValueError, TypeError, KeyError):
            raise InputError.of(self.path, "a manifest of items", "something else") from None

    def note(self, state: State) -> None:
        """Put down how an item ended.

        Raises
        ------
        StudioError
            Where the system refuses.
        """
        with whole_file(self.state_file(state.id)) as part:
            part.write_text(json.dumps(asdict(state)) + "\n", encoding="utf-8")

    def state(self, item: Item) -> State | None:
        """Read how an item ended; None where it has not, or what it made is gone."""
        try:
            told = json.loads(self.state_file(item.id).read_text(encoding="utf-8"))
            state = State(**told | {"remarks": tuple(told["remarks"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None
        there = bool(state.error) or os.path.exists(state.output)
        return state if there and state.output == item.output else None

    def forget_others(self, items: Sequence[Item]) -> None:
        """Take back that outputs of these items were made by other ones, which they replace."""
        ours = {item.output: item.id for item in items}
        for path in self.folder.glob("*.json"):
            try:
                told = json.loads(path.read_text(encoding="utf-8"))
                if ours.get(told["output"], told["id"]) != told["id"]:
                    path.unlink()
            except (OSError, ValueError, TypeError, KeyError):
                continue

    def clear(self, items: Sequence[Item]) -> None:
        """Remove what workers that are gone had begun to write for these items."""
        outs = [Path(item.output) for item in items]
        notes = [self.state_file(item.id) for item in items]
        clear_begun([*outs, *map(recipe_beside, outs), *notes], self.path.parent)


def _item(told: dict[str, object]) -> Item:
    arguments = told["arguments"]
    if not isinstance(arguments, list):
        raise TypeError
    names = ("id", "verb", "source", "output")
    texts = {name: str(told[name]) for name in names}
    return Item(**texts, arguments=tuple(map(str, arguments)), spoken=bool(told["spoken"]))
