"""Tries damaged files on every reader: each gives an answer or one sentence, in 10 s and 1 GB.

    python -m benchmarks.fuzz [READER ...] [--files 1000] [--seed 0] [--keep FOLDER]

Each reader runs in a process of its own. A seed stands for one damaged file: what goes wrong is
printed with its seed (`--seed N --files 1` tries it again) and the file is kept. Ends with a table,
and with status 1 where anything went wrong.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from .trying import PATIENCE, Fault, readers, try_files


@dataclass
class Row:
    """What came of one reader."""

    files: int = 0
    faults: list[Fault] = field(default_factory=list)
    answers: int = 0
    slowest: float = 0.0
    largest: int = 0  # bytes


def run_reader(name: str, seeds: range, keep: Path) -> Row:
    """Try the seeds on a reader; a process that dies or hangs is taken up after the seed."""
    context = multiprocessing.get_context("spawn")
    row, at = Row(), seeds.start
    while at < seeds.stop:
        ours, theirs = context.Pipe(duplex=False)
        rest = range(at, seeds.stop)
        child = context.Process(target=try_files, args=(name, rest, keep, theirs), daemon=True)
        child.start()
        theirs.close()
        if not ours.poll(2 * PATIENCE) or not _ready(ours):
            sys.exit(f"{name}: the good files cannot be read")
        at = _follow(ours, name, row, at)
        if at < seeds.stop:
            child.kill()
            child.join()
            row.faults.append(Fault(at, f"the process died or hung ({child.exitcode})"))
            at, row.files = at + 1, row.files + 1
            _tell(name, row.faults[-1])
        else:
            child.join()
    return row


def _ready(ours: Connection) -> bool:
    try:
        return ours.recv() is None
    except EOFError:
        return False


def _follow(ours: Connection, name: str, row: Row, at: int) -> int:
    """Take what the process reports; give the seed that it has not finished."""
    while ours.poll(PATIENCE):
        try:
            seed, fault, seconds, grown, answered = ours.recv()
        except EOFError:
            break
        row.files, row.answers = row.files + 1, row.answers + answered
        row.slowest, row.largest = max(row.slowest, seconds), max(row.largest, grown)
        if fault is not None:
            row.faults.append(fault)
            _tell(name, fault)
        at = seed + 1
    return at


def _tell(name: str, fault: Fault) -> None:
    print(f"{name} --seed {fault.seed}: {fault.text}", flush=True)


def main() -> int:
    """Try all readers, or those that are named; 1 where something went wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    known = list(readers())
    parser.add_argument("readers", nargs="*", help=", ".join(known))
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-faults"))
    asked = parser.parse_args()
    unknown = set(asked.readers) - set(known)
    if unknown:
        parser.error(f"expected some of {', '.join(known)}, found {min(unknown)}")
    seeds, rows = range(asked.seed, asked.seed + asked.files), {}
    for name in asked.readers or known:
        began = time.perf_counter()
        rows[name] = run_reader(name, seeds, asked.keep)
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    print(f"{'reader':12}{'files':>8}{'answers':>9}{'faults':>8}{'slowest':>10}{'memory':>10}")
    for name, row in rows.items():
        print(
            f"{name:12}{row.files:8}{row.answers:9}{len(row.faults):8}"
            f"{row.slowest:8.2f} s{row.largest / 2**20:7.0f} MB"
        )
    return int(any(row.faults for row in rows.values()))


if __name__ == "__main__":
    sys.exit(main())
