"""Fetching model sets from a hub into the cache, and putting a set on a hub."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from studio.core import CheckpointError, InputError, Progress, StudioError
from studio.core.errors import shortened
from studio.core.hub_name import USUAL, HubName, is_commit
from studio.core.system.disk import refusal
from studio.engine.catalog import known_kinds
from studio.engine.kinds.autoencoder import AUTOENCODER
from studio.engine.loading.cards import CARD, card_text
from studio.engine.loading.hub import (
    PULL,
    WANTED,
    cache,
    cached,
    check_snapshot,
    endpoint,
    is_spoiled,
    library,
    pickles,
)
from studio.engine.loading.sets import inspect_set, read_headers
from studio.io.files import whole_file

_MARGIN = 1.05  # of the disk's room, over what a set takes


def pull(name: HubName, progress: Progress) -> Path:
    """Fetch a set into the cache; what is there already is not fetched again.

    Parameters
    ----------
    name
        Which set, at which branch, tag or commit.
    progress
        Told how much has come; stops it, and then nothing half-fetched is kept.

    Returns
    -------
    Path
        The snapshot, whose folder is called by the commit.

    Raises
    ------
    CheckpointError
        One sentence: the hub is not reached, it has no such set, what it has is not a model set,
        or what came is not what the hub says it is.
    StudioError
        Where the disk has no room.
    """
    if is_commit(name.revision) and (whole := _whole(name)) is not None:
        return whole
    progress.report(0.0, f"Asking for {name}")
    commit, sizes = _listing(name)
    exact = HubName(name.repo, commit)
    folder = _snapshot(exact)
    for path in filter(is_spoiled, list(folder.iterdir()) if folder.is_dir() else ()):
        _drop(path)
    _check_disk(name, sum(sizes.values()))
    # The model that every set needs comes last: without it nobody takes a part for the whole.
    files = sorted(sizes, key=lambda file: (file == AUTOENCODER.file, file))
    done, total = 0, max(sum(sizes.values()), 1)
    for file in files:
        part = progress.part(done / total, (done + sizes[file]) / total)
        _fetch(exact, file, sizes[file], part)
        done += sizes[file]
    if not is_commit(name.revision):
        with whole_file(folder.parents[1] / "refs" / name.revision) as ref:
            ref.write_text(commit)
    return folder


def push(folder: Path, name: HubName, progress: Progress, *, public: bool = False) -> HubName:
    """Put the set in a folder on a hub, as one commit; a new repository is private unless public.

    Returns
    -------
    HubName
        What the set is called there, with the commit.

    Raises
    ------
    InputError
        For a folder without a card, or whose models cannot be used, and for a name with a revision.
    CheckpointError
        Where the hub is not reached, or refuses.
    """
    if name.revision != USUAL:
        raise InputError.of("models push", "hf:owner/name", str(name))
    files = _to_push(folder)
    hub = library()
    if not hub.get_token():
        raise CheckpointError(f"{name}: pushing needs a token that may write: set HF_TOKEN")
    progress.report(0.0, f"Pushing to {name}")
    adds = [hub.CommitOperationAdd(file.name, file) for file in files]
    with _told(name):
        api = hub.HfApi()
        api.create_repo(name.repo, exist_ok=True, private=not public)
        progress.report(0.1, f"Pushing {len(files)} files to {name}")
        made = api.create_commit(name.repo, adds, commit_message=f"Model set {folder.name}")
    progress.report(1.0)
    return HubName(name.repo, made.oid)


def _to_push(folder: Path) -> list[Path]:
    """List the files of a set, once it is clear that it is one and has a card.

    An autoencoder that another set lends goes along: there it has to stand on its own.
    """
    if not os.path.isdir(folder):
        raise InputError.of(folder, "a folder with a model set", "no folder")
    problem = inspect_set(folder).problem
    if problem is not None:
        raise InputError(problem)
    if not card_text(folder):
        wanted = f"a card, {CARD}, that says how the models were made and what they may be used for"
        raise InputError.of(folder, wanted, "none")
    own = [path for path in sorted(folder.iterdir()) if _is_wanted(path.name) and path.is_file()]
    headers, _ = read_headers(folder, known_kinds())
    codec = headers.get(AUTOENCODER.name)
    return own if codec is None or codec.path in own else [*own, codec.path]


def _is_wanted(file: str) -> bool:
    hidden = file.startswith(".") or "/" in file or "\\" in file
    return not hidden and any(fnmatch.fnmatchcase(file, pattern) for pattern in WANTED)


def _whole(name: HubName) -> Path | None:
    """Find the snapshot of a commit that is here and whole; None where it is not."""
    try:
        folder = cached(name)
        check_snapshot(folder)
    except CheckpointError:
        return None
    return folder if (folder / AUTOENCODER.file).is_file() else None


def _listing(name: HubName) -> tuple[str, dict[str, int]]:
    """Ask the hub for the commit of a set, and for the bytes of each file that is wanted of it."""
    with _told(name):
        facts: Any = (
            library().HfApi().model_info(name.repo, revision=name.revision, files_metadata=True)
        )
        files = [file.rfilename for file in facts.siblings or ()]
        sizes = {file.rfilename: file.size or 0 for file in facts.siblings or ()}
    if not is_commit(str(facts.sha)):
        raise CheckpointError(f"{name}: the hub does not say which commit that is")
    _check_set(name, files)
    return facts.sha, {file: size for file, size in sizes.items() if _is_wanted(file)}


def _check_set(name: HubName, files: Sequence[str]) -> None:
    """Refuse what is no model set, before anything of it is fetched."""
    models = [file for file in files if _is_wanted(file) and file.endswith(".safetensors")]
    unsafe = pickles(files)
    if not models and unsafe:
        raise CheckpointError(
            f"{name}: its models are pickles ({unsafe[0]}), which can run code and are never "
            "loaded; a model set has .safetensors files"
        )
    for wanted in (AUTOENCODER.file, CARD):
        if wanted not in files:
            raise CheckpointError(f"{name}: not a model set of the studio, it has no {wanted}")


def _snapshot(name: HubName) -> Path:
    """Name the folder of a commit in the cache."""
    return cache() / f"models--{name.repo.replace('/', '--')}" / "snapshots" / name.revision


def _check_disk(name: HubName, wanted: int) -> None:
    place = next(one for one in (cache(), *cache().parents) if one.exists())
    free = shutil.disk_usage(place).free
    if wanted * _MARGIN > free:
        sizes = f"{wanted / 2**20:,.0f} MiB to fetch, and {free / 2**20:,.0f} MiB are free"
        raise StudioError(f"{name}: {sizes} on the disk of {cache()}")


def _fetch(name: HubName, file: str, size: int, progress: Progress) -> None:
    """Fetch a file of a commit, unless it is there; what is not what the hub says is not kept."""
    message = f"Fetching {file}"
    progress.report(0.0, message)
    bar = _bar(progress, size, message)
    with _told(name):
        path = library().hf_hub_download(
            name.repo, file, revision=name.revision, cache_dir=cache(), tqdm_class=bar
        )
    if is_spoiled(Path(path)):
        _drop(Path(path))
        raise CheckpointError(
            f"{name}: {file} came with another hash than the hub says and was thrown away; "
            f"{PULL} {name} fetches it again"
        )


def _bar(progress: Progress, size: int, message: str) -> type:
    """Make the bar that the library moves; it draws nothing, and reports to a `Progress`."""
    from huggingface_hub.utils import tqdm

    done = 0.0

    def update(_bar: object, more: float = 1) -> None:
        nonlocal done
        done += more
        progress.report(done / max(size, 1), message)

    return type("Bar", (tqdm,), {"update": update})


def _drop(link: Path) -> None:
    """Remove a file of a snapshot, and the contents that it leads to."""
    contents = link.parent / link.readlink()
    link.unlink()
    contents.unlink(missing_ok=True)


@contextlib.contextmanager
def _told(name: HubName) -> Iterator[None]:
    """Say what goes wrong between here and a hub, in one sentence."""
    from huggingface_hub import errors

    # Besides errors of the network and of the system, what the library makes of odd answers.
    try:
        yield
    except (errors.HTTPError, OSError, ValueError, KeyError, TypeError) as error:
        raise _sentence(name, error) from error
    except RuntimeError as error:  # of an upload, with the cause
        if not isinstance(error.__cause__, Exception):
            raise
        raise _sentence(name, error.__cause__) from error


def _sentence(name: HubName, error: Exception) -> StudioError:
    from huggingface_hub import errors

    if isinstance(error, errors.OfflineModeIsEnabled):
        return CheckpointError(f"{name}: HF_HUB_OFFLINE is set, so no hub is asked")
    if isinstance(error, errors.HfHubHTTPError):
        return CheckpointError(_refused(name, error))
    if isinstance(error, errors.HTTPError | errors.LocalEntryNotFoundError):
        return CheckpointError(
            f"{name}: {endpoint()} is not reached, or the connection broke; nothing half-fetched "
            "is kept, and sets that are on this machine work without"
        )
    if isinstance(error, OSError) and error.errno:
        return StudioError(f"{name}: cannot be kept in {cache()}: {refusal(error)}")
    said = shortened(" ".join(str(error).split()), 100)
    return CheckpointError(f"{name}: {endpoint()} answers unlike a hub ({said})")


def _refused(name: HubName, error: Any) -> str:
    """Say in one sentence why a hub did not give, or take, what was asked."""
    from huggingface_hub import errors

    status, known = error.response.status_code, bool(library().get_token())
    if isinstance(error, errors.GatedRepoError):
        place = f"{endpoint()}/{name.repo}"
        return f"{name}: its makers ask that their terms be accepted first, at {place}"
    if isinstance(error, errors.RevisionNotFoundError):
        return f"{name}: the repository is there, without a revision {name.revision}"
    if status == 401 and known and not isinstance(error, errors.RepositoryNotFoundError):
        return f"{name}: the hub does not know the token in HF_TOKEN"
    if status in (401, 404):
        may = "one that this token may not see" if known else "a private one, which needs HF_TOKEN"
        return f"{name}: no such repository at {endpoint()}, or {may}"
    if status == 403:
        return f"{name}: the token may not do that there" if known else f"{name}: needs HF_TOKEN"
    if status == 429:
        return f"{name}: too many questions for now; ask again in some minutes"
    return f"{name}: {endpoint()} answers with status {status}"
