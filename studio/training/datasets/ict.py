"""The scanned-head model of USC's ICT-FaceKit as a second set of faces for the accuracy tables.

Its identity modes and expressions come from light-stage scans, on another triangulation than the
studio's. People are drawn as standard normals of the identity modes; expressions are the prototypes
of six emotions and random mixtures of the actions of one region. No frame carries anything beside
its own expression, so that of a region which is held out nothing was ever seen.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.core.errors import InputError
from studio.core.sequence import Floats, Ints
from studio.face.facs import LABELS, PROTOTYPES, weights_of
from studio.face.rig import ARKIT

from .dense_faces import DenseFaces

FILE = Path("ict") / "ict.npz"
NARROW_FACE = 6706  # vertices of the face without ears, neck and inner parts
MM = 10.0  # per unit of the file, which is a centimeter
PEOPLE, FRAMES = 40, 8
EMOTIONS = LABELS[:-1]

# Stems of the actions that a mixture of a region is drawn from.
REGIONS: dict[str, tuple[str, ...]] = {
    "brows": ("browDown", "browInnerUp", "browOuterUp"),
    "eyes": ("eyeBlink", "eyeSquint", "eyeWide", "eyeLook"),
    "jaw": ("jaw", "mouthClose"),
    "rounding": (
        *("mouthFunnel", "mouthPucker", "mouthRoll", "mouthShrug", "mouthLeft", "mouthRight"),
    ),
    "lips": (
        *("mouthDimple", "mouthFrown", "mouthLowerDown", "mouthPress", "mouthSmile"),
        *("mouthStretch", "mouthUpperUp"),
    ),
    "cheeks": ("cheekPuff", "cheekSquint", "noseSneer"),
}
NAMES: tuple[str, ...] = (*EMOTIONS, *REGIONS)


def ict_faces(path: Path, seed: int = 2026, people: int = PEOPLE) -> DenseFaces:
    """Make people, each in every expression `FRAMES` times, on the narrow face area in mm.

    Raises
    ------
    InputError
        When the file is missing or is not that model.
    """
    neutral, quads, identity, expression, landmarks, names = _read(path)
    rng = np.random.default_rng([seed, 8])
    modes = rng.standard_normal((people, len(identity)))
    shapes = (modes @ identity.reshape(len(identity), -1)).reshape(people, -1, 3)
    owner = np.repeat(np.arange(people), len(NAMES) * FRAMES)
    label = np.tile(np.repeat(np.arange(len(NAMES)), FRAMES), people)
    weights = np.stack([_weights(rng, NAMES[k], names) for k in label.tolist()])
    return DenseFaces(
        neutral,
        triangles(quads),
        np.asarray(neutral + shapes, dtype=np.float32),
        np.ones((people, 3), dtype=np.float32),
        expression,
        weights.astype(np.float32),
        owner,
        label,
        NAMES,
        landmarks,
        np.ones(len(neutral), dtype=bool),
    )


def triangles(faces: Ints) -> Ints:
    """Cut faces (F, 4) into triangles (F', 3) int32; a fourth corner of -1 marks a triangle."""
    square = faces[faces[:, 3] >= 0]
    parts = [faces[:, :3], square[:, [0, 2, 3]]]
    return np.ascontiguousarray(np.concatenate(parts), dtype=np.int32)


def _read(path: Path) -> tuple[Floats, Ints, Floats, Floats, Ints, tuple[str, ...]]:
    """Read the narrow face.

    Neutral (V, 3), faces (F, 4), identity (I, V, 3), expression (E, V, 3) in mm, landmarks (68,)
    and the names of the expressions.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            faces = data["faces"]
            inside = faces[faces.max(axis=1) < NARROW_FACE]
            used = np.unique(inside[inside >= 0])
            place = np.full(len(data["neutral"]) + 1, -1, dtype=np.int32)
            place[used] = np.arange(len(used))
            shapes = [
                np.asarray(data[key][..., used, :] * np.float32(MM), dtype=np.float32)
                for key in ("neutral", "identity", "expression")
            ]
            names = tuple(str(name) for name in data["expression_names"])
            return shapes[0], place[inside], shapes[1], shapes[2], place[data["landmarks68"]], names
    except (OSError, KeyError, ValueError, IndexError) as error:
        raise InputError.of(path, "the scanned-head model", str(error)) from error


def _weights(rng: np.random.Generator, name: str, actions: tuple[str, ...]) -> Floats:
    """Weights of one frame of an expression, at any stage of it."""
    if name in REGIONS:
        return _mixture(rng, np.array([a.startswith(REGIONS[name]) for a in actions]))
    prototypes = list(PROTOTYPES.values())
    chosen = prototypes[int(rng.integers(len(prototypes)))][name]
    units = dict.fromkeys(chosen.required, 1.0)
    units |= {unit: 1.0 for unit, share in chosen.optional.items() if rng.random() < share}
    full = from_arkit(weights_of({unit: float(rng.uniform(0.5, 1.0)) for unit in units}), actions)
    return np.asarray(full * rng.uniform(0.2, 1.0), dtype=np.float32)


def _mixture(rng: np.random.Generator, mask: np.ndarray) -> Floats:
    on = mask & (rng.random(len(mask)) < 0.5)
    if not on.any():
        on[rng.choice(np.flatnonzero(mask))] = True
    return np.where(on, rng.uniform(0.1, 1.0, len(mask)), 0.0).astype(np.float32)


def from_arkit(weights: Floats, actions: tuple[str, ...]) -> Floats:
    """Turn ARKit weights (52,) into weights (E,) of the model's actions.

    `browDown_L` takes those of `browDownLeft`, either side of `cheekPuff` those of the whole; what
    neither has is zero.
    """
    known = dict(zip(ARKIT, weights.tolist(), strict=True))
    sides = {"_L": "Left", "_R": "Right"}
    out = []
    for action in actions:
        stem, side = action[:-2], sides.get(action[-2:])
        whole = known.get(stem if side else action, 0.0)
        out.append(known.get(f"{stem}{side}", whole))
    return np.array(out, dtype=np.float32)
