"""Registrations made by construction: the foreign face is one whose place is known."""

from __future__ import annotations

import numpy as np

from studio.core import MeshSequence
from studio.core.sequence import Floats
from studio.face.registration.correspondence import NO_PARTNER, Correspondence, Verdict

GOOD = Verdict(0.1, 0.4, 2.5, 1.0, 1.0, 0.0, 0.95, 1.5, accepted=True)
POOR = Verdict(2.0, 6.0, 6.9, 1.0, 1.0, 0.1, 0.4, 5.0, accepted=False, reason="Click its points.")


def registered(
    recording: MeshSequence, fitted: Floats | None = None, verdict: Verdict = GOOD
) -> Correspondence:
    """Lay a template, by default of the same vertices, on the first frame of a recording."""
    neutral = np.asarray(recording.vertices[0])
    template = neutral if fitted is None else fitted
    corners = recording.faces.ravel()
    _, at = np.unique(corners, return_index=True)
    triangle = np.full(len(template), NO_PARTNER, dtype=np.int32)
    barycentric = np.zeros((len(template), 3), dtype=np.float32)
    held = corners[at]
    triangle[held], barycentric[held, at % 3] = at // 3, 1.0
    return Correspondence(
        neutral=neutral,
        foreign_faces=recording.faces,
        scale=1.0,
        rotation=np.eye(3),
        shift=np.zeros(3),
        fitted=template,
        triangle=triangle,
        barycentric=barycentric,
        confidence=(triangle != NO_PARTNER).astype(np.float32),
        identity=np.zeros(3, dtype=np.float32),
        landmarks=neutral[:3],
        verdict=verdict,
    )
