"""Where a clip's frames are to be written, in which form, and which of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.document import ClipState
from studio.io.naming import safe_name

from .exporting import ExportRequest
from .settings import Settings

FORMATS = (
    ("obj", "OBJ, one file a frame"),
    ("ply", "PLY, one file a frame"),
    ("npz", "NPZ, one file for the clip"),
)
UNITS = (("mm", "Millimetres"), ("m", "Metres"))
# Bytes a vertex and a face take in one frame, from files written by the studio.
_BYTES = {"obj": (32, 18), "ply": (12, 13), "npz": (12, 0)}


def estimate_bytes(clip: ClipState, format_name: str, frames: int) -> int:
    """About how large the export will be."""
    per_vertex, per_face = _BYTES[format_name]
    sequence = clip.sequence
    return frames * (sequence.n_vertices * per_vertex + len(sequence.faces) * per_face)


def readable_bytes(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


class ExportDialog(QDialog):
    """Asks; the answer comes as a signal, because the dialog does not stop the window."""

    asked = Signal(object)  # ExportRequest

    def __init__(self, clip: ClipState, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.clip, self.settings = clip, settings
        self.setWindowTitle(f"Export {clip.name}")
        self._make_fields()
        self._arrange()
        for signal in (
            self.format.currentIndexChanged,
            self.first.valueChanged,
            self.last.valueChanged,
            self.folder.textChanged,
            self.name.textChanged,
        ):
            signal.connect(self._show)
        self._show()

    def request(self) -> ExportRequest:
        """What the fields say now."""
        format_name = str(self.format.currentData())
        name = safe_name(self.name.text())
        file_name = f"{name}.npz" if format_name == "npz" else name
        return ExportRequest(
            clip_id=self.clip.id,
            path=Path(self.folder.text()).expanduser() / file_name,
            format_name=format_name,
            unit=str(self.unit.currentData()),
            start=self.first.value(),
            stop=self.last.value() + 1,
        )

    def accept(self) -> None:
        request = self.request()
        self.settings.export_folder = request.path.parent
        self.settings.export_format = request.format_name
        self.settings.export_unit = request.unit
        super().accept()
        self.asked.emit(request)

    def _make_fields(self) -> None:
        self.format, self.unit = QComboBox(), QComboBox()
        for value, text in FORMATS:
            self.format.addItem(text, value)
        for value, text in UNITS:
            self.unit.addItem(text, value)
        self.format.setCurrentIndex(self.format.findData(self.settings.export_format))
        self.unit.setCurrentIndex(self.unit.findData(self.settings.export_unit))
        end = self.clip.sequence.n_frames - 1
        start, stop = self.clip.range
        self.first = QSpinBox(minimum=0, maximum=end, value=start)
        self.last = QSpinBox(minimum=0, maximum=end, value=stop - 1)
        self.folder = QLineEdit(str(self.settings.export_folder))
        self.folder.setMinimumWidth(320)
        self.name = QLineEdit(safe_name(self.clip.name))
        self.summary = QLabel(wordWrap=True)
        self.summary.setMinimumHeight(44)
        self.summary.setForegroundRole(self.summary.palette().ColorRole.PlaceholderText)

    def _arrange(self) -> None:
        browse = QPushButton("Browse…")
        browse.clicked.connect(self._browse)
        folder, frames = QHBoxLayout(), QHBoxLayout()
        for row in (folder, frames):
            row.setSpacing(6)
        folder.addWidget(self.folder, stretch=1)
        folder.addWidget(browse)
        frames.addWidget(self.first)
        frames.addWidget(QLabel("to"))
        frames.addWidget(self.last)
        frames.addStretch()
        form = QFormLayout(horizontalSpacing=12, verticalSpacing=8)
        form.addRow("F&ormat", self.format)
        form.addRow("&Unit", self.unit)
        form.addRow(_titled("F&rames", self.first), frames)
        form.addRow(_titled("Fo&lder", self.folder), folder)
        form.addRow("&Name", self.name)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addLayout(form)
        layout.addWidget(self.summary)
        layout.addWidget(buttons)

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Export into", self.folder.text())
        if chosen:
            self.folder.setText(chosen)

    def _show(self) -> None:
        request = self.request()
        frames = self.last.value() - self.first.value() + 1
        self.ok.setEnabled(frames > 0 and bool(self.folder.text().strip()))
        if frames <= 0:
            self.summary.setText("The last frame comes before the first.")
            return
        size = readable_bytes(estimate_bytes(self.clip, request.format_name, frames))
        single = request.format_name == "npz"
        what = f"{frames} frames in one file" if single else f"{frames} files"
        old = " What lies there under the same names is replaced." if request.path.exists() else ""
        self.summary.setText(f"{what}, about {size}, as {request.path}.{old}")


def _titled(text: str, field: QWidget) -> QLabel:
    title = QLabel(text)
    title.setBuddy(field)
    return title
