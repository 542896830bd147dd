"""The menu of the sound beside a clip."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from studio.io.sound.wav import SUFFIXES
from studio.ui.menus.actions import Action, Live, Menu, clip_on_show, toggle
from studio.ui.settings.settings import Settings
from studio.ui.sound.service import SoundService

_FRAME = "By a frame; a drag on the waveform does so too"


def sound_menu(window: QWidget, settings: Settings, sounds: SoundService) -> Menu:
    """List the verbs on the sound of the clip on show.

    Parameters
    ----------
    window
        What the dialog stands over.
    """
    known = clip_on_show(sounds.document)
    there = Live(lambda: sounds.heard is not None, sounds.changed)
    on = Live(lambda: sounds.on, sounds.changed)

    def ask() -> None:
        kinds = f"Sound ({' '.join(f'*{suffix}' for suffix in SUFFIXES)})"
        folder = str(settings.place("sound", "open"))
        name, _ = QFileDialog.getOpenFileName(window, "Sound beside the clip", folder, kinds)
        if name:
            settings.remember_place("sound", Path(name).parent)
            sounds.add(Path(name))

    def shift(frames: int) -> None:
        sounds.move(frames / sounds.player.playhead.fps, key="sound keys")

    tip = "A WAV file that is heard with the clip on show"
    return Menu(
        "Sound",
        (
            (
                Action("edit.sound.add", "&Sound…", ask, "Ctrl+Shift+A", tip, usable=known),
                Action("edit.sound.remove", "&Remove the sound", sounds.remove, usable=there),
            ),
            (
                Action(
                    "edit.sound.later", "Sound &later", partial(shift, 1), tip=_FRAME, usable=there
                ),
                Action(
                    "edit.sound.earlier",
                    "Sound &earlier",
                    partial(shift, -1),
                    tip=_FRAME,
                    usable=there,
                ),
            ),
            (toggle("edit.sound.on", "&Play sounds", on, sounds.set_on, "Shift+A"),),
        ),
    )
