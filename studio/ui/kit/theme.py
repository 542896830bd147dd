"""Colors: one per expression label everywhere, and a quiet palette for light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QApplication

Theme = Literal["system", "light", "dark"]
THEMES: tuple[Theme, ...] = ("system", "light", "dark")

# Okabe and Ito's color-blind-safe set; its yellow is left out, being unreadable on white.
LABEL_COLORS: dict[str, str] = {
    "anger": "#D55E00",
    "disgust": "#009E73",
    "fear": "#CC79A7",
    "happiness": "#E69F00",
    "sadness": "#0072B2",
    "surprise": "#56B4E9",
    "neutral": "#8C8C8C",
}
# A dozen hues, of a lightness that stands out on white and on black; names stand beside them.
_EXTREME_COLORS: dict[str, str] = {
    "bareteeth": "#DB5458",
    "cheeks_in": "#C0681C",
    "eyebrow": "#AD8600",
    "high_smile": "#7C9600",
    "lips_back": "#2E9B4E",
    "lips_up": "#009B86",
    "mouth_down": "#1096B2",
    "mouth_extreme": "#4C84DC",
    "mouth_middle": "#7C70DC",
    "mouth_open": "#A65FCC",
    "mouth_side": "#CB54AC",
    "mouth_up": "#8D6F62",
}
_UNKNOWN = "#A6761D"
_KNOWN = LABEL_COLORS | _EXTREME_COLORS
_CURVES = (*LABEL_COLORS.values(), _UNKNOWN)
CHOSEN = QColor("#E69F00")  # what was moved by hand, on any ground

_Role = QPalette.ColorRole
_LIGHT = MappingProxyType(
    {
        _Role.Window: "#F3F3F4",
        _Role.WindowText: "#1F2124",
        _Role.Base: "#FFFFFF",
        _Role.AlternateBase: "#F7F7F8",
        _Role.Text: "#1F2124",
        _Role.PlaceholderText: "#6E737A",
        _Role.Button: "#FAFAFA",
        _Role.ButtonText: "#1F2124",
        _Role.BrightText: "#B3261E",
        _Role.ToolTipBase: "#FFFFFF",
        _Role.ToolTipText: "#1F2124",
        _Role.Highlight: "#2F6FB2",
        _Role.HighlightedText: "#FFFFFF",
        _Role.Link: "#1C5D9F",
        _Role.Light: "#FFFFFF",
        _Role.Midlight: "#E8E8EA",
        _Role.Mid: "#C9CACE",
        _Role.Dark: "#A2A5AB",
        _Role.Shadow: "#77797E",
        _Role.Accent: "#2F6FB2",
    }
)
_DARK = MappingProxyType(
    {
        _Role.Window: "#25272B",
        _Role.WindowText: "#E4E6EA",
        _Role.Base: "#1D1F22",
        _Role.AlternateBase: "#232528",
        _Role.Text: "#E4E6EA",
        _Role.PlaceholderText: "#969BA3",
        _Role.Button: "#303338",
        _Role.ButtonText: "#E4E6EA",
        _Role.BrightText: "#FF8A80",
        _Role.ToolTipBase: "#303338",
        _Role.ToolTipText: "#E4E6EA",
        _Role.Highlight: "#3D7CC0",
        _Role.HighlightedText: "#FFFFFF",
        _Role.Link: "#7DB4EC",
        _Role.Light: "#43474D",
        _Role.Midlight: "#393C42",
        _Role.Mid: "#3F4248",
        _Role.Dark: "#17181B",
        _Role.Shadow: "#0E0F10",
        _Role.Accent: "#3D7CC0",
    }
)
_GRAYED = (_Role.WindowText, _Role.Text, _Role.ButtonText)


def label_color(label: str) -> str:
    """Give the label's color as ``#RRGGBB``; a label nobody knows gets a brown of its own."""
    return _KNOWN.get(label, _UNKNOWN)


def track_color(name: str, names: Sequence[str]) -> str:
    """Give the color of one of several curves, ``#RRGGBB``: a label's own, or one by its place."""
    return _KNOWN.get(name) or _CURVES[list(names).index(name) % len(_CURVES)]


def label_icon(label: str, size: int = 12, *, ring: bool = False) -> QIcon:
    """Draw a round swatch, or a ring, in the label's color, sharp at every scale factor."""
    scale = 3
    pixmap = QPixmap(size * scale, size * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color, edge = QColor(label_color(label)), 2 * scale
    painter.setBrush(Qt.BrushStyle.NoBrush if ring else color)
    painter.setPen(QPen(color, edge))
    painter.drawEllipse(edge, edge, size * scale - 2 * edge, size * scale - 2 * edge)
    painter.end()
    return QIcon(pixmap)


def palette_for(*, dark: bool) -> QPalette:
    """Give the whole palette, disabled text included."""
    colors = _DARK if dark else _LIGHT
    palette = QPalette()
    for role, color in colors.items():
        palette.setColor(role, QColor(color))
    for role in _GRAYED:
        palette.setColor(
            QPalette.ColorGroup.Disabled, role, QColor("#6C7078" if dark else "#9A9EA5")
        )
    palette.setColor(
        QPalette.ColorGroup.Disabled, _Role.Highlight, QColor("#4A4E55" if dark else "#C9CACE")
    )
    return palette


def is_dark(palette: QPalette) -> bool:
    """Whether this is the dark palette."""
    return palette.color(_Role.Window).lightness() < 128


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Dress the application; `system` keeps following the desktop until another is chosen."""
    hints = app.styleHints()
    app.setProperty("studio-theme", theme)
    if not app.property("studio-theme-follows"):
        app.setProperty("studio-theme-follows", True)
        app.setStyle("Fusion")
        hints.colorSchemeChanged.connect(lambda scheme: _dress(app, scheme))
    wanted = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    hints.setColorScheme(wanted.get(theme, Qt.ColorScheme.Unknown))
    _dress(app, hints.colorScheme())


def _dress(app: QApplication, desktop: Qt.ColorScheme) -> None:
    """Put palette and style on the application, unless it has them: every widget is styled anew."""
    theme = app.property("studio-theme")
    dark = theme == "dark" or (theme == "system" and desktop == Qt.ColorScheme.Dark)
    if app.property("studio-dark") != dark:
        app.setProperty("studio-dark", dark)
        app.setPalette(palette_for(dark=dark))
        app.setStyleSheet(_STYLE)


_STYLE = """
QToolTip { padding: 4px 6px; border: 1px solid palette(mid);
           background: palette(tool-tip-base); color: palette(tool-tip-text); }
QDockWidget { font-weight: 600; }
QDockWidget::title { padding: 7px 10px; background: palette(window);
                     border-bottom: 1px solid palette(mid); }
QDockWidget > QWidget { font-weight: 400; }
QMainWindow::separator { width: 5px; height: 5px; background: palette(window); }
QMainWindow::separator:hover { background: palette(highlight); }
QDialogButtonBox, QMessageBox { dialogbuttonbox-buttons-have-icons: 0; }
QComboBox, QAbstractSpinBox, QDialog QLineEdit { min-height: 20px; }
QCheckBox::indicator:unchecked, QListView::indicator:unchecked {
    width: 13px; height: 13px; border-radius: 2px;
    border: 1px solid palette(placeholder-text); background: palette(base); }
QCheckBox::indicator:unchecked:disabled { border-color: palette(mid); }
QStatusBar::item { border: none; }
QListView { border: none; outline: none; }
QStatusBar QToolButton { padding: 2px 6px; }
QStatusBar QToolButton::menu-indicator { image: none; }
QPushButton[accent="true"]:enabled { background: palette(highlight); border: none;
    border-radius: 4px; color: palette(highlighted-text); }
QPushButton[accent="true"]:hover { background: palette(link); }
QPushButton[accent="true"]:focus { border: 2px solid palette(text); }
"""
