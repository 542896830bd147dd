"""The rows above the face while a region is painted: the brush, and what needs no brush."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.core.request import Range
from studio.face.regions.brush import RADIUS, STRENGTH
from studio.io.masks import SUFFIX
from studio.ui.editing.curve_edit_controls import tool_button
from studio.ui.kit.icons import cross_icon
from studio.ui.kit.line import Line
from studio.ui.kit.scrolling import calm_wheel

from .painter import MaskPainter

_TIP = (
    "A drag on the face paints, with Ctrl it takes away; beside the face, or with Shift, it moves "
    "the camera. [ and ] make the brush smaller and larger, X turns it round, Esc ends it."
)


def asked_place(parent: QWidget) -> Path | None:
    """Ask where a region is kept; None where nowhere."""
    kinds = f"Masks (*{SUFFIX})"
    name, _ = QFileDialog.getSaveFileName(parent, "Keep the region", f"region{SUFFIX}", kinds)
    return Path(name) if name else None


class PaintBar(QWidget):
    """Shown while the painter is on; every control is a verb of it.

    Parameters
    ----------
    ask
        Asks for the file that a region is kept in.
    """

    def __init__(
        self,
        painter: MaskPainter,
        ask: Callable[[QWidget], Path | None] = asked_place,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.painter, self._ask = painter, ask
        self.line = Line(widest=220)
        self.radius = _number("Radius", "mm from the middle of the brush to its rim", RADIUS, 1)
        self.radius.setSuffix(" mm")
        said = "How far one stroke brings what it covers"
        self.strength = _number("Strength", said, STRENGTH, 100)
        self.strength.setSuffix(" %")
        self.erase = _switch("Erase", "Take away instead of adding (X, or Ctrl while painting)")
        self.mirror = _switch("Mirror", "Paint the other side of the face as well")
        self.leave = tool_button("Leave painting", "Leave painting")
        self.leave.setIcon(cross_icon())
        self.region = QComboBox()
        self.region.setAccessibleName("Region by name")
        self.region.setToolTip("A part of the face that is added or taken away as a whole")
        calm_wheel(self.region)
        self._make_verbs()
        self._arrange()
        self._connect()
        self._show()

    def _make_verbs(self) -> None:
        painter = self.painter
        self.add = _verb("Add", "Add the region by name", lambda: painter.add(self._name))
        less = "Take the region by name away"
        self.remove = _verb("Take away", less, lambda: painter.remove(self._name))
        self.soften = _verb("Soften", "Let the border fade further", painter.soften)
        self.invert = _verb("Invert", "Take what is not taken, and the other way", painter.invert)
        self.clear = _verb("Clear", "Take nothing of the face", painter.clear)
        kept = "Keep the region as a file, which edits of other clips can take"
        self.keep = _verb("Keep…", kept, self._keep)

    def _arrange(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(10, 4, 6, 4)
        rows.setSpacing(3)
        first: list[QWidget] = [self.line]
        for text, field in (("Radius", self.radius), ("Strength", self.strength)):
            name = QLabel(text)
            name.setBuddy(field)
            first += [name, field]
        rows.addLayout(_row([*first, self.erase, self.mirror, self.leave], self.line))
        verbs = (self.add, self.remove, self.soften, self.invert, self.clear, self.keep)
        rows.addLayout(_row([self.region, *verbs], self.region))

    def _connect(self) -> None:
        painter = self.painter
        self.radius.valueChanged.connect(painter.set_radius)
        self.strength.valueChanged.connect(lambda part: painter.set_strength(part / 100))
        self.erase.clicked.connect(lambda on: painter.set_erasing(on=on))
        self.mirror.clicked.connect(lambda on: painter.set_mirror(on=on))
        self.leave.clicked.connect(lambda: painter.set_on(on=False))
        painter.changed.connect(self._show)

    @property
    def _name(self) -> str:
        return self.region.currentText()

    def _keep(self) -> None:
        path = self._ask(self)
        if path is not None:
            self.painter.save(path)

    def _show(self) -> None:
        painter, edit = self.painter, self.painter.edit
        self.setVisible(painter.on)
        self.line.set_text("" if edit is None else f"Painting the region of {edit.name}")
        self.line.setToolTip(_TIP)
        for field, value in (
            (self.radius, painter.radius),
            (self.strength, painter.strength * 100),
        ):
            with QSignalBlocker(field):
                field.setValue(round(value))
        self.erase.setChecked(painter.erasing)
        self.mirror.setEnabled(painter.can_mirror)
        self.mirror.setChecked(painter.mirror and painter.can_mirror)
        names = list(painter.regions)
        if names != [self.region.itemText(row) for row in range(self.region.count())]:
            self.region.clear()
            self.region.addItems(names)


def _number(name: str, tip: str, allowed: Range, scale: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(round(allowed.low * scale), round(allowed.high * scale))
    spin.setAccessibleName(name)
    spin.setToolTip(tip)
    spin.setKeyboardTracking(False)
    calm_wheel(spin)
    return spin


def _switch(text: str, tip: str) -> QToolButton:
    button = tool_button(text, tip)
    button.setText(text)
    button.setCheckable(True)
    return button


def _verb(text: str, tip: str, act: Callable[[], object]) -> QToolButton:
    button = tool_button(text.rstrip("…"), tip)
    button.setText(text)
    button.clicked.connect(lambda _on: act())
    return button


def _row(parts: list[QWidget], wide: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    for part in parts:
        row.addWidget(part, stretch=int(part is wide))
    row.setAlignment(Qt.AlignmentFlag.AlignVCenter)
    return row
