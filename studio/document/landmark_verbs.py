"""The verbs of the document that place and move landmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from studio.core import InputError
from studio.core.sequence import Floats
from studio.face.warp import checked

from .edit_verbs import EditVerbs
from .edits.landmarks import Landmark, LandmarkEdit, says_nothing
from .state import ClipState


class LandmarkVerbs(EditVerbs):
    """What a document can do with the landmarks of its clips; see `Document`."""

    def set_landmarks(self, clip_id: str, landmarks: Sequence[Landmark]) -> None:
        """Say where the landmarks of a surface are; those of a known name keep their keys.

        Raises
        ------
        InputError
            For two on one vertex, at one place or of one name.
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
        """Move landmarks in a frame, and the surface with them.

        An edit that was off is on then. Calls in a row that share `key` undo as one step.

        Parameters
        ----------
        clip_id, frame
            Where; a frame below the edit of the landmarks, see `ClipState.frame_below`.
        offsets
            (M, 3) mm from where they are below their edit.
        key
            One for each drag.
        """
        clip = self.state.clip(clip_id)
        check_frame(replace(clip, edits=clip.edits[: clip.landmark_place]), frame)
        edit = replace(self._edit_of(clip), on=True).with_key(frame, offsets)
        self._put_edit(clip, edit, "Move landmarks", key)

    def set_fade(self, clip_id: str, frames: int) -> None:
        """Set over how many frames what was moved fades away; calls in a row are one step."""
        clip = self.state.clip(clip_id)
        edit = replace(self._edit_of(clip), fade=frames)
        self._put_edit(clip, edit, "Set fade of landmarks", key=f"fade:{clip_id}")

    def remove_landmark_key(self, clip_id: str, frame: int) -> None:
        """Take back what was moved in a frame below the edit of the landmarks."""
        clip = self.state.clip(clip_id)
        self._put_edit(clip, self._edit_of(clip).without([frame]), "Remove landmark key")

    def remove_landmark_keys(self, clip_id: str) -> None:
        """Play the recording as it came again."""
        clip = self.state.clip(clip_id)
        edit = replace(self._edit_of(clip), keys=())
        self._put_edit(clip, edit, "Remove landmark keys")

    def _edit_of(self, clip: ClipState) -> LandmarkEdit:
        return clip.landmark_edit or LandmarkEdit(clip.landmarks)

    def _put_edit(
        self, clip: ClipState, edit: LandmarkEdit, name: str, key: str | None = None
    ) -> None:
        """Put an edit in its place; one that says no more than the recording does is none."""
        bare = says_nothing(edit, clip.recording)
        if edit.landmarks:  # what cannot be is said before anything is written
            rest = clip.recording.vertices[0]
            checked(rest, rest[list(edit.vertices)])
        edits, place = [*clip.edits], clip.landmark_place
        edits[place : place + 1] = [] if bare else [edit]
        self._put_edits(clip, tuple(edits), name, key)


def check_frame(clip: ClipState, frame: int) -> None:
    """Refuse a frame that the clip does not have.

    Raises
    ------
    InputError
        With a sentence that begins with the clip's name.
    """
    last = clip.timing.frames - 1
    if not 0 <= frame <= last:
        raise InputError.of(clip.name, f"a frame from 0 to {last}", str(frame))
