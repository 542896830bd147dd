"""Figures on a set's card."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.system.paths import shipped
from studio.engine.loading.cards import CARD, card_figures


def test_figures_stand_between_two_lines_at_the_top(tmp_path: Path) -> None:
    card = "---\nmotion-gan.seconds: 0.1\nlicense: CC0\nmotion-gan.accuracy: 0.9\n---\nx.y: 3\n"
    (tmp_path / CARD).write_text(card)
    assert card_figures(tmp_path) == {"motion-gan": {"seconds": 0.1, "accuracy": 0.9}}


@pytest.mark.parametrize("card", ["", "# A card", "---\na.b: many\na.c: nan\n---\n", "---\n"])
def test_a_card_without_figures_has_none(tmp_path: Path, card: str) -> None:
    (tmp_path / CARD).write_text(card)
    assert card_figures(tmp_path) == {}
    assert card_figures(tmp_path / "nowhere") == {}


def test_shipped_cards_tell_of_the_models_beside_them() -> None:
    for folder in shipped("checkpoints").iterdir():
        there = {path.stem for path in folder.glob("*.safetensors")}
        for model, figures in card_figures(folder).items():
            assert model in there
            assert set(figures) <= {"seconds", "accuracy"}
