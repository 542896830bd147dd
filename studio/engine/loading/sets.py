"""Model sets: folders with a .safetensors file a kind."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core import CheckpointError
from studio.core.system.disk import regular
from studio.core.system.paths import data_folder, shipped
from studio.engine.catalog import ModelKind, kind_of, known_kinds
from studio.engine.kinds.autoencoder import AUTOENCODER
from studio.face.known import known
from studio.nn.checkpoint import Header, read_header

from .hub import cached_sets, check_snapshot, pickles, set_name

DEFAULT = "anny-basic"
# What the header of a model says of an autoencoder that its set has not: the set that ships and
# lends its own, and the sha256 of that file.
LENDER, LENT = "autoencoder", "autoencoder_sha256"


@dataclass(frozen=True)
class CheckpointSet:
    """A folder of models, judged by the headers alone.

    Attributes
    ----------
    path : Path
        The folder.
    name : str
        Of the folder; hf:owner/name@commit of a set from a hub.
    kinds : frozenset of str
        The models that can be used.
    problem : str or None
        Why the set, or a part of it, cannot; None if nothing is wrong.
    """

    path: Path
    name: str
    kinds: frozenset[str]
    problem: str | None = None


def find_sets() -> list[CheckpointSet]:
    """Find the sets that ship, those the user added, those of hubs; the default one first."""
    places = [shipped("checkpoints"), data_folder() / "models"]
    folders = [folder for place in places for folder in _folders(place)] + cached_sets()
    return sorted((inspect_set(folder) for folder in folders), key=lambda s: s.name != DEFAULT)


def default_set() -> Path:
    """Name the folder of the set that is taken when none is asked for."""
    return shipped("checkpoints") / DEFAULT


def inspect_set(folder: Path) -> CheckpointSet:
    """Say what a folder holds, from the headers of its files."""
    try:
        check_snapshot(folder)
    except CheckpointError as error:
        return CheckpointSet(folder, set_name(folder), frozenset(), str(error))
    headers, problems = read_headers(folder, known_kinds())
    problem = next(iter(problems.values()), None)
    alone = all(kind_of(name).beside for name in (*headers, *problems))
    if AUTOENCODER.name not in headers and not (alone and headers):
        problem = problems.get(AUTOENCODER.name) or missing_codec(folder)
    return CheckpointSet(folder, set_name(folder), frozenset(headers), problem)


def read_headers(
    folder: Path, kinds: Iterable[ModelKind]
) -> tuple[dict[str, Header], dict[str, str]]:
    """Read the headers of the files of some kinds that are there, or that another set lends.

    Returns
    -------
    headers : dict
        Of those that can be used, by the name of the kind.
    problems : dict
        A sentence for each that cannot.
    """
    headers: dict[str, Header] = {}
    problems: dict[str, str] = {}
    for kind in sorted(kinds, key=lambda kind: kind is AUTOENCODER):
        path = folder / kind.file
        if not os.path.lexists(path):
            if kind is not AUTOENCODER or not (lender := _lender(headers.values())):
                continue
            path = lender
        try:
            headers[kind.name] = read_header(path, kind.file_kind)
        except CheckpointError as error:
            problems[kind.name] = str(error)
    return headers, problems


def _lender(headers: Iterable[Header]) -> Path | None:
    """Find the file of the autoencoder that models were made with, where they name a set for it.

    Only sets that ship lend.
    """
    names = {str(header.extra[LENDER]) for header in headers if LENDER in header.extra}
    places = (shipped("checkpoints") / Path(name).name / AUTOENCODER.file for name in names)
    return next((place for place in places if place.is_file()), None)


def mislent(header: Header, lent: str) -> str:
    """Say why a model cannot serve with an autoencoder of this sha256, empty where it can."""
    wanted = str(header.extra.get(LENT, lent))
    if wanted == lent:
        return ""
    what = f"the autoencoder {wanted[:12]} of {header.extra.get(LENDER, 'another set')}"
    return f"{header.path.name}: expected {what}, found {lent[:12]}"


def digest(path: Path) -> str:
    """Hash a file: its sha256 in hex."""
    regular(path, "a model file", CheckpointError)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CheckpointError(f"{path.name}: cannot be read ({error.strerror})") from error


def misfit(header: Header, topology: str, labels: Sequence[str]) -> str:
    """Say why a model cannot serve a face and labels (none: any), empty where it can."""
    name = header.path.name
    face = known(header.topology)
    made_for = face.topology if face is not None else header.topology
    if header.topology and topology not in (header.topology, made_for):
        return f"{name}: expected a model of the studio's face, found another face"
    if header.labels and labels and tuple(header.labels) != tuple(labels):
        found = ", ".join(header.labels)
        return f"{name}: expected the labels {', '.join(labels)}, found {found}"
    return ""


def missing_codec(folder: Path) -> str:
    """Write the sentence for a set without what every set needs."""
    unsafe = pickles(path.name for path in folder.iterdir())
    if unsafe:
        return (
            f"{unsafe[0]}: a pickle, which can run code and is never loaded; "
            f"expected {AUTOENCODER.file} in {folder}"
        )
    return f"{AUTOENCODER.file}: no such file in {folder}"


def _folders(place: Path) -> list[Path]:
    if not os.path.isdir(place):
        return []
    return sorted(f for f in place.iterdir() if f.is_dir() and any(f.glob("*.safetensors")))
