"""One clip that passes into another: which, how far, and whether their moments are aligned."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QWidget

from studio.core.request import MorphRequest
from studio.document import ClipState
from studio.ui.kit.forms import Form, quiet, stack

from .fields import ShareSlider, clip_box, foot


class MorphDialog(QDialog):
    """Which clip another passes into, and the shares of it at both ends.

    Parameters
    ----------
    clip
        The first clip, whose face it begins with.
    others
        Those that it may pass into.
    """

    # the second clip, a `MorphRequest`, and whether it is only to be looked at
    asked = Signal(object, object, bool)

    def __init__(
        self, clip: ClipState, others: Sequence[ClipState], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.clip, self.others = clip, list(others)
        self.setWindowTitle("Morph into another clip")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.other = clip_box(self.others)
        self.start, self.stop = ShareSlider(0.0), ShareSlider(1.0)
        self.align = QCheckBox("Align what both do alike")
        self.align.setToolTip("Brings it to the same moment first; else both are stretched alike")
        self.align.setChecked(True)
        self.note = quiet()
        self._arrange()
        for slider in (self.start, self.stop):
            slider.valueChanged.connect(lambda _value: self._show())
        self.other.currentIndexChanged.connect(lambda _row: self._show())
        self._show()

    def _arrange(self) -> None:
        form = Form()
        form.add_field("&Into", self.other, "The clip that it passes into")
        self.start.put_into(form, "At the &beginning", "Share of the other clip at the beginning")
        self.stop.put_into(form, "At the &end", "Share of the other clip at the end")
        form.addRow("", self.align)
        self.buttons, self.look, self.make = foot(self, "&Morph")
        self.look.clicked.connect(lambda: self._ask(look=True))
        self.buttons.accepted.connect(self._accept)
        stack(self, form, self.note, self.buttons)

    @property
    def request(self) -> MorphRequest:
        """How the clip passes into the other."""
        keys = ((0.0, self.start.share), (1.0, self.stop.share))
        return MorphRequest(keys, self.align.isChecked())

    def _show(self) -> None:
        other = self.others[self.other.currentIndex()]
        shares = f"{self.start.told.text()} to {self.stop.told.text()}"
        self.note.setText(f"A new clip from {self.clip.name} into {other.name}, {shares} of it.")

    def _ask(self, *, look: bool) -> None:
        self.asked.emit(self.others[self.other.currentIndex()], self.request, look)

    def _accept(self) -> None:
        self._ask(look=False)
        self.accept()
