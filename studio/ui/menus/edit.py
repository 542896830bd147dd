"""The Edit menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from studio.ui.kit.bind import bind
from studio.ui.settings.preferences_dialog import device_names

from .builder import MenuBuilder, check
from .commands import Commands

if TYPE_CHECKING:
    from studio.ui.window.main_window import MainWindow


class EditMenu:
    """Undo, the current clip, generation and the models."""

    def __init__(self, build: MenuBuilder, window: MainWindow, do: Commands) -> None:
        self.window = window
        menu, document = build.menu("&Edit"), window.document
        self.undo = build.add(menu, "&Undo", document.undo, QKeySequence.StandardKey.Undo)
        self.redo = build.add(menu, "&Redo", document.redo, "Ctrl+Shift+Z")
        menu.addSeparator()
        self.rename = build.add(menu, "Re&name clip", window.rename_clip, "F2")
        self.duplicate = build.add(menu, "&Duplicate clip", window.duplicate_clip, "Ctrl+D")
        self.at_rest = build.add(
            menu, "Use frame as &neutral", window.recognition.use_current_frame, "N"
        )
        self.landmarks = build.add(
            menu, "Edit &landmarks", lambda: self._edit(on=self.landmarks.isChecked()), "E"
        )
        self.landmarks.setCheckable(True)
        window.landmarks.changed.connect(self._show_landmarks)
        self.intensity = build.add(menu, "Edit &intensity", window.edit_intensity, "Shift+E")
        menu.addSeparator()
        build.add(menu, "&Generate", window.generation.generate.click, "Ctrl+Return")
        build.add(menu, "Generate another &seed", window.generate_another, "Ctrl+Shift+Return")
        menu.addSeparator()
        self.devices = build.choices(
            menu.addMenu("De&vice"),
            device_names(),
            window.desk.models.device,
            window.desk.models.set_device,
        )
        build.add(menu, "M&odels…", do.models)
        build.add(menu, "Load &models again", window.desk.models.load)
        menu.addSeparator()
        build.add(menu, "&Preferences…", do.preferences, "Ctrl+,")
        window.desk.models.device_changed.connect(self._show_device)
        bind(window, document.history_changed, self._show_history)
        self._show_history()

    def _edit(self, *, on: bool) -> None:
        self.window.landmarks.set_on(on=on)

    def _show_landmarks(self) -> None:
        self.landmarks.setChecked(self.window.landmarks.on)

    def _show_history(self) -> None:
        document = self.window.document
        for action, verb, named, name in (
            (self.undo, "&Undo", "&Undo {step}", document.undo_name),
            (self.redo, "&Redo", "&Redo {step}", document.redo_name),
        ):
            action.setEnabled(name is not None)
            step = f"{name[0].lower()}{name[1:]}" if name else ""
            action.setText(named.format(step=step) if name else verb)

    def _show_device(self, device: str) -> None:
        self.window.settings.device = device
        check(self.devices, device)
