"""The weights that a clip has below a channels edit, which curves take the place of."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from studio.core import InputError, Progress
from studio.core.sequence import Doubles
from studio.document.evaluator import Evaluator
from studio.document.state import ClipState
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT_INDEX

from .channel_edit import ChannelsEdit
from .solving import ChannelBasis, moves_face

_QUIET = Progress()


@dataclass(frozen=True, eq=False)
class Captured:
    """All frames below an edit, solved.

    Attributes
    ----------
    weights
        (T, 52), in the order of ARKIT.
    shapes
        The face at rest, and what each weight adds to it.
    """

    weights: Doubles
    shapes: FaceShapes

    @property
    def frames(self) -> int:
        """How many there are."""
        return len(self.weights)

    def of(self, channel: str) -> Doubles:
        """Give one channel, (T,)."""
        return np.asarray(self.weights[:, ARKIT_INDEX[channel]])


def channels_for(clip: ClipState) -> ChannelsEdit:
    """Make the edit that suits the face of a clip, without a curve yet.

    Raises
    ------
    InputError
        Where no channels move it.
    """
    found = clip.registration
    edit = ChannelsEdit(shapes=None if found is None else found.shapes)
    edit.check(clip.recording, clip.timing, clip.name)
    return edit


def can_move(clip: ClipState) -> bool:
    """Whether a clip can have such an edit."""
    own = None if clip.registration is None else clip.registration.shapes
    return moves_face(clip.recording, own)


def captured(
    evaluator: Evaluator, clip: ClipState, place: int, progress: Progress = _QUIET
) -> Captured:
    """Solve all frames below the edit at a place of a clip's stack; may take seconds.

    Raises
    ------
    InputError
        Where there is no such edit.
    Cancelled
        Where a stop was asked for.
    """
    edit = channels_at(clip, place)
    under = replace(clip, edits=clip.edits[:place])
    frames = evaluator.sequence(under, progress.part(0.0, 0.3)).vertices
    basis = evaluator.basis(clip.recording, edit)
    if not isinstance(basis, ChannelBasis):
        raise InputError.of(clip.name, "a face that channels move", "another one")
    return Captured(basis.weights(frames, progress.part(0.3, 1.0)), basis.shapes)


def channels_at(clip: ClipState, place: int) -> ChannelsEdit:
    """Find the channels edit at a place of a clip's stack.

    Raises
    ------
    InputError
        Where there is none.
    """
    return clip.edit_at(place, ChannelsEdit, "an edit of channels")
