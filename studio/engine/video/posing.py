"""How the head of a face in pictures is turned, and its landmarks without that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.sequence import Doubles, Floats
from studio.face.registration.carrying.weighing import angles
from studio.nn.tflite.canonical_face import canonical_face

_UPRIGHT = np.array([1.0, -1.0, -1.0])  # pictures count downward, and away from the eye


@dataclass(frozen=True, eq=False)
class Posed:
    """Landmarks of T frames laid on MediaPipe's canonical face.

    Attributes
    ----------
    points
        (T, 478, 3) centimeters, in its place, turn and size.
    head
        (T, 3) yaw, pitch, roll in degrees that the head is turned by, as `Rig.pose` turns one.
    """

    points: Doubles
    head: Doubles


def posed(landmarks: Floats) -> Posed:
    """Lay landmarks (T, 478, 3), as `Sighting` has them, on the canonical face.

    The similarity is the nearest by the points that MediaPipe tells a pose from, weighed as it
    does (weighted Procrustes). Its camera is taken to be far away.
    """
    face = canonical_face()
    counted = np.flatnonzero(face.weights)
    share = face.weights[counted] / face.weights.sum()
    whole = landmarks.astype(np.float64) * _UPRIGHT
    points, goal = whole[:, counted], face.vertices[counted]
    middle, center = share @ points, share @ goal
    from_middle = (points - middle[:, None]) * share[:, None]
    moment = np.einsum("tnc,nd->tcd", from_middle, goal - center)
    u, stretch, vt = np.linalg.svd(moment)
    sign = np.ones((len(whole), 3))
    sign[:, 2] = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    turns = (u * sign[:, None]) @ vt  # takes the canonical face to the head in the picture
    spread = share @ ((goal - center) ** 2).sum(axis=1)
    scale = (stretch * sign).sum(axis=1) / spread
    laid = (whole - middle[:, None]) @ turns / np.maximum(scale, 1e-9)[:, None, None] + center
    return Posed(laid, angles(turns))
