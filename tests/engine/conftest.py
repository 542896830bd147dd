"""Tiny models are opened once; on them, threads cost more than they bring."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from studio.engine import Engine

from .tiny import open_tiny, write_landmarks


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine no test may change."""
    return open_tiny(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """An engine of its own, with an empty cache."""
    return open_tiny(tmp_path / "tiny")


@pytest.fixture(scope="package")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine with models of landmark motion, which no test may change."""
    folder = tmp_path_factory.mktemp("moving") / "tiny"
    write_landmarks(folder)
    return open_tiny(folder)
