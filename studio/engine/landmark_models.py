"""Models of landmark motion: a set of their own, each read when it is first asked for.

They are small enough for the CPU and stay there, whatever the other models run on.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from torch import nn

from studio.core import CheckpointError
from studio.core.paths import shipped
from studio.nn.checkpoint import Checkpoint, Header, load_checkpoint
from studio.nn.landmark_lstm import LandmarkLstm, LandmarkLstmConfig
from studio.nn.motion_gan import MotionGan, MotionGanConfig
from studio.nn.sparse_to_dense import SparseToDense, SparseToDenseConfig

from .cards import card_figures
from .sets import LANDMARK_FILES, digest, read_headers

NAME = "anny-landmarks"
GENERATORS = ("motion-gan", "landmark-lstm")
Model = TypeVar("Model", bound=nn.Module)


@dataclass(frozen=True)
class LandmarkLimits:
    """What a landmark generator was trained on. It samples in no steps, so that guidance, steps
    and sampler mean nothing to it."""

    fps: float
    min_frames: int
    max_frames: int
    intensities: tuple[float, float]
    guidance: float = 0.0
    steps: int = 0
    sampler: str = ""
    train_steps: int = 0


class LandmarkModels:
    """What a folder holds of them, told from the headers alone until a model is asked for.

    problems : a sentence for each file that is there and cannot be used
    Safe to use from several threads.
    """

    def __init__(
        self,
        headers: Mapping[str, Header] | None = None,
        problems: Mapping[str, str] | None = None,
    ) -> None:
        self.headers = dict(headers or {})
        self.problems = dict(problems or {})
        self._digests = {name: digest(self.headers[name].path) for name in self.kinds}
        self._loaded: dict[str, nn.Module] = {}
        self._lock = threading.Lock()

    @classmethod
    def beside(cls, folder: Path, topology: str, labels: Sequence[str]) -> LandmarkModels:
        """Those in a model set's own folder, or else those that ship.

        Where the set is of another face or other labels than what ships, there are none.
        """
        if any(os.path.lexists(folder / f"{name}.safetensors") for name in LANDMARK_FILES):
            return cls.of(folder, topology, labels)
        place = shipped("checkpoints") / NAME
        headers, _ = read_headers(place, LANDMARK_FILES)
        if any(_misfit(header, topology, labels) for header in headers.values()):
            return cls()
        return cls.of(place, topology, labels)

    @classmethod
    def of(cls, folder: Path, topology: str, labels: Sequence[str]) -> LandmarkModels:
        """What a folder holds for faces of one topology and these labels."""
        headers, problems = read_headers(folder, LANDMARK_FILES)
        for name, header in headers.items():
            problem = _misfit(header, topology, labels) or _misshapen(header, name)
            if problem:
                problems[name] = problem
        return cls(headers, problems)

    @property
    def kinds(self) -> frozenset[str]:
        """The models that can be used, as far as their headers tell."""
        return frozenset(self.headers) - frozenset(self.problems)

    @property
    def figures(self) -> dict[str, dict[str, float]]:
        """What the card beside the models says of them in numbers."""
        folders = {header.path.parent for header in self.headers.values()}
        return card_figures(folders.pop()) if folders else {}

    @property
    def loaded(self) -> frozenset[str]:
        """The models that have been read."""
        return frozenset(self._loaded)

    def digest(self, name: str) -> str:
        """sha256 of a file in hex, empty for a model that is not there."""
        return self._digests.get(name, "") if name in self.kinds else ""

    def limits(self, name: str) -> LandmarkLimits:
        """What a generator that is there was trained on."""
        header = self.headers[name]
        config: MotionGanConfig | LandmarkLstmConfig
        if name == "motion-gan":
            config = header.config_as(MotionGanConfig)
        else:
            config = header.config_as(LandmarkLstmConfig)
        return LandmarkLimits(config.fps, config.min_frames, config.max_frames, config.intensities)

    def motion_gan(self) -> MotionGan:
        return self._get("motion-gan", MotionGan)

    def landmark_lstm(self) -> LandmarkLstm:
        return self._get("landmark-lstm", LandmarkLstm)

    def sparse_to_dense(self) -> SparseToDense:
        return self._get("sparse-to-dense", SparseToDense)

    def _get(self, name: str, kind: type[Model]) -> Model:
        """A model, read now if it has not been yet. Raises `CheckpointError`."""
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = _load(self.headers, self.problems, name)
            model = self._loaded[name]
        if not isinstance(model, kind):
            raise TypeError("the builders and the files do not agree")
        return model


def _load(headers: Mapping[str, Header], problems: dict[str, str], name: str) -> nn.Module:
    if name in problems:
        raise CheckpointError(problems[name])
    if name not in headers:
        raise CheckpointError(f"the landmark models have no {name} model")
    try:
        checkpoint = load_checkpoint(headers[name].path, name)
        return _built(checkpoint, name)
    except CheckpointError as error:
        problems[name] = str(error)
        raise


def _misfit(header: Header, topology: str, labels: Sequence[str]) -> str:
    """Why a model cannot serve this face and these labels, empty where it can."""
    name = header.path.name
    if header.topology and header.topology != topology:
        return f"{name}: expected a model of the studio's face, found another face"
    if header.labels and labels and tuple(header.labels) != tuple(labels):
        found = ", ".join(header.labels)
        return f"{name}: expected the labels {', '.join(labels)}, found {found}"
    return ""


def _misshapen(header: Header, name: str) -> str:
    """Why the config of a model cannot be used, empty where it can."""
    try:
        header.config_as(CONFIGS[name])
    except CheckpointError as error:
        return str(error)
    return ""


CONFIGS: dict[str, type] = {
    "motion-gan": MotionGanConfig,
    "landmark-lstm": LandmarkLstmConfig,
    "sparse-to-dense": SparseToDenseConfig,
}


def _built(file: Checkpoint, name: str) -> nn.Module:
    try:
        if name == "motion-gan":
            return file.fill(MotionGan(file.config_as(MotionGanConfig)))
        if name == "landmark-lstm":
            return file.fill(LandmarkLstm(file.config_as(LandmarkLstmConfig)))
        return SparseToDense.from_state(file.config_as(SparseToDenseConfig), file.state)
    except CheckpointError as error:
        if str(error).startswith(file.path.name):
            raise
        raise CheckpointError(f"{file.path.name}: {error}") from error
