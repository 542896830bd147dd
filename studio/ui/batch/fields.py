"""What is done with the clips of a batch, how, and where the results go."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLineEdit, QPushButton, QSpinBox

from studio.core import InputError
from studio.io import FORMATS
from studio.ui.export.fields import row_of
from studio.ui.export.form_choice import format_names
from studio.ui.kit.forms import Form, choices
from studio.ui.kit.places import nearest_folder
from studio.ui.settings.preferences_dialog import unit_names
from studio.ui.settings.settings import Settings

from .work import Wanted

VERBS = {
    "recognize": "Recognize, into a table",
    "convert": "Convert",
    "neutralize": "Take the expression off",
    "register": "Register faces",
}
_WRITING = ("convert", "neutralize")
TABLE = "recognized.csv"


class BatchFields(QObject):
    """Widgets in a form; rows that mean nothing for what is done are hidden."""

    changed = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.verb = choices(VERBS, "recognize")
        self.frames = QCheckBox("A row for each fra&me")
        self.frames.setToolTip("In place of a row for each clip")
        self.format = choices(format_names(FORMATS.geometry), settings.export_format)
        self.unit = choices(unit_names(), settings.export_unit)
        self.folder = QLineEdit(str(settings.place("export") / "batch"))
        self.folder.setMinimumWidth(300)
        self.browse = QPushButton("Bro&wse…", autoDefault=False)
        self.browse.setToolTip("Choose the folder")
        cores = os.cpu_count() or 1
        self.jobs = QSpinBox(minimum=1, maximum=max(cores, 2), value=max(cores - 1, 1))
        self.form = self._laid_out()
        for box in (self.verb, self.format, self.unit):
            box.currentIndexChanged.connect(self._follow)
        self.frames.toggled.connect(self._follow)
        self.folder.textChanged.connect(self._follow)
        self.browse.clicked.connect(self._browse)
        self._follow()

    def wanted(self, inputs: Sequence[Path]) -> Wanted:
        """Write the command over some clips and folders.

        Raises
        ------
        InputError
            Where no clip or no folder is chosen.
        """
        if not inputs:
            raise InputError("Add clips or folders.")
        typed = self.folder.text().strip()
        if not typed:
            raise InputError("Choose a folder for the results.")
        folder, name = Path(typed).expanduser().absolute(), self._chosen(self.verb)
        how, out = ["--jobs", str(self.jobs.value())], folder
        if name == "recognize":
            out = folder / TABLE
            how += ["--csv", str(out), *(["--frames"] if self.frames.isChecked() else [])]
        else:
            how += ["--out", str(out)]
        if name in _WRITING:
            how += ["--format", self._chosen(self.format), "--unit", self._chosen(self.unit)]
        return Wanted((name, *map(str, inputs), *how), out)

    def set_enabled(self, *, on: bool) -> None:
        """Let nothing be changed while the work goes on."""
        chosen = (self.verb, self.frames, self.format, self.unit)
        for part in (*chosen, self.folder, self.browse, self.jobs):
            part.setEnabled(on)

    def _laid_out(self) -> Form:
        form = Form()
        form.add_field("&Do", self.verb, "What is done with each clip")
        form.addRow("", self.frames)
        form.add_field("F&ormat", self.format, "What the clips are written as")
        form.add_field("&Unit", self.unit, "The unit of the coordinates")
        tip = "Each result goes in there; folders of clips keep theirs"
        form.add_field("Fo&lder", self.folder, tip, row_of(self.folder, self.browse))
        form.add_field("&Processes", self.jobs, "How many work at once, each on a clip")
        return form

    def _follow(self, *_news: object) -> None:
        name = self._chosen(self.verb)
        self.form.setRowVisible(self.frames, name == "recognize")
        for part in (self.format, self.unit):
            self.form.setRowVisible(part, name in _WRITING)
        self.changed.emit()

    @staticmethod
    def _chosen(box: QComboBox) -> str:
        return str(box.currentData())

    def _browse(self) -> None:
        begin = nearest_folder(self.folder.text(), self._settings.place("export"))
        window = self.folder.window()
        chosen = QFileDialog.getExistingDirectory(window, "Choose the folder", str(begin))
        if chosen:
            self.folder.setText(chosen)
