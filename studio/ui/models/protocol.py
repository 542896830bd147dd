"""What the window asks of models, and how it gets them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from studio.core import (
    CheckpointError,
    Familiarity,
    MeshSequence,
    Probabilities,
    Progress,
    Tracks,
    UnitTracks,
)
from studio.core.sequence import Floats
from studio.core.system.paths import shipped
from studio.engine.loading.hub import check_snapshot
from studio.takes.identity.enrolling import Identifies
from studio.takes.maker import Maker

Notice = Callable[[str], None]


class Models(Maker, Identifies, Protocol):
    """What the window asks of an engine; `studio.engine.Engine` says more of each."""

    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def device(self) -> str: ...
    @property
    def kinds(self) -> frozenset[str]: ...
    @property
    def problems(self) -> Mapping[str, str]: ...
    @property
    def readers(self) -> tuple[str, ...]: ...
    @property
    def generators(self) -> tuple[str, ...]: ...

    def figures(self, model: str) -> Mapping[str, float]: ...

    def read(
        self,
        reader: str,
        sequence: MeshSequence,
        neutral: Floats | None = None,
        progress: Progress | None = ...,
    ) -> Tracks:
        """Read a clip with one of the `readers`; `neutral` is the face at rest (V, 3) in mm."""
        ...

    def read_units(
        self,
        sequence: MeshSequence,
        neutral: Floats | None = None,
        progress: Progress | None = ...,
        *,
        causal: bool = ...,
    ) -> UnitTracks:
        """Read which action units a clip shows; `neutral` is the face at rest (V, 3) in mm."""
        ...

    def recognize(
        self, sequence: MeshSequence, neutral: Floats | None = None, progress: Progress | None = ...
    ) -> Probabilities:
        """Read which expression a clip shows; `neutral` is the face at rest (V, 3) in mm."""
        ...

    def judge(
        self,
        sequence: MeshSequence,
        start: int,
        stop: int,
        neutral: Floats | None = None,
        progress: Progress | None = ...,
    ) -> Floats:
        """Compute probabilities (L,) of frames start..stop-1 as a whole; `neutral` (V, 3) in mm."""
        ...

    def familiarity(
        self, sequence: MeshSequence, neutral: Floats | None = None, progress: Progress | None = ...
    ) -> Familiarity | None:
        """Measure how far frames lie from the training data; `neutral` (V, 3) in mm."""
        ...


class OpenEngine(Protocol):
    """How to get an engine from a folder (None: the shipped one) on a device.

    `notice` is told, from any thread, a sentence when the engine had to change its ways.
    """

    def __call__(
        self, folder: Path | None, device: str, notice: Notice, *, progress: Progress
    ) -> Models: ...


def none_found(folder: Path | None) -> str | None:
    """Say that a folder has not a single model.

    Parameters
    ----------
    folder : Path or None
        None for the place of the sets that ship.

    Returns
    -------
    str or None
        A sentence, None where there are some models.
    """
    place = folder or shipped("checkpoints")
    if os.path.isdir(place) and any(place.rglob("*.safetensors")):
        return None
    return f"models: none found in {place}; clips can be viewed and exported"


def open_engine(folder: Path | None, device: str, notice: Notice, *, progress: Progress) -> Models:
    """Open the shipped engine, in a worker's thread, because torch takes seconds to import.

    Parameters
    ----------
    folder : Path or None
        Where the models lie, None for the set that ships.
    device : str
        Where they run: auto, cuda, mps or cpu.
    notice : callable
        Told a sentence, from any thread, when the engine had to change its ways.
    progress : Progress
        Told what is done; stops it.

    Raises
    ------
    CheckpointError
        Where there is no model at all, or those of a hub are gone; torch is not imported then.
    """
    progress.report(0.0, "Loading models")
    if folder is not None:
        check_snapshot(folder)
    missing = none_found(folder)
    if missing is not None:
        raise CheckpointError(missing)
    from studio.engine import Engine, leave_a_core

    leave_a_core()
    engine: Models = Engine.open(folder, device, progress, notice=notice)
    return engine
