"""Several expressions in one motion, from the height of one to that of the next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QWidget,
)

from studio.core import GenerationRequest
from studio.takes.recipe import FEWEST, MOST
from studio.ui.kit.forms import Form, make_or_cancel, quiet, stack
from studio.ui.kit.text import label_name
from studio.ui.kit.theme import label_icon

_AT_FIRST = ("surprise", "happiness")


class MixDialog(QDialog):
    """Which expressions, in their order; seed, length, face and model are those of the panel."""

    asked = Signal(list)  # the labels

    def __init__(
        self,
        labels: Sequence[str],
        wanted: GenerationRequest,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.known, self.wanted = tuple(labels), wanted
        self.setWindowTitle("Mix expressions")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.boxes = [self._box(place) for place in range(MOST)]
        self.note = quiet()
        self._arrange()
        for box in self.boxes:
            box.currentIndexChanged.connect(self._show)
        self._show()

    def _box(self, place: int) -> QComboBox:
        box = QComboBox()
        box.setIconSize(QSize(12, 12))
        if place >= FEWEST:
            box.addItem("–", "")
        for label in self.known:
            box.addItem(label_icon(label), label_name(label), label)
        first = _AT_FIRST[place] if place < len(_AT_FIRST) else ""
        box.setCurrentIndex(max(box.findData(first), 0))
        return box

    def _arrange(self) -> None:
        form = Form()
        for place, box in enumerate(self.boxes, 1):
            tip = f"What the face shows as number {place}"
            form.add_field(f"Expression &{place}", box, tip)
        self.buttons, self.make = make_or_cancel("&Mix")
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        stack(self, form, self.note, self.buttons)

    @property
    def labels(self) -> list[str]:
        """The expressions that are chosen, in their order."""
        return [str(box.currentData()) for box in self.boxes if box.currentData()]

    def _show(self) -> None:
        way = " → ".join(label_name(label) for label in self.labels)
        text = "At rest → {way}. {frames} frames from seed {seed}, as on the Generate panel."
        wanted = self.wanted
        self.note.setText(text.format(way=way, frames=wanted.frames, seed=wanted.seed))

    def _accept(self) -> None:
        self.asked.emit(self.labels)
        self.accept()
