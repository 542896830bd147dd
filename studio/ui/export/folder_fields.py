"""The fields of what writes many clips into one folder: format, unit and folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton

from studio.io import FORMATS, Format
from studio.ui.kit.forms import Form
from studio.ui.kit.places import nearest_folder
from studio.ui.settings.preferences_dialog import unit_names
from studio.ui.settings.settings import Settings

from .fields import choices, format_names, row_of


class FolderFields(QObject):
    """Widgets in a form, the same for every dialog that fills a folder.

    Parameters
    ----------
    folder : Path
        Where the clips go unless the user says otherwise.
    """

    changed = Signal()

    def __init__(self, folder: Path, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.format = choices(format_names(FORMATS.geometry), settings.export_format)
        self.unit = choices(unit_names(), settings.export_unit)
        self.folder = QLineEdit(str(folder))
        self.folder.setMinimumWidth(300)
        self.browse = QPushButton("Bro&wse…", autoDefault=False)
        self.browse.setToolTip("Choose the folder")
        self.browse.clicked.connect(self._browse)
        self.format.currentIndexChanged.connect(lambda _row: self.changed.emit())
        self.folder.textChanged.connect(lambda _text: self.changed.emit())

    @property
    def kind(self) -> Format:
        """The format that is chosen."""
        return FORMATS[str(self.format.currentData())]

    @property
    def unit_name(self) -> str:
        """The unit that is chosen."""
        return str(self.unit.currentData())

    @property
    def path(self) -> Path | None:
        """The folder that is chosen, None where the line is empty."""
        typed = self.folder.text().strip()
        return Path(typed).expanduser() if typed else None

    def add_to(self, form: Form, what: str, tip: str) -> None:
        """Put the rows into a form.

        Parameters
        ----------
        what : str
            What is written, in the plural.
        tip : str
            What happens in the folder.
        """
        form.add_field("F&ormat", self.format, f"What the {what} are written as")
        form.add_field("&Unit", self.unit, "The unit of the coordinates")
        form.add_field("Fo&lder", self.folder, tip, row_of(self.folder, self.browse))

    def _browse(self) -> None:
        begin = nearest_folder(self.folder.text(), self._settings.place("export"))
        title, window = "Choose the folder", self.folder.window()
        chosen = QFileDialog.getExistingDirectory(window, title, str(begin))
        if chosen:
            self.folder.setText(chosen)
