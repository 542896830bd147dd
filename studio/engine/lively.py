"""What generators leave out: how the head is held, where the face looks, and its blinks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.core import GenerationRequest, MeshSequence
from studio.face.bearing_channels import Channels
from studio.face.facs import LABELS, NEUTRAL
from studio.face.known import known


def lively(clip: MeshSequence, request: GenerationRequest, seed: int) -> MeshSequence:
    """Move head, eyes and lids of a new clip as goes with its expression; its first frame stays.

    They are drawn apart from the motion, so that a blink does not fall into the apex by the seed
    alone. A face that the studio has no rig for stays as it is. Who shows no emotion holds the head
    and looks as at rest.
    """
    if not request.bearing or known(clip.topology) is None:
        return clip
    label = request.label if request.label in LABELS else LABELS[NEUTRAL]
    channels = Channels.drawn(clip.vertices, clip.fps, label, seed)
    share, frames = request.bearing, np.arange(clip.n_frames)
    return replace(clip, vertices=channels.on(clip.vertices, frames, share, share, share))
