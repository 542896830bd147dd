"""The status bar: what runs, with Cancel beside it; frame rates; the device."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QStatusBar,
    QToolButton,
    QWidget,
)

from studio.core.read_as import Teller
from studio.ui.desk import Desk
from studio.ui.kit.bind import bind
from studio.ui.kit.icons import cross_icon
from studio.ui.kit.lanes import Lane
from studio.ui.kit.line import Line
from studio.ui.kit.plain import plain_tip
from studio.ui.kit.progress_line import ProgressLine
from studio.ui.kit.time_left import time_left
from studio.ui.models.words import short_state
from studio.ui.timeline.player import Player

from .log_feed import plain

NOTICE_MS = 12_000
WIDEST_TITLE = 170  # pixels; three jobs and the rates have room in a window of 1280


class JobView(QWidget):
    """One lane's job: its title, how far it is, how long it takes, and a button that stops it."""

    cancelled = Signal()

    def __init__(self, lane: Lane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.left = Line(), QLabel()
        self.left.setForegroundRole(self.left.palette().ColorRole.PlaceholderText)
        self._since = 0.0
        self.progress = ProgressLine()
        self.progress.setFixedSize(90, 8)
        self.stop = QToolButton(autoRaise=True)
        self.stop.setIcon(cross_icon())
        self.stop.setToolTip("Cancel")
        self.stop.setAccessibleName("Cancel")
        self.stop.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.stop.clicked.connect(self.cancelled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 0)
        layout.setSpacing(6)
        for part in (self.title, self.progress, self.left, self.stop):
            layout.addWidget(part)
        lane.started.connect(self._start)
        lane.progressed.connect(self._show)
        lane.finished.connect(self.hide)
        self.hide()

    def _start(self, title: str) -> None:
        self.title.set_text(title)
        wide = self.title.fontMetrics().horizontalAdvance(title) + 2
        self.title.setFixedWidth(min(wide, WIDEST_TITLE))
        self.stop.setAccessibleName(f"Cancel: {title}")
        # No busy animation: each of its steps would have the 3D view composed anew.
        self.progress.show_share(0.0)
        self.left.clear()
        self._since = time.monotonic()
        self.show()

    def _show(self, fraction: float, message: str) -> None:
        self.progress.show_share(fraction)
        self.progress.setToolTip(plain_tip(message))
        self.left.setText(time_left(time.monotonic() - self._since, fraction))


class StatusBar(QStatusBar):
    """Follows the lanes, the playhead and the engine."""

    link_opened = Signal(str)
    noticed = Signal(str)  # html, what it said

    def __init__(
        self,
        desk: Desk,
        player: Player,
        device_actions: Sequence[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self._models, self.playhead = desk.document, desk.models, player.playhead
        self.setSizeGripEnabled(False)
        self._left = QHBoxLayout()
        self.jobs = {lane: self._add_job(lane) for lane in desk.lanes}
        self.cancels = [self.jobs[lane].stop for lane in desk.lanes.asked]
        self._add_left()
        self.rates, self.device = QLabel(), QToolButton(autoRaise=True)
        self.device.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.device.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self.device)
        menu.addActions(device_actions)
        self.device.setMenu(menu)
        self.addPermanentWidget(self.rates)
        self.addPermanentWidget(self.device)
        player.effective_fps_changed.connect(self._show_rates)
        desk.models.changed.connect(self.show_device)
        bind(self, desk.document.current_changed, lambda _clip: self._show_rates(None))
        bind(self, desk.document.timing_changed, lambda _clip: self._show_rates(None))
        bind(self, desk.document.edit_changed, lambda _clip: self._show_rates(None))
        bind(self, self.playhead.settings_changed, lambda: self._show_rates(None))
        self._show_rates(None)
        self.show_device()

    def _add_job(self, lane: Lane) -> JobView:
        view = JobView(lane)
        view.cancelled.connect(lane.stop)
        self._left.addWidget(view)
        return view

    def _add_left(self) -> None:
        # Not showMessage: that would hide the jobs and their Cancel buttons.
        self.notice = QLabel(textFormat=Qt.TextFormat.RichText)
        self.notice.linkActivated.connect(self.link_opened)
        self._fade = QTimer(self, interval=NOTICE_MS, singleShot=True)
        self._fade.timeout.connect(self.notice.clear)
        self._left.addWidget(self.notice, 1)
        self._left.setContentsMargins(4, 0, 0, 0)
        holder = QWidget()
        holder.setLayout(self._left)
        # Whatever is said here, the window does not grow by it.
        for part in (self.notice, holder):
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        # As high at rest as beside a job, or the 3D view above would change its size with each.
        holder.setMinimumHeight(max(job.sizeHint().height() for job in self.jobs.values()))
        self.addWidget(holder, 1)

    def show_notice(self, html: str) -> None:
        """Say something for a while; links arrive as `link_opened`."""
        self.notice.setText(html)
        self.notice.setToolTip(plain_tip(plain(html)[0]))
        self.noticed.emit(html)
        self._fade.start()

    def _show_rates(self, effective: float | None) -> None:
        clip = self.document.current_clip
        if clip is None:
            self.rates.clear()
            return
        read = clip.recording.read_as
        rate, unit = (_guessed(by) for by in (read.rate_by, read.unit_by))
        said = [f"clip {clip.timing.fps:.4g} fps{rate}"]
        if read.unit:
            said.append(f"{read.unit}{unit}")
        told = [read.rate_told(clip.timing.fps), read.unit_told and f"Unit {read.unit_told}"]
        self.rates.setToolTip("\n".join(filter(None, told)))
        if abs(self.playhead.speed - 1.0) > 1e-6:
            said.append(f"asked {self.playhead.requested_fps:.3g} fps")
        if effective is not None:
            said.append(f"shown {effective:.0f} fps")
        self.rates.setText(f"{' · '.join(said)}  ")

    def show_device(self) -> None:
        """Say which models there are and where they run; they may have moved to the CPU."""
        models = self._models
        self.device.setText(short_state(models.engine, loading=models.loading))
        self.device.setToolTip(plain_tip(models.note) or "The models, and where they run")


def _guessed(teller: Teller) -> str:
    return " (guessed)" if teller == "guess" else ""
