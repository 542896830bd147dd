"""The menus: one action a thing the user can do, with its key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from studio.document import LOOPS, MODES

from .bind import bind
from .commands import Commands
from .empty_state import samples
from .settings import DEVICES, SHADINGS
from .theme import THEMES

if TYPE_CHECKING:
    from .main_window import MainWindow

Key = QKeySequence.StandardKey | str | None
_DEVICE_NAMES = {"auto": "Automatic", "cuda": "NVIDIA GPU (CUDA)", "mps": "Apple GPU", "cpu": "CPU"}


class Actions:
    """Builds the menu bar of a window and keeps its entries up to date."""

    def __init__(self, window: MainWindow, commands: Commands) -> None:
        self.window, self.commands = window, commands
        self._all: list[tuple[str, QAction]] = []
        self._file()
        self._edit()
        self._view()
        self._playback()
        self._help()
        document = window.document
        bind(window, document.history_changed, self._show_history)
        bind(window, document.current_changed, lambda _clip: self._show_clip())
        bind(window, window.player.playhead.settings_changed, self._show_playback)
        self._show_history()
        self._show_clip()
        self._show_playback()

    def shortcuts(self) -> list[tuple[str, str]]:
        """(what it does, its key) of every action that has one, in menu order."""
        native = QKeySequence.SequenceFormat.NativeText
        return [
            (text.replace("&", "").rstrip("…"), action.shortcut().toString(native))
            for text, action in self._all
            if not action.shortcut().isEmpty()
        ]

    def clip_actions(self) -> list[QAction]:
        """What can be done with the current clip, for its context menu."""
        return [self.rename, self.duplicate, self.export, self.close]

    def _menu(self, title: str) -> QMenu:
        return self.window.menuBar().addMenu(title)

    def _add(self, menu: QMenu, text: str, act: Callable[[], object], key: Key = None) -> QAction:
        action = QAction(text, self.window)
        action.triggered.connect(lambda _checked=False: act())
        if isinstance(key, QKeySequence.StandardKey):
            action.setShortcuts(QKeySequence.keyBindings(key))
        elif key:
            action.setShortcut(QKeySequence(key))
        menu.addAction(action)
        self._all.append((text, action))
        return action

    def _choices(
        self, menu: QMenu, names: dict[str, str], chosen: str, choose: Callable[..., object]
    ) -> QActionGroup:
        """Exclusive entries, one a value; `choose` is called with the value."""
        group = QActionGroup(menu)
        for value, text in names.items():
            action = self._add(menu, text, partial(choose, value))
            action.setCheckable(True)
            action.setData(value)
            action.setChecked(value == chosen)
            group.addAction(action)
        return group

    def _file(self) -> None:
        menu, do = self._menu("&File"), self.commands
        self._add(menu, "&Open files…", do.open_files, QKeySequence.StandardKey.Open)
        self._add(menu, "Open &folder…", do.open_folder, "Ctrl+Shift+O")
        self._recent = menu.addMenu("Open &recent")
        self._recent.aboutToShow.connect(self._fill_recent)
        self._samples = menu.addMenu("Open &sample")
        for path in samples():
            self._add(self._samples, path.stem, partial(self.window.open_paths, [path]))
        self._samples.setEnabled(bool(samples()))
        menu.addSeparator()
        self.export = self._add(menu, "&Export clip…", do.export, "Ctrl+E")
        self._add(menu, "Save &picture…", do.screenshot, "Ctrl+P")
        menu.addSeparator()
        self.close = self._add(
            menu, "&Close clip", self.window.close_clip, QKeySequence.StandardKey.Close
        )
        self._add(menu, "&Quit", self.window.close, QKeySequence.StandardKey.Quit)

    def _edit(self) -> None:
        menu, window = self._menu("&Edit"), self.window
        document = window.document
        self.undo = self._add(menu, "&Undo", document.undo, QKeySequence.StandardKey.Undo)
        self.redo = self._add(menu, "&Redo", document.redo, "Ctrl+Shift+Z")
        menu.addSeparator()
        self.rename = self._add(menu, "Re&name clip", window.rename_clip, "F2")
        self.duplicate = self._add(menu, "&Duplicate clip", window.duplicate_clip, "Ctrl+D")
        self.at_rest = self._add(
            menu, "Use frame as &neutral", window.recognition.use_current_frame, "N"
        )
        menu.addSeparator()
        self._add(menu, "&Generate", window.generation.generate.click, "Ctrl+Return")
        self._add(menu, "Generate another &seed", window.generate_another, "Ctrl+Shift+Return")
        menu.addSeparator()
        names = {device: _DEVICE_NAMES[device] for device in DEVICES}
        self.devices = self._choices(
            menu.addMenu("De&vice"), names, window.controller.device, window.controller.set_device
        )
        self._add(menu, "Load &models again", window.controller.load_models)
        window.controller.device_changed.connect(self._show_device)

    def _view(self) -> None:
        menu, window = self._menu("&View"), self.window
        names: dict[str, str] = {shading: shading.capitalize() for shading in SHADINGS}
        self.shadings = self._choices(menu, names, window.settings.shading, window.set_shading)
        menu.addSeparator()
        self.heat_map = self._add(menu, "&Displacement heat map", self._toggle_heat_map, "D")
        self.heat_map.setCheckable(True)
        self._add(menu, "&Reset camera", window.reset_camera, "R")
        menu.addSeparator()
        self.panels = menu.addMenu("&Panels")
        self._choices(
            menu.addMenu("&Theme"),
            {theme: theme.capitalize() for theme in THEMES},
            window.settings.theme,
            self.commands.choose_theme,
        )
        self.full_screen = self._add(menu, "&Full screen", window.toggle_full_screen, "F11")

    def _playback(self) -> None:
        menu, player = self._menu("&Playback"), self.window.player
        clip = [
            self._add(menu, "&Play or pause", player.toggle, "Space"),
            self._add(menu, "&Next frame", partial(player.step, 1), "Right"),
            self._add(menu, "Pre&vious frame", partial(player.step, -1), "Left"),
            self._add(menu, "Ten frames &on", partial(player.step, 10), "Shift+Right"),
            self._add(menu, "Ten frames &back", partial(player.step, -10), "Shift+Left"),
            self._add(menu, "&First frame", player.to_start, "Home"),
            self._add(menu, "&Last frame", player.to_end, "End"),
            self._add(menu, "&Go to frame…", self.commands.go_to_frame, "G"),
        ]
        menu.addSeparator()
        clip += [
            self._add(menu, "Range starts &here", player.set_in, "I"),
            self._add(menu, "Range &ends here", player.set_out, "O"),
            self._add(menu, "&Whole clip", player.clear_range, "Shift+I"),
        ]
        menu.addSeparator()
        self._clip_playback = clip
        loops: dict[str, str] = {loop: loop.capitalize() for loop in LOOPS}
        self.loops = self._choices(menu, loops, player.playhead.loop, player.set_loop)
        self._add(menu, "Next loop &mode", self._next_loop, "L")
        menu.addSeparator()
        modes: dict[str, str] = {mode: mode.capitalize() for mode in MODES}
        self.modes = self._choices(menu, modes, player.playhead.mode, player.set_mode)

    def _help(self) -> None:
        menu = self._menu("&Help")
        self._add(menu, "&Keys", self.commands.keys, "F1")
        self._add(menu, "&About Expression Studio", self.commands.about)

    def _toggle_heat_map(self) -> None:
        self.window.set_heat_map(on=self.heat_map.isChecked())

    def _next_loop(self) -> None:
        player = self.window.player
        player.set_loop(LOOPS[(LOOPS.index(player.playhead.loop) + 1) % len(LOOPS)])

    def _fill_recent(self) -> None:
        self._recent.clear()
        paths = self.window.settings.recent
        for path in paths:
            entry = self._recent.addAction(str(path))
            entry.triggered.connect(partial(self._open_recent, path))
        if not paths:
            self._recent.addAction("Nothing yet").setEnabled(False)
            return
        self._recent.addSeparator()
        self._recent.addAction("Clear").triggered.connect(self.window.settings.clear_recent)

    def _open_recent(self, path: Path, _checked: bool = False) -> None:
        self.window.open_paths([path])

    def _show_history(self) -> None:
        document = self.window.document
        for action, verb, name in (
            (self.undo, "&Undo", document.undo_name),
            (self.redo, "&Redo", document.redo_name),
        ):
            action.setEnabled(name is not None)
            action.setText(f"{verb} {name[0].lower()}{name[1:]}" if name else verb)

    def _show_clip(self) -> None:
        has_clip = self.window.document.current_clip is not None
        for action in (*self.clip_actions(), self.at_rest, *self._clip_playback):
            action.setEnabled(has_clip)

    def _show_device(self, device: str) -> None:
        self.window.settings.device = device
        self._check(self.devices, device)

    def _show_playback(self) -> None:
        playhead = self.window.player.playhead
        for group, value in ((self.loops, playhead.loop), (self.modes, playhead.mode)):
            self._check(group, value)

    def _check(self, group: QActionGroup, value: str) -> None:
        for action in group.actions():
            action.setChecked(action.data() == value)
