"""The window: the stage in the middle, tools in docks, verbs passed to document and services."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QScrollArea, QWidget

from studio.core import MeshSequence
from studio.document import Shading
from studio.ui.clips.panel import ClipList
from studio.ui.desk import Desk
from studio.ui.editing.bar import LandmarkBar
from studio.ui.editing.editor import LandmarkEditor
from studio.ui.editing.mouse import LandmarkGrip
from studio.ui.editing.stack_panel import StackPanel
from studio.ui.generate.panel import GeneratePanel
from studio.ui.log.log import Log
from studio.ui.log.messages import Messages
from studio.ui.log.panel import LogPanel
from studio.ui.menus.actions import Actions
from studio.ui.menus.commands import Commands
from studio.ui.recognize.panel import RecognitionPanel
from studio.ui.recognize.report import ProbabilityExport
from studio.ui.services import Services
from studio.ui.session.verbs import KEEP, LOSE, SAVE, Ask, SessionVerbs, ask_to_lose
from studio.ui.settings.settings import Settings
from studio.ui.timeline.player import Player

from .following import Follower
from .log_feed import LogFeed
from .session_view import restore_session_view, session_view
from .spare_memory import SpareMemory
from .stage import Stage
from .status_bar import StatusBar

__all__ = ["KEEP", "LOSE", "SAVE", "Ask", "MainWindow"]


class MainWindow(QMainWindow):
    """One document on the screen.

    ask : the question put when work would be lost
    """

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        *,
        ask: Ask = ask_to_lose,
    ) -> None:
        super().__init__()
        self.desk, self.document, self.settings = desk, desk.document, settings
        # What their signals reach must not be gone before them.
        desk.setParent(self)
        self.services = services = Services(desk, self)
        self.log = Log(self)
        self.log_feed = LogFeed(self.log, desk, self)
        self.messages = Messages(self, self.log)
        self.follower = Follower(settings, desk.document, desk.models, services.opening, self)
        self.player = Player(desk.document, settings, self)
        SpareMemory(desk.document, self)
        self.stage = Stage(desk.document, self.player)
        self.landmarks = LandmarkEditor(
            desk.document, self.player, desk.lanes.landmarks, self.stage.shows_current, self
        )
        self.stage.add_bar(LandmarkBar(self.landmarks))
        self.session = SessionVerbs(
            self, desk, services.sessions, services.opening, settings, ask=ask
        )
        services.sessions.view = lambda: session_view(self.stage)
        services.sessions.restore_view = lambda view: restore_session_view(self.stage, view)
        self._make_panels()
        self.commands = Commands(self)
        self.menu_actions = Actions(self, self.commands)
        self.setCentralWidget(self.stage)
        self._add_docks()
        self.status = StatusBar(desk, self.player, self.menu_actions.edit.devices)
        self.status.link_opened.connect(self.commands.open_link)
        self.status.noticed.connect(self.log_feed.tell_notice)
        self.setStatusBar(self.status)
        self.clips.menu_actions = self.menu_actions.clip_actions()
        self._connect()
        self.setAcceptDrops(True)
        self._restore()

    # Verbs of the window

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open clips, a session or models, whatever this is."""
        self.session.open_paths(paths)

    def close_clip(self) -> None:
        if self.document.current_clip is not None:
            self.document.remove_clip(self.document.current_clip.id)

    def duplicate_clip(self) -> None:
        if self.document.current_clip is not None:
            self.document.duplicate_clip(self.document.current_clip.id)

    def rename_clip(self) -> None:
        self.show_dock("clips")
        self.clips.edit_name()

    def edit_intensity(self) -> None:
        """Go to the intensity of the current clip, which can be changed from then on."""
        self.show_dock("edits")
        self.stack.edit_intensity()

    def show_dock(self, name: str) -> None:
        """Bring clips, generate, recognition, edits or log to where they can be seen."""
        self._docks[name].show()
        self._docks[name].raise_()

    def generate_another(self) -> None:
        """Roll the dice and generate."""
        if self.generation.generate.isEnabled():
            self.services.generation.generate(another=True)

    def build_view(self) -> None:
        """Make the 3D view and its tools; a second call does nothing."""
        if self.stage.viewport is not None:
            return
        from .view_strip import ViewStrip  # its icons have the colours of the heat map

        self.stage.build_view()
        entries = self.menu_actions
        tools = ViewStrip(entries.view, entries.file.picture, entries.edit.landmarks)
        self.stage.on_view(lambda view: view.add_tools(tools))
        self.stage.on_view(lambda view: LandmarkGrip(self.landmarks, view))
        self.stage.on_view(self.landmarks.attach)

    def compare_with(self, clip_id: str | None) -> None:
        """Show another clip beside the current one; None ends it."""
        self.stage.compare(self.document.state.find(clip_id))

    def set_shading(self, shading: Shading) -> None:
        self.stage.look.set_shading(shading)

    def set_heat_map(self, *, on: bool) -> None:
        self.stage.look.set_heat_map(on=on)

    def reset_camera(self) -> None:
        self.stage.look.reset()

    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    # Making it

    def _make_panels(self) -> None:
        desk, services, curves = self.desk, self.services, self.stage.curves
        recognition, thumbnails = services.recognition, services.takes.thumbnails
        self.clips = ClipList(self.document, thumbnails, recognition, services.frames)
        self.recognition = RecognitionPanel(
            self.document,
            desk.models,
            recognition,
            services.tracks,
            self.player.playhead,
            curves,
        )
        self.probability_export = ProbabilityExport(desk, recognition, curves, self)
        self.generation = GeneratePanel(desk, services.generation)
        self.stack = StackPanel(self.document, self.player, self.stage.neutral_for)

    def _add_docks(self) -> None:
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self._docks = {
            "clips": self._dock("Clips", self.clips, left),
            "generate": self._dock("Generate", self.generation, left),
            "recognition": self._dock("Recognition", _scrolled(self.recognition), right),
            "edits": self._dock("Edits", self.stack, right),
            "log": self._dock("Log", LogPanel(self.log), Qt.DockWidgetArea.BottomDockWidgetArea),
        }
        self.resizeDocks([self._docks["log"]], [170], Qt.Orientation.Vertical)
        self._docks["log"].hide()
        self._docks["edits"].hide()
        self.resizeDocks(
            [self._docks["clips"], self._docks["recognition"]],
            [270, 280],
            Qt.Orientation.Horizontal,
        )
        for dock in self._docks.values():
            self.menu_actions.view.panels.addAction(dock.toggleViewAction())

    def _dock(self, title: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(title)
        dock.setWidget(content)
        self.addDockWidget(area, dock)
        return dock

    def _connect(self) -> None:
        desk, services, stage = self.desk, self.services, self.stage
        desk.reported.connect(self.messages.error)
        desk.noticed.connect(self._show_notice)
        desk.exported.connect(self._show_export)
        services.recognition.probabilities_changed.connect(stage.show_probabilities)
        services.recognition.rest_changed.connect(stage.show_rest)
        services.recognition.familiarity_changed.connect(stage.show_familiarity)
        services.opening.preview_changed.connect(self._show_preview)
        services.generation.preview_changed.connect(self._show_preview)
        services.opening.opened.connect(self.settings.add_recent)
        stage.dropped.connect(self.open_paths)
        stage.empty.open_asked.connect(self.commands.open_files)
        stage.empty.folder_asked.connect(self.commands.open_folder)
        stage.empty.sample_asked.connect(lambda path: self.open_paths([path]))
        self.clips.play_asked.connect(self.player.toggle)
        services.frames.ready.connect(stage.show_edited)
        services.frames.ready.connect(lambda _clip: self.landmarks.go_on())
        stage.comparison.changed.connect(lambda: services.frames.set_beside(stage.comparison.other))
        self.landmarks.failed.connect(desk.reported)
        self.landmarks.changed.connect(lambda: stage.keys.keep_open(on=self.landmarks.on))
        stage.keys.removed.connect(self.landmarks.remove_key)

    def _restore(self) -> None:
        self.resize(1360, 840)
        if not self.settings.geometry.isEmpty():
            self.restoreGeometry(self.settings.geometry)
        if not self.settings.docks.isEmpty():
            self.restoreState(self.settings.docks)

    def _show_preview(self, sequence: MeshSequence | None) -> None:
        self.stage.show_preview(sequence, sequence.name if sequence is not None else "")

    def _show_notice(self, sentence: str) -> None:
        self.status.show_notice(html.escape(sentence))
        self.status.show_device()

    def _show_export(self, path: Path) -> None:
        folder = QUrl.fromLocalFile(str(path if os.path.isdir(path) else path.parent))
        name = html.escape(path.name)
        self.status.show_notice(
            f'Exported {name}. <a href="{folder.toString()}">Show in folder</a>'
        )

    # Drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.open_paths(dropped_paths(event.mimeData().urls()))

    # The end

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.session.may_close():
            event.ignore()
            return
        self.settings.geometry = self.saveGeometry()
        self.settings.docks = self.saveState()
        self.settings.save()
        self.messages.close()
        self.player.stop()
        self.hide()
        self.session.close()
        self.services.close()
        self.stage.close_view()
        event.accept()


def dropped_paths(urls: Sequence[QUrl]) -> list[Path]:
    """The local files and folders among what is dragged."""
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]


def _scrolled(content: QWidget) -> QScrollArea:
    """A panel that scrolls when the window is too low for it."""
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    area.setMinimumWidth(content.minimumSizeHint().width() + 16)
    return area
