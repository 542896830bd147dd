"""Several clips into one folder, each under its own name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QVBoxLayout,
    QWidget,
)

from studio.core import StudioError
from studio.document import ClipState
from studio.io.naming import safe_name
from studio.ui.kit.forms import Form, quiet, readable_bytes
from studio.ui.settings.settings import Settings

from .dialog import Ask, ask_to_replace
from .folder_fields import FolderFields
from .plan import check_writable, estimate_bytes, free_bytes, refusal
from .service import ExportRequest


class ExportSeveral(QDialog):
    """Asks for folder and format; the answer comes as a signal.

    Parameters
    ----------
    ask
        Puts the question before files are replaced.
    """

    asked = Signal(list)  # of ExportRequest

    def __init__(
        self,
        clips: Sequence[ClipState],
        settings: Settings,
        parent: QWidget | None = None,
        *,
        ask: Ask = ask_to_replace,
    ) -> None:
        super().__init__(parent)
        self.clips, self.settings, self._ask = tuple(clips), settings, ask
        self.setWindowTitle(f"Export {len(self.clips)} clips")
        self.fields = FolderFields(settings.place("export"), settings)
        self.summary = quiet()
        self.summary.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self._arrange()
        self.fields.changed.connect(self._show)
        self._show()

    def requests(self) -> list[ExportRequest]:
        """Ask for one export for each clip, over its in/out range.

        Of two clips of the same name the second gets a number.
        """
        as_what, taken = self.fields.form_choice, set[str]()
        kind, unit, told = as_what.kind, as_what.unit_name, as_what.told
        folder, wanted = self.fields.path or Path(), list[ExportRequest]()
        for clip in self.clips:
            name = _free_name(safe_name(clip.name), taken)
            path = folder / (f"{name}{kind.suffix}" if kind.single else name)
            start, stop = clip.range
            request = ExportRequest(clip.id, path, kind.name, unit, start, stop, settings=told)
            wanted.append(request)
        return wanted

    def accept(self) -> None:
        wanted = self.requests()
        there = sum(os.path.exists(request.path) for request in wanted)
        question = f"{there} of these are there already. Replace them?"
        if there and not self._ask(self, question):
            return
        self.settings.remember_place("export", wanted[0].path.parent)
        self.fields.form_choice.remember()
        super().accept()
        self.asked.emit(wanted)

    def _arrange(self) -> None:
        form = Form()
        self.fields.add_to(form, "clips", "Each clip goes in there by its name")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = buttons.addButton("&Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setToolTip("Write the clips one after the other, each whole or not at all")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addLayout(form)
        layout.addWidget(self.fields.form_choice.note)
        layout.addWidget(self.summary)
        layout.addWidget(buttons)

    def _unwritable(self, wanted: Sequence[ExportRequest]) -> str:
        """Say which clip the format cannot hold, or what has to be installed for it."""
        try:
            for clip, request in zip(self.clips, wanted, strict=True):
                check_writable(request, clip)
        except StudioError as error:
            return str(error)
        return ""

    def _show(self, *_news: object) -> None:
        wanted = self.requests()
        size = sum(map(estimate_bytes, self.clips, wanted))
        folder, free = wanted[0].path.parent, free_bytes(wanted[0].path.parent)
        problem = refusal(folder, size, free) or self._unwritable(wanted)
        if self.fields.path is None:
            problem = "Choose a folder for the clips."
        said = (
            f"{len(wanted)} clips with their in/out ranges, about {readable_bytes(size)}; "
            f"{readable_bytes(free or 0)} are free."
        )
        self.summary.setText(problem or said)
        self.ok.setEnabled(not problem)


def _free_name(name: str, taken: set[str]) -> str:
    """Give the name, or with a number where another clip has it; case does not tell files apart."""
    found, number = name, 1
    while found.casefold() in taken:
        number += 1
        found = f"{name} {number}"
    taken.add(found.casefold())
    return found
