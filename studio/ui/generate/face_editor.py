"""A face made with sliders, in people's words."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from studio.core import GenerationRequest
from studio.document import Document
from studio.face.identity import (
    ANCESTRIES,
    DIRECTIONS,
    Direction,
    ancestry,
    number_of,
    random_face,
    with_ancestry,
    with_number,
)
from studio.ui.kit.bind import bind
from studio.ui.kit.collapsible import Collapsible
from studio.ui.kit.icons import dice_icon
from studio.ui.kit.scrolling import calm_wheel

from .service import SEEDS, GenerateService

FULL = 100  # slider positions to either side
# The rig's own weight direction moves the body, of which a head shows next to nothing.
_HIDDEN = {"weight", "african", "asian"}
_SHOWN = tuple(direction for direction in DIRECTIONS if direction.name not in _HIDDEN)
_OPEN = {"Person"}
Face = tuple[float, ...]


class FaceSlider(QSlider):
    """A slider that a double click takes back to its resting place."""

    reset_asked = Signal()

    def __init__(self, low: int, high: int, name: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(low, high)
        self.setPageStep(10)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(70)
        calm_wheel(self)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_asked.emit()


class FaceEditor(QWidget):
    """Sliders in groups, Random, Reset, and whether the face is in the view."""

    def __init__(
        self, document: Document, generating: GenerateService, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.generating = document, generating
        self.sliders: dict[str, FaceSlider] = {}
        self._values: dict[str, QLabel] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(self._make_head())
        groups = dict.fromkeys(direction.group for direction in DIRECTIONS)
        for group in groups:
            layout.addWidget(self._make_group(group))
        generating.face_shown_changed.connect(self._show_shown)
        bind(self, document.generation_changed, self._show)
        self._show(document.state.generation)

    def _make_head(self) -> QHBoxLayout:
        self.random = QPushButton(dice_icon(), "Random")
        self.random.setToolTip("Another person, drawn like those the models have learnt")
        self.reset = QPushButton("Reset")
        self.reset.setToolTip("The average face again")
        self.shown = QCheckBox("Show")
        self.shown.setToolTip("Show the face in the view; off brings the clip back")
        self.shown.setAccessibleName("Show the face in the view")
        self.random.clicked.connect(self._draw)
        self.reset.clicked.connect(lambda: self.generating.edit_face(()))
        self.shown.toggled.connect(lambda on: self.generating.show_face(on=on))
        row = QHBoxLayout()
        row.setSpacing(4)
        buttons: tuple[QAbstractButton, ...] = (self.random, self.reset, self.shown)
        for button in buttons:
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        return row

    def _make_group(self, group: str) -> Collapsible:
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(8, 0, 0, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        # The sliders of all groups begin below each other.
        words = [_titles()[direction.name] for direction in _SHOWN]
        grid.setColumnMinimumWidth(0, max(map(self.fontMetrics().horizontalAdvance, words)))
        if group == "Ancestry":
            for place, name in enumerate(ANCESTRIES):
                self._add(grid, name, 0, partial(self._mix, place), partial(self._mix, place, 33))
        for direction in _SHOWN:
            if direction.group == group:
                move = partial(self._move, direction)
                self._add(grid, direction.name, -FULL, move, partial(move, 0))
        return Collapsible(_titles()[group], content, opened=group in _OPEN)

    def _add(
        self,
        grid: QGridLayout,
        name: str,
        low: int,
        move: Callable[[int], object],
        reset: Callable[[], object],
    ) -> None:
        title, hint = _titles().get(name, name), _hints().get(name, "")
        slider, value, row = FaceSlider(low, FULL, title), QLabel(), grid.rowCount()
        back = "A double click goes back to the average."
        slider.setToolTip(f"{title}: {hint}. {back}" if hint else f"{title}. {back}")
        label = QLabel(title)
        label.setBuddy(slider)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        value.setMinimumWidth(value.fontMetrics().horizontalAdvance("−100"))
        value.setForegroundRole(value.palette().ColorRole.PlaceholderText)
        slider.valueChanged.connect(move)
        slider.sliderReleased.connect(self.document.seal)
        slider.reset_asked.connect(reset)
        slider.reset_asked.connect(self.document.seal)
        for column, part in enumerate((label, slider, value)):
            grid.addWidget(part, row, column)
        self.sliders[name], self._values[name] = slider, value

    # Speaking

    def _move(self, direction: Direction, position: int) -> None:
        reach = direction.high if position > 0 else -direction.low
        face = with_number(self._face, direction.name, reach * position / FULL)
        self.generating.edit_face(face, key=f"face:{direction.name}")

    def _mix(self, place: int, share: int) -> None:
        face = with_ancestry(self._face, place, share / FULL)
        self.generating.edit_face(face, key=f"face:{ANCESTRIES[place]}")

    def _draw(self) -> None:
        self.generating.edit_face(random_face(random.randrange(SEEDS)))

    @property
    def _face(self) -> Face:
        return self.document.state.generation.face.numbers

    # Listening

    def _show(self, wanted: GenerationRequest) -> None:
        for direction in _SHOWN:
            number = number_of(wanted.face.numbers, direction.name)
            reach = direction.high if number > 0 else -direction.low
            self._place(direction.name, round(FULL * number / reach))
        for name, share in zip(ANCESTRIES, ancestry(wanted.face.numbers), strict=True):
            self._place(name, round(FULL * share))
        self.reset.setEnabled(bool(wanted.face.numbers))

    def _place(self, name: str, position: int) -> None:
        slider = self.sliders[name]
        blocker = QSignalBlocker(slider)
        slider.setValue(position)
        blocker.unblock()
        sign = "+" if position > 0 and name not in ANCESTRIES else ""
        text = f"{position} %" if name in ANCESTRIES else f"{sign}{position}"
        self._values[name].setText(text.replace("-", "−"))

    def _show_shown(self, shown: bool) -> None:
        blocker = QSignalBlocker(self.shown)
        self.shown.setChecked(shown)
        blocker.unblock()


def _titles() -> dict[str, str]:
    """Give groups and directions the names by which people know them."""
    return {
        "Person": "Person",
        "Ancestry": "Ancestry mix",
        "Head": "Head",
        "Jaw and chin": "Jaw and chin",
        "Cheeks": "Cheeks",
        "Brows and eyes": "Brows and eyes",
        "Nose": "Nose",
        "Mouth": "Mouth",
        "African": "African",
        "Asian": "Asian",
        "European": "European",
        "gender": "Gender",
        "age": "Age",
        "head fat": "Weight",
        "head width": "Width",
        "head height": "Height",
        "jaw width": "Jaw width",
        "chin height": "Chin height",
        "chin prominence": "Chin depth",
        "cheekbones": "Bones",
        "cheek volume": "Volume",
        "brow height": "Brow height",
        "brow depth": "Brow depth",
        "eye size": "Eye size",
        "eye distance": "Eye spacing",
        "nose length": "Length",
        "nose width": "Width",
        "nose depth": "Depth",
        "nose hump": "Hump",
        "mouth width": "Width",
        "lip volume": "Lips",
        "mouth height": "Height",
    }


def _hints() -> dict[str, str]:
    """Say what the two ends of a slider mean, where its title does not."""
    return {
        "gender": "masculine on the left, feminine on the right",
        "age": "from a young to an old adult",
        "head fat": "from a lean to a full face",
        "chin prominence": "from a receding to a prominent chin",
        "brow depth": "how far the brow ridge stands out",
        "African": "its share; the other two keep their proportion",
        "Asian": "its share; the other two keep their proportion",
        "European": "its share; the other two keep their proportion",
    }
