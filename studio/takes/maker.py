"""What making clips asks of an engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from studio.core import GenerationRequest, Limits, MeshSequence, OnEstimate, Progress
from studio.core.sequence import Floats


class Generator(Protocol):
    """What is asked of an engine to make a clip from a request."""

    @property
    def name(self) -> str: ...
    @property
    def topology(self) -> str: ...

    def limits(self, model: str = ...) -> Limits: ...

    def checkpoint(self, model: str = ...) -> str: ...

    def resting_face(self, sequence: MeshSequence, progress: Progress | None = ...) -> Floats: ...

    def sample(
        self,
        request: GenerationRequest,
        seeds: Sequence[int] | None = ...,
        *,
        face: Floats | None = ...,
        on_estimate: OnEstimate | None = ...,
        progress: Progress | None = ...,
    ) -> list[MeshSequence]: ...

    def sample_on(
        self,
        request: GenerationRequest,
        mesh: MeshSequence,
        landmarks: Sequence[int],
        seeds: Sequence[int] | None = ...,
        *,
        progress: Progress | None = ...,
    ) -> list[MeshSequence]: ...


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
    ) -> MeshSequence: ...

    def neutralised(
        self, sequence: MeshSequence, rest: Floats | None = ..., progress: Progress | None = ...
    ) -> MeshSequence: ...

    def interpolated(
        self,
        one: GenerationRequest,
        other: GenerationRequest,
        shares: Sequence[float],
        *,
        face: Floats | None = ...,
        progress: Progress | None = ...,
    ) -> list[MeshSequence]: ...

    def mixed(
        self,
        requests: Sequence[GenerationRequest],
        *,
        face: Floats | None = ...,
        progress: Progress | None = ...,
    ) -> MeshSequence: ...
