"""Model sets of a hub that are on this machine, in the cache that its other programs share.

The cache has a folder a repository, with ``blobs/HASH``, ``snapshots/COMMIT/FILE`` as links to
them, and ``refs/BRANCH`` with the commit that a branch stood for when it was asked for. Nothing
here goes to the network. HF_HOME and the library's other variables are heeded.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from studio.core import CheckpointError
from studio.core.hub_name import HubName, is_commit, is_hub_name
from studio.core.system.disk import refusal
from studio.engine.catalog import known_kinds
from studio.engine.kinds.autoencoder import AUTOENCODER

WANTED = ("*.safetensors", "*.json", "*.md")  # nothing else is fetched or pushed
DEEPER = "*/*"  # what lies in folders of a repository is not part of the set
PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib")
PULL = "expression-studio models pull"
_CHUNK = 1 << 20  # bytes between two looks at whether a stop was asked for


class NotHere(CheckpointError):
    """A set of a hub is not on this machine, or not as it is on the hub; fetching it helps."""


def _constants() -> Any:
    """Import what the library takes from the environment, which is quick.

    Its usual protocol is left out, because it cannot be stopped.
    """
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
    from huggingface_hub import constants

    return constants


def library() -> Any:
    """Import the library of the hub, which takes a second; it draws and prints nothing."""
    _constants().DOWNLOAD_CHUNK_SIZE = _CHUNK
    import huggingface_hub
    from huggingface_hub.utils import disable_progress_bars, logging

    logging.set_verbosity_error()
    disable_progress_bars()
    return huggingface_hub


def cache() -> Path:
    """Find where sets that were fetched lie."""
    return Path(_constants().HF_HUB_CACHE)


def endpoint() -> str:
    """Say where the hub is that is asked."""
    return str(_constants().ENDPOINT)


def set_folder(models: Path | str) -> Path:
    """Find the folder of a set that is named: a folder, or hf:owner/name@revision in the cache.

    Raises
    ------
    CheckpointError
        Where the cache does not have it, with the command that fetches it.
    InputError
        Where a name that begins as a hub's cannot be one.
    """
    return cached(HubName.of(str(models))) if is_hub_name(models) else Path(models)


def cached(name: HubName) -> Path:
    """Find the snapshot of a set in the cache; its folder is called by the commit.

    Raises
    ------
    CheckpointError
        Where it is not there, or only a part of it is.
    """
    from huggingface_hub.errors import IncompleteSnapshotError, LocalEntryNotFoundError

    try:
        found = library().snapshot_download(
            name.repo,
            revision=name.revision,
            cache_dir=cache(),
            local_files_only=True,
            allow_patterns=list(WANTED),
            ignore_patterns=DEEPER,
        )
    except IncompleteSnapshotError:
        raise _in_part(name) from None
    except LocalEntryNotFoundError:
        raise _not_here(name) from None
    except OSError as error:
        raise CheckpointError(f"{name}: its cache {refusal(error, 'read')}") from error
    return Path(found)


def _not_here(name: HubName) -> NotHere:
    return NotHere(f"{name}: not on this machine; {PULL} {name} fetches it")


def _in_part(name: HubName) -> NotHere:
    return NotHere(f"{name}: fetched only in part; {PULL} {name} fetches the rest")


def origin(folder: Path) -> HubName | None:
    """Tell which commit of which set a folder is a snapshot of; None for any other folder."""
    *_, repository, snapshots, commit = ("", "", "", *folder.parts)
    owner, mark, name = repository.removeprefix("models--").partition("--")
    if snapshots != "snapshots" or not repository.startswith("models--") or not mark:
        return None
    return HubName(f"{owner}/{name}", commit) if is_commit(commit) else None


def set_name(folder: Path) -> str:
    """Name the set in a folder, as recipes keep it: hf:owner/name@commit, or the folder's name."""
    place = folder.resolve()
    return str(origin(place) or place.name)


def cached_sets() -> list[Path]:
    """List the snapshots in the cache that hold a file called as a model of the studio."""
    files = {kind.file for kind in known_kinds()}
    try:
        folders = sorted(cache().glob("models--*--*/snapshots/*"))
        return [one for one in folders if origin(one) and files & _names(one)]
    except OSError:
        return []


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def check_snapshot(folder: Path) -> None:
    """Make sure that what was fetched is whole; other folders are left to who reads them.

    Raises
    ------
    NotHere
        Where it is gone, a file of it is missing, or is another than its commit names.
    CheckpointError
        Where the system refuses to read it.
    """
    name = origin(folder.resolve())
    if name is None:
        return
    if not os.path.isdir(folder):
        raise _not_here(name)
    try:
        files = (path for path in sorted(folder.iterdir()) if not path.is_dir())
        spoiled = next(filter(is_spoiled, files), None)
        partial = any(folder.parents[1].glob("blobs/*.incomplete"))
    except OSError as error:
        raise CheckpointError(f"{name}: {refusal(error, 'read')}") from error
    if spoiled is not None and not spoiled.exists():
        raise _in_part(name)
    if spoiled is not None:
        raise NotHere(
            f"{name}: {spoiled.name} is not the file of that commit, by its hash; "
            f"{PULL} {name} fetches it anew"
        )
    if partial and not os.path.lexists(folder / AUTOENCODER.file):
        raise _in_part(name)


def is_spoiled(path: Path) -> bool:
    """Whether a file of a snapshot is gone, or not what the name of its contents says.

    That is a hash, of git or of its large files. Where the system has no links, it is not known.
    """
    if not path.is_symlink() or not path.is_file():
        return not path.is_file()
    named = path.readlink().name
    with path.open("rb") as file:
        if len(named) == 64:
            return hashlib.file_digest(file, "sha256").hexdigest() != named
        size = os.fstat(file.fileno()).st_size
        git = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
        return len(named) == 40 and hashlib.file_digest(file, lambda: git).hexdigest() != named


def pickles(names: Iterable[str]) -> list[str]:
    """List the names of files that may run code when they are loaded."""
    return sorted(name for name in names if name.lower().endswith(PICKLES))
