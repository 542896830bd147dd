"""Adding a model set by its name: a folder, or a set of a hub, which is fetched where it has to be.

No hub is asked before the user said so.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QMessageBox, QPushButton, QWidget

from studio.core import InputError, Progress
from studio.core.hub_name import HubName, is_hub_name
from studio.ui.kit.forms import ask
from studio.ui.kit.lanes import Lane
from studio.ui.kit.progress_line import ProgressLine
from studio.ui.log.messages import sentence

Ask = Callable[[QWidget, HubName], bool]


def ask_to_fetch(window: QWidget, name: HubName) -> bool:
    """Ask whether a set may be fetched from the hub."""
    from studio.engine.loading.hub import cache, endpoint

    fetch = ("Fetch", QMessageBox.ButtonRole.AcceptRole, "yes")
    told = f"It would be fetched from {endpoint()} and kept in {cache()}."
    question = f"{name.short} is not on this machine. Fetch it?"
    return ask(window, question, told, fetch, otherwise="no") == "yes"


class AddSet(QWidget):
    """A line that takes the name of a set, and shows how far fetching it is."""

    found = Signal(Path)  # the folder of a set that is on this machine now
    told = Signal(str)  # what is going on, or why there is none

    def __init__(self, parent: QWidget | None = None, *, ask: Ask = ask_to_fetch) -> None:
        super().__init__(parent)
        self.ask = ask
        self.lane = Lane("fetch", self)
        self.text, self.act, self.bar = QLineEdit(), QPushButton("A&dd"), ProgressLine()
        self.text.setPlaceholderText("Folder or hf:owner/name")
        self.text.setAccessibleName("Model set to add")
        self.text.setToolTip("A folder of models, or a set on a hub: hf:owner/name@revision")
        self.text.returnPressed.connect(self.act.click)
        self.act.setAutoDefault(False)
        self.act.clicked.connect(self._act)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text, 0, 0)
        layout.addWidget(self.act, 0, 1)
        layout.addWidget(self.bar, 1, 0, 1, 2)
        for change in (self.lane.started, self.lane.finished):
            change.connect(self._show)
        self._show()

    def _show(self, *_told: object) -> None:
        busy = self.lane.busy
        self.act.setText("Sto&p" if busy else "A&dd")
        self.act.setToolTip("Stop; nothing half-fetched is kept" if busy else "Add the set")
        self.text.setEnabled(not busy)
        self.bar.setVisible(busy)

    def _act(self) -> None:
        if self.lane.busy:
            self.lane.cancel()
            self.told.emit("Stopped; nothing half-fetched was kept.")
            return
        text = self.text.text().strip()
        try:
            self._add(text)
        except InputError as error:
            self.told.emit(sentence(error))

    def _add(self, text: str) -> None:
        if is_hub_name(text):
            name = HubName.of(text)
            self._submit(_look, name, lambda found: self._looked(name, found))
        elif text and Path(text).expanduser().is_dir():
            self._take(Path(text).expanduser())
        elif text:
            raise InputError.of("models", "a folder or hf:owner/name@revision", text)

    def _submit(
        self, job: Callable[..., object], name: HubName, then: Callable[[object], None]
    ) -> None:
        self.lane.submit(
            job,
            name,
            on_result=then,
            on_error=lambda error: self.told.emit(sentence(error)),
            on_progress=self._progress,
        )

    def _looked(self, name: HubName, found: object) -> None:
        if isinstance(found, Path):
            self._take(found)
        elif self.ask(self, name):
            self._submit(_fetch, name, self._take)

    def _progress(self, fraction: float, message: str) -> None:
        self.bar.show_share(fraction)
        if message:
            self.told.emit(message)

    def _take(self, folder: object) -> None:
        if isinstance(folder, Path):
            self.text.clear()
            self.told.emit("")
            self.found.emit(folder)


def _look(name: HubName, *, progress: Progress) -> Path | None:
    """Find a set in the cache, whole; None where it has to be fetched."""
    from studio.engine.loading.hub import NotHere, cached, check_snapshot

    progress.check()
    try:
        folder = cached(name)
        check_snapshot(folder)
    except NotHere:
        return None
    return folder


def _fetch(name: HubName, *, progress: Progress) -> Path:
    from studio.engine.loading.hub_transfer import pull

    return pull(name, progress)
