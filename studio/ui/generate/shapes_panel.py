"""Sliders for the ARKit shapes of a head that brings its own; the view shows what they give."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.core import InputError, MeshSequence
from studio.core.sequence import Floats
from studio.document import ClipState, Document
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT
from studio.io.shapes import has_shapes, shapes_of
from studio.takes.posing import pose_recipe, posed
from studio.ui.kit.bind import bind
from studio.ui.kit.collapsible import Collapsible

from .face_editor import FULL, FaceSlider

# What names of shapes begin with, by the region that they move.
REGIONS = {
    "Eyes": ("eye",),
    "Brows": ("brow",),
    "Nose and cheeks": ("nose", "cheek"),
    "Jaw": ("jaw",),
    "Mouth": ("mouth",),
    "Tongue": ("tongue",),
}
_NONE = "A head with its own ARKit shapes, as rig writes one, is moved here while it is on show."


class ShapesPanel(QWidget):
    """A slider for each shape, by region, a search, a way back to rest and one to keep a pose.

    Nothing of it is in the document until it is kept: the clip on show stays as it is.
    """

    previewed = Signal(object)  # MeshSequence of one frame; None for the clip itself

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.sliders: dict[str, FaceSlider] = {}
        self._values: dict[str, QLabel] = {}
        self._rows: dict[str, tuple[QWidget, ...]] = {}
        self._shapes: FaceShapes | None = None
        self._clip: ClipState | None = None
        self.said = QLabel(_NONE, wordWrap=True)
        layout = QVBoxLayout(self)
        layout.addWidget(self.said)
        layout.addLayout(self._make_head())
        self.groups = {region: self._make_group(region) for region in REGIONS}
        for group in self.groups.values():
            layout.addWidget(group)
        layout.addStretch(1)
        bind(self, document.current_changed, lambda *_: self._follow())
        self._follow()

    def _make_head(self) -> QHBoxLayout:
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setPlaceholderText("Search shapes")
        self.search.setAccessibleName("Search shapes")
        self.search.setToolTip("Leave the shapes whose names hold this, as smile")
        self.search.textChanged.connect(self._find)
        self.reset = QPushButton("Reset")
        self.reset.setToolTip("The head at rest, and the clip in the view again")
        self.reset.clicked.connect(self.rest)
        self.hold = QPushButton("Keep")
        self.hold.setToolTip("A clip of its own that goes from rest into this pose and back")
        self.hold.clicked.connect(self.keep)
        row = QHBoxLayout()
        row.addWidget(self.search, 1)
        row.addWidget(self.hold)
        row.addWidget(self.reset)
        return row

    def _make_group(self, region: str) -> Collapsible:
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(8, 0, 0, 4)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, max(map(self.fontMetrics().horizontalAdvance, ARKIT)))
        for name in filter(partial(_is_in, region), ARKIT):
            self._add(grid, name)
        return Collapsible(region, content, opened=region in ("Eyes", "Jaw"))

    def _add(self, grid: QGridLayout, name: str) -> None:
        slider, label, value = FaceSlider(0, FULL, name), QLabel(name), QLabel("0")
        slider.setToolTip(f"{name}. A double click goes back to rest.")
        label.setBuddy(slider)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        value.setMinimumWidth(value.fontMetrics().horizontalAdvance(str(FULL)))
        slider.valueChanged.connect(lambda position: self._move(name, position))
        slider.reset_asked.connect(partial(slider.setValue, 0))
        row = grid.rowCount()
        for column, part in enumerate((label, slider, value)):
            grid.addWidget(part, row, column)
        self.sliders[name], self._values[name] = slider, value
        self._rows[name] = (label, slider, value)

    @property
    def moves(self) -> bool:
        """Whether the clip on show is a head with its own shapes."""
        return self._clip is not None

    @property
    def posed(self) -> bool:
        """Whether a slider has moved the head on show."""
        return self.moves and any(slider.value() for slider in self.sliders.values())

    # Verbs

    def keep(self) -> None:
        """Keep the pose as a clip that goes from rest into it and back, in one step."""
        clip, shapes = self._clip, self._known()
        if clip is None or shapes is None or not self.posed:
            return
        weights = {name: slider.value() / FULL for name, slider in self.sliders.items()}
        recipe = pose_recipe(clip, weights)
        made = posed(shapes, recipe, clip.recording.renamed(clip.name))
        step = f"Keep a pose of {clip.name}"
        self.document.add_takes([(made, recipe.to_dict())], step=step)

    def rest(self) -> None:
        """Take every slider back, and show the clip again."""
        if self._put_back():
            self.previewed.emit(None)

    # Speaking

    def _move(self, name: str, position: int) -> None:
        self._values[name].setText(str(position))
        clip, shapes = self._clip, self._known()
        if clip is None or shapes is None:
            return
        positions = [self.sliders[shape].value() for shape in ARKIT]
        self._allow(on=any(positions))
        if not any(positions):
            self.previewed.emit(None)
            return
        weights: Floats = np.array([positions], dtype=np.float32) / np.float32(FULL)
        vertices = shapes.played(weights)
        shown = MeshSequence(vertices, shapes.faces, name=f"{clip.name}, moved by its shapes")
        self.previewed.emit(shown.at(clip.recording.origin))

    def _known(self) -> FaceShapes | None:
        """Take the shapes out of the clip on show, once."""
        if self._shapes is None and self._clip is not None:
            try:
                self._shapes = shapes_of(self._clip.recording)
            except InputError as error:
                self._take(None, str(error))
                return None
            for name in ARKIT:
                self.sliders[name].setEnabled(name in self._shapes.names)
        return self._shapes

    # Listening

    def _follow(self) -> None:
        """Begin anew with the clip on show, whose coming ended what was shown before."""
        clip = self.document.current_clip
        if clip is not None and self._clip is not None and clip.recording is self._clip.recording:
            return
        known = clip is not None and has_shapes(clip.frame_names)
        self._take(clip if known else None)

    def _take(self, clip: ClipState | None, instead: str = _NONE) -> None:
        """Let the sliders move a clip; without one, say something instead."""
        self._put_back()
        self._shapes, self._clip = None, clip
        self.said.setVisible(clip is None)
        self.said.setText(instead)
        for slider in self.sliders.values():
            slider.setEnabled(clip is not None)

    def _put_back(self) -> bool:
        """Take every slider back without a word; whether one was moved."""
        moved = [name for name, slider in self.sliders.items() if slider.value()]
        for name in moved:
            blocker = QSignalBlocker(self.sliders[name])
            self.sliders[name].setValue(0)
            blocker.unblock()
            self._values[name].setText("0")
        self._allow(on=False)
        return bool(moved)

    def _allow(self, *, on: bool) -> None:
        for button in (self.hold, self.reset):
            button.setEnabled(on)

    def _find(self, text: str) -> None:
        """Show the shapes whose names hold the text, and open the regions they are in."""
        wanted = text.replace(" ", "").lower()
        for region, group in self.groups.items():
            found = [name for name in ARKIT if _is_in(region, name) and wanted in name.lower()]
            group.setVisible(bool(found))
            if wanted and found:
                group.title.setChecked(True)
        for name, row in self._rows.items():
            for part in row:
                part.setVisible(wanted in name.lower())


def _is_in(region: str, name: str) -> bool:
    return name.startswith(REGIONS[region])
