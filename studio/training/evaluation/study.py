"""What every part of the evaluation works on: the corpus, the models, and how much to look at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import CheckpointError
from studio.core.sequence import Floats
from studio.engine import Engine
from studio.engine.coding import Coding
from studio.engine.kinds.autoencoder import AUTOENCODER
from studio.engine.loading.models import Models
from studio.face.known import studio_face
from studio.face.template import Template
from studio.nn.autoencoder import Autoencoder
from studio.nn.denoisers import MotionDiffusion
from studio.training.datasets.corpus import Corpus

Ids = NDArray[np.int64]
CHUNK = 64
QUICK_SUBJECTS = 10


@dataclass(frozen=True, eq=False)
class Study:
    """One evaluation.

    Attributes
    ----------
    folder
        The model set.
    runs
        Where training left the judge and the principal components.
    quick
        Look at a few people and clips only.
    """

    corpus: Corpus
    folder: Path
    runs: Path
    engine: Engine
    quick: bool

    @classmethod
    def open(cls, corpus: Corpus, folder: Path, runs: Path, *, quick: bool) -> Study:
        """Load a model set.

        Raises
        ------
        CheckpointError
            If it has no usable autoencoder.
        """
        engine = Engine.open(folder, template=studio_face().template)
        return cls(corpus, folder, runs, engine, quick)

    @property
    def models(self) -> Models:
        """The networks of the set, on the device they run on."""
        return self.engine.models.host.models

    @property
    def template(self) -> Template:
        return studio_face().template

    def need(self, kind: str) -> None:
        """Ask for a model of the set.

        Raises
        ------
        CheckpointError
            With one sentence if the set has no such model.
        """
        if kind not in self.models.modules:
            reason = self.engine.problems.get(kind, f"no {kind} model in {self.folder}")
            raise CheckpointError(reason)

    @property
    def autoencoder(self) -> Autoencoder:
        """The autoencoder of the set."""
        return self.models.of(AUTOENCODER.name, Autoencoder)

    def generator(self, name: str) -> MotionDiffusion:
        """Load a diffusion model of the set, by its name."""
        return self.models.of(name, MotionDiffusion)

    def takes(self, *, plain: bool = False) -> Ids:
        """Choose test takes to look at; quick: those of the first few people."""
        takes = self.corpus.takes("test", plain=plain)
        if not self.quick:
            return takes
        people = np.flatnonzero(self.corpus.split == 2)
        people = people[:: max(len(people) // QUICK_SUBJECTS, 1)]  # some of every rig
        return takes[np.isin(self.corpus.subject[takes], people)]

    @cached_property
    def resting(self) -> Floats:
        """(S, V, 3) mm, everybody's resting face."""
        return self.corpus.resting()

    def encode(self, vertices: Floats) -> Floats:
        """Encode meshes (T, V, 3), which stand in the template's pose, as latents (T, D)."""
        coding = self.engine.models.served(AUTOENCODER, Coding)
        parts = [
            coding.encode_posed(vertices[start : start + CHUNK])
            for start in range(0, len(vertices), CHUNK)
        ]
        return np.concatenate(parts)
