"""A command for many clips: items in a manifest, done by this process, others, or a cluster."""

from __future__ import annotations

import os
import secrets
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from studio.cli.formats.options import Form
from studio.cli.output import progress_line
from studio.core import InputError, StudioError
from studio.core.system.streams import say
from studio.io.files import check_place
from studio.io.folders.folder import several_runs
from studio.takes.many.finding import Clips, clips_in, is_glob, is_run, stamp
from studio.takes.many.manifest import Item, Manifest, State, item_id
from studio.takes.many.running import Alone, Crew, left_of, run_items

from .command import MOST_JOBS
from .digests import models_digest, stamped
from .engines import ENGINES
from .places import check_folder, places
from .telling import Told, tell
from .verbs import Verb
from .work import Check, Work, versions

SOME_FAILED = 1
_ONE_FOR_ALL = ("recipe_out",)


def several(inputs: Sequence[Path], *, explicit: bool) -> Clips | None:
    """Find the clips where there may be several; None where a single one is named.

    Parameters
    ----------
    explicit
        Whether an option for many clips was given.

    Raises
    ------
    InputError
        As `clips_in` does.
    """
    if len(inputs) > 1 or explicit:
        return clips_in(inputs)
    path = inputs[0]
    if not (is_glob(path) or os.path.isdir(path)) or is_run(path):
        return None
    if several_runs(path):
        return None  # one of them is wanted, and reading it says which there are
    try:
        return clips_in(inputs)
    except InputError:
        return None  # and what is wrong


class Spread:
    """One command over many clips.

    Parameters
    ----------
    context
        Of the command, which knows how its options are spelled.
    clips
        What was found.
    last, told
        What stands behind the clips, and all other options, by parameter.
    out
        Where what is made goes.
    csv, frames, jobs, cluster, retry, report
        As the options give them.
    """

    def __init__(
        self,
        context: typer.Context,
        verb: Verb,
        clips: Clips,
        last: dict[str, Any],
        out: Path | None,
        told: dict[str, Any],
        *,
        jobs: int,
        cluster: str | None,
        retry: int,
        report: Path | None,
        csv: Path | None = None,
        frames: bool = False,
    ) -> None:
        self.verb, self.clips, self.last, self.told = verb, clips, last, told
        self.jobs, self.cluster, self.retry, self.report = jobs, cluster, retry, report
        self.csv, self.frames = csv, frames
        self.out = self._checked_out(csv if verb.spoken else out)
        self._check_counts()
        self.options = _options(context, set(told) - {"json"})
        self.manifest = Manifest.of(self.out)
        self.start = time.perf_counter()

    def run(self) -> int:
        """Do what is left, write what was asked for and tell; the exit status."""
        digest = models_digest(self.told.get("models")) if self.verb.asks_models else ""
        items = self._items(digest)
        before, left = left_of(self.manifest, items)
        self.manifest.write(items)
        self.manifest.forget_others(items)
        if left:
            crew = self._crew(digest, len(left))
            stop = self._work(crew, left)
        else:
            stop = None
        told = Told(self.clips, items, self._states(items), {*before}, self._seconds())
        if self.csv is not None:
            from .table import write_table

            write_table(self.csv, told, frames=self.frames)
        tell(told, self.out, self.report, json=bool(self.told.get("json")))
        if isinstance(stop, KeyboardInterrupt):
            raise stop
        if stop is not None:
            say(str(stop))
        return SOME_FAILED if stop or told.failed else 0

    def _work(self, crew: Crew, left: list[Item]) -> BaseException | None:
        """Have the items done; what stopped that, if anything did."""
        ended = failed = 0
        try:
            with _ended_as_stopped(), progress_line() as progress, ENGINES.kept():

                def show(state: State) -> None:
                    nonlocal ended, failed
                    ended, failed = ended + 1, failed + bool(state.error)
                    bad = f", {failed} failed" if failed else ""
                    progress.report(ended / len(left), f"{ended} of {len(left)}{bad}")

                progress.report(0.0, f"0 of {len(left)}")
                run_items(self.manifest, left, crew, self.retry, show)
        except (KeyboardInterrupt, StudioError) as stop:
            return stop
        return None

    def _crew(self, digest: str, left: int) -> Crew:
        """Choose who works."""
        if self.cluster is not None:
            return self._joined(digest)
        work = Work(self.manifest.path, staying=self.jobs > 1)
        if self.jobs == 1:
            return Alone(work)
        from studio.takes.many.processes import Processes

        return Processes(min(self.jobs, left), work)

    def _joined(self, digest: str) -> Crew:
        """Join a cluster, whose workers all see the storage and have what they need."""
        from studio.takes.many.cluster import Cluster

        token = secrets.token_hex(8)
        probe = self.manifest.folder / f"{token}.probe"
        probe.write_text(token, encoding="utf-8")
        models = self.told.get("models")
        check = Check(probe, token, models and models.absolute(), digest, versions())
        try:
            work = Work(self.manifest.path, staying=True)
            gpu = self.told.get("device") == "cuda"
            return Cluster(str(self.cluster), work, check, gpu=gpu)
        finally:
            for path in self.manifest.folder.glob(f"{token}*.probe"):
                path.unlink(missing_ok=True)

    def _items(self, digest: str) -> list[Item]:
        """List what is to be done."""
        behind = [str(path.absolute()) for path in self.last.values()]
        parameters = [stamped(word) for word in (*behind, *self.options)]
        named = []
        for each in self.clips.found:
            mark = stamp(each.path)
            named.append(item_id(self.verb.name, parameters, digest, each.path, mark))
        made = self._places(named)
        return [
            Item(
                name,
                self.verb.name,
                self.verb.arguments(each.path, self.last, place, self.options),
                str(each.path),
                str(place),
                self.verb.spoken,
            )
            for each, name, place in zip(self.clips.found, named, made, strict=True)
        ]

    def _places(self, named: list[str]) -> list[Path]:
        if self.verb.spoken:
            return [self.manifest.folder / f"{name}.answer" for name in named]
        out, told = self.out.absolute(), self.told
        if self.verb.suffix:
            return places(self.clips, out, self.verb.suffix, frames=False)
        from studio.cli.target import Target

        form = told["preset"], told["format"], told["unit"], told["option"]
        kind = Form.told(None, *form).kind
        made = places(self.clips, out, kind.suffix, frames=not kind.single)
        # What is wrong with the options is said once, before anything is made.
        Target.checked(made[0], *form, told["size"], told["background"])
        return made

    def _checked_out(self, out: Path | None) -> Path:
        """Take the place that was asked for, once it is clear that it can serve."""
        count = len(self.clips.found)
        if out is None:
            wanted = "--csv OUT.csv" if self.verb.spoken else "--out"
            raise InputError.of(self.verb.name, f"{wanted} for {count} clips", "none")
        if not self.verb.spoken:
            check_folder(out, self.clips)
        elif out.suffix.lower() != ".csv":
            raise InputError.of(out, "a .csv file", out.suffix or "no suffix")
        else:
            check_place(out)
        return out

    def _check_counts(self) -> None:
        """Refuse options that do not go with many clips, or with each other."""
        if not 1 <= self.jobs <= MOST_JOBS:
            raise InputError.of("jobs", f"a number from 1 to {MOST_JOBS}", str(self.jobs))
        if not 0 <= self.retry <= 100:
            raise InputError.of("retry", "a number from 0 to 100", str(self.retry))
        if self.cluster is not None and self.jobs > 1:
            raise InputError.of(self.verb.name, "--jobs or --cluster", "both")
        for name in _ONE_FOR_ALL:
            if self.told.get(name) is not None:
                wanted = "a recipe beside each of many clips"
                raise InputError.of(self.verb.name, wanted, "--recipe for all")
        if self.report is not None:
            if self.report.suffix.lower() not in (".csv", ".json"):
                found = self.report.suffix or "no suffix"
                raise InputError.of(self.report, "a .csv or .json file", found)
            check_place(self.report)

    def _states(self, items: list[Item]) -> dict[str, State]:
        found = ((item.id, self.manifest.state(item)) for item in items)
        return {name: state for name, state in found if state is not None}

    def _seconds(self) -> float:
        return time.perf_counter() - self.start


@contextmanager
def _ended_as_stopped() -> Iterator[None]:
    """Take the system's wish to end, as Slurm has at its limit, for a stop from the keyboard."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _options(context: typer.Context, wanted: set[str]) -> list[str]:
    """Spell the options that were given, their files by whole paths, for a process elsewhere."""
    words: list[str] = []
    for parameter in context.command.params:
        name = str(parameter.name)
        source = context.get_parameter_source(name)
        if name not in wanted or source is None or source.name != "COMMANDLINE":
            continue
        value = context.params[name]
        if isinstance(value, bool):
            words.append((parameter.opts if value else parameter.secondary_opts)[-1])
            continue
        for each in value if isinstance(value, list | tuple) else [value]:
            words += [parameter.opts[0], _whole(each)]
    return words


def _whole(value: object) -> str:
    text = str(value)
    there = isinstance(value, Path | str) and os.path.lexists(text)
    return str(Path(text).absolute()) if there else text
