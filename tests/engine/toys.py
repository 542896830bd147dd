"""Two families of models that nobody ships: a reader of two tracks and a generator of a nod."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from studio.core import GenerationRequest, MeshSequence, Progress, Tracks
from studio.core.sequence import Floats
from studio.core.system.paths import shipped
from studio.engine import catalog
from studio.engine.kind import Domain, Family, ModelKind, Role, Workplace
from studio.engine.kinds.diffusion import GUIDANCE, STEPS
from studio.engine.loading.models import Models
from studio.engine.roles import Made, Show
from studio.face.template import load_template
from studio.nn.checkpoint import read_header, save_checkpoint

SHIPPED = shipped("checkpoints") / "anny-basic"
COPIED = ("autoencoder", "recognizer", "familiarity")
TRACKS = ("width", "height")


@dataclass(frozen=True)
class SizesConfig:
    """Of a reader that adds up latents."""

    latent_dim: int = 512


class Sizes(nn.Module):
    """(T, D) to (T, 2), between 0 and 5."""

    def __init__(self, config: SizesConfig) -> None:
        super().__init__()
        self.out = nn.Linear(config.latent_dim, 2)

    def forward(self, latents: Tensor) -> Tensor:
        return 5 * torch.sigmoid(self.out(latents))


class SizesReader:
    """Reads width and height off the latents of a clip."""

    def __init__(self, place: Workplace) -> None:
        self.place = place

    def read(self, sequence: MeshSequence, neutral: Floats | None, progress: Progress) -> Tracks:
        latents = self.place.others.codec.encode(sequence, progress)
        values = self.place.host.ask(partial(self._values, latents=latents))
        return Tracks(TRACKS, values, values.max(axis=0), high=5.0)

    @torch.inference_mode()
    def _values(self, models: Models, latents: Floats) -> Floats:
        model = models.of(self.place.name, Sizes)
        return np.asarray(model(models.tensor(latents)).cpu().numpy())


@dataclass(frozen=True)
class NodConfig:
    """Of a generator that nods."""

    labels: int = 7
    fps: float = 30.0
    min_frames: int = 16
    max_frames: int = 60
    intensities: tuple[float, float] = (0.5, 1.0)
    steps: int = 4
    guidance: float = 1.0
    train_steps: int = 8

    @property
    def parameters(self) -> frozenset[str]:
        return frozenset({"steps", "guidance"})


class Nod(nn.Module):
    """How far down each label looks, in mm."""

    def __init__(self, config: NodConfig) -> None:
        super().__init__()
        self.depth = nn.Embedding(config.labels, 1)


class NodGenerator:
    """Moves the whole face down and up again; the more steps, the more often."""

    def __init__(self, place: Workplace) -> None:
        self.place, self.limits = place, place.config_as(NodConfig)

    def generated(
        self,
        request: GenerationRequest,
        seeds: Sequence[int],
        face: Floats,
        progress: Progress,
        show: Show | None = None,
    ) -> Iterator[Made]:
        depth = self.place.host.ask(
            partial(self._depth, label=self.place.labels.index(request.label))
        )
        turns = self.limits.steps if request.steps is None else request.steps
        wave = np.sin(np.linspace(0, turns * np.pi, request.frames)) * request.intensity
        for seed in progress.each(seeds, "Nodding"):
            down = np.float32([0, depth + 0.1 * seed, 0])
            yield Made((face - wave[:, None, None] * down).astype(np.float32))

    @torch.inference_mode()
    def _depth(self, models: Models, label: int) -> float:
        return float(models.of(self.place.name, Nod).depth.weight[label])


READER = ModelKind(
    "toy-sizes",
    Role.reader,
    Domain.latents,
    "Sizes",
    "Sizes: reads width and height",
    lambda: Family(
        SizesConfig,
        lambda file, _: file.fill(Sizes(file.config_as(SizesConfig))),
        SizesReader,
    ),
    depends=("autoencoder",),
)
GENERATOR = ModelKind(
    "toy-nod",
    Role.generator,
    Domain.meshes,
    "Nodding",
    "Nodding: makes heads nod",
    lambda: Family(
        NodConfig,
        lambda file, _: file.fill(Nod(file.config_as(NodConfig))),
        NodGenerator,
    ),
    line="Nods, and nothing else.",
    parameters=(STEPS, GUIDANCE),
)


@contextmanager
def registered() -> Iterator[None]:
    """The catalog with both of them, for a while."""
    for kind in (READER, GENERATOR):
        catalog.register(kind)
    try:
        yield
    finally:
        for kind in (READER, GENERATOR):
            catalog.unregister(kind.name)


def write_toys(folder: Path) -> Path:
    """A set of what ships of codec and readers, and the two toys."""
    folder.mkdir(parents=True)
    for name in COPIED:
        shutil.copy(SHIPPED / f"{name}.safetensors", folder)
    labels = read_header(SHIPPED / "recognizer.safetensors").labels
    torch.manual_seed(0)
    nod, sizes = Nod(NodConfig()), Sizes(SizesConfig())
    nn.init.constant_(nod.depth.weight, 5.0)
    save = partial(save_checkpoint, topology=load_template().topology)
    save(folder / GENERATOR.file, GENERATOR.name, NodConfig(), nod.state_dict(), labels=labels)
    save(folder / READER.file, READER.name, SizesConfig(), sizes.state_dict())
    return folder
