"""Where a clip's frames are to be written, in which form, and which of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.core import InputError
from studio.document import ClipState
from studio.io.naming import frame_stems
from studio.render.look import SIZES, Background, Look
from studio.ui.kit.forms import quiet
from studio.ui.kit.places import nearest_folder
from studio.ui.kit.plain import plain_labels
from studio.ui.kit.theme import is_dark
from studio.ui.settings.settings import Settings

from .fields import ExportFields
from .plan import Plan, describe, make_plan
from .service import ExportRequest

Ask = Callable[[QWidget, str], bool]


def ask_to_replace(parent: QWidget, question: str) -> bool:
    """Ask whether files that are there may be replaced."""
    box = QMessageBox(QMessageBox.Icon.Question, "Export", question, parent=parent)
    yes = box.addButton("Replace", QMessageBox.ButtonRole.DestructiveRole)
    no = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(no)
    plain_labels(box)
    box.exec()
    return box.clickedButton() is yes


class ExportDialog(QDialog):
    """Asks what to export; the answer comes as a signal, because the dialog stops nothing.

    Parameters
    ----------
    look
        How the window shows the clip, for pictures of it.
    ask
        Puts the question before files are replaced.
    """

    asked = Signal(object)  # ExportRequest

    def __init__(
        self,
        clip: ClipState,
        settings: Settings,
        parent: QWidget | None = None,
        *,
        look: Look | None = None,
        ask: Ask = ask_to_replace,
    ) -> None:
        super().__init__(parent)
        self.clip, self.settings = clip, settings
        self._look, self._ask = look or Look(), ask
        self.setWindowTitle(f"Export {clip.name}")
        self.fields = ExportFields(clip, settings, heat=self._look.view.heat_map)
        self.names, self.summary = quiet(), quiet()
        self.names.setWordWrap(False)
        self._arrange()
        self.fields.browse.clicked.connect(self._browse)
        self.fields.changed.connect(self._show)
        self.fields.form_choice.format_changed.connect(self._fit)
        self._show()
        self._fit()

    def request(self) -> ExportRequest:
        """Read what the fields say now.

        Raises
        ------
        InputError
            For names that cannot be.
        """
        fields = self.fields
        format_name = fields.format_name
        first, last = fields.range()
        folder = Path(fields.folder.text().strip()).expanduser()
        path = folder / self._file_name()
        return ExportRequest(
            clip_id=self.clip.id,
            path=path,
            format_name=format_name,
            unit=fields.form_choice.unit_name,
            start=first,
            stop=last + 1,
            pattern=fields.pattern.text(),
            first=fields.number.value(),
            size=SIZES[str(fields.size.currentData())],
            look=self._chosen_look(),
            fittings=fields.adds_fittings,
            settings=fields.form_choice.told,
        )

    def accept(self) -> None:
        """Export, once nothing is in the way and what is there may be replaced."""
        plan = self._show()
        if plan is None:
            return
        if plan.there and not self._ask(self, self._question(plan)):
            return
        request = self.request()
        self.fields.remember(self.settings)
        super().accept()
        self.asked.emit(request)

    def _file_name(self) -> str:
        """Give the name of the file, or of the folder within the chosen one, which may be none."""
        fields, name = self.fields, self.clip.name
        if fields.kind.single:
            stem = frame_stems(fields.file_name.text(), 1, name=name, frames=False)[0]
            return stem + fields.kind.suffix
        pattern = fields.subfolder.text().strip()
        return frame_stems(pattern, 1, name=name, frames=False)[0] if pattern else ""

    def _chosen_look(self) -> Look:
        fields, view = self.fields, self._look.view
        if fields.camera.currentData() == "front":
            view = replace(view, azimuth=0.0, elevation=0.0, zoom=1.0, pan_right=0.0, pan_up=0.0)
        view = replace(view, heat_map=fields.heat.isChecked())
        chosen = str(fields.background.currentData())
        dark = is_dark(self.palette())
        theme: Background = "dark" if dark else "light"
        others: dict[str, Background] = {"white": "white", "transparent": "transparent"}
        background = others.get(chosen, theme)
        caption = fields.caption.isChecked()
        return replace(self._look, background=background, view=view, caption=caption)

    def _question(self, plan: Plan) -> str:
        if len(plan.names) == 1:
            text = "{name} is already in {folder}. Replace it?"
        else:
            text = (
                "{count} of the {all} files are already in {folder}. Replace them? "
                "Other files there are left alone."
            )
        return text.format(
            name=plan.names[0], count=plan.there, all=len(plan.names), folder=plan.folder
        )

    def _arrange(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = QPushButton("&Export")
        self.ok.setDefault(True)
        buttons.addButton(self.ok, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.fields.form.addRow("", self.names)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addLayout(self.fields.form)
        layout.addWidget(self.fields.form_choice.note)
        layout.addWidget(self.summary)
        layout.addStretch(1)
        layout.addWidget(buttons)

    def _fit(self) -> None:
        """Grow or shrink with the rows that a format has."""
        self.summary.setMinimumHeight(3 * self.summary.fontMetrics().lineSpacing())
        self.setMinimumWidth(520)
        self.adjustSize()

    def _browse(self) -> None:
        begin = nearest_folder(self.fields.folder.text(), self.settings.place("export"))
        chosen = QFileDialog.getExistingDirectory(self, "Export into", str(begin))
        if chosen:
            self.fields.folder.setText(chosen)

    def _show(self) -> Plan | None:
        """Say what would happen; None, with the reason said, when it cannot."""
        plan = None
        try:
            request = self.request()
            plan = make_plan(request, self.clip)
            problem = plan.problem
        except InputError as error:
            problem = str(error)
        if not self.fields.folder.text().strip():
            problem = "Choose a folder to export into."
        within = not self.fields.kind.single and bool(self.fields.subfolder.text().strip())
        self.names.setText(_shown_names(plan, within=within) if plan is not None else "")
        self.ok.setEnabled(not problem)
        if plan is None or problem:
            self.summary.setForegroundRole(QPalette.ColorRole.BrightText)
            self.summary.setText(problem)
            return None
        self.summary.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.summary.setText(describe(plan, request, self.clip))
        return plan


def _shown_names(plan: Plan, *, within: bool) -> str:
    """Write the first and the last of the names, behind the folder they lie in if it is theirs."""
    if not plan.names:
        return ""
    first, last = plan.names[0], plan.names[-1]
    start = f"{plan.folder.name}/{first}" if within else first
    return start if len(plan.names) == 1 else f"{start} … {last}"
