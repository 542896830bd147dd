"""Channel gain: the channels of a capture, more or less of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from studio.core import InputError, MeshSequence, Progress, Timing
from studio.core.parameters import Parameter
from studio.core.sequence import Doubles, Floats
from studio.document.edits.channels.solving import ChannelBasis, moves_face
from studio.document.edits.edit import Below, Edit, Frames, Group
from studio.face.registration.carrying.solving import MOST
from studio.face.rig import ARKIT_INDEX

from .gains import ChannelGain


@dataclass(frozen=True)
class ChannelGainEdit(Edit):
    """Multiplies the weights that a face has, and adds to them; what they do not explain stays.

    Parameters
    ----------
    channels
        Those of which more or less is made, each at most once; weights stay within 0 and 1.5.

    Raises
    ------
    InputError
        For a channel that is there twice.
    """

    kind: ClassVar[str] = "channel-gain"
    title: ClassVar[str] = "Channel gain"
    tip: ClassVar[str] = "Makes more or less of what single channels do"
    group: ClassVar[Group] = "face"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "channels", "&Channels",
            'A channel by ARKit\'s name with its multiplier, 0 to 5, and offset, -1 to 1, each, as '
            '{"channel": "jawOpen", "multiplier": 1.2, "offset": 0}; or the path of a preset',
        ),
    )  # fmt: skip

    channels: tuple[ChannelGain, ...] = ()

    def __post_init__(self) -> None:
        names = [one.channel for one in self.channels]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InputError.of("channels", f"{twice} once", str(names.count(twice)))

    @property
    def summary(self) -> str:
        """What a list of edits says of it: its channel, or how many."""
        some = [one for one in self.channels if one.changes]
        if len(some) != 1:
            return f"{self.title} · {f'{len(some)} channels' if some else 'as captured'}"
        offset = f" {some[0].offset:+g}" if some[0].offset else ""
        return f"{self.title} · {some[0].channel} × {some[0].multiplier:g}{offset}"

    @property
    def changes(self) -> bool:
        """Whether it makes anything else of a weight."""
        return any(one.changes for one in self.channels)

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse a face that no channels move."""
        if not moves_face(recording, None):
            wanted = "a clip of the studio's face for channels"
            raise InputError.of(name, wanted, f"one of {recording.n_vertices:,} vertices")

    @property
    def basis_key(self) -> str:
        """What the basis depends on besides the recording: nothing."""
        return ""

    def find_basis(self, recording: MeshSequence) -> ChannelBasis:
        """Find the face at rest of a recording, and what moves it."""
        self.check(recording, recording.timing, recording.name)
        return ChannelBasis.of(recording, None)

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Move frames (N,) by the difference: (N, V, 3) mm."""
        out = below.at(frames)
        if not isinstance(below.basis, ChannelBasis):
            return out
        return below.basis.changed(out, self._gained, progress)

    def _gained(self, weights: Doubles) -> Doubles:
        """Give the weights (N, 52) that these are made."""
        out = weights.copy()
        for one in self.channels:
            at = ARKIT_INDEX[one.channel]
            out[:, at] = np.clip(one.multiplier * weights[:, at] + one.offset, 0.0, MOST)
        return out
