"""Commands run in this process, and a small untrained model set for the studio's own face."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from studio.cli.app import run
from studio.core import Given, MeshSequence
from studio.core.system.paths import shipped
from studio.engine import find_sets
from studio.face import ARKIT, load_rig, load_template
from studio.io import write_sequence
from tests.engine.tiny import write_landmarks, write_set

NEEDED = {"autoencoder", "recognizer", "diffusion"}


@dataclass
class Ended:
    """How a command ended.

    `opened` and `given` hold the files a window was asked to show, and how to read them, or None.
    """

    status: int
    out: str
    err: str
    opened: list[Path] | None
    given: Given | None = None

    @property
    def sentence(self) -> str:
        """What a refusal says: status 2, one line on stderr, nothing on stdout."""
        assert self.status == 2, (self.status, self.out, self.err)
        assert self.out == ""
        assert self.err.endswith("\n") and self.err.count("\n") == 1, self.err
        return self.err.strip()


Command = Callable[..., Ended]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command: `command("convert", path, out)`."""

    def call(*arguments: object) -> Ended:
        opened: list[Path] | None = None
        given: Given | None = None

        def open_window(paths: Sequence[Path], read: Given) -> int:
            nonlocal opened, given
            opened, given = list(paths), read
            return 0

        status = run([str(argument) for argument in arguments], open_window)
        text = capsys.readouterr()
        return Ended(status, text.out, text.err, opened, given)

    return call


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, in which nothing must appear."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Untrained models for the studio's face, with the labels anger, happiness, neutral."""
    return write_set(tmp_path_factory.mktemp("models") / "tiny", load_template(), paper=False)


@pytest.fixture(scope="session")
def moving_models(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with models of landmark motion beside them."""
    folder = tmp_path_factory.mktemp("models") / "moving"
    shutil.copytree(models, folder)
    return write_landmarks(folder, load_template())


@pytest.fixture(scope="session")
def take() -> MeshSequence:
    """Twelve frames of the studio's face opening its jaw."""
    weights = np.zeros((12, len(ARKIT)), dtype=np.float32)
    weights[:, ARKIT.index("jawOpen")] = np.linspace(0, 0.6, 12)
    return MeshSequence(load_rig().pose(weights), load_template().faces, 30.0, "take")


@pytest.fixture(scope="session")
def take_file(take: MeshSequence, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sequence(take, tmp_path_factory.mktemp("takes") / "take.npz")[0]


@pytest.fixture(scope="session")
def shipped_models() -> Path:
    """The model set that ships, where it is complete."""
    folder = shipped("checkpoints") / "anny-basic"
    if not any(s.path == folder and s.kinds >= NEEDED and not s.problem for s in find_sets()):
        pytest.skip("no complete model set in checkpoints/")
    return folder
