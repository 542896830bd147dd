"""A quiet bar that offers work an earlier run could not save."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolBar, QWidget

from studio.core.errors import printable, shortened
from studio.document.autosave import Leftover
from studio.ui.kit.line import Line
from studio.ui.kit.strip import Strip

from .slots import Found

NAMED = 3


class RecoveryBar(QToolBar):
    """Offers one find after the other; hidden while there is none.

    What is neither restored nor discarded is offered again at the next start.
    """

    restore_asked = Signal(object)  # Found

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Unsaved work", parent, movable=False, floatable=False)
        self.setObjectName("Unsaved work")
        self.toggleViewAction().setVisible(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.finds: list[Found] = []
        self._sure = False
        self.text = Line()
        self.restore, self.discard, self.later = QPushButton(), QPushButton(), QPushButton()
        self.addWidget(self._content())
        self.restore.clicked.connect(lambda: self.restore_asked.emit(self.finds[0]))
        self.discard.clicked.connect(self._discard)
        self.later.clicked.connect(self.hide)
        self.hide()

    def _content(self) -> QWidget:
        content = Strip()
        content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(content)
        row.setContentsMargins(14, 5, 8, 5)
        row.setSpacing(8)
        row.addWidget(self.text, stretch=1)
        self.restore.setText("Restore")
        self.restore.setToolTip("Open this work; it stays unsaved until you save it")
        self.later.setText("Later")
        self.later.setToolTip("Keep it, and ask again at the next start")
        self.discard.setText("Discard")
        self.discard.setToolTip("Delete this work")
        for button in (self.restore, self.discard, self.later):
            button.setAutoDefault(False)
            row.addWidget(button)
        return content

    def offer(self, finds: list[Found]) -> None:
        self.finds += finds
        self._show_first()

    def drop(self, found: Found) -> None:
        """Take a find off the list, as it is dealt with, and offer the next."""
        self.finds = [other for other in self.finds if other is not found]
        self._show_first()

    def release(self) -> None:
        """Leave what is still on offer to the next start."""
        for found in self.finds:
            found.slot.release()
        self.finds = []
        self._show_first()

    def _discard(self) -> None:
        """Delete at the second press only, because nothing brings the work back."""
        if not self._sure:
            self._sure = True
            self.discard.setText("Discard for good")
            self.discard.setToolTip("Press again to delete this work; it cannot be undone")
            return
        found = self.finds[0]
        found.slot.remove()
        self.drop(found)

    def _show_first(self) -> None:
        self._sure = False
        self.discard.setText("Discard")
        self.discard.setToolTip("Delete this work")
        self.setVisible(bool(self.finds))
        if self.finds:
            self.text.set_text(describe(self.finds[0].leftover, more=len(self.finds) - 1))


def describe(leftover: Leftover, *, more: int = 0) -> str:
    """Say what was left, when, and how much else there is."""
    when = _when(leftover.saved)
    if leftover.file is not None:
        text = "Unsaved changes to {name} {when}: {clips}."
        named = _named(leftover.file.name)
    else:
        text, named = "Unsaved work {when}: {clips}.", ""
    said = text.format(name=named, when=when, clips=_clips(leftover.clips))
    also = f"{more} more after this." if more else ""
    return f"{said} {also}".strip()


def _clips(names: tuple[str, ...]) -> str:
    if not names:
        return "no clips"
    if len(names) == 1:
        return f"the clip {_named(names[0])}"
    listed = ", ".join(map(_named, names[:NAMED])) + (", …" if len(names) > NAMED else "")
    return f"{len(names)} clips ({listed})"


def _named(name: str) -> str:
    return shortened(printable(name), 60)


def _when(saved: str) -> str:
    try:
        moment = datetime.fromisoformat(saved).astimezone()
    except (ValueError, OverflowError):
        return "from an earlier run"
    when = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    time = QLocale().toString(when.time(), QLocale.FormatType.ShortFormat)
    days = datetime.now().astimezone().date() - moment.date()
    if days < timedelta(1):
        return f"from today, {time}"
    if days < timedelta(2):
        return f"from yesterday, {time}"
    day = QLocale().toString(when.date(), QLocale.FormatType.ShortFormat)
    return f"from {day}, {time}"
