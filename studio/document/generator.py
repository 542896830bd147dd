"""What the document asks of an engine that generates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypedDict

from studio.core import MeshSequence, Progress
from studio.core.sequence import Floats

OnEstimate = Callable[[MeshSequence], object]


class Limits(Protocol):
    """What a generator does where it is not told otherwise, and the lengths it was taught."""

    @property
    def guidance(self) -> float: ...
    @property
    def steps(self) -> int: ...
    @property
    def sampler(self) -> str: ...
    @property
    def fps(self) -> float: ...
    @property
    def min_frames(self) -> int: ...
    @property
    def max_frames(self) -> int: ...
    @property
    def train_steps(self) -> int: ...  # 0 where nothing is sampled in steps


class Sampling(TypedDict):
    """What an engine is told of a recipe besides label, seed and face."""

    frames: int
    intensity: float
    model: str
    guidance: float | None
    steps: int | None
    sampler: str | None
    surface: str | None


class Generator(Protocol):
    """What is asked of an engine to make a clip from a recipe."""

    @property
    def name(self) -> str: ...
    @property
    def topology(self) -> str: ...

    def limits(self, model: str = ...) -> Limits: ...

    def checkpoint(self, model: str = ...) -> str: ...

    def resting_face(self, sequence: MeshSequence, progress: Progress | None = ...) -> Floats: ...

    def generate(
        self,
        label: str,
        seed: int,
        *,
        frames: int = 60,
        intensity: float = 1.0,
        neutral: Floats | None = None,
        model: str = ...,
        guidance: float | None = ...,
        steps: int | None = ...,
        sampler: str | None = ...,
        surface: str | None = ...,
        on_estimate: OnEstimate | None = ...,
        progress: Progress | None = ...,
    ) -> MeshSequence: ...

    def generate_many(
        self,
        label: str,
        seeds: Sequence[int],
        *,
        frames: int = 60,
        intensity: float = 1.0,
        neutral: Floats | None = None,
        model: str = ...,
        guidance: float | None = ...,
        steps: int | None = ...,
        sampler: str | None = ...,
        surface: str | None = ...,
        progress: Progress | None = ...,
    ) -> list[MeshSequence]: ...

    def generate_on(
        self,
        mesh: MeshSequence,
        landmarks: Sequence[int],
        label: str,
        seeds: Sequence[int],
        *,
        frames: int = 60,
        intensity: float = 1.0,
        model: str = ...,
        guidance: float | None = ...,
        steps: int | None = ...,
        sampler: str | None = ...,
        surface: str | None = ...,
        progress: Progress | None = ...,
    ) -> list[MeshSequence]: ...
