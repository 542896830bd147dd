"""What the tests of files share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from studio.core import MeshSequence, Progress
from studio.io import cache
from tests.io.io_meshes import tetrahedra


@pytest.fixture(autouse=True)
def cache_root(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    root = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr(cache, "folder", lambda: root)
    return root


@pytest.fixture
def sequence() -> MeshSequence:
    return tetrahedra()


@pytest.fixture
def motion() -> Path:
    """The captured takes, where they are at hand."""
    return _at_hand("motion")


@pytest.fixture
def cases() -> Path:
    """The small inputs with known answers, where they are at hand."""
    return _at_hand("cases")


@pytest.fixture
def geometry() -> Path:
    """Heads of other triangulations, where they are at hand."""
    return _at_hand("geometry")


@pytest.fixture
def ict() -> Path:
    """The scanned head, where it is at hand."""
    return _at_hand("ict")


def _at_hand(name: str) -> Path:
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("STUDIO_TEST_DATA", beside)) / name
    if not folder.is_dir():
        pytest.skip(f"no {name} here")
    return folder


class StopAfter:
    """A progress that is stopped at its n-th report."""

    def __init__(self, reports: int) -> None:
        self.left = reports
        self.progress = Progress(self._listen)

    def _listen(self, fraction: float, message: str) -> None:
        self.left -= 1
        if self.left <= 0:
            self.progress.cancel()


@pytest.fixture
def stop_after() -> type[StopAfter]:
    return StopAfter
