"""The window: the stage in the middle, tools in docks, verbs passed to document and services."""

from __future__ import annotations

import html
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QDockWidget, QMainWindow, QWidget

from studio.core import MeshSequence
from studio.document import Shading
from studio.ui.clips.panel import ClipList
from studio.ui.desk import Desk
from studio.ui.editing.bar import LandmarkBar
from studio.ui.editing.editor import LandmarkEditor
from studio.ui.editing.painting.grip import take_hold
from studio.ui.editing.stack_panel import StackPanel
from studio.ui.generate.panel import GeneratePanel
from studio.ui.generate.shapes_panel import ShapesPanel
from studio.ui.identity.room import PeopleRoom
from studio.ui.kit.focus_ring import FocusRing
from studio.ui.kit.forms import open_link, open_over, within
from studio.ui.kit.keys import Dock, keep_key, press_focused
from studio.ui.kit.plain import plain_labels
from studio.ui.kit.scrolling import FormScroll
from studio.ui.log.log import Log
from studio.ui.log.messages import Messages
from studio.ui.log.panel import LogPanel
from studio.ui.menus.actions import Menu
from studio.ui.menus.edit import EditMenu
from studio.ui.menus.file import FileMenu
from studio.ui.menus.help import HelpMenu
from studio.ui.menus.keys_page import KeysPage
from studio.ui.menus.motion import MotionMenu
from studio.ui.menus.palette import Palette
from studio.ui.menus.playback import PlaybackMenu
from studio.ui.menus.recognition import RecognitionMenu
from studio.ui.menus.registry import Registry
from studio.ui.menus.takes import TakesMenu
from studio.ui.menus.view import ViewMenu
from studio.ui.recognize.panel import RecognitionPanel
from studio.ui.recognize.report import ProbabilityExport
from studio.ui.services import Services
from studio.ui.session.verbs import KEEP, LOSE, SAVE, Ask, SessionVerbs, ask_to_lose
from studio.ui.settings.preferences_dialog import PreferencesDialog
from studio.ui.settings.settings import Settings
from studio.ui.timeline.player import Player
from studio.ui.units.room import UnitRoom
from studio.ui.view3d.pictures import Pictures

from .comparing import Comparing
from .curving import Curving, tab_when_shown
from .drops import dropped_paths
from .fitting import Fitting
from .lent_actions import lend_actions, lend_edits
from .living import Living
from .log_feed import LogFeed
from .preference_effects import PreferenceEffects
from .session_view import other_models, restore_session_view, session_view
from .spare_memory import SpareMemory
from .stage import Stage
from .status_bar import StatusBar
from .time_rows import TimeRows

__all__ = ["KEEP", "LOSE", "SAVE", "Ask", "MainWindow"]


class MainWindow(QMainWindow):
    """One document on the screen.

    Parameters
    ----------
    ask : Ask
        The question put when work would be lost.
    """

    def __init__(self, desk: Desk, settings: Settings, *, ask: Ask = ask_to_lose) -> None:
        super().__init__()
        self.desk, self.document, self.settings = desk, desk.document, settings
        # What their signals reach must not be gone before them.
        desk.setParent(self)
        self.services = services = Services(desk, self)
        self.log = Log(self)
        self.log_feed = LogFeed(self.log, desk, self)
        self.messages = Messages(self, self.log, settings)
        PreferenceEffects(
            settings, desk.document, desk.models, services.opening, services.registration, self
        )
        self.player = Player(desk.document, settings, self)
        SpareMemory(desk.document, self)
        self.stage = Stage(desk.document, self.player)
        self.rows = TimeRows(desk, services, self.stage, self)
        self.landmarks = LandmarkEditor(
            desk.document, self.player, desk.lanes.landmarks, self.stage.shows_current, self
        )
        self.landmark_bar = LandmarkBar(self.landmarks)
        self.stage.add_bar(self.landmark_bar)
        self.comparing = Comparing(self.stage, services, self)
        self.fitting = Fitting(self.stage, desk, services.registration, self)
        self.curving = Curving(self.stage, desk, self)
        self.session = SessionVerbs(
            self, desk, services.sessions, services.opening, settings, ask=ask
        )
        services.sessions.view = lambda: session_view(self.stage, desk.models.name)
        services.sessions.restore_view = self._restore_view
        self._make_panels()
        self.living = Living(self.stage, services, self.recognition, self.units, self)
        self.pictures = Pictures(desk, settings, lambda: self.stage.viewport, self)
        self.setCentralWidget(self.stage)
        self._add_docks()
        self.registry = Registry(self, settings, [*self._clip_menus(), *self._view_menus()])
        self.status = StatusBar(desk, self.player, self.registry.choice("edit.device"))
        lent = (self.clips, self.recognition, self.units.panel, self.people.panel, self.generation)
        more = (self.landmark_bar, self.curving.view, self.status)
        lend_actions(self.registry, self.stage, *lent, *more)
        lend_edits(self.registry, self.stack, self.stage)
        self.rows.lend(self.registry, self.recognition)
        self.status.link_opened.connect(open_link)
        self.status.noticed.connect(self.log_feed.tell_notice)
        self.setStatusBar(self.status)
        self._connect()
        self.setAcceptDrops(True)
        plain_labels(self)
        self._restore()
        self.focus_ring = FocusRing(self)
        self.stage.take_focus()

    def _restore_view(self, view: Mapping[str, object]) -> None:
        restore_session_view(self.stage, view)
        if said := other_models(view, self.desk.models.name):
            self.desk.notice(said)

    # Verbs of the window

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open clips, a session or models, whatever this is."""
        self.session.open_paths(paths)

    def show_dock(self, name: str) -> None:
        """Bring a dock, by its name in `_add_docks`, to where it can be seen."""
        self._docks[name].show()
        self._docks[name].raise_()

    def build_view(self) -> None:
        """Make the 3D view and its tools; a second call does nothing."""
        if self.stage.viewport is not None:
            return
        from .view_strip import ViewStrip  # its icons have the colors of the heat map

        self.stage.build_view()
        tools = ViewStrip(self.registry)
        self.stage.on_view(lambda view: view.add_tools(tools))
        painted = self.landmarks, self.stack.painter, self.stage.show_other
        self.stage.on_view(lambda view: take_hold(view, *painted))
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

    # Making it

    def _make_panels(self) -> None:
        desk, services, stage = self.desk, self.services, self.stage
        recognition, thumbnails = services.recognition, services.takes.thumbnails
        self.clips = ClipList(self.document, thumbnails, recognition, services.frames)
        shown = self.player.playhead, stage.curves
        self.recognition = RecognitionPanel(
            self.document, desk.models, recognition, services.tracks, *shown
        )
        self.probability_export = ProbabilityExport(desk, recognition, stage.curves, self)
        self.generation = GeneratePanel(desk, services.generation, self.settings)
        self.shapes = ShapesPanel(self.document)
        self.units = UnitRoom(desk, recognition, self.settings, self.player, stage.timeline, self)
        self.units.stand_on(stage, lambda: self.living.seen)
        self.people = PeopleRoom(desk, self.player, self)
        self.stack = StackPanel(self.document, self.player, stage.neutral_for, stage.preview_edits)

    def _add_docks(self) -> None:
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        log = LogPanel(self.log, self.settings)
        self._docks = {
            "clips": self._dock("Clips", self.clips, left),
            "generate": self._dock("Generate", self.generation, left),
            "recognition": self._dock("Recognition", FormScroll(self.recognition), right),
            "video": self._dock("Video", self.rows.video.panel, right),
            "edits": self._dock("Edits", self.stack, right),
            "shapes": self._dock("Shapes", FormScroll(self.shapes), right),
            "units": self._dock("Action units", self.units.panel, right),
            "people": self._dock("People", self.people.panel, right),
            "channels": self._dock("Channels", self.curving.panel, right),
            "log": self._dock("Log", log, Qt.DockWidgetArea.BottomDockWidgetArea),
        }
        self.resizeDocks([self._docks["log"]], [170], Qt.Orientation.Vertical)
        for name in ("units", "people", "edits", "shapes"):  # each needs the height of a low screen
            tab_when_shown(self, self._docks[name], self._docks["recognition"])
        for name in ("log", "video", "edits", "shapes", "units", "people", "channels"):
            self._docks[name].hide()
        self.curving.follow(self._docks["channels"], self._docks["recognition"], self.stack)
        self.rows.video.follow(self, self._docks["video"], self._docks["recognition"])
        sides = [self._docks["clips"], self._docks["recognition"]]
        self.resizeDocks(sides, [290, 290], Qt.Orientation.Horizontal)

    def _dock(self, title: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = Dock(title, self)
        dock.setObjectName(title)
        dock.setWidget(content)
        self.addDockWidget(area, dock)
        return dock

    def _clip_menus(self) -> list[Menu]:
        """List the records of the menus that open, make and change clips."""
        desk, services, settings, clips = self.desk, self.services, self.settings, self.clips
        menus = (
            FileMenu(
                self,
                desk,
                settings,
                self.session,
                clips,
                services.export,
                self.pictures,
                self.stage.picture_look,
                self.living.menu(),
            ),
            EditMenu(
                self,
                desk,
                settings,
                clips,
                self.landmarks,
                self.services.registration,
                self.fitting.open_assistant,
                self.stack,
                self.stage.keys,
                *(self.rows.sounds, self.curving, self.rows.cut, self.rows.video.service),
                *(self.recognition, self.generation),
                services.between,
                self.show_dock,
                self._open_preferences,
            ),
            TakesMenu(
                *(self, desk, settings, clips),
                *(services.takes, services.generation),
                self.compare_with,
                self.show_dock,
            ),
            MotionMenu(self, desk, settings, clips, services.motion, services.opening, self.shapes),
        )
        return [menu.menu() for menu in menus]

    def _view_menus(self) -> list[Menu]:
        """List the records of the menus that show clips and the window."""
        document, settings, stage = self.document, self.settings, self.stage
        menus = (
            ViewMenu(
                self,
                document,
                settings,
                stage.look,
                stage.comparison,
                self.compare_with,
                self.comparing.write_table,
                self._docks,
            ),
            PlaybackMenu(self, document, self.player, stage.marks.markers),
            RecognitionMenu(
                self,
                document,
                settings,
                self.player,
                stage.timeline,
                stage.curves,
                self.probability_export,
                self.units,
                self.people,
            ),
            HelpMenu(self, self.desk, self._open_palette),
        )
        return [menu.menu() for menu in menus]

    def _open_palette(self, sheet: bool) -> None:
        open_over(Palette(self.registry, self, sheet=sheet))

    def _open_preferences(self) -> None:
        open_over(PreferencesDialog(self.settings, KeysPage(self.registry), self))

    def _connect(self) -> None:
        desk, services, stage = self.desk, self.services, self.stage
        desk.reported.connect(self.messages.error)
        desk.noticed.connect(self._show_notice)
        desk.exported.connect(self._show_export)
        services.recognition.probabilities_changed.connect(stage.show_probabilities)
        services.recognition.rest_changed.connect(stage.show_rest)
        services.recognition.familiarity_changed.connect(stage.show_familiarity)
        for verbs in (services.opening, services.generation, services.between):
            verbs.preview_changed.connect(self._show_preview)
        self.shapes.previewed.connect(self._show_preview)
        services.generation.made.connect(self._play_made)
        services.opening.opened.connect(self.settings.add_recent)
        services.opening.opened.connect(lambda _path: self._show_sliders())
        for remarked in (services.opening.remarked, services.export.remarked):
            remarked.connect(desk.notice)
        stage.dropped.connect(self.open_paths)
        stage.empty.open_asked.connect(self.registry["file.open"].trigger)
        stage.empty.folder_asked.connect(self.registry["file.open_folder"].trigger)
        stage.empty.sample_asked.connect(lambda path: self.open_paths([path]))
        self.clips.play_asked.connect(self.player.toggle)
        services.frames.ready.connect(stage.show_edited)
        services.frames.ready.connect(lambda _clip: self.landmarks.go_on())
        stage.comparison.changed.connect(lambda: services.frames.set_beside(stage.comparison.other))
        self.landmarks.failed.connect(desk.reported)
        self.stack.failed.connect(desk.reported)
        self.landmarks.changed.connect(lambda: stage.keys.keep_open(on=self.landmarks.on))
        stage.keys.editor.previewed.connect(stage.preview_edits)
        stage.keys.editor.noticed.connect(desk.notice)
        stage.keys.editor.failed.connect(desk.reported)

    def _restore(self) -> None:
        self.resize(1360, 840)
        self.restoreGeometry(self.settings.geometry)
        if not self.isMaximized() and not self.isFullScreen():
            self.setGeometry(within(self.geometry(), self.screen().availableGeometry()))
        self.restoreState(self.settings.docks)

    def _play_made(self) -> None:
        if self.settings.play_generated:
            self.player.play()

    def _show_sliders(self) -> None:
        """Bring the sliders of a head that brings its shapes."""
        if self.shapes.moves:
            self.show_dock("shapes")

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

    # Keys

    def event(self, event: QEvent) -> bool:
        return keep_key(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press_focused(event):
            super().keyPressEvent(event)

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
        # Not left to the end of the window: a dialog that is on the screen then takes Qt down.
        for dialog in self.findChildren(QDialog):
            dialog.close()
        self.player.stop()
        self.hide()
        self.session.close()
        self.rows.close()
        self.services.close()
        self.stage.close_view()
        event.accept()
