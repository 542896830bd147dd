"""What the user may choose once for all documents."""

from __future__ import annotations

from studio.core.timing import FASTEST, SLOWEST
from studio.ui.kit.store import Store, Stored, choice, flag, folder, lists, number
from studio.ui.kit.theme import THEMES, Theme

DEVICES = ("auto", "cuda", "mps", "cpu")
UNITS = ("mm", "cm", "m")
GB = 1e9
KEYS = "keys"


class Preferences(Store):
    """The preferences alone: what `restore_defaults` puts back.

    Attributes
    ----------
    default_fps : float
        Frames a second of a source that says nothing of it.
    export_unit : str
        Of files written, until the export dialog is told another.
    autosave_seconds : float
        Seconds between autosaves, 0 for never.
    undo_gb, cache_gb : float
        Gigabytes kept for undo in memory, as many again of the frames of edited clips, and of read
        folders on disk.
    cache_place : Path or None
        None for the platform's own place.
    play_generated : bool
        Whether a clip plays once it has been generated.
    fit_faces : bool
        Whether a face of another triangulation is fitted to the studio's when it is opened.
    keys : mapping
        Keys of the actions whose keys are not those of the start, by the ids of the actions.
    """

    theme: Stored[Theme] = choice("theme", THEMES, "system")
    device: Stored[str] = choice("device", DEVICES, "auto")
    default_fps = number("open/fps", 30.0, SLOWEST, FASTEST)
    reopen_session = flag("session/reopen", False)
    export_unit: Stored[str] = choice("export/unit", UNITS, "mm")
    autosave_seconds = number("session/autosave", 60.0, 0.0, 3600.0)
    undo_gb = number("memory/undo", 1.0, 0.1, 64.0)
    cache_gb = number("cache/limit", 4.0, 0.0, 1000.0)
    cache_place = folder("cache/folder")
    play_generated = flag("generate/play", True)
    fit_faces = flag("open/fit faces", True)
    keys = lists(KEYS)

    def restore_defaults(self) -> None:
        """Forget every preference; what is no preference, such as the recent files, stays."""
        for entry in vars(Preferences).values():
            if isinstance(entry, Stored):
                self.put(entry.key, None)
