"""The window of a batch of clips: chosen, worked on behind, told one by one."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from studio.core import InputError
from studio.ui.desk import Desk
from studio.ui.kit.filters import open_filters
from studio.ui.kit.forms import open_link, quiet
from studio.ui.kit.progress_line import ProgressLine
from studio.ui.settings.settings import Settings

from .fields import BatchFields
from .rows import Rows
from .work import News, Wanted, run


class BatchWindow(QDialog):
    """Chooses clips and what is done with them; closing it lets the work go on.

    Parameters
    ----------
    open_paths
        Opens results in the studio.
    """

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        open_paths: Callable[[Sequence[Path]], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk, self.settings, self._open_paths = desk, settings, open_paths
        self._lane = desk.lanes.many
        self.inputs: list[Path] = []
        self._wanted: Wanted | None = None
        self.setWindowTitle("Batch of clips")
        self.setAcceptDrops(True)
        self.fields = BatchFields(settings)
        self.rows = Rows(self)
        self._make_table()
        self._make_buttons()
        self.summary, self.progress = quiet(), ProgressLine()
        self.summary.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self.progress.setFixedHeight(6)
        self._arrange()
        self._connect()
        self.resize(760, 560)
        self._show()

    def add(self, paths: Sequence[Path]) -> None:
        """Add clips and folders to those that were chosen."""
        if self._lane.busy:
            return
        self.inputs += [path for path in paths if path not in self.inputs]
        self._choose()

    # Making it

    def _make_table(self) -> None:
        self.table = QTableView()
        self.table.setAlternatingRowColors(True)
        self.table.setTabKeyNavigation(False)
        self.table.setModel(self.rows)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setAccessibleName("Clips")
        self.table.setToolTip("Each clip and how far it is; Del takes the chosen ones off the list")
        self.table.verticalHeader().hide()
        self.table.setWordWrap(False)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        head.resizeSection(0, 240)
        head.setStretchLastSection(True)

    def _make_buttons(self) -> None:
        self.add_files = _button("&Add clips…", "Add clips, each a file")
        self.add_folder = _button(
            "Add &folder…", "Add a folder of frames, or of clips with all folders in it"
        )
        self.remove = _button("&Remove", "Take the chosen rows out of the list")
        self.open_result = _button("Ope&n result", "Open what was made of the chosen clips")
        self.buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.start = self.buttons.addButton("&Start", role.ActionRole)
        self.stop = self.buttons.addButton("&Cancel", role.ActionRole)
        self.close_button = self.buttons.addButton("Clos&e", role.RejectRole)
        self.start.setProperty("accent", True)
        self.start.setDefault(True)
        self.start.setMinimumSize(110, 30)
        self.start.setToolTip("Do what is left; what is there already is not made again")
        self.stop.setToolTip("Stop; results that are written stay, and none is half there")
        self.close_button.setToolTip("Close this; the work goes on behind")

    def _arrange(self) -> None:
        beside = QHBoxLayout()
        for button in (self.add_files, self.add_folder, self.remove):
            beside.addWidget(button)
        beside.addStretch(1)
        beside.addWidget(self.open_result)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(beside)
        layout.addWidget(self.table, 1)
        layout.addLayout(self.fields.form)
        for part in (self.summary, self.progress, self.buttons):
            layout.addWidget(part)

    def _connect(self) -> None:
        self.add_files.clicked.connect(self._ask_files)
        self.add_folder.clicked.connect(self._ask_folder)
        self.remove.clicked.connect(self._remove)
        key = QShortcut(QKeySequence.StandardKey.Delete, self.table, self.remove.click)
        key.setContext(Qt.ShortcutContext.WidgetShortcut)
        self.open_result.clicked.connect(self._open)
        self.table.doubleClicked.connect(lambda _index: self._open())
        self.start.clicked.connect(self._start)
        self.stop.clicked.connect(self._lane.cancel)
        self.close_button.clicked.connect(self.close)
        self.fields.changed.connect(self._show)
        self._lane.started.connect(self._show)
        self._lane.finished.connect(self._show)
        self._lane.progressed.connect(lambda share, _said: self.progress.show_share(share))
        selection = self.table.selectionModel()
        selection.selectionChanged.connect(lambda _on, _off: self._show_buttons())
        self.rows.modelReset.connect(self._show_buttons)

    # Choosing

    def _ask_files(self) -> None:
        folder = str(self.settings.place("open"))
        names, _ = QFileDialog.getOpenFileNames(self, "Add clips", folder, open_filters())
        for name in names[:1]:
            self.settings.remember_place("open", Path(name).parent)
        self.add([Path(name) for name in names])

    def _ask_folder(self) -> None:
        folder = str(self.settings.place("open"))
        name = QFileDialog.getExistingDirectory(self, "Add a folder", folder)
        if name:
            self.settings.remember_place("open", Path(name).parent)
            self.add([Path(name)])

    def _remove(self) -> None:
        gone = {self.rows.rows[place].path for place in self._chosen}
        self.inputs = [path for path in self.inputs if path not in gone]
        self._choose()

    def _choose(self) -> None:
        self._wanted = None
        self.rows.choose(self.inputs)
        self._show()

    @property
    def _chosen(self) -> list[int]:
        return [index.row() for index in self.table.selectionModel().selectedRows()]

    # Working

    def _start(self) -> None:
        wanted = self.fields.wanted(self.inputs)
        self.settings.remember_place("export", wanted.manifest.path.parent.parent)
        self._wanted = wanted
        self._lane.submit(
            run,
            wanted,
            title="Working on many clips",
            on_result=self._tell,
            on_error=self._refused,
            on_partial=self._hear,
        )

    def _hear(self, news: News) -> None:
        if news.items:
            self.rows.begin(news.items)
        self.rows.end(news.states)
        self._show()

    def _tell(self, said: str) -> None:
        self.summary.setText(said)
        self.desk.notice(said)

    def _refused(self, error: Exception) -> None:
        self.summary.setText(str(error))
        self.desk.report(error)

    def _open(self) -> None:
        """Open the results that are clips in the studio, and another in the program for it."""
        wanted = self._wanted
        if wanted is None:
            return
        if wanted.arguments[0] in ("recognize", "register"):
            open_link(QUrl.fromLocalFile(str(wanted.out)).toString())
            return
        there = [row for place in self._chosen if (row := self.rows.rows[place]).word == "made"]
        self._open_paths([Path(row.item.output) for row in there if row.item is not None])

    # Showing

    def _show(self, *_news: object) -> None:
        busy = self._lane.busy
        try:
            self.fields.wanted(self.inputs)
            problem = ""
        except InputError as error:
            problem = str(error)
        self.start.setEnabled(not problem and not busy)
        self.stop.setEnabled(busy)
        self.progress.setEnabled(busy)
        self.fields.set_enabled(on=not busy)
        if not busy:
            self.progress.show_share(0.0)
        self.start.setText("&Try failed again" if self.rows.failed and not busy else "&Start")
        self.summary.setText(problem or self._counted())
        self._show_buttons()

    def _show_buttons(self) -> None:
        busy, chosen = self._lane.busy, self._chosen
        for button in (self.add_files, self.add_folder):
            button.setEnabled(not busy)
        listed = self._wanted is None
        self.remove.setEnabled(bool(chosen) and listed and not busy)
        made = any(self.rows.rows[place].word == "made" for place in chosen)
        table = self._wanted is not None and os.path.exists(self._wanted.out)
        told = self._wanted is not None and self._wanted.arguments[0] in ("recognize", "register")
        self.open_result.setEnabled(table if told else made)

    def _counted(self) -> str:
        rows = self.rows.rows
        if self._wanted is None or not rows:
            count = len(self.inputs)
            return f"{count} chosen; clips in folders are found when the work begins."
        if any(row.item is None for row in rows):
            return "Looking for clips…" if self._lane.busy else "Stopped before any clip was found."
        made = sum(row.word == "made" for row in rows)
        failed = len(self.rows.failed)
        left = len(rows) - made - failed
        counts = {"made": made, "failed": failed, "left": left}
        told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
        return f"{len(rows)} clips: {told}, in {self._wanted.out}"

    # Drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and not self._lane.busy:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.add([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text, autoDefault=False)
    button.setToolTip(tip)
    return button
