"""What became of many clips, told in a table, as JSON and in a report."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.cli.output import print_json, print_table, write_json
from studio.io.files import whole_file
from studio.takes.many.finding import Clips
from studio.takes.many.manifest import Item, State

_FEW = 20  # rows of a table that a terminal shows at once
_COLUMNS = ("id", "input", "output", "state", "seconds", "host", "tries", "error", "remarks")


@dataclass(frozen=True)
class Told:
    """What there is to tell.

    Attributes
    ----------
    clips
        What was found.
    items, states
        What was to be done, and how each that ended did, by id.
    before
        Ids of those that were done before.
    seconds
        How long the command took.
    """

    clips: Clips
    items: list[Item]
    states: dict[str, State]
    before: set[str]
    seconds: float

    @property
    def failed(self) -> list[State]:
        """Those that have an error, in the order of the clips."""
        return [state for item in self.items if (state := self.states.get(item.id)) and state.error]

    @property
    def made(self) -> int:
        """How many were made now."""
        return len(self.states) - len(self.failed) - len(self.before)

    @property
    def left(self) -> int:
        """How many have not been tried."""
        return len(self.items) - len(self.states)

    def rows(self) -> list[dict[str, Any]]:
        """Say what became of each, by the names of the report's columns."""
        return [self._row(item, self.states.get(item.id)) for item in self.items]

    def _row(self, item: Item, state: State | None) -> dict[str, Any]:
        there = {"id": item.id, "input": item.source, "output": item.output}
        if state is None:
            return there | {"state": "left", "seconds": None, "host": "", "tries": 0} | _NOTHING
        word = "failed" if state.error else "there" if item.id in self.before else "made"
        took = {"state": word, "seconds": state.seconds, "host": state.host, "tries": state.tries}
        return there | took | {"error": state.error, "remarks": list(state.remarks)}


_NOTHING: dict[str, Any] = {"error": "", "remarks": []}


def tell(told: Told, out: Path, report: Path | None, *, json: bool) -> None:
    """Print how many were made, were there and failed, with the error of each, and report it."""
    if report is not None:
        _report(told, report)
    if json:
        counts = {"clips": len(told.items), "made": told.made, "there": len(told.before)}
        ends = {"left": told.left, "seconds": told.seconds, "out": str(out)}
        failed = [{"input": each.source, "error": each.error} for each in told.failed]
        print_json({**counts, "failed": failed, **ends})
        return
    print(_summary(told, out))
    failed_now = told.failed
    if failed_now:
        rows = [[_near(each.source), each.error] for each in failed_now[:_FEW]]
        print()
        print_table(rows, ["failed", "why"])
        if len(failed_now) > _FEW:
            print(f"and {len(failed_now) - _FEW} more; --report FILE.csv lists all")


def _summary(told: Told, out: Path) -> str:
    count = len(told.items)
    out_of = f", {told.clips.left_out} other files left out" if told.clips.left_out else ""
    if movies := told.clips.movies:
        reads = "a pattern such as '*.mp4' reads them"
        out_of += f", {movies} movie{'s' * (movies != 1)} beside them left out ({reads})"
    parts = [f"{told.made} made"]
    parts += [f"{len(told.before)} there already"] if told.before else []
    parts += [f"{len(told.failed)} failed"] if told.failed else []
    parts += [f"{told.left} left"] if told.left else []
    found = f"{count} clip{'s' * (count != 1)} found{out_of}"
    return f"{found}: {', '.join(parts)} in {told.seconds:.1f} s, in {out}"


def _near(path: str) -> str:
    """Spell a path as it is seen from the current folder, where it lies below."""
    here = str(Path.cwd())
    return os.path.relpath(path, here) if path.startswith(here + os.sep) else path


def _report(told: Told, path: Path) -> None:
    if path.suffix.lower() == ".json":
        write_json(told.rows(), path)
        return
    with whole_file(path) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _COLUMNS)
        writer.writeheader()
        for row in told.rows():
            writer.writerow(row | {"remarks": " | ".join(row["remarks"])})
