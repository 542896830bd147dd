"""What the window remembers between runs. Nothing here belongs to a document."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QByteArray

from studio.core import InputError
from studio.core.parameters import Value
from studio.document import LOOPS, MODES, SHADINGS, Loop, Mode, ViewState
from studio.document.playback import MAX_SPEED, MIN_SPEED
from studio.io.format import Format
from studio.io.live.receiver import HOST, PORT
from studio.io.naming import FILE_PATTERN, FRAME_PATTERN
from studio.io.traits import Canvas
from studio.render.formats import FORMATS
from studio.render.look import SIZES
from studio.ui.kit.places import Places
from studio.ui.kit.store import Stored, choice, flag, folder, folders, number, path_of, text, whole

from .curves import CurveSettings
from .preferences import DEVICES, Preferences
from .units import UnitSettings

__all__ = ["DEVICES", "MAX_RECENT", "Settings"]

MAX_RECENT = 10
PICTURE_SCALES = (1, 2, 4)


def _size_key(kind: Format) -> str:
    usual = kind.canvas is None or kind.canvas.size == Canvas().size
    return "export/size" if usual else f"export/{kind.name} size"


def _writable(stored: object) -> str:
    """Check that a stored name is that of a format that can be written."""
    if stored not in [kind.name for kind in FORMATS.writers]:
        raise ValueError(stored)
    return str(stored)


class Settings(Preferences, CurveSettings, UnitSettings, Places):
    """Typed access to what is remembered; what is missing or spoiled reads as the default."""

    models_folder = folder("models/folder")
    model_folders = folders("models/added")
    last_session = folder("session/last")
    shading = choice("view/shading", SHADINGS, "smooth")
    heat_map = flag("view/heat map", default=False)
    landmarks = flag("view/landmarks", default=False)
    ghosts = flag("view/ghosts", default=False)
    trails = flag("view/trails", default=False)
    fittings = flag("view/teeth and lashes", default=True)
    rounded = flag("view/round outline", default=True)
    export_format = Stored("export/format", "obj", _writable)
    export_preset = text("export/preset", "")
    export_background = choice("export/background", ("theme", "white", "transparent"), "theme")
    export_camera = choice("export/camera", ("view", "front"), "view")
    export_caption = flag("export/caption", default=False)
    export_fittings = flag("export/teeth and lashes", default=False)
    export_pattern = text("export/pattern", FRAME_PATTERN)
    export_name = text("export/name", FILE_PATTERN)
    export_subfolder = text("export/subfolder", FILE_PATTERN)
    orthographic = flag("view/orthographic", default=False)
    video_panel = flag("video/panel", default=True)
    video_landmarks = flag("video/landmarks", default=True)
    picture_transparent = flag("picture/transparent", default=False)
    sheet_size = choice("sheet/size", ("small", "medium", "large"), "medium")
    picture_bar = flag("picture/bar", default=True)
    live_address = text("live/address", HOST)
    live_port = whole("live/port", PORT, 1, 65535)
    loop: Stored[Loop] = choice("playback/loop", LOOPS, "loop")
    mode: Stored[Mode] = choice("playback/mode", MODES, "real time")
    speed = number("playback/speed", 1.0, MIN_SPEED, MAX_SPEED)
    sound = flag("playback/sound", default=True)

    @property
    def picture_scale(self) -> int:
        """How many times as large as on the screen a picture of the view was last."""
        return int(self._choice("picture/scale", tuple(map(str, PICTURE_SCALES)), "1"))

    @picture_scale.setter
    def picture_scale(self, scale: int) -> None:
        self._store.setValue("picture/scale", str(scale))

    @property
    def view(self) -> ViewState:
        """What a new window draws.

        Where the camera stood and which parts were hidden belongs to the work of that day.
        """
        return ViewState(
            shading=self.shading,
            heat_map=self.heat_map,
            landmarks=self.landmarks,
            orthographic=self.orthographic,
            ghosts=self.ghosts,
            trails=self.trails,
            fittings=self.fittings,
            rounded=self.rounded,
        )

    @view.setter
    def view(self, view: ViewState) -> None:
        self.shading, self.heat_map = view.shading, view.heat_map
        self.landmarks, self.orthographic = view.landmarks, view.orthographic
        self.fittings, self.rounded = view.fittings, view.rounded
        self.ghosts, self.trails = view.ghosts, view.trails

    @property
    def geometry(self) -> QByteArray:
        return self._bytes("window/geometry")

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("window/geometry", geometry)

    @property
    def docks(self) -> QByteArray:
        return self._bytes("window/docks")

    @docks.setter
    def docks(self, docks: QByteArray) -> None:
        self._store.setValue("window/docks", docks)

    def export_folder_for(self, format_name: str) -> Path:
        """Where the last export in a format went; in none yet, where any went."""
        return self.place(f"export {format_name}", "export")

    def set_export_folder_for(self, format_name: str, folder: Path) -> None:
        self.remember_place("export", folder)
        self.remember_place(f"export {format_name}", folder)

    def export_size_for(self, kind: Format) -> str:
        """Look up the size pictures had last; a format whose usual size is another has its own."""
        usual = (kind.canvas or Canvas()).size
        return self._choice(_size_key(kind), tuple(SIZES), usual)

    def set_export_size_for(self, kind: Format, size: str) -> None:
        self.put(_size_key(kind), size)

    def export_options_for(self, kind: Format) -> dict[str, Value]:
        """Look up what a format was told last; what it no longer takes is as usual."""
        try:
            told = json.loads(str(self.get(f"export/{kind.name} options") or "{}"))
            return kind.settled(told)
        except (ValueError, AttributeError, RecursionError, InputError):
            return kind.settled()

    def set_export_options_for(self, kind: Format, told: dict[str, Value]) -> None:
        self.put(f"export/{kind.name} options", json.dumps(told))

    @property
    def recent(self) -> list[Path]:
        """Files and folders opened lately, newest first."""
        stored = self._store.value("recent", [])
        # An ini file gives a list of one back as the bare string.
        paths = stored if isinstance(stored, list) else [stored]
        return [path for path in map(path_of, paths) if path is not None]

    def add_recent(self, path: Path) -> None:
        """Put a file or folder at the head of the list of recent ones."""
        path = path.absolute()
        self.remember_place("open", path.parent)
        kept = [path, *(other for other in self.recent if other != path)]
        self._store.setValue("recent", [str(other) for other in kept[:MAX_RECENT]])

    def clear_recent(self) -> None:
        self._store.setValue("recent", [])
