"""What a worker does: a command for one clip, in the process where the models are open already."""

from __future__ import annotations

import platform
import socket
import threading
import time
import traceback
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from studio import __version__
from studio.core import CheckpointError, InputError, StudioError
from studio.io.files import whole_file
from studio.takes.many.manifest import Item, Manifest, State

from .digests import models_digest
from .engines import ENGINES

# What a command prints belongs to its clip, and a process has one place to print to.
_ALONE = threading.Lock()
_STAYING = ExitStack()


@dataclass(frozen=True)
class Work:
    """Does items of a manifest; travels to other processes.

    Attributes
    ----------
    manifest
        Its file.
    staying
        Whether the process is there for nothing else, so that the models stay open in it.
    """

    manifest: Path
    staying: bool = False

    def __call__(self, item: Item) -> State:
        """Do an item, and put down how it ended."""
        with _ALONE:
            if self.staying and not ENGINES.keeping:
                _STAYING.enter_context(ENGINES.kept())
            start = time.perf_counter()
            error, lasting, remarks = _done(item)
            seconds = round(time.perf_counter() - start, 3)
            state = State(
                item.id,
                item.source,
                item.output,
                error,
                lasting=lasting,
                seconds=seconds,
                host=socket.gethostname(),
                remarks=tuple(remarks),
            )
            try:
                Manifest(self.manifest).note(state)
            except StudioError as refused:
                # Without that, nobody knows of it.
                if not state.error:
                    return State(item.id, item.source, item.output, str(refused))
            return state


def _done(item: Item) -> tuple[str, bool, list[str]]:
    """Run the command of an item.

    Returns
    -------
    The error, empty where there is none; whether it would come again; and what was remarked.
    """
    from studio.cli.app import STOPPED, perform, refused

    said, heard = StringIO(), StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(heard):
            status = perform(item.arguments)
        if status == STOPPED:  # so Typer says it
            raise KeyboardInterrupt
        if item.spoken:
            with whole_file(Path(item.output)) as part:
                part.write_text(said.getvalue(), encoding="utf-8")
    except Exception as error:
        sentence = refused(error)
        if sentence is None:
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(where.filename).name}:{where.lineno}"
            sentence = f"internal error: {type(error).__name__}: {error} ({place})"
        lasting = isinstance(error, InputError | CheckpointError)
        return " ".join(sentence.split()), lasting, []
    return "", False, heard.getvalue().splitlines()


@dataclass(frozen=True)
class Check:
    """Asks a worker whether it can do the work; travels to it.

    Attributes
    ----------
    probe, token
        A file on the storage that all share, and what it holds.
    models, digest
        The folder of the model set, None for the shipped one, and its digest; empty where no model
        is asked.
    versions
        Of the studio and what it stands on.
    """

    probe: Path
    token: str
    models: Path | None
    digest: str
    versions: tuple[tuple[str, str], ...]

    def __call__(self) -> str:
        """Say what is wrong; empty where nothing is."""
        here = dict(versions())
        for name, wanted in self.versions:
            if here.get(name) != wanted:
                return f"it has {name} {here.get(name)}, and this command {wanted}"
        try:
            seen = self.probe.read_text(encoding="utf-8")
        except OSError:
            seen = ""
        if seen != self.token:
            return f"it does not see {self.probe.parent.parent}; both need the same storage there"
        try:
            with whole_file(self.probe.with_name(f"{self.token}.{_worker_name()}")) as part:
                part.write_text(self.token, encoding="utf-8")
        except StudioError as error:
            return str(error)
        try:
            same = not self.digest or models_digest(self.models) == self.digest
        except StudioError as error:
            return str(error)
        return "" if same else f"it has other models in {self.models or 'the shipped set'}"


def _worker_name() -> str:
    return f"{socket.gethostname()}-{threading.get_native_id()}.probe"


def versions() -> tuple[tuple[str, str], ...]:
    """Say which versions of the studio and of Python are here."""
    python = ".".join(platform.python_version_tuple()[:2])
    return ("expression-studio", __version__), ("Python", python)
