"""The fields of the export dialog: which there are for a format, and what is remembered."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from studio.core.errors import either
from studio.document import ClipState
from studio.face.fittings import has_fittings
from studio.io import Format
from studio.render.formats import FORMATS
from studio.render.look import SIZES
from studio.ui.kit.forms import Form, choices, offer
from studio.ui.settings.settings import Settings

from .form_choice import FormChoice

MOST = 9_999_999


class ExportFields(QObject):
    """Widgets in a form; rows that mean nothing for the chosen format are hidden."""

    changed = Signal()

    def __init__(self, clip: ClipState, settings: Settings, *, heat: bool) -> None:
        super().__init__()
        self.clip, self._settings = clip, settings
        self._make_choices(settings)
        self._make_range()
        self._make_names(settings)
        self.heat = QCheckBox("&Heat map")
        self.heat.setChecked(heat)
        self.heat.setToolTip("Color by displacement from neutral, with a color bar in mm")
        self.caption = QCheckBox("C&aption")
        self.caption.setChecked(settings.export_caption)
        self.caption.setToolTip("Write frame number and time into the lower left corner")
        self.fittings = QCheckBox("Teeth an&d lashes")
        self.fittings.setChecked(settings.export_fittings)
        self.fittings.setToolTip("Add them as vertices after the face's own; for meshes alone")
        self.form = self._lay_out()
        self._connect()
        self._follow_format()
        self._follow_span()

    @property
    def format_name(self) -> str:
        return str(self.format.currentData())

    @property
    def kind(self) -> Format:
        return FORMATS[self.format_name]

    @property
    def adds_fittings(self) -> bool:
        """Whether teeth and lashes are to be added to the meshes."""
        return self._may_add and self.fittings.isChecked()

    @property
    def _may_add(self) -> bool:
        """Whether the format has meshes, and the clip a face that teeth are known for."""
        return self.kind.has_vertices and has_fittings(self.clip.recording.topology)

    def range(self) -> tuple[int, int]:
        """Give the first and the last frame to export."""
        return self.first.value(), self.last.value()

    def remember(self, settings: Settings) -> None:
        """Keep the choices for the next export."""
        self.form_choice.remember()
        folder = Path(self.folder.text().strip()).expanduser()
        settings.set_export_folder_for(self.format_name, folder)
        if self.kind.single:
            settings.export_name = self.file_name.text()
        else:
            settings.export_pattern = self.pattern.text()
            settings.export_subfolder = self.subfolder.text().strip()
        if self._may_add:
            settings.export_fittings = self.fittings.isChecked()
        if self.kind.drawn:
            settings.set_export_size_for(self.kind, self.size.currentData())
            settings.export_background = self.background.currentData()
            settings.export_camera = self.camera.currentData()
            settings.export_caption = self.caption.isChecked()

    def _make_choices(self, settings: Settings) -> None:
        sizes = {name: f"{name}, {w} × {h}" for name, (w, h) in SIZES.items()}
        words = {"square": "Square, {w} × {h}", "small": "Small square, {w} × {h}"}
        for name, text in words.items():
            sizes[name] = text.format(w=SIZES[name][0], h=SIZES[name][1])
        views = {"view": "As in the view", "front": "Front"}
        self.form_choice = FormChoice(FORMATS.writers, settings)
        self.format, self.unit = self.form_choice.format, self.form_choice.unit
        self.size = choices(sizes, settings.export_size_for(self.kind))
        self.background = choices({}, "")
        self.camera = choices(views, settings.export_camera)

    def _make_range(self) -> None:
        end, (start, stop) = self.clip.timing.frames - 1, self.clip.range
        spans = {"whole": "Whole clip", "range": "In/out range", "custom": "Custom"}
        part = (start, stop - 1) != (0, end)
        self.span = choices(spans, "range" if part else "whole")
        self.first = QSpinBox(minimum=0, maximum=end)
        self.last = QSpinBox(minimum=0, maximum=end)
        self.first.setAccessibleName("First frame")
        self.last.setAccessibleName("Last frame")
        for box in (self.first, self.last):
            box.setToolTip(f"Frames from 0 to {end}, both ends included")

    def _make_names(self, settings: Settings) -> None:
        self.folder, self._offered = QLineEdit(), ""
        self.subfolder = QLineEdit(settings.export_subfolder, placeholderText="None")
        self.pattern = QLineEdit(settings.export_pattern)
        self.file_name = QLineEdit(settings.export_name)
        self.number = QSpinBox(minimum=0, maximum=MOST, value=1)
        self.browse = QPushButton("&Browse…", autoDefault=False)
        self.browse.setToolTip("Choose the folder")

    def _lay_out(self) -> Form:
        form, name = Form(), "{name} stands for the clip's name"
        self.form_choice.add_to(form, "clip")
        tip = "Which frames are written; the first has number 0"
        form.add_field("F&rames", self.span, tip, row_of(self.span, self.first, "–", self.last))
        form.add_field("Si&ze", self.size, "Width and height in pixels")
        opaque = [k.short for k in FORMATS.writers if k.canvas and not k.canvas.transparent]
        tip = f"What is behind the face; {either(opaque, 'and')} cannot be transparent"
        form.add_field("Bac&kground", self.background, tip)
        tip = "From where the face is seen, as large as fits the picture"
        form.add_field("Ca&mera", self.camera, tip)
        self._extras = QWidget()
        self._extras.setLayout(row_of(self.heat, self.caption))
        form.addRow("", self._extras)
        form.addRow("", self.fittings)
        tip = "Folders that are missing are made"
        form.add_field("Fo&lder", self.folder, tip, row_of(self.folder, self.browse))
        tip = f"A folder for the frames within that folder, or nothing; {name}"
        form.add_field("&Subfolder", self.subfolder, tip)
        form.add_field("&Name", self.file_name, name)
        tip = "{{frame:04d}} stands for the frame's number in four digits; {tip}"
        form.add_field("Name pa&ttern", self.pattern, tip.format(tip=name))
        form.add_field("Number &from", self.number, "The number of the first frame written")
        return form

    def _connect(self) -> None:
        self.form_choice.format_changed.connect(self._follow_format)
        self.form_choice.changed.connect(self.changed)
        self.span.currentIndexChanged.connect(lambda _row: self._follow_span())
        for box in (self.size, self.background, self.camera):
            box.currentIndexChanged.connect(lambda _row: self.changed.emit())
        self.fittings.toggled.connect(lambda _on: self.changed.emit())
        self.number.valueChanged.connect(lambda _value: self.changed.emit())
        for end in (self.first, self.last):
            end.valueChanged.connect(lambda _value: self._follow_ends())
        for line in (self.folder, self.subfolder, self.pattern, self.file_name):
            line.textChanged.connect(lambda _text: self.changed.emit())

    def _follow_format(self) -> None:
        """Show the rows that belong to the format, and its folder."""
        kind = self.kind
        single, drawn = kind.single, kind.drawn
        rows: dict[QWidget, bool] = {self.file_name: single}
        rows[self.fittings] = self._may_add
        rows |= dict.fromkeys((self.subfolder, self.pattern, self.number), not single)
        rows |= dict.fromkeys((self.size, self.background, self.camera, self._extras), drawn)
        for field, shown in rows.items():
            self.form.setRowVisible(field, shown)
        grounds = {"theme": "As the window", "white": "White"}
        if kind.canvas and kind.canvas.transparent:
            grounds["transparent"] = "Transparent"
        chosen = self.background.currentData() or self._settings.export_background
        with QSignalBlocker(self.background):
            offer(self.background, grounds, str(chosen))
        size = self._settings.export_size_for(kind)
        with QSignalBlocker(self.size):
            self.size.setCurrentIndex(self.size.findData(size))
        if self.folder.text() == self._offered:  # what someone typed stays
            self._offered = str(self._settings.export_folder_for(kind.name))
            self.folder.setText(self._offered)
        self.changed.emit()

    def _follow_span(self) -> None:
        """Show the frames of the span."""
        span = self.span.currentData()
        start, stop = (0, self.clip.timing.frames) if span == "whole" else self.clip.range
        if span != "custom":
            for box, value in ((self.first, start), (self.last, stop - 1)):
                with QSignalBlocker(box):
                    box.setValue(value)
        self.changed.emit()

    def _follow_ends(self) -> None:
        """Let the span be one of the user's own, once an end is changed."""
        with QSignalBlocker(self.span):
            self.span.setCurrentIndex(self.span.findData("custom"))
        self.changed.emit()


def row_of(*parts: QWidget | str) -> QHBoxLayout:
    """Lay widgets out beside each other; the first line edit takes the room there is."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    for part in parts:
        widget = QLabel(part) if isinstance(part, str) else part
        row.addWidget(widget, stretch=int(isinstance(widget, QLineEdit)))
    if not any(isinstance(part, QLineEdit) for part in parts):
        row.addStretch(1)
    return row
