"""The verbs of the document that put sound beside clips."""

from __future__ import annotations

from dataclasses import replace

from studio.core import InputError
from studio.document.edit_verbs import EditVerbs

from .sound import ClipSound


class SoundVerbs(EditVerbs):
    """What a document can do with the sound of its clips; see `Document`."""

    def set_sound(
        self, clip_id: str, sound: ClipSound | None, *, step: str = "", key: str | None = None
    ) -> None:
        """Put a sound beside a clip in place of the one it has; None takes it away.

        Parameters
        ----------
        step
            The name of the step, by default that a sound came or went.
        key
            Calls in a row that share it undo as one step.
        """
        clip, usual = self.state.clip(clip_id), "Remove sound" if sound is None else "Add sound"
        self._put(replace(clip, sound=sound), step or usual, key)

    def set_sound_offset(self, clip_id: str, offset: float, *, key: str | None = None) -> None:
        """Have the sound begin so many seconds after the first frame of the recording.

        Calls in a row that share `key` undo as one step.

        Raises
        ------
        InputError
            For a clip without sound.
        """
        clip = self.state.clip(clip_id)
        if clip.sound is None:
            raise InputError.of(clip.name, "a clip with sound", "none")
        self._put(replace(clip, sound=replace(clip.sound, offset=offset)), "Move sound", key)
