"""How a head with ARKit shapes lies beside the studio's, told by where each shape moves it."""

from __future__ import annotations

import numpy as np

from studio.core.errors import InputError
from studio.core.sequence import Doubles, Floats
from studio.face.registration.similarity import Similarity, similarity
from studio.face.rig import head_rotation, load_rig

_FEWEST = 3  # shapes that show how a head lies


def laid_by_shapes(neutral: Floats, deltas: Floats) -> Similarity:
    """Find the similarity that lays the studio's head on another, by the shapes that both have.

    Each shape moves a face around one place, as a blink around an eye; these places are laid on
    each other.

    Parameters
    ----------
    neutral : (N, 3) mm, the other head at rest
    deltas : (52, N, 3) mm, its shapes in the order of `ARKIT`

    Raises
    ------
    InputError
        Where too few shapes move the face.
    """
    rig = load_rig()
    there = np.asarray(deltas.any(axis=(1, 2)))
    if there.sum() < _FEWEST:
        wanted = f"{_FEWEST} shapes that move the face, to tell where its head turns"
        raise InputError.of("shapes", wanted, str(there.sum()))
    source = _places(rig.actions[there], rig.rest)
    goal = _places(deltas[there], neutral)
    return similarity(source, goal, np.ones(len(source)))[0]


def turned(frames: Floats, degrees: Doubles, lay: Similarity) -> Floats:
    """Turn a head about where the studio's would turn.

    Parameters
    ----------
    frames : (T, N, 3) mm
    degrees : (T, 3) yaw, pitch, roll
    lay : lays the studio's head on this one

    Returns
    -------
    (T, N, 3) float32 mm
    """
    turns = (lay.rotation @ head_rotation(degrees) @ lay.rotation.T).astype(np.float32)
    pivot = lay.laid(load_rig().pivot.astype(np.float64)[None])[0].astype(np.float32)
    return np.asarray((frames - pivot) @ turns.transpose(0, 2, 1) + pivot)


def _places(deltas: Floats, rest: Floats) -> Doubles:
    """Find the middle of what each of K shapes moves, (K, 3) mm."""
    moved = (deltas.astype(np.float64) ** 2).sum(axis=2)
    return np.asarray(moved @ rest / moved.sum(axis=1, keepdims=True))
