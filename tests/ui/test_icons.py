"""Icons are files that take the color of the theme, at any size."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core.system.paths import shipped
from studio.render.coloring.heat import STOPS
from studio.ui.kit.icons import icon
from studio.ui.kit.theme import palette_for

NAMES = sorted(path.stem for path in (shipped("resources") / "icons").glob("*.svg"))


def pixels(name: str, side: int, mode: QIcon.Mode = QIcon.Mode.Normal) -> np.ndarray:
    """Draw an icon: (side, side, 4) uint8, blue, green, red, alpha."""
    image = icon(name).pixmap(QSize(side, side), 1.0, mode).toImage()
    image = image.convertToFormat(image.Format.Format_ARGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(side, side, 4).copy()


def text_color(mode: QIcon.Mode) -> list[int]:
    groups = QPalette.ColorGroup
    group = groups.Disabled if mode == QIcon.Mode.Disabled else groups.Normal
    color = QApplication.palette().color(group, QPalette.ColorRole.ButtonText)
    return [color.blue(), color.green(), color.red()]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "star-filled"])
@pytest.mark.parametrize("mode", [QIcon.Mode.Normal, QIcon.Mode.Disabled])
@pytest.mark.parametrize("dark", [False, True])
def test_an_icon_has_the_color_of_the_text(
    qtbot: QtBot, name: str, mode: QIcon.Mode, *, dark: bool
) -> None:
    before = QApplication.palette()
    QApplication.setPalette(palette_for(dark=dark))
    try:
        drawn = pixels(name, 64, mode)
        wanted = text_color(mode)
    finally:
        QApplication.setPalette(before)
    solid = drawn[drawn[..., 3] == 255][:, :3]
    share = np.mean(np.all(np.abs(solid.astype(int) - wanted) <= 1, axis=1))
    assert share > (0.2 if name == "heat" else 0.95), "the heat map's icon shows its colors too"


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("areas", "compare")])
def test_an_icon_is_drawn_for_the_size_it_has(qtbot: QtBot, name: str) -> None:
    """Twice as large is drawn anew: its edges are as narrow in pixels, not enlarged."""
    small, large = (pixels(name, side)[..., 3] for side in (32, 128))
    assert 0.02 < np.mean(small > 0) < 0.95
    soft = [np.mean((one > 0) & (one < 255)) for one in (small, large)]
    assert soft[1] < 0.6 * soft[0]


def test_the_star_of_a_marked_clip_is_golden(qtbot: QtBot) -> None:
    assert pixels("star-filled", 64)[36, 32].tolist()[:3] == [8, 160, 227]


def test_the_icon_of_the_heat_map_has_its_colors() -> None:
    text = (shipped("resources") / "icons" / "heat.svg").read_text()
    places = [text.index(QColor(*stop).name()) for stop in STOPS]
    assert places == sorted(places)


def test_an_icon_that_is_not_there_is_told_at_once(qtbot: QtBot) -> None:
    with pytest.raises(FileNotFoundError):
        icon("no such icon")
