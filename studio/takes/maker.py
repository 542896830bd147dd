"""What making clips asks of an engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from studio.core import (
    GenerationRequest,
    Limits,
    MeshSequence,
    OnEstimate,
    Probabilities,
    Progress,
)
from studio.core.request import InbetweenRequest, MorphRequest
from studio.core.sequence import Doubles, Floats
from studio.face.registration.correspondence import Correspondence


class Registrar(Protocol):
    """What is asked of an engine to bring a face of any triangulation in; `Engine` says more."""

    def register(
        self,
        mesh: MeshSequence,
        *,
        frame: int = ...,
        points: Mapping[str, Doubles] | None = ...,
        progress: Progress | None = ...,
    ) -> Correspondence:
        """Fit the studio's face to a frame of a mesh; a poor fit is told by its verdict."""
        ...


class Generator(Registrar, Protocol):
    """What is asked of an engine to make a clip from a request; `Engine` says more."""

    @property
    def name(self) -> str:
        """Of the model set."""
        ...

    @property
    def topology(self) -> str:
        """Hash of the triangulation of its faces."""
        ...

    def limits(self, model: str = ...) -> Limits:
        """Say what lengths a generator was trained on, and its sampling defaults."""
        ...

    def checkpoint(self, model: str = ...) -> str:
        """Hash the files that a model's answers depend on, to 12 hex digits."""
        ...

    def resting_face(self, sequence: MeshSequence, progress: Progress | None = ...) -> Floats:
        """Estimate the face at rest (V, 3) in mm of the person in a clip."""
        ...

    def sample(
        self,
        request: GenerationRequest,
        seeds: Sequence[int] | None = ...,
        *,
        face: Floats | None = ...,
        on_estimate: OnEstimate | None = ...,
        progress: Progress | None = ...,
    ) -> list[MeshSequence]:
        """Make a clip a seed, on the template's face or on another one (V, 3) in mm."""
        ...

    def sample_on(
        self,
        request: GenerationRequest,
        mesh: MeshSequence,
        landmarks: Sequence[int],
        seeds: Sequence[int] | None = ...,
        *,
        progress: Progress | None = ...,
    ) -> list[MeshSequence]:
        """Make a clip a seed on a mesh of any triangulation."""
        ...


class Maker(Generator, Protocol):
    """What is asked of an engine to make clips of others too."""

    def transfer(
        self,
        source: MeshSequence,
        face: Floats,
        rest: Floats | None = ...,
        progress: Progress | None = ...,
        *,
        way: str = ...,
    ) -> MeshSequence:
        """Show on another face (V, 3) in mm what a clip shows."""
        ...

    def neutralize(
        self, sequence: MeshSequence, rest: Floats | None = ..., progress: Progress | None = ...
    ) -> MeshSequence:
        """Take off a clip what it shows, given the person's face at rest (V, 3) in mm or not."""
        ...

    def interpolate(
        self,
        one: GenerationRequest,
        other: GenerationRequest,
        shares: Sequence[float],
        *,
        face: Floats | None = ...,
        progress: Progress | None = ...,
    ) -> list[MeshSequence]:
        """Make clips on the way from one motion to another, on one face (V, 3) in mm."""
        ...

    def mix(
        self,
        requests: Sequence[GenerationRequest],
        *,
        face: Floats | None = ...,
        progress: Progress | None = ...,
    ) -> MeshSequence:
        """Make a clip from apex to apex of several motions, on one face (V, 3) in mm."""
        ...

    def recognize(
        self, sequence: MeshSequence, neutral: Floats | None = ..., progress: Progress | None = ...
    ) -> Probabilities:
        """Read which expression a clip shows; `neutral` is the face at rest (V, 3) in mm."""
        ...

    def inbetween(
        self,
        before: MeshSequence,
        after: MeshSequence,
        frames: int,
        request: InbetweenRequest,
        *,
        rests: tuple[Floats | None, Floats | None] = ...,
        progress: Progress | None = ...,
    ) -> Floats:
        """Make frames (N, V, 3) in mm that lead from the end of one clip to another's beginning."""
        ...

    def morph(
        self,
        one: MeshSequence,
        other: MeshSequence,
        request: MorphRequest,
        *,
        rests: tuple[Floats | None, Floats | None] = ...,
        progress: Progress | None = ...,
    ) -> MeshSequence:
        """Pass from one clip into another, given the faces at rest (V, 3) in mm or not."""
        ...
