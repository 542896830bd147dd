"""Autosaves: a folder an instance writes to while it runs, and the next one finds after a crash.

    document.json         as in the session file, replaced in one step
    arrays/<32 hex>.npy   written once, when the content is new

So a change of a name costs a few kilobytes however long the clips are, and at every moment the
folder holds one whole document: the arrays come first, the JSON that refers to them takes the place
of the old one in one step, and what is no longer referred to goes last. Where the process dies in
between, the document before is still there. Only the owner may look into the folder.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from studio.core import InputError, Progress, StudioError
from studio.core.system.disk import LARGEST_TEXT, read_whole, regular
from studio.io.files import refusals, sentence, whole_file

from .blobs import Array, Fingerprints, Tick, fingerprint, read_array, write_array
from .evaluator import Evaluator
from .session import MANIFEST, Session, one_sentence, pack, parse_manifest, ticker, unpack

_NO_PROGRESS = Progress()


@dataclass(frozen=True)
class Leftover:
    """What an autosave holds, as far as its JSON tells.

    Attributes
    ----------
    saved : str
        ISO time, empty where it is not known.
    clips : tuple of str
        The names of the clips.
    file : Path or None
        The session file that was open, None where there was none.
    """

    saved: str
    clips: tuple[str, ...]
    file: Path | None


class AutosaveFolder:
    """One instance's autosave. The folder is made by the first `write`."""

    def __init__(self, path: Path, fingerprints: Fingerprints | None = None) -> None:
        self.path = path
        self._fingerprints = fingerprints or Fingerprints()

    def write(self, session: Session, *, progress: Progress = _NO_PROGRESS) -> None:
        """Make the session the one that is found.

        Raises
        ------
        StudioError
            Where the disk refuses; the session of before is whole then.
        Cancelled
            Where a stop was asked for; likewise.
        """
        arrays, manifest = pack(session, self._fingerprints, progress.part(0.0, 0.3))
        new = {name: a for name, a in arrays.items() if not os.path.exists(self._array(name))}
        tick = ticker(progress.part(0.3, 1.0), sum(array.nbytes for array in new.values()))
        try:
            with refusals(self.path):
                self.path.mkdir(0o700, parents=True, exist_ok=True)
                self.path.chmod(0o700)  # also one of an older version
            for name, array in new.items():
                place = whole_file(self._array(name), durable=True, private=True)
                with place as part, part.open("wb") as file:
                    write_array(file, array, tick)
            progress.check()
            with whole_file(self.path / MANIFEST, durable=True, private=True) as part:
                part.write_bytes(manifest)
        except StudioError as error:
            self._drop(set(new))  # a full disk is not to be kept full
            cause = error.__cause__
            raise sentence(self.path, cause) if isinstance(cause, OSError) else error from cause
        self._drop({Path(entry.name).stem for entry in self._entries()} - set(arrays))

    def read(
        self, *, progress: Progress = _NO_PROGRESS, evaluator: Evaluator | None = None
    ) -> Session:
        """Read the session of the last `write`.

        Parameters
        ----------
        progress
            Told how far the work is.
        evaluator
            As in `read_session`.

        Raises
        ------
        InputError
            Where it is damaged.
        """
        with one_sentence(self.path / MANIFEST):
            text = read_whole(self.path / MANIFEST, "a session", LARGEST_TEXT)
            sizes = {entry.name: entry.stat().st_size for entry in self._entries()}
            # Each array is read twice: into memory, and to see whether it is what it says.
            tick = ticker(progress, 2 * sum(sizes.values()))
            return unpack(text, lambda name: self._read(name, tick), self.path, evaluator)

    def leftover(self) -> Leftover | None:
        """Tell what would be restored; None where there is nothing."""
        path = self.path / MANIFEST
        if not os.path.lexists(path):
            return None
        try:
            manifest = parse_manifest(read_whole(path, "a session", LARGEST_TEXT), self.path)
            clips = [str(clip["name"]) for clip in manifest["document"]["clips"]]
            file = manifest.get("file")
            place = Path(file) if file else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError, InputError):
            # It is there, so it is offered; reading it says what is wrong.
            return Leftover("", (), None)
        return Leftover(str(manifest.get("saved", "")), tuple(clips), place)

    def forget(self) -> None:
        """Leave nothing to restore; arrays stay, because the next write may want them."""
        try:
            (self.path / MANIFEST).unlink(missing_ok=True)
        except OSError as error:
            raise sentence(self.path / MANIFEST, error) from error

    def remove(self) -> None:
        """Delete the folder and all that is in it."""
        # The JSON goes first, so that half a folder is never offered.
        with contextlib.suppress(OSError):
            (self.path / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(self.path, ignore_errors=True)

    def _array(self, name: str) -> Path:
        return self.path / "arrays" / f"{name}.npy"

    def _entries(self) -> list[os.DirEntry[str]]:
        try:
            return list(os.scandir(self.path / "arrays"))
        except FileNotFoundError:
            return []

    def _read(self, name: str, tick: Tick) -> Array:
        try:
            regular(self._array(name))
            with self._array(name).open("rb") as file:
                array = read_array(file, os.fstat(file.fileno()).st_size, tick)
        except FileNotFoundError:
            raise KeyError(name) from None
        if fingerprint(array, tick) != name:
            raise ValueError("an array that is not what it was")
        return array

    def _drop(self, names: set[str]) -> None:
        with contextlib.suppress(OSError):
            for entry in self._entries():
                if Path(entry.name).stem in names:
                    with contextlib.suppress(OSError):
                        Path(entry.path).unlink()
