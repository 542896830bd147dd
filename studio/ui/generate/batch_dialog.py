"""Every expression with every seed, written straight into files."""

from __future__ import annotations

import html
import os
import time

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from studio.core import InputError, MeshSequence, StudioError
from studio.face.known import studio_face
from studio.io import FORMATS
from studio.io.traits import Shape
from studio.takes.batch import Batch
from studio.takes.seeds import parse_seeds
from studio.ui.export.dialog import Ask, ask_to_replace
from studio.ui.export.folder_fields import FolderFields
from studio.ui.export.plan import free_bytes, refusal
from studio.ui.kit.forms import Form, quiet, readable_bytes
from studio.ui.kit.plain import plain_tip
from studio.ui.kit.progress_line import ProgressLine
from studio.ui.kit.text import label_name
from studio.ui.kit.theme import LABEL_COLORS, label_icon
from studio.ui.kit.time_left import time_left
from studio.ui.settings.settings import Settings

from .takes import TakeService

_COLUMNS = 4


class BatchDialog(QDialog):
    """Asks what to make, and shows how far it is; closing it lets the batch go on.

    Parameters
    ----------
    ask
        Puts the question before files are replaced.
    """

    link_opened = Signal(str)

    def __init__(
        self,
        takes: TakeService,
        settings: Settings,
        parent: QWidget | None = None,
        *,
        ask: Ask = ask_to_replace,
    ) -> None:
        super().__init__(parent)
        self.takes, self.settings, self._ask = takes, settings, ask
        self._lane, self._since = takes.desk.lanes.batch, time.monotonic()
        self.setWindowTitle("Batch")
        self._make_fields()
        self._make_buttons()
        self._arrange()
        self._connect()
        self._show()

    def batch(self) -> Batch:
        """Read what the fields say.

        Raises
        ------
        InputError
            For seeds that cannot be read.
        """
        labels = tuple(label for label, box in self.labels.items() if box.isChecked())
        if not labels:
            raise InputError("Choose an expression or more.")
        if self.fields.path is None:
            raise InputError("Choose a folder for the takes.")
        return Batch(
            self.takes.document.state.generation,
            labels,
            parse_seeds(self.seeds.text()),
            self.fields.path,
            self.fields.form_choice.kind.name,
            self.fields.form_choice.unit_name,
            self.fields.form_choice.told,
        )

    def _make_fields(self) -> None:
        engine, settings = self.takes.desk.models.engine, self.settings
        known = engine.labels if engine is not None else tuple(LABEL_COLORS)
        self.labels = {label: QCheckBox(label_name(label)) for label in known}
        for label, box in self.labels.items():
            box.setIcon(label_icon(label))
            box.setChecked(True)
            box.setToolTip(plain_tip(f"Make takes of {label}"))
        self.every = QCheckBox("&All")
        self.every.setChecked(True)
        self.every.setToolTip("All expressions, or none")
        self.seeds = QLineEdit("1-5")
        self.fields = FolderFields(settings.place("export") / "takes", settings)
        self.summary, self.state = quiet(), quiet()
        self.state.setTextFormat(Qt.TextFormat.RichText)  # it has a link
        self.summary.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self.state.linkActivated.connect(self.link_opened)
        self.progress = ProgressLine()
        self.progress.setFixedHeight(6)

    def _make_buttons(self) -> None:
        self.buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.start = self.buttons.addButton("&Make takes", role.ActionRole)
        self.stop = self.buttons.addButton("&Cancel", role.ActionRole)
        self.close_button = self.buttons.addButton("Clos&e", role.RejectRole)
        self.start.setProperty("accent", True)
        self.start.setDefault(True)
        self.start.setMinimumSize(110, 30)
        self.start.setToolTip("Make the takes and write each as soon as it is made")
        self.stop.setToolTip("Stop; takes that are written stay, and none is half there")
        self.close_button.setToolTip("Close this; a batch that runs goes on behind")

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(2)
        for place, box in enumerate((*self.labels.values(), self.every)):
            box.setMinimumHeight(self.fontMetrics().height() + 8)
            grid.addWidget(box, place // _COLUMNS, place % _COLUMNS)
        form = Form()
        first = next(iter(self.labels.values()), self.every)
        form.add_field("E&xpressions", first, first.toolTip(), grid)
        first.setAccessibleName(first.text())
        form.add_field("&Seeds", self.seeds, "Whole numbers and ranges, as 1-5, 9")
        self.fields.add_to(form, "takes", "Each take gets a folder or a file of its own in there")
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addLayout(form)
        for part in (
            self.fields.form_choice.note,
            self.summary,
            self.progress,
            self.state,
            self.buttons,
        ):
            layout.addWidget(part)

    def _connect(self) -> None:
        for box in self.labels.values():
            box.toggled.connect(self._show)
        self.every.clicked.connect(self._tick_every)
        self.seeds.textChanged.connect(self._show)
        self.fields.changed.connect(self._show)
        self.start.clicked.connect(self._start)
        self.stop.clicked.connect(self._lane.cancel)
        self.close_button.clicked.connect(self.close)
        self._lane.started.connect(self._show)
        self._lane.finished.connect(self._show)
        self._lane.progressed.connect(self._show_progress)
        self.takes.batch_changed.connect(self._show)
        self.takes.desk.models.engine_changed.connect(self._show)

    def _tick_every(self, ticked: bool) -> None:
        for box in self.labels.values():
            box.setChecked(ticked)

    def _start(self) -> None:
        batch = self.batch()
        there = count_there(batch)
        question = "{count} of these takes are there already. Replace them?"
        if there and not self._ask(self, question.format(count=there)):
            return
        self.settings.remember_place("export", batch.folder.parent)
        self.fields.form_choice.remember()
        self._since = time.monotonic()
        self.takes.run_batch(batch)

    # Showing

    def _show_progress(self, share: float, _message: str) -> None:
        self.progress.show_share(share)
        self._show()

    def _show(self, *_news: object) -> None:
        busy = self._lane.busy
        problem, said = self._plan()
        self.summary.setText(problem or said)
        self.start.setEnabled(not problem and not busy)
        self.stop.setEnabled(busy)
        self.progress.setEnabled(busy)
        if not busy:
            self.progress.show_share(0.0)
        self.every.setChecked(all(box.isChecked() for box in self.labels.values()))
        self.state.setText(self._told(busy=busy))

    def _plan(self) -> tuple[str, str]:
        """Say why the batch cannot be made, nothing when it can; and what it comes to."""
        models, generation = self.takes.desk.models, self.takes.generation
        if models.engine is None:
            return models.note, ""
        try:
            batch = self.batch()
            FORMATS[batch.format_name].check(batch.folder)
        except StudioError as error:
            return str(error), ""
        size = batch_bytes(batch, generation.moved(batch.request))
        free, why_not = free_bytes(batch.folder), generation.why_not(batch.request)
        said = (
            "{labels} expressions × {seeds} seeds = {count} takes, about {size}; {free} are free. "
            "The rest as on the Generate panel: {frames} frames, intensity {intensity}."
        ).format(
            labels=len(batch.labels),
            seeds=len(batch.seeds),
            count=len(batch),
            size=readable_bytes(size),
            free=readable_bytes(free or 0),
            frames=batch.request.frames,
            intensity=f"{batch.request.intensity:g}",
        )
        return why_not or refusal(batch.folder, size, free), said

    def _told(self, *, busy: bool) -> str:
        batch, written = self.takes.batch, self.takes.written
        if batch is None:
            return ""
        if busy:
            share = self.progress.value() / max(self.progress.maximum(), 1)
            done = f"{written} of {len(batch)} written"
            left = time_left(time.monotonic() - self._since, share)
            return " · ".join(filter(None, [done, left]))
        folder = f"{batch.folder.name}: {'show in folder'}"
        link = QUrl.fromLocalFile(str(batch.folder)).toString()
        shown = f'<a href="{html.escape(link)}">{html.escape(folder)}</a>' if written else ""
        text = "{count} takes and their recipes are in {folder}."
        if written < len(batch):
            text = "Stopped after {made} of {count} takes. {folder}"
        return text.format(made=written, count=len(batch), folder=shown)


def batch_bytes(batch: Batch, moved: MeshSequence | None = None) -> int:
    """Estimate how many bytes all of it takes on the disk.

    Parameters
    ----------
    moved
        Whose surface the takes have, None for the studio's own.
    """
    surface = moved or studio_face().template
    frames = len(batch) * batch.request.frames
    return FORMATS[batch.format_name].estimate(
        Shape(frames, surface.n_vertices, len(surface.faces)), batch.settings
    )


def count_there(batch: Batch) -> int:
    """Count the takes that are in the folder already."""
    try:
        with os.scandir(batch.folder) as entries:
            there = {entry.name for entry in entries}
    except OSError:
        return 0
    return sum(path.name in there for path in batch.places()) if there else 0
