"""The face at rest that the view measures from."""

from __future__ import annotations

import numpy as np

from studio.core.sequence import Floats
from studio.document import ClipState, Evaluator


def resting(evaluator: Evaluator, clip: ClipState, estimate: Floats | None) -> Floats:
    """Choose the face at rest that displacement is measured from.

    Parameters
    ----------
    estimate : floats (V, 3) or None
        The estimated face at rest, in mm.

    Returns
    -------
    floats (V, 3)
        In mm: the frame the user chose, the estimate where there is one for this surface, or else
        the first frame.
    """
    chosen, recorded = clip.neutral_frame is not None, clip.recording.vertices
    if not chosen and estimate is not None and estimate.shape == recorded.shape[1:]:
        return estimate
    played = evaluator.frame(clip, clip.neutral_frame or 0)
    frame = min(clip.neutral_frame or 0, len(recorded) - 1)
    return np.asarray(recorded[frame] if played is None else played)
