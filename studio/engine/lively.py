"""What generators leave out: how the head is held, where the face looks, and its blinks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.core import GenerationRequest, MeshSequence
from studio.face.bearing_channels import Channels
from studio.face.facs import LABELS


def lively(clip: MeshSequence, request: GenerationRequest, seed: int) -> MeshSequence:
    """Move head, eyes and lids of a new clip as goes with its expression; its first frame stays.

    They are drawn apart from the motion, so that a blink does not fall into the apex by the seed
    alone.
    """
    if not request.bearing or request.label not in LABELS:
        return clip
    channels = Channels.drawn(clip.vertices, clip.fps, request.label, seed)
    share, frames = request.bearing, np.arange(clip.n_frames)
    return replace(clip, vertices=channels.on(clip.vertices, frames, share, share, share))
