"""What model sets there are, told from their headers, and the devices they could run on.

Called in a worker's thread: reading a header imports torch.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.core import CheckpointError, Progress
from studio.core.hub_name import short_name
from studio.core.system.paths import data_folder, shipped
from studio.engine.catalog import Role, is_known, kind_of, known_kinds
from studio.engine.loading.cards import card_text
from studio.engine.loading.hub import cached_sets, check_snapshot, origin
from studio.io.memory import available

from .protocol import none_found


@dataclass(frozen=True)
class ModelFile:
    """One file of a set.

    Attributes
    ----------
    kind : str
        What its header says it is; empty where there is no header to read.
    size : int
        Bytes.
    known : bool
        Whether the studio asks a file of this name and kind.
    fits : bool
        Whether it was made for the studio's face; a model that needs no face fits.
    problem : str
        Why it cannot be used, empty when it can.
    """

    name: str
    kind: str
    size: int
    labels: tuple[str, ...] = ()
    known: bool = True
    fits: bool = True
    problem: str = ""


@dataclass(frozen=True)
class ModelSet:
    """A folder of model files.

    Attributes
    ----------
    shipped : bool
        Whether it came with the studio.
    problem : str
        Why the set as a whole cannot be used, empty when it can.
    card : str
        What its makers say of it, Markdown.
    """

    folder: Path
    shipped: bool
    files: tuple[ModelFile, ...] = ()
    problem: str = ""
    card: str = ""

    @property
    def hub(self) -> str:
        """What the set is called on a hub, with the commit; empty for any other folder."""
        return str(origin(self.folder) or "")

    @property
    def name(self) -> str:
        """What the set is called; of one from a hub, its name there with the commit, shortened."""
        return short_name(self.hub or self.folder.name)

    @property
    def labels(self) -> tuple[str, ...]:
        return next((file.labels for file in self.files if file.labels), ())

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def beside(self) -> bool:
        """Whether it holds nothing but models that serve beside those of another set."""
        known = [kind_of(file.name) for file in self.files if file.known]
        return bool(known) and all(kind.beside for kind in known)


@dataclass(frozen=True)
class Device:
    """Where models can run.

    Attributes
    ----------
    name : str
        auto, cuda, mps or cpu.
    title : str
        Its own name, empty where it has none.
    free, total : int or None
        Bytes of memory, None where that is not known.
    """

    name: str
    title: str = ""
    free: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class Survey:
    """All there is to choose from."""

    sets: tuple[ModelSet, ...] = ()
    devices: tuple[Device, ...] = field(default_factory=tuple)


def default_folder() -> Path:
    """Find the set that is taken when none is chosen."""
    from studio.engine.loading.sets import default_set

    return default_set()


def survey(added: Sequence[Path], *, progress: Progress) -> Survey:
    """List the sets that ship, those in the data folder, those of hubs, and the added folders."""
    ours = shipped("checkpoints")
    places = [*_folders(ours), *_folders(data_folder() / "models"), *cached_sets(), *added]
    folders = list(dict.fromkeys(place.absolute() for place in places))
    sets = [look_at(folder) for folder in progress.each(folders, "Looking at models")]
    first = default_folder()
    return Survey(tuple(sorted(sets, key=lambda one: one.folder != first)), devices())


def look_at(folder: Path) -> ModelSet:
    """Read what a folder holds; one that is gone or cannot be read has a problem and no files."""
    from studio.engine.loading.sets import inspect_set

    own = folder.parent == shipped("checkpoints")
    try:
        check_snapshot(folder)
        if not folder.is_dir():
            return ModelSet(folder, own, problem=f"{folder.name}: no such folder any more")
        missing = none_found(folder)
        if missing:
            return ModelSet(folder, own, problem=f"{folder.name}: no models in this folder")
        files = tuple(_look_at(path) for path in sorted(folder.glob("*.safetensors")))
        problem = inspect_set(folder).problem if not _usable(files) else ""
        return ModelSet(folder, own, files, problem or "", card_text(folder))
    except CheckpointError as error:
        return ModelSet(folder, own, problem=str(error))
    except OSError as error:
        return ModelSet(folder, own, problem=f"{folder.name}: {error.strerror or error}")


def devices() -> tuple[Device, ...]:
    """List every device of this machine with its memory, the automatic choice first."""
    import torch

    from studio.engine.loading.device import available_devices

    found = [Device("auto")]
    for name in available_devices():
        if name == "cuda":
            free, total = torch.cuda.mem_get_info()
            found.append(Device(name, torch.cuda.get_device_name(), free, total))
        elif name == "mps":
            found.append(Device(name, total=torch.mps.recommended_max_memory()))
        else:
            found.append(Device(name, free=available()))
    return tuple(found)


def _look_at(path: Path) -> ModelFile:
    from studio.nn.checkpoint import read_header

    known = is_known(path.stem)
    try:
        size = path.stat().st_size
        header = read_header(path, kind_of(path.stem).file_kind if known else None)
    except CheckpointError as error:
        return ModelFile(path.stem, "", size, known=known, problem=str(error))
    except OSError as error:
        return ModelFile(path.stem, "", 0, problem=f"{path.name}: {error.strerror or error}")
    fits = _fits(header.topology)
    problem = "" if fits else f"{path.name}: made for another face than the studio's"
    return ModelFile(path.stem, header.kind, size, header.labels, known, fits, problem)


def _fits(topology: str) -> bool:
    """Whether a model of this triangulation serves the studio's face; one without needs none."""
    from studio.face.known import studio_face

    return not topology or topology in studio_face().topologies


def _usable(files: Iterable[ModelFile]) -> bool:
    """Whether a set can be used; nothing works without a codec."""
    codecs = {kind.name for kind in known_kinds(Role.codec)}
    return any(file.name in codecs and not file.problem for file in files)


def _folders(place: Path) -> list[Path]:
    if not os.path.isdir(place):
        return []
    return sorted(one for one in place.iterdir() if one.is_dir() and any(one.glob("*.safetensors")))
