"""In which unit a clip was read, at which rate and over which gaps, to look at and to change."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QWidget

from studio.core.read_as import MILLIMETERS, Gaps, told_by
from studio.core.request import Range
from studio.core.timing import FASTEST, SLOWEST
from studio.document import ClipState
from studio.io.folders.gaps import gaps_of
from studio.ui.kit.forms import Form, number_box, quiet, stack


class ReadingDialog(QDialog):
    """Says what the numbers of a clip's file were taken for, and what others would make of it.

    Parameters
    ----------
    clip
        The clip.
    """

    # The unit, None for a clip without one; frames a second; gaps, None for a clip without any.
    asked = Signal(object, float, object)

    def __init__(self, clip: ClipState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recording = clip.recording
        self.setWindowTitle("Unit and rate")
        self.unit = QComboBox()
        for unit, name in unit_names().items():
            self.unit.addItem(name, unit)
        read = self.recording.read_as
        self.unit.setCurrentIndex(max(self.unit.findData(read.unit), 0) if read.unit else -1)
        self.unit.setEnabled(bool(read.unit))
        self.rate = number_box(Range(SLOWEST, FASTEST), decimals=3, step=1.0)
        self.rate.setSuffix(" fps")
        self.rate.setValue(self.recording.fps)
        self.gaps = QComboBox()
        self.n_frames = dict[Gaps, int]()  # of the clip, by what becomes of its gaps
        self._list_gaps()
        self.becomes, self.told = quiet(), quiet(_told(clip))
        self._arrange()
        self.unit.currentIndexChanged.connect(self._show)
        self.rate.valueChanged.connect(self._show)
        self.gaps.currentIndexChanged.connect(self._show)
        self._show()

    def _list_gaps(self) -> None:
        numbered, now = self.recording.read_as.numbered, gaps_of(self.recording)
        if numbered is None or now is None:
            return
        for gaps, name in gap_names().items():
            self.gaps.addItem(name, gaps)
            closed = gaps == "close"
            self.n_frames[gaps] = len(numbered.places) if closed else numbered.n_frames
        self.gaps.setCurrentIndex(self.gaps.findData(now))

    def _arrange(self) -> None:
        form = Form()
        form.add_field("&Unit", self.unit, "What the coordinates in the file are in")
        form.add_field("&Rate", self.rate, "How many frames a second the clip plays")
        if self.n_frames:
            form.add_field("&Gaps", self.gaps, "What becomes of frames that no file holds")
        self.buttons = QDialogButtonBox()
        change = self.buttons.addButton("&Change", QDialogButtonBox.ButtonRole.AcceptRole)
        change.setToolTip("Read the clip so; Undo takes it back")
        cancel = self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setToolTip("Leave the clip as it is")
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        stack(self, form, self.becomes, self.told, self.buttons)

    def _show(self) -> None:
        """Say how large and how long the clip would be."""
        unit, recording = self.unit.currentData(), self.recording
        grown = MILLIMETERS[unit] / MILLIMETERS[recording.read_as.unit] if unit else 1.0
        n_frames = self.n_frames.get(self.gaps.currentData(), recording.n_frames)
        size, seconds = recording.size * grown, n_frames / self.rate.value()
        self.becomes.setText(f"{size:,.1f} mm at its largest, {seconds:,.2f} s long.")

    def _accept(self) -> None:
        # The field shows three decimals; a rate that nobody touched stays to the last.
        near = abs(self.rate.value() - self.recording.fps) < 5e-4
        fps = self.recording.fps if near else self.rate.value()
        self.asked.emit(self.unit.currentData(), fps, self.gaps.currentData())
        self.accept()


def unit_names() -> dict[str, str]:
    """Give the names of the units that a file can be in."""
    return {
        "um": "Micrometers",
        "mm": "Millimeters",
        "cm": "Centimeters",
        "dm": "Decimeters",
        "m": "Meters",
        "in": "Inches",
        "ft": "Feet",
    }


def gap_names() -> dict[Gaps, str]:
    """Say what can become of frames that no file holds."""
    return {
        "fill": "Made from those on both sides",
        "hold": "The one before is held",
        "close": "Left out",
    }


def _told(clip: ClipState) -> str:
    """Say where the unit and the rate come from, and what is missing."""
    read = clip.recording.read_as
    unit = f"The unit was {told_by(read.unit_by)}" if read.unit else "It has no unit of its own"
    rate = f"the rate was {told_by(read.rate_by)}" if read.rate_by else "the rate is its own"
    told = f"{clip.name}: {unit[0].lower()}{unit[1:]}, {rate}."
    numbered = read.numbered
    if numbered is None or gaps_of(clip.recording) is None:
        return told
    return f"{told} {len(numbered.places)} of {numbered.n_frames} frames are there."
