"""The session file, `.studio`: the whole document in one zip of JSON and arrays.

    document.json            {"format", "version", "program", "saved", "file", "document", "view"}
    arrays/<32 hex>.npy      arrays of numbers, named by their content, each stored once

`document` holds the state field by field (see `encoding`): clips with names, ranges, neutral
frames, edits, recipes and sources, the generation request, the current clip; an array is
{"$array": name}. Clips that came from a file are stored by value too, so a session opens after the
file has gone. `view` is what the window showed: playhead and camera. The undo history is not
stored. Members are not compressed, because coordinates do not shrink. No member is ever unpacked to
disk, and nothing in it is executed.

`version` is raised only where an older program could not read the file; files of older versions are
read (see `upgrades`). A field that is missing takes its default; one that is unknown is left out
and named in `Session.notes`.
"""

from __future__ import annotations

import contextlib
import json
import lzma
import os
import re
import struct
import time
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from studio import __version__
from studio.core import InputError, Progress, StudioError
from studio.core.system.disk import refusal, regular
from studio.core.system.paths import SESSION
from studio.io.files import led_to, refusals, sentence, whole_file
from studio.io.memory import check_room

from .blobs import Array, Fingerprints, Tick, read_array, write_array
from .edit_verbs import check_edits
from .encoding import Decoder, Misfit, encode
from .evaluator import Evaluator
from .registration_verbs import check_registration
from .state import ClipState, DocumentState, held_bytes
from .upgrades import upgraded, with_known_rates

SUFFIX = SESSION
FORMAT, VERSION = "expression-studio session", 2
MANIFEST = "document.json"
_LARGEST_MANIFEST = 64 << 20
_NAME = re.compile(r"[0-9a-f]{32}")
_STALE = 600.0  # seconds without growth after which a half-written file is nobody's
_NO_PROGRESS = Progress()
# What zipfile, NumPy and json raise on files that are not what they say.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError, TypeError, EOFError,
    KeyError, RuntimeError, ArithmeticError, SyntaxError, tokenize.TokenError,
)  # fmt: skip


def _now() -> str:
    return datetime.now().astimezone().isoformat("T", "seconds")


@dataclass(frozen=True)
class Session:
    """A document and what the window showed of it.

    Attributes
    ----------
    state
        The document.
    view
        JSON of the playhead and the camera; whoever reads it takes what fits.
    file
        The session file it belongs to, where that is not the file it lies in.
    saved
        When it was written, in local time with its zone.
    notes
        Sentences for the user, e.g. on fields of a newer version.
    """

    state: DocumentState
    view: Mapping[str, object] = field(default_factory=dict)
    file: Path | None = None
    saved: str = field(default_factory=_now)
    notes: tuple[str, ...] = ()


def write_session(
    session: Session,
    path: Path,
    *,
    progress: Progress = _NO_PROGRESS,
    fingerprints: Fingerprints | None = None,
) -> Path:
    """Write a session whole or not at all, and have it on the disk before the old one goes.

    Raises
    ------
    StudioError
        One sentence, where the system refuses.
    Cancelled
        Where a stop was asked for.
    """
    with refusals(path):
        path = led_to(path)
    _check_target(path)
    arrays, manifest = pack(session, fingerprints or Fingerprints(), progress.part(0.0, 0.3))
    tick = ticker(progress.part(0.3, 1.0), sum(array.nbytes for array in arrays.values()), path)
    with (
        whole_file(path, durable=True, private=True) as part,
        zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive,
    ):
        archive.writestr(MANIFEST, manifest)
        for name, array in arrays.items():
            with archive.open(_member(name), "w", force_zip64=True) as member:
                write_array(member, array, tick)
        progress.check()
    _sweep(path)
    return path


def read_session(
    path: Path, *, progress: Progress = _NO_PROGRESS, evaluator: Evaluator | None = None
) -> Session:
    """Read and check a whole session.

    Parameters
    ----------
    path
        The file.
    progress
        Told how far the work is.
    evaluator
        Learns here what it takes to show any frame of an edited clip at once.

    Raises
    ------
    InputError
        One sentence, where the file is not a session, is damaged, is of a newer version or does not
        fit into memory.
    """
    regular(path, "a session")
    with one_sentence(path), zipfile.ZipFile(path) as archive:
        _check_names(path, archive)
        text = _read_manifest(path, archive)
        sizes = {i.filename: i.file_size for i in archive.infolist() if i.filename != MANIFEST}
        check_room(path, sum(sizes.values()))
        tick = ticker(progress, sum(sizes.values()), path)

        def get(name: str) -> Array:
            member = _member(name)
            with archive.open(member) as file:
                array = read_array(file, sizes[member], tick)
                if file.read(1):  # also has the checksum compared
                    raise ValueError("an array that goes on")
                return array

        return unpack(text, get, path, evaluator)


# What the session file and the autosave share


def pack(
    session: Session, fingerprints: Fingerprints, progress: Progress
) -> tuple[dict[str, Array], bytes]:
    """Part a session into its arrays (...,) by name, and the JSON that refers to them."""
    arrays: dict[str, Array] = {}
    total = held_bytes([session.state])
    tick = ticker(progress, total)

    def put(array: Array) -> str:
        name = fingerprints(array, tick)
        arrays[name] = array
        return name

    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "program": __version__,
        "saved": session.saved,
        "file": None if session.file is None else str(session.file),
        "document": encode(session.state, put),
        "view": encode(dict(session.view), put),
    }
    return arrays, json.dumps(manifest, indent=1, allow_nan=False).encode("ascii")


def unpack(
    text: bytes, get: Callable[[str], Array], path: Path, evaluator: Evaluator | None = None
) -> Session:
    """Read the session of a JSON text.

    Parameters
    ----------
    text
        The JSON.
    get
        The array (...,) of a name; raises `KeyError` where there is none.
    path
        The file, for sentences.
    evaluator
        As in `read_session`.
    """
    manifest = parse_manifest(text, path)
    known: dict[str, Array] = {}

    def get_once(name: str) -> Array:
        if not _NAME.fullmatch(name):
            raise KeyError(name)
        if name not in known:
            known[name] = get(name)
        return known[name]

    decoder = Decoder(get_once)
    document, said = with_known_rates(upgraded(manifest.get("document"), manifest["version"]))
    state = decoder.decode(DocumentState, document)
    check_state(state, evaluator or Evaluator())
    view = decoder.decode(object, manifest.get("view"))
    file = manifest.get("file")
    return Session(
        state,
        view if isinstance(view, dict) else {},
        Path(file) if isinstance(file, str) else None,
        str(manifest.get("saved", "")),
        (*said, *_notes(path, decoder.unknown)),
    )


def parse_manifest(text: bytes, path: Path) -> dict[str, Any]:
    """Read the JSON of a session, once it is clear that it is one and of which version."""
    manifest = json.loads(text, parse_constant=_no_constant)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputError.of(path, "a session of Expression Studio", "another kind of file")
    version = manifest.get("version")
    if type(version) is not int or not 1 <= version <= VERSION:
        wanted = f"a session of version {VERSION} or older"
        raise InputError.of(path, wanted, f"version {str(version)[:20]}")
    return manifest


def check_state(state: DocumentState, evaluator: Evaluator) -> None:
    """Refuse what types do not: ids that are the same, frames that are not there."""
    ids = [clip.id for clip in state.clips]
    if len(set(ids)) != len(ids):
        raise Misfit("every clip to have an id of its own")
    if state.current is not None and state.current not in ids:
        raise Misfit("the current clip to be one of the clips")
    if not {part.clip for part in state.cut.parts} <= set(ids):
        raise Misfit("the parts of the cut to be of the clips")
    for clip in state.clips:
        _check_clip(clip)
        for edit in clip.active_edits:
            if edit.basis_key is not None:
                # What cannot be done to this surface is said here.
                evaluator.basis(clip.recording, edit)


def _check_clip(clip: ClipState) -> None:
    check_edits(clip)
    check_registration(clip)
    start, stop = clip.range
    if not 0 <= start < stop <= clip.timing.frames:
        raise Misfit(f"the range of {clip.name} within its {clip.timing.frames} frames")
    neutral = clip.neutral_frame
    if neutral is not None and not 0 <= neutral < clip.timing.frames:
        raise Misfit(f"the neutral frame of {clip.name} within its frames")


def ticker(progress: Progress, total: int, path: Path | None = None) -> Tick:
    """Turn the bytes of each piece into reports, which hear a stop."""
    done = 0
    message = "" if path is None else path.name

    def tick(n_bytes: int) -> None:
        nonlocal done
        done += n_bytes
        progress.report(min(done / max(total, 1), 1.0), message)

    return tick


def _notes(path: Path, unknown: set[str]) -> tuple[str, ...]:
    if not unknown:
        return ()
    names = ", ".join(sorted(unknown)[:5])
    return (f"{path.name} comes from a newer version; left out: {names}.",)


# Reading what others may have written


@contextlib.contextmanager
def one_sentence(path: Path) -> Iterator[None]:
    """Say whatever goes wrong with a session file as one sentence that names it."""
    try:
        yield
    except InputError as error:
        if str(error).startswith(path.name):
            raise
        raise InputError(f"{path.name}: {error}") from error
    except Misfit as error:
        raise InputError(f"{path.name}: expected {error}, found something else") from None
    except DAMAGE as error:
        raise InputError.of(path, "a session of Expression Studio", _finding(error)) from None
    except MemoryError:
        raise InputError.of(path, "a session that fits into memory", "a larger one") from None
    except FileNotFoundError:
        raise InputError.of(path, "a session", "nothing there") from None
    except OSError as error:
        raise InputError.of(path, "a session", refusal(error, "read")) from None


def _finding(error: Exception) -> str:
    if "not a zip" in str(error):
        return "another kind of file, or half of one"
    return "objects instead of numbers" if "bject" in str(error) else "a damaged file"


def _check_names(path: Path, archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    for name in names:
        parts = PurePosixPath(name.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in name:
            raise InputError.of(path, "names inside the file alone", repr(name[:60]))
    if len(set(names)) != len(names):
        raise InputError.of(path, "each part once", "a part twice")


def _read_manifest(path: Path, archive: zipfile.ZipFile) -> bytes:
    if MANIFEST not in archive.namelist():
        raise InputError.of(path, "a session of Expression Studio", "another kind of archive")
    if archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
        raise InputError.of(path, f"a {MANIFEST} below 64 MiB", "a larger one")
    return archive.read(MANIFEST)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} in JSON")


def _member(name: str) -> str:
    return f"arrays/{name}.npy"


# Writing


def _check_target(path: Path) -> None:
    """Refuse a file that is locked against writing, which a rename would replace."""
    try:
        locked = path.is_file() and not (path.stat().st_mode & 0o222 and os.access(path, os.W_OK))
    except OSError as error:
        raise sentence(path, error) from error
    if locked:
        raise StudioError(f"{path}: cannot be written: the file is read-only")


def _sweep(path: Path) -> None:
    """Remove what earlier saves of this file left behind when they were killed."""
    with contextlib.suppress(OSError):
        for part in path.parent.glob(f".{path.name[:50]}.*.part"):
            if time.time() - part.stat().st_mtime > _STALE:
                part.unlink()
