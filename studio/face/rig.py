"""The studio's rig: 52 ARKit weights and an identity in, vertices out, one product a clip."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError
from studio.core.sequence import Floats
from studio.core.system.paths import shipped

from .template import load_template

Array = NDArray[np.floating]

# Order of the weight columns in a Live Link Face CSV.
ARKIT: tuple[str, ...] = (
    *("eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft"),
    *("eyeSquintLeft", "eyeWideLeft"),
    *("eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight"),
    *("eyeSquintRight", "eyeWideRight"),
    *("jawForward", "jawRight", "jawLeft", "jawOpen"),
    *("mouthClose", "mouthFunnel", "mouthPucker", "mouthRight", "mouthLeft"),
    *("mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight"),
    *("mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight"),
    *("mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper"),
    *("mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight"),
    *("mouthUpperUpLeft", "mouthUpperUpRight"),
    *("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    *("cheekPuff", "cheekSquintLeft", "cheekSquintRight"),
    *("noseSneerLeft", "noseSneerRight", "tongueOut"),
)
ARKIT_INDEX: dict[str, int] = {name: i for i, name in enumerate(ARKIT)}


@dataclass(frozen=True, eq=False)
class Rig:
    """A linear face rig on the template's topology.

    Attributes
    ----------
    rest : (V, 3) float32 mm, the average adult face
    actions : (52, V, 3) float32 mm, what each ARKit weight of 1 adds on the average face
    identity : (K, V, 3) float32 mm, what each identity direction of 1 adds
    identity_names : K names; the first are people's words (gender, age, jaw width, ...), those
        named shape_NN are principal directions of what the named ones leave over
    pivot : (3,) where the head turns, mm
    """

    rest: Floats
    actions: Floats
    identity: Floats
    identity_names: tuple[str, ...]
    pivot: Floats

    def neutral(self, identity: Array | None = None) -> Floats:
        """Make the rest face of a person.

        Parameters
        ----------
        identity : (K,) or shorter, zeros filled in; None is the average face

        Returns
        -------
        (V, 3) float32 mm

        Raises
        ------
        InputError
            When there are more than K numbers.
        """
        if identity is None:
            return self.rest
        vector = np.asarray(identity, dtype=np.float32).ravel()
        if len(vector) > len(self.identity):
            raise InputError(
                f"identity: expected up to {len(self.identity)} numbers, found {len(vector)}"
            )
        basis = self.identity[: len(vector)].reshape(len(vector), self.rest.size)
        # Not a BLAS product: its threads cost more than they bring, and sum in another order on
        # another machine, where the same numbers shall give the same face.
        moved = np.einsum("k,kn->n", vector, basis).reshape(self.rest.shape)
        return np.asarray(self.rest + moved)

    def pose(
        self, weights: Array, identity: Array | None = None, head: Array | None = None
    ) -> Floats:
        """Move a face.

        Parameters
        ----------
        weights : (T, 52) in `ARKIT` order
        identity : (K,) or shorter, whose face it is
        head : (T, 3) yaw, pitch, roll in degrees; turns the head about `pivot`

        Returns
        -------
        (T, V, 3) float32 mm

        Raises
        ------
        InputError
            When the weights are not (T, 52).
        """
        weights = np.asarray(weights, dtype=np.float32)
        if weights.ndim != 2 or weights.shape[1] != len(ARKIT):
            raise InputError(
                f"rig: expected weights of shape (T, {len(ARKIT)}), found {weights.shape}"
            )
        neutral = self.neutral(identity)
        scaled = self.actions * proportions(neutral, self.rest)
        moved = (weights @ scaled.reshape(len(ARKIT), -1)).reshape(len(weights), *neutral.shape)
        moved += neutral
        return moved if head is None else self._turned(moved, np.asarray(head, dtype=np.float64))

    def _turned(self, frames: Floats, degrees: NDArray[np.float64]) -> Floats:
        turns = head_rotation(degrees).astype(np.float32)
        return np.asarray((frames - self.pivot) @ turns.transpose(0, 2, 1) + self.pivot)


def proportions(neutral: Floats, rest: Floats) -> Floats:
    """Measure how much wider, taller and deeper a face is than the average one.

    Actions are scaled by it: a wide mouth stretches farther than a narrow one. Read off the
    template's outer eye corners, chin, nose bridge and jaw ends.

    Parameters
    ----------
    neutral, rest : (V, 3) mm, the face and the average one

    Returns
    -------
    (3,) ratios
    """
    ids = load_template().landmarks[[0, 16, 36, 45, 27, 8, 48, 54]]
    return np.asarray(neutral[ids].std(axis=0) / rest[ids].std(axis=0), dtype=np.float32)


def head_rotation(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Make rotations (T, 3, 3) from (T, 3) degrees of yaw (about y), pitch (x) and roll (z)."""
    yaw, pitch, roll = np.radians(degrees).T
    return _turn(yaw, 0, 2) @ _turn(pitch, 2, 1) @ _turn(roll, 1, 0)


def _turn(angle: NDArray[np.float64], i: int, j: int) -> NDArray[np.float64]:
    out = np.tile(np.eye(3), (len(angle), 1, 1))
    out[:, i, i] = out[:, j, j] = np.cos(angle)
    out[:, i, j], out[:, j, i] = np.sin(angle), -np.sin(angle)
    return out


def read_rig(path: Path) -> Rig:
    """Read a rig written by `write_rig`.

    Raises
    ------
    InputError
        When the file cannot be one.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            return Rig(
                load_template().vertices,
                data["actions"].astype(np.float32),
                data["identity"].astype(np.float32),
                tuple(str(name) for name in data["identity_names"]),
                data["pivot"],
            )
    except (OSError, KeyError, ValueError) as error:
        raise InputError.of(path, "the studio's rig", str(error)) from error


def write_rig(rig: Rig, path: Path) -> None:
    """Write a rig with half precision: its largest entry keeps 0.02 mm."""
    np.savez_compressed(
        path,
        actions=rig.actions.astype(np.float16),
        identity=rig.identity.astype(np.float16),
        identity_names=np.array(rig.identity_names),
        pivot=rig.pivot,
    )


@lru_cache(maxsize=1)
def load_rig() -> Rig:
    """Read the shipped rig, once."""
    return read_rig(shipped("resources") / "face" / "rig.npz")
