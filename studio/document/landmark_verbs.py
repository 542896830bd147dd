"""The verbs of the document that place and move landmarks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from studio.core import InputError
from studio.core.sequence import Floats
from studio.document.edits.landmarks import Landmark, LandmarkEdit, own_landmarks
from studio.face.warp import checked

from .state import ClipState, DocumentState


class LandmarkVerbs(ABC):
    """What a document can do with the landmarks of its clips; see `Document`."""

    @property
    @abstractmethod
    def state(self) -> DocumentState: ...

    @abstractmethod
    def _put(self, clip: ClipState, name: str, key: str | None = None) -> None: ...

    def set_landmarks(self, clip_id: str, landmarks: Sequence[Landmark]) -> None:
        """Say where the landmarks of a surface are; those of a known name keep their keys.

        Raises `InputError` for two on one vertex, at one place or of one name.
        """
        clip = self.state.clip(clip_id)
        for landmark in landmarks:
            if not 0 <= landmark.vertex < clip.recording.n_vertices:
                wanted = f"vertices below {clip.recording.n_vertices}"
                raise InputError.of(landmark.name, wanted, str(landmark.vertex))
        edit = self._edit_of(clip).with_landmarks(landmarks)
        self._put_edit(clip, edit, "Place landmarks")

    def move_landmarks(
        self, clip_id: str, frame: int, offsets: Floats, *, key: str | None = None
    ) -> None:
        """Move landmarks in a frame by (M, 3) mm from the recording, and the surface with them.

        Calls in a row that share `key` undo as one step.
        """
        clip = self.state.clip(clip_id)
        check_frame(clip, frame)
        self._put_edit(clip, self._edit_of(clip).with_key(frame, offsets), "Move landmarks", key)

    def set_fade(self, clip_id: str, frames: int) -> None:
        """Over how many frames what was moved fades away; calls in a row are one step."""
        clip = self.state.clip(clip_id)
        edit = replace(self._edit_of(clip), fade=frames)
        self._put_edit(clip, edit, "Set fade of landmarks", key=f"fade:{clip_id}")

    def remove_landmark_key(self, clip_id: str, frame: int) -> None:
        """Take back what was moved in a frame."""
        clip = self.state.clip(clip_id)
        self._put_edit(clip, self._edit_of(clip).without_key(frame), "Remove landmark key")

    def remove_landmark_keys(self, clip_id: str) -> None:
        """Play the recording as it came again."""
        clip = self.state.clip(clip_id)
        edit = replace(self._edit_of(clip), keys=())
        self._put_edit(clip, edit, "Remove landmark keys")

    def _edit_of(self, clip: ClipState) -> LandmarkEdit:
        return clip.edit or LandmarkEdit(clip.landmarks)

    def _put_edit(
        self, clip: ClipState, edit: LandmarkEdit, name: str, key: str | None = None
    ) -> None:
        """An edit that says no more than the recording does is none."""
        bare = edit == LandmarkEdit(own_landmarks(clip.recording))
        if edit.landmarks:  # what cannot be is said before anything is written
            rest = clip.recording.vertices[0]
            checked(rest, rest[list(edit.vertices)])
        self._put(replace(clip, edit=None if bare else edit), name, key)


def check_frame(clip: ClipState, frame: int) -> None:
    """Raises `InputError` for a frame that the clip does not have."""
    last = clip.recording.n_frames - 1
    if not 0 <= frame <= last:
        raise InputError.of(clip.name, f"a frame from 0 to {last}", str(frame))
