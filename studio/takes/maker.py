"""What the document asks of an engine that generates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypedDict, Unpack

from studio.core import Limits, MeshSequence, Options, Progress
from studio.core.sequence import Floats


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

    def generate(self, label: str, seed: int, **options: Unpack[Options]) -> MeshSequence: ...

    def generate_many(
        self, label: str, seeds: Sequence[int], **options: Unpack[Options]
    ) -> list[MeshSequence]: ...

    def generate_on(
        self,
        mesh: MeshSequence,
        landmarks: Sequence[int],
        label: str,
        seeds: Sequence[int],
        **options: Unpack[Options],
    ) -> list[MeshSequence]: ...
