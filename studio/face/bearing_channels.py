"""How a clip of the studio's face is moved by head, gaze and blinks that go with its expression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.alignment import Rotations, apply_rigid, head_alignment
from studio.core.sequence import Floats
from studio.face.known import studio_face
from studio.face.rig import ARKIT_INDEX, head_rotation, load_rig, proportions

from .bearing import Bearing, draw_bearing, eye_weights
from .facs import LABELS

BLINKS_A_SECOND = 0.25
_FAINT_MM = 1.0  # root mean square of the way from the first frame, below which little is shown
_SETTLE_S = 0.4  # seconds in which the channels begin


@dataclass(frozen=True, eq=False)
class Channels:
    """The channels of a clip, and how they move its face.

    Attributes
    ----------
    bearing
        Of its frames; nothing in the first one.
    shut
        (T, 2) how far the lids are shut by the clip itself, left and right, 0..1.
    eyes
        (P,) vertices that gaze and blinks move.
    actions
        (52, P, 3) mm, how far each action moves them, in the pose of the first frame.
    turn, pivot
        (3, 3) rotation from the template's pose to that of the first frame, and (3,) mm the point
        that the head turns about.
    """

    bearing: Bearing
    shut: Floats
    eyes: NDArray[np.intp]
    actions: Floats
    turn: Rotations
    pivot: NDArray[np.float64]

    @property
    def nbytes(self) -> int:
        """The bytes of memory it takes."""
        arrays = (*vars(self.bearing).values(), self.shut, self.eyes, self.actions)
        return sum(array.nbytes for array in arrays)

    @classmethod
    def drawn(cls, vertices: Floats, fps: float, label: str, seed: int) -> Channels:
        """Draw the channels of a clip (T, V, 3) in mm, as they go with an expression."""
        rig, rest = load_rig(), vertices[0]
        points = np.flatnonzero(studio_face().template.regions["rigid"])
        rotation, _ = head_alignment(rest[None, points], rig.rest[points])
        turn = rotation[0].T  # from the template's pose
        eyes = np.flatnonzero(np.abs(rig.actions[_EYES]).max(axis=(0, 2)) > 0.0)
        upright = np.asarray(rest @ turn, dtype=np.float32)
        scaled = rig.actions[:, eyes] * proportions(upright, rig.rest)
        actions = np.asarray(scaled @ turn.T, dtype=np.float32)
        middle, ours = rest[points].mean(axis=0), rig.rest[points].mean(axis=0)
        return cls(
            _settled(_bearing(vertices, fps, label, seed), fps),
            _shut(vertices[:, eyes], actions),
            eyes,
            actions,
            turn,
            middle + turn @ (rig.pivot - ours),
        )

    def on(
        self,
        vertices: Floats,
        frames: NDArray[np.integer],
        head: float = 1.0,
        gaze: float = 1.0,
        blinks: float = 1.0,
    ) -> Floats:
        """Move frames (N,), whose vertices are (N, V, 3) mm, by so much of each channel."""
        rows = np.minimum(frames, len(self.bearing.blink) - 1)
        weights = eye_weights(
            np.clip(gaze * self.bearing.gaze[rows], -1.0, 1.0),
            np.clip(blinks * self.bearing.blink[rows], 0.0, 1.0),
        )
        weights[:, _BLINKS] *= 1.0 - self.shut[rows]  # lids that are shut shut no further
        out = vertices.copy()
        used = np.flatnonzero(weights.any(axis=0))
        out[:, self.eyes] += np.tensordot(weights[:, used], self.actions[used], axes=1)
        degrees = head * self.bearing.head[rows].astype(np.float64)
        turned = np.flatnonzero(degrees.any(axis=1))
        rotation = self.turn @ head_rotation(degrees[turned]) @ self.turn.T
        out[turned] = apply_rigid(out[turned], rotation, self.pivot - rotation @ self.pivot)
        return out


def _bearing(vertices: Floats, fps: float, label: str, seed: int) -> Bearing:
    away = ((frame - vertices[0]).astype(np.float64) for frame in vertices)
    shown = np.sqrt([(one**2).sum(axis=1).mean() for one in away])  # (T,) mm
    rng = np.random.default_rng([seed, LABELS.index(label), 31])
    activation = shown / max(shown.max(), _FAINT_MM)
    return draw_bearing(rng, label, activation, BLINKS_A_SECOND, fps=fps)


def _settled(drawn: Bearing, fps: float) -> Bearing:
    """Begin all channels at nothing, and let them come within a moment."""
    at = np.arange(len(drawn.blink), dtype=np.float32) / (_SETTLE_S * fps)
    left = np.exp(-at)[:, None]
    return Bearing(
        drawn.head - left * drawn.head[0],
        drawn.gaze - left * drawn.gaze[0],
        np.asarray(drawn.blink * np.minimum(at, 1.0), dtype=np.float32),
    )


def _shut(eyes: Floats, actions: Floats) -> Floats:
    """Measure how far lids of frames (T, P, 3) are shut, against the first: (T, 2)."""
    moved = (eyes - eyes[0]).reshape(len(eyes), -1)
    lids = actions[_BLINKS].reshape(2, -1)
    return np.asarray(np.clip(moved @ lids.T / (lids**2).sum(axis=1), 0.0, 1.0))


_BLINKS = [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]
_SHOWN = eye_weights(np.array([[1, 1], [-1, -1]], dtype=np.float32), np.ones(2, dtype=np.float32))
_EYES = np.flatnonzero(_SHOWN.any(axis=0))
