"""The fields of what writes many clips into one folder: format, unit and folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton

from studio.io import FORMATS
from studio.ui.kit.forms import Form
from studio.ui.kit.places import nearest_folder
from studio.ui.settings.settings import Settings

from .fields import row_of
from .form_choice import FormChoice


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
        self.form_choice = FormChoice(FORMATS.geometry, settings)
        self.format, self.unit = self.form_choice.format, self.form_choice.unit
        self.folder = QLineEdit(str(folder))
        self.folder.setMinimumWidth(300)
        self.browse = QPushButton("Bro&wse…", autoDefault=False)
        self.browse.setToolTip("Choose the folder")
        self.browse.clicked.connect(self._browse)
        self.form_choice.changed.connect(self.changed)
        self.folder.textChanged.connect(lambda _text: self.changed.emit())

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
        self.form_choice.add_to(form, what)
        form.add_field("Fo&lder", self.folder, tip, row_of(self.folder, self.browse))

    def _browse(self) -> None:
        begin = nearest_folder(self.folder.text(), self._settings.place("export"))
        title, window = "Choose the folder", self.folder.window()
        chosen = QFileDialog.getExistingDirectory(window, title, str(begin))
        if chosen:
            self.folder.setText(chosen)
