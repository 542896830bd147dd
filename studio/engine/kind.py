"""What a family of models says of itself.

Nothing here, nor in `kinds`, imports torch before a model is loaded: the window and the command
line read names, roles and parameters at their start.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

from studio.core import Tracks
from studio.core.parameters import Parameter

from .pose import FaceTemplate
from .roles import AnyRole, Codec, Surface

if TYPE_CHECKING:  # all three import torch, which takes seconds
    from torch import nn

    from studio.engine.loading.host import Host
    from studio.nn.checkpoint import Checkpoint

Config = TypeVar("Config")


class Role(StrEnum):
    """What is asked of a model, see `roles`."""

    codec = "codec"
    reader = "reader"
    generator = "generator"
    surface = "surface"
    identifier = "identifier"


class Domain(StrEnum):
    """What a model works on.

    Attributes
    ----------
    meshes
        Vertices on the studio's triangulation.
    latents
        The codec's numbers of a face; such models belong to the set of their codec.
    landmarks
        Points that any surface can be marked with; such models serve beside any set of the same
        face and labels, are read when they are first asked for, and stay on the CPU.
    """

    meshes = "meshes"
    latents = "latents"
    landmarks = "landmarks"


@dataclass(frozen=True)
class ModelParameter(Parameter):
    """A field of `GenerationRequest` that means something to a generator.

    Attributes
    ----------
    most
        The field of a generator's limits that says how high a number may be for it.
    without
        What a generator does that does not know it.
    """

    most: str = ""
    without: str = ""

    def usual(self, there: Collection[str]) -> str | None:
        """Find the first choice that can be had with the models that are there."""
        met = {"", *there}
        return next((choice.value for choice in self.choices if choice.needs in met), None)


class Set(Protocol):
    """What a model finds of the others in its set."""

    @property
    def codec(self) -> Codec:
        """What turns faces into latents and back; a set without it does not open."""
        ...

    @property
    def has_surface(self) -> bool:
        """Whether a model that makes faces follow their landmarks can be used."""
        ...

    @property
    def surface(self) -> Surface:
        """That model.

        Raises
        ------
        CheckpointError
            Without it.
        """
        ...


@dataclass(frozen=True, eq=False)
class Workplace:
    """Where a model does its work.

    Parameters
    ----------
    name : str
        Of the model, by which `host` knows it.
    config : object
        The config in the header of its file, as the dataclass of its family.
    host : Host
        Puts questions to the networks.
    template : FaceTemplate
        The studio's face.
    labels : tuple of str
        The classes that the models of the set share.
    others : Set
        The other models.
    """

    name: str
    config: object
    host: Host
    template: FaceTemplate
    labels: tuple[str, ...]
    others: Set

    def config_as(self, cls: type[Config]) -> Config:
        """Give the config, which is one of the family's class."""
        if not isinstance(self.config, cls):
            raise TypeError(f"the config of {self.name} is no {cls.__name__}")
        return self.config


@dataclass(frozen=True)
class Family:
    """How the models of a family are loaded and asked.

    Parameters
    ----------
    config : type
        The dataclass of the config in the header of a file.
    build : callable
        Makes the network of a file and of the networks that were loaded before it, by name.
        Raises `CheckpointError` where they do not fit.
    serve : callable
        What the role of the kind asks for, at a workplace. It must not need the network yet.
    """

    config: type
    build: Callable[[Checkpoint, Mapping[str, nn.Module]], nn.Module]
    serve: Callable[[Workplace], AnyRole]


@dataclass(frozen=True)
class ModelKind:
    """A kind of model: a file in a set, and what it is for.

    Parameters
    ----------
    name : str
        Of the model and, with .safetensors, of its file.
    role, domain : Role, Domain
        What is asked of it, and what it works on.
    title, does : str
        How people name it, and what such models do.
    family : callable
        Gives its family; this is where torch is imported.
    header : str
        The kind that the header of its file must name; the name unless given.
    line : str
        What it is good at, for those who choose among models of its role.
    gives : type
        What a reader answers with.
    parameters : tuple of ModelParameter
        What a generator can be told besides what every generator is told.
    depends : tuple of str
        The models, besides itself, that decide on what it makes.
    """

    name: str
    role: Role
    domain: Domain
    title: str
    does: str
    family: Callable[[], Family]
    header: str = ""
    line: str = ""
    gives: type[Tracks] = Tracks
    parameters: tuple[ModelParameter, ...] = ()
    depends: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The name of its file in a set."""
        return f"{self.name}.safetensors"

    @property
    def file_kind(self) -> str:
        """The kind that the header of its file must name."""
        return self.header or self.name

    @property
    def beside(self) -> bool:
        """Whether it serves beside sets that do not hold it."""
        return self.domain is Domain.landmarks
