"""The models of one set: found, checked against each other, loaded and asked by the catalog."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from studio.core import CheckpointError, InputError, Progress
from studio.core.system.disk import oddity
from studio.core.system.paths import shipped
from studio.engine.catalog import Domain, ModelKind, Role, kind_of, known_kinds
from studio.engine.kind import Workplace
from studio.engine.kinds.autoencoder import AUTOENCODER
from studio.engine.pose import FaceTemplate
from studio.engine.roles import AnyRole, Codec, Generator, Reader, Surface
from studio.nn.checkpoint import Header, load_checkpoint, no_larger_than

from .cards import Figures, card_figures
from .host import Host, Notice
from .hub import check_snapshot, set_name
from .models import Models
from .sets import digest, misfit, mislent, missing_codec, read_headers

BESIDE = "anny-landmarks"  # the set that ships and serves beside others
Served = TypeVar("Served")


@dataclass
class Found:
    """What a folder holds of a set.

    Attributes
    ----------
    headers : dict
        Of the models that can be used, as far as is known, by name.
    problems : dict
        A sentence for each that is there and cannot.
    digests : dict
        The sha256 of the files, in hex.
    modules : dict
        The networks that were loaded.
    labels : tuple of str
        The classes that the models share.
    """

    headers: dict[str, Header] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    modules: dict[str, nn.Module] = field(default_factory=dict)
    labels: tuple[str, ...] = ()


class ModelSet:
    """The models of a folder and those that serve beside them. Safe to use from several threads.

    Those that serve beside any set are read when they are first asked for, and stay on the CPU.

    Parameters
    ----------
    name : str
        Of the set: its folder's, or hf:owner/name@commit.
    template : FaceTemplate
        The face of the models.
    own, beside : Found
        What the set holds, and what serves beside it.
    notice : callable
        Called with a sentence when the models had to move to the CPU.

    Attributes
    ----------
    figures : mapping
        What the cards say of the models in numbers, see `cards`.
    """

    def __init__(
        self, name: str, template: FaceTemplate, own: Found, beside: Found, notice: Notice
    ) -> None:
        self.name, self.template, self.labels = name, template, own.labels
        self.figures: Figures = {}
        self._own, self._beside = own, beside
        self._unread = Unread(self._read, tuple(beside.headers))
        cpu = torch.device("cpu")
        self.host = Host(Models(own.modules, cpu), notice)
        self._still = Host(Models(self._unread, cpu), notice)
        self._served: dict[str, AnyRole] = {}

    @classmethod
    def open(
        cls, folder: Path, template: FaceTemplate, progress: Progress, notice: Notice
    ) -> ModelSet:
        """Load what a folder holds for faces like the template.

        Another model than the autoencoder that cannot be used becomes one of the set's problems.

        Raises
        ------
        CheckpointError
            Where the folder or its autoencoder cannot be used: nothing works without.
        """
        own = _load(folder, template.topology, progress)
        place, beside = look_beside(folder, template.topology, own.labels)
        opened = cls(set_name(folder), template, own, beside, notice)
        opened.figures = card_figures(place) | card_figures(folder)
        return opened

    @classmethod
    def beside(cls, folder: Path, template: FaceTemplate) -> ModelSet:
        """Open what a folder holds of the models that serve beside any set, and nothing else."""
        headers, problems = read_headers(folder, known_kinds(beside=True))
        found = _fitting(headers, problems, template.topology, ())
        return cls(folder.name, template, Found(), found, lambda _sentence: None)

    @property
    def kinds(self) -> frozenset[str]:
        """The models that are there and can be used."""
        return frozenset(self.host.models.modules) | set(self._beside.headers)

    @property
    def problems(self) -> Mapping[str, str]:
        """A sentence for each model that is there and cannot be used."""
        return self._own.problems | self._beside.problems

    @property
    def read(self) -> frozenset[str]:
        """Those of the models beside that have been read."""
        return frozenset(self._unread.modules)

    def of(self, role: Role) -> tuple[ModelKind, ...]:
        """List the kinds of a role that can be used, the usual one first."""
        return tuple(kind for kind in known_kinds(role) if kind.name in self.kinds)

    def need(self, name: str) -> None:
        """Refuse a model that cannot be used.

        Raises
        ------
        CheckpointError
            One sentence that says why.
        """
        if name not in self.kinds:
            missing = f"{self.name}: the model set has no {name} model"
            raise CheckpointError(self.problems.get(name, missing))

    def digest(self, name: str) -> str:
        """Give the sha256 of a model's file in hex, empty for one that cannot be used."""
        digests = self._own.digests | self._beside.digests
        return digests.get(name, "") if name in self.kinds else ""

    @property
    def codec(self) -> Codec:
        """What turns faces into latents and back."""
        served = self._serve(AUTOENCODER.name)
        if not isinstance(served, Codec):
            raise TypeError(_NOT_SO.format(AUTOENCODER.name))
        return served

    @property
    def has_surface(self) -> bool:
        """Whether a model that makes faces follow their landmarks can be used."""
        return bool(self.of(Role.surface))

    @property
    def surface(self) -> Surface:
        """That model.

        Raises
        ------
        CheckpointError
            Without it.
        """
        name = (self.of(Role.surface) or known_kinds(Role.surface))[0].name
        served = self._serve(name)
        if not isinstance(served, Surface):
            raise TypeError(_NOT_SO.format(name))
        return served

    def reader(self, name: str) -> Reader:
        """Find a model that reads clips.

        Raises
        ------
        InputError
            For a name that no reader has.
        CheckpointError
            Where it cannot be used.
        """
        served = self._serve(_one_of(Role.reader, name))
        if not isinstance(served, Reader):
            raise TypeError(_NOT_SO.format(name))
        return served

    def generator(self, name: str) -> Generator:
        """Find a model that makes motion; raise like `reader`."""
        served = self._serve(_one_of(Role.generator, name))
        if not isinstance(served, Generator):
            raise TypeError(_NOT_SO.format(name))
        return served

    def served(self, kind: ModelKind, cls: type[Served]) -> Served:
        """Find what a kind serves with, which is one of a class; raise like `reader`."""
        found = self._serve(kind.name)
        if not isinstance(found, cls):
            raise TypeError(_NOT_SO.format(kind.name))
        return found

    def _serve(self, name: str) -> AnyRole:
        self.need(name)
        if name not in self._served:
            own = name in self._own.headers
            header = (self._own if own else self._beside).headers[name]
            family = kind_of(name).family()
            config: object = header.config_as(family.config)
            host = self.host if own else self._still
            place = Workplace(name, config, host, self.template, self.labels, self)
            self._served.setdefault(name, family.serve(place))
        return self._served[name]

    def _read(self, name: str) -> nn.Module:
        """Read a model beside from its file; one that cannot be used is a problem from now on."""
        self.need(name)
        try:
            return _built(kind_of(name), self._beside.headers[name], self._unread.modules)
        except CheckpointError as error:
            del self._beside.headers[name]
            self._beside.problems[name] = str(error)
            raise


def _one_of(role: Role, name: str) -> str:
    """Give a name back, once it is clear that it is one of a kind of this role."""
    known = [kind.name for kind in known_kinds(role)]
    if name not in known:
        what = "model" if role is Role.generator else role.value
        raise InputError.of(what, f"one of {', '.join(known)}", name)
    return name


# What torch and our networks raise for sizes that do not go together.
_UNFIT = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    AssertionError,
    InputError,
)
_NOT_SO = "{} does not answer as its role says"


class Unread(Mapping[str, nn.Module]):
    """Networks that are read when they are first asked for.

    Parameters
    ----------
    read : callable
        Reads the network of a name, or raises `CheckpointError`.
    names : tuple of str
        Of those that there are.

    Attributes
    ----------
    modules : dict
        Those that were read.
    """

    def __init__(self, read: Callable[[str], nn.Module], names: tuple[str, ...]) -> None:
        self.modules: dict[str, nn.Module] = {}
        self._read, self._names = read, names
        self._lock = threading.RLock()

    def __getitem__(self, name: str) -> nn.Module:
        with self._lock:
            if name not in self.modules:
                self.modules[name] = self._read(name)
            return self.modules[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _load(folder: Path, topology: str, progress: Progress) -> Found:
    """Load what belongs to a set itself."""
    if not os.path.isdir(folder):
        if os.path.lexists(folder):
            what = oddity(folder) or ("a file" if os.path.exists(folder) else "a broken link")
            raise CheckpointError(f"{folder.name}: expected a folder of models, found {what}")
        raise CheckpointError(f"{folder.name}: no such model set in {folder.parent}")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise CheckpointError(f"{folder.name}: no permission to read that folder")
    check_snapshot(folder)
    kinds = known_kinds(beside=False)
    headers, problems = read_headers(folder, kinds)
    if AUTOENCODER.name not in headers:
        raise CheckpointError(problems.get(AUTOENCODER.name) or missing_codec(folder))
    found = Found(problems=problems)
    there = [kind for kind in kinds if kind.name in headers]
    for kind in progress.each(there, "Loading models"):
        header = headers[kind.name]
        try:
            _check(kind, header, topology, found)
            module = _built(kind, header, found.modules)
            found.digests[kind.name] = digest(header.path)
        except CheckpointError as error:
            if kind is AUTOENCODER:
                raise
            problems[kind.name] = str(error)
            continue
        found.modules[kind.name], found.headers[kind.name] = module, header
        found.labels = found.labels or header.labels
    return found


def look_beside(folder: Path, topology: str, labels: tuple[str, ...]) -> tuple[Path, Found]:
    """Find what serves beside a set: what its own folder holds of it, or else what ships.

    Where the set is of another face or other labels than what ships, there is nothing.
    """
    kinds = known_kinds(beside=True)
    own = any(os.path.lexists(folder / kind.file) for kind in kinds)
    place = folder if own else shipped("checkpoints") / BESIDE
    headers, problems = read_headers(place, kinds)
    if not own and any(misfit(header, topology, labels) for header in headers.values()):
        return folder, Found()
    return place, _fitting(headers, problems, topology, labels)


def _fitting(
    headers: Mapping[str, Header],
    problems: dict[str, str],
    topology: str,
    labels: tuple[str, ...],
) -> Found:
    """Keep those of some files whose headers fit a face and labels."""
    found = Found(problems=problems)
    for name, header in headers.items():
        problem = misfit(header, topology, labels) or _misshapen(kind_of(name), header)
        if problem:
            problems[name] = problem
        else:
            found.headers[name], found.digests[name] = header, digest(header.path)
    return found


def _check(kind: ModelKind, header: Header, topology: str, found: Found) -> None:
    """Refuse a model without what those of a set must share: face, classes and latent size."""
    problem = misfit(header, topology, found.labels)
    if not problem and kind.domain is Domain.latents:
        problem = mislent(header, found.digests[AUTOENCODER.name])
    if problem:
        raise CheckpointError(problem)
    if kind.domain is Domain.latents:
        wanted = found.headers[AUTOENCODER.name].config["latent"]
        size = header.config.get("latent_dim")
        if size != wanted:
            name = header.path.name
            raise CheckpointError(f"{name}: expected latents of size {wanted}, found {size}")


def _misshapen(kind: ModelKind, header: Header) -> str:
    """Say why the config of a model cannot be used, empty where it can."""
    try:
        header.config_as(kind.family().config)
    except CheckpointError as error:
        return str(error)
    return ""


def _built(kind: ModelKind, header: Header, others: Mapping[str, nn.Module]) -> nn.Module:
    """Build the network in a file, or raise `CheckpointError`."""
    name = header.path.name
    file, family = load_checkpoint(header.path, kind.file_kind), kind.family()
    file.config_as(family.config)
    outputs = file.config.get("labels")
    if outputs is not None and len(file.labels) != outputs:
        raise CheckpointError(f"{name}: expected {outputs} label names, found {len(file.labels)}")
    try:
        with no_larger_than(file.state):
            return family.build(file, others)
    except CheckpointError as error:
        if str(error).startswith(name):
            raise
        raise CheckpointError(f"{name}: {error}") from error
    except _UNFIT as error:
        reason = " ".join(str(error).split())[:100]
        raise CheckpointError(f"{name}: nothing can be built of its config ({reason})") from error
