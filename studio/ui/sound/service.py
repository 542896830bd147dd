"""The sound of the clip on show: where it comes from, and that it is heard while the clip plays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core import InputError, Progress
from studio.document import Document, DocumentState
from studio.document.beside.sound import ClipSound, Heard
from studio.io.sound.sound import Sound
from studio.io.sound.wav import read_sound
from studio.ui.kit.bind import bind
from studio.ui.kit.lanes import Lane
from studio.ui.timeline.player import Player

from .device import Device, open_device
from .follower import Follower

NO_DEVICE = "No sound device was found; clips play without their sound."
EVERY_FRAME = "The sound is silent while playback keeps to every frame."
BENT = "The sound is silent where edits slow, turn or hold the clip; it follows cuts alone."


class SoundService(QObject):
    """Follows the document and the player; verbs for the menu, the row and what is dropped.

    Attributes
    ----------
    heard
        What is heard along the clip on show; None where that has no sound.
    """

    changed = Signal()  # what is heard, or whether it is
    noticed = Signal(str)  # what there is to know of it, once
    failed = Signal(object)  # Exception

    def __init__(self, document: Document, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self.player, self.settings = document, player, player.settings
        self.heard: Heard | None = None
        self.follower: Follower | None = None
        self.reading, self.opening = Lane("sound", self), Lane("sound device", self)
        self._device: Device | None = None
        self._said: set[str] = set()
        self._of_cut: Sound | None = None
        bind(self, document.changed, self._follow)
        for one in (player.playhead, player.cut):
            for moved in (one.frame_changed, one.range_changed, one.settings_changed):
                bind(self, moved, self._set_clock)
            bind(self, one.playing_changed, self._start)
        player.on_cut_changed.connect(lambda _on: self._show())
        self._show()

    # Verbs

    def add(self, path: Path) -> None:
        """Put the sound of a file beside the clip on show, in the background."""
        clip = self.document.current_clip
        if clip is None:
            wanted = "a clip on show that it goes beside"
            self.failed.emit(InputError.of(path, wanted, "none"))
            return
        clip_id = clip.id

        def take(sound: ClipSound) -> None:
            if self.document.state.find(clip_id) is not None:
                self.document.set_sound(clip_id, sound)

        self.reading.submit(read_beside, path, on_result=take, on_error=self.failed.emit)

    def add_first(self, paths: Sequence[Path]) -> None:
        """Put the first of some files beside the clip on show, and say that the rest is left."""
        for path in paths[:1]:
            self.add(path)
        if len(paths) > 1:
            self.noticed.emit(f"A clip has one sound; {paths[0].name} was taken.")

    def remove(self) -> None:
        """Take the sound of the clip on show away."""
        clip = self.document.current_clip
        if clip is not None and clip.sound is not None:
            self.document.set_sound(clip.id, None)

    def move(self, seconds: float, *, key: str | None = None) -> None:
        """Have the sound begin so much later; calls in a row that share `key` are one step."""
        clip = self.document.current_clip
        if clip is not None and clip.sound is not None:
            offset = clip.sound.offset + seconds
            self.document.set_sound_offset(clip.id, offset, key=key)

    def set_on(self, *, on: bool) -> None:
        """Have sounds be heard, or not."""
        self.settings.sound = on
        self._ensure_device()
        self.changed.emit()

    def take_cut(self, sound: Sound | None) -> None:
        """Hear this while the cut plays; None is silence."""
        self._of_cut = sound
        if self.player.on_cut:
            self._show()

    @property
    def on(self) -> bool:
        """Whether sounds are heard."""
        return self.settings.sound

    @property
    def offset(self) -> float | None:
        """Seconds after which the sound of the clip on show begins; None without sound."""
        clip = self.document.current_clip
        return None if clip is None or clip.sound is None else clip.sound.offset

    def close(self) -> None:
        """Fall silent, and wait for the threads."""
        self.reading.close()
        self.opening.close()
        self._close_device()

    # Following

    def _follow(self, before: DocumentState, after: DocumentState) -> None:
        if before.current_clip != after.current_clip:
            self._show()

    def _show(self) -> None:
        """Lay the sound along what plays now."""
        clip, was = self.document.current_clip, self.follower
        self.heard = clip.heard if clip is not None else None
        sound = None if self.heard is None else self.heard.sound
        if self.player.on_cut:
            sound = self._of_cut
        if sound is None:
            self.follower = None
        elif was is not None and _alike(was.sound, sound):
            was.sound = sound  # the device goes on, and asks for other samples
        else:
            self.follower = Follower(sound)
        if self.follower is not was:
            self._close_device()
        self._ensure_device()
        self._set_clock()
        if self.heard is not None and not self.heard.whole:
            self._say(BENT)
        self.changed.emit()

    def _start(self, playing: bool) -> None:
        self._set_clock()
        if playing and self.follower is not None and self.player.moving.mode != "real time":
            self._say(EVERY_FRAME)

    def _set_clock(self, *_told: object) -> None:
        if self.follower is not None:
            self.follower.clock = self.player.moving.clock

    def _say(self, sentence: str) -> None:
        """Say something once."""
        if sentence not in self._said:
            self._said.add(sentence)
            self.noticed.emit(sentence)

    # The device

    def _ensure_device(self) -> None:
        """Open the device where there is something to hear, ahead of playback."""
        if self.follower is None or not self.on:
            self._close_device()
        elif self._device is None and NO_DEVICE not in self._said:
            self.opening.submit(
                open_device,
                self.follower,
                on_result=self._take_device,
                on_error=lambda _error: self._say(NO_DEVICE),
            )

    def _take_device(self, device: Device) -> None:
        self._device = device

    def _close_device(self) -> None:
        self.opening.cancel()
        if self._device is not None:
            self._device.close()
            self._device = None


def read_beside(path: Path, *, progress: Progress) -> ClipSound:
    """Read the sound of a file."""
    progress.check()
    return ClipSound(read_sound(path), 0.0, path.name)


def _alike(one: Sound, other: Sound) -> bool:
    """Whether a device that plays the one can play the other."""
    return (one.rate, one.channels) == (other.rate, other.channels)
