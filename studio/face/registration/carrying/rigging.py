"""The 52 ARKit shapes for a registered head, on its own vertices."""

from __future__ import annotations

from studio.core.progress import Progress
from studio.face.registration.correspondence import Correspondence
from studio.face.rig import load_rig, proportions

from .outward import carried_back
from .shapes import FaceShapes


def rigged(correspondence: Correspondence, progress: Progress | None = None) -> FaceShapes:
    """Give a head the studio's 52 actions as shapes of its own.

    Parameters
    ----------
    correspondence : how the head lies on the template
    progress : hears how far it is, and stops it
    """
    rig, fitted = load_rig(), correspondence.fitted
    shown = fitted + rig.actions * proportions(fitted, rig.rest)
    deltas = carried_back(correspondence, shown, progress) - correspondence.neutral
    return FaceShapes(correspondence.neutral, correspondence.foreign_faces, deltas)
