"""ICT-FaceKit's head (MIT, USC Institute for Creative Technologies) as arrays, in millimeters."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.core.errors import InputError
from studio.core.sequence import Floats, Ints
from studio.face.rig import ARKIT
from studio.io.formats.arrays import DAMAGE

MM = 10.0  # per unit of the file, which is a centimeter
_SIDES = {"Left": "_L", "Right": "_R"}


@dataclass(frozen=True, eq=False)
class IctHead:
    """ICT's head as its file has it, in mm.

    Attributes
    ----------
    neutral
        (N, 3), the average person.
    faces
        (F, 3) triangles.
    landmarks
        (68,) vertex ids of iBUG's points.
    identity
        (100, N, 3), what one deviation of each direction adds.
    actions
        (52, N, 3) in `ARKIT` order; what it has no shape for is zero.
    """

    neutral: Floats
    faces: Ints
    landmarks: Ints
    identity: Floats
    actions: Floats

    def person(self, numbers: Floats) -> Floats:
        """Make the resting face (N, 3) of identity numbers (100,)."""
        flat = numbers @ self.identity.reshape(len(self.identity), -1)
        return np.asarray(self.neutral + flat.reshape(self.neutral.shape), dtype=np.float32)

    def played(self, person: Floats, weights: Floats) -> Floats:
        """Move a person (N, 3) by ARKit weights (T, 52): (T, N, 3)."""
        moved = weights @ self.actions.reshape(len(ARKIT), -1)
        return np.asarray(person + moved.reshape(len(weights), *person.shape), dtype=np.float32)

    def part(self, count: int) -> IctHead:
        """Keep what lies between the first `count` vertices; the file begins with the face."""
        faces = self.faces[self.faces.max(axis=1) < count]
        used = np.unique(faces)
        place = np.full(len(self.neutral), -1, dtype=np.int32)
        place[used] = np.arange(len(used))
        return IctHead(
            self.neutral[used],
            place[faces],
            place[self.landmarks],
            self.identity[:, used],
            self.actions[:, used],
        )


def read_ict(path: Path) -> IctHead:
    """Read ICT-FaceKit's head.

    Raises
    ------
    InputError
        When the file is missing or is not that model.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
            neutral, identity, expression = (
                np.asarray(data[key], dtype=np.float32) * np.float32(MM)
                for key in ("neutral", "identity", "expression")
            )
            names = [str(name) for name in data["expression_names"]]
            faces, landmarks = triangles(data["faces"]), data["landmarks68"]
            _check(neutral, identity, expression, faces, landmarks)
            return IctHead(neutral, faces, landmarks, identity, _by_arkit(expression, names))
    except (OSError, *DAMAGE, IndexError, AttributeError) as error:
        found = getattr(error, "strerror", None) or "another kind of file, or a damaged one"
        raise InputError.of(path, "ICT-FaceKit's head as NPZ", found.lower()) from error


def _check(neutral: Floats, identity: Floats, expression: Floats, *ids: Ints) -> None:
    """Raise `ValueError` where arrays do not belong together."""
    count = len(neutral)
    shapes = all(part.shape[1:] == (count, 3) for part in (identity, expression))
    within = all(part.min() >= 0 and part.max() < count for part in ids)
    finite = all(np.isfinite(part).all() for part in (neutral, identity, expression))
    if not (neutral.shape[1:] == (3,) and shapes and within and finite):
        raise ValueError("shapes")


def _by_arkit(expression: Floats, names: list[str]) -> Floats:
    """Order shapes (E, N, 3) as the ARKit names: (52, N, 3); halves of a whole are added."""
    out = np.zeros((len(ARKIT), *expression.shape[1:]), dtype=np.float32)
    for row, action in enumerate(ARKIT):
        side = next((end for end in _SIDES if action.endswith(end)), "")
        split = action.removesuffix(side) + _SIDES.get(side, "")
        wanted = {action, split} if side else {action, f"{action}_L", f"{action}_R"}
        for name in wanted & set(names):
            out[row] += expression[names.index(name)]
    return out


def triangles(faces: Ints) -> Ints:
    """Cut faces (F, 4) into triangles (F', 3) int32; a fourth corner of -1 marks a triangle."""
    square = faces[faces[:, 3] >= 0]
    parts = [faces[:, :3], square[:, [0, 2, 3]]]
    return np.ascontiguousarray(np.concatenate(parts), dtype=np.int32)
