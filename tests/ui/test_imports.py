"""Parts of libraries that are imported when they are used."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

from studio.ui.view3d.imports import put_off

LIBRARY = """
import heavy_part
from heavy_part import answer
import heavy_part as kept
"""
HEAVY = """
def answer(to):
    return 42 + to
"""


@pytest.fixture(autouse=True)
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "light_library.py").write_text(LIBRARY)
    (tmp_path / "heavy_part.py").write_text(HEAVY)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("light_library", "heavy_part"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_what_is_put_off_is_imported_when_it_is_used() -> None:
    with put_off("heavy_part"):
        light = import_module("light_library")
    assert "heavy_part" not in sys.modules
    assert light.answer(1) == 43
    assert "heavy_part" in sys.modules
    assert light.kept.answer is sys.modules["heavy_part"].answer


def test_after_the_block_the_module_itself_is_imported() -> None:
    with put_off("heavy_part"):
        light = import_module("light_library")
    heavy = import_module("heavy_part")
    assert heavy.__file__ is not None
    assert light.kept.answer is heavy.answer


def test_what_is_there_already_is_left_alone() -> None:
    heavy = import_module("heavy_part")
    with put_off("heavy_part"):
        light = import_module("light_library")
    assert light.kept is heavy
    assert sys.modules["heavy_part"] is heavy


def test_a_module_that_lacks_a_name_says_so() -> None:
    with put_off("heavy_part"):
        light = import_module("light_library")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = light.kept.nothing
