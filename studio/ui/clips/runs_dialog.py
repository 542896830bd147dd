"""Which runs of frames in a folder to open, where it holds several."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QListWidget, QListWidgetItem, QWidget

from studio.io.folders.runs import SeveralRuns
from studio.ui.kit.forms import Form, quiet, stack

_PATH = Qt.ItemDataRole.UserRole


class RunsDialog(QDialog):
    """Lists the runs, of which several may be chosen.

    Parameters
    ----------
    found
        What reading the folder came to.
    """

    asked = Signal(list)  # the Path of each run

    def __init__(self, found: SeveralRuns, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open frames")
        folder = next(iter(found.runs)).parent.name
        self.told = quiet(f"{folder} holds {len(found.runs)} runs of frames, each a clip.")
        self.list = QListWidget()
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        for path, names in found.runs.items():
            item = QListWidgetItem(f"{path.name}, {len(names)} frames")
            item.setData(_PATH, path)
            self.list.addItem(item)
        form = Form()
        form.add_field("&Runs", self.list, "Which to open, one clip each")
        self.buttons = QDialogButtonBox()
        self.open_button = self.buttons.addButton("&Open", QDialogButtonBox.ButtonRole.AcceptRole)
        self.open_button.setToolTip("Open each chosen run as a clip")
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self.list.itemSelectionChanged.connect(self._show)
        self.list.itemDoubleClicked.connect(lambda _item: self._accept())
        stack(self, form, self.told, self.buttons)
        self.list.setCurrentRow(0)
        self.list.setFocus()

    def _show(self) -> None:
        self.open_button.setEnabled(bool(self.list.selectedItems()))

    def _accept(self) -> None:
        rows = sorted(self.list.row(item) for item in self.list.selectedItems())
        self.asked.emit([self.list.item(row).data(_PATH) for row in rows])
        self.accept()
