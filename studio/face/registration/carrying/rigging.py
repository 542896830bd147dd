"""The 52 ARKit shapes for a registered head, on its own vertices."""

from __future__ import annotations

import numpy as np

from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.face.known import studio_face
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT_INDEX, load_rig, proportions

from .outward import carried_back

# Of iBUG's landmarks, the upper lid over the lower one, at two places of each eye.
_LIDS = {"eyeBlinkLeft": ((43, 47), (44, 46)), "eyeBlinkRight": ((37, 41), (38, 40))}
_LEAST, _MOST = 0.1, 1.5  # of the studio's blink, that shuts a half-shut and a wide eye
_SHUT = 0.95  # of a blink that has to suffice; one that needs less shuts the eye as it is


def rigged(correspondence: Correspondence, progress: Progress | None = None) -> FaceShapes:
    """Give a head the studio's 52 actions as shapes of its own.

    Parameters
    ----------
    correspondence : how the head lies on the template
    progress : hears how far it is, and stops it
    """
    fitted = correspondence.fitted
    moved = carried_back(correspondence, fitted + actions_on(fitted), progress)
    deltas = moved - correspondence.neutral
    return FaceShapes(correspondence.neutral, correspondence.foreign_faces, deltas)


def actions_on(fitted: Floats) -> Floats:
    """Give the template fitted to a head (V, 3), in mm, the studio's 52 actions (52, V, 3).

    A blink goes as far as the head's own lids are apart.
    """
    rig = load_rig()
    actions = rig.actions * proportions(fitted, rig.rest)
    for name in _LIDS:
        needed = _needed(name, fitted, actions)
        own = _needed(name, rig.rest, rig.actions)
        actions[ARKIT_INDEX[name]] *= needed / min(max(needed, own), _SHUT)
    return np.asarray(actions)


def _needed(name: str, rest: Floats, actions: Floats) -> float:
    """Tell how much of a blink brings the lids of a face (V, 3) together."""
    upper, lower = studio_face().template.landmarks[np.array(_LIDS[name]).T]
    action = actions[ARKIT_INDEX[name]]
    apart, closed = rest[upper] - rest[lower], action[lower] - action[upper]
    share = float((apart * closed).sum()) / max(float((closed**2).sum()), 1e-9)
    return min(max(share, _LEAST), _MOST)
