"""The faces that registration is measured on: drawn ones, and real ones where the data are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from studio.core.sequence import Doubles, Ints
from studio.face.rig import head_rotation
from studio.training.evaluation.elsewhere import Captured, Sculpted

from .dropped import dropped_faces
from .remeshed import known_face

# What heads of the scanned model show, by its names.
SHOWN: tuple[dict[str, float], ...] = (
    {"jawOpen": 0.8},
    {"mouthSmile_L": 1.0, "mouthSmile_R": 1.0, "cheekSquint_L": 0.6, "cheekSquint_R": 0.6},
    {"eyeBlink_L": 1.0, "eyeBlink_R": 1.0},
    {"mouthFunnel": 0.9, "jawOpen": 0.4},
    {"browDown_L": 1.0, "browDown_R": 1.0, "noseSneer_L": 1.0, "noseSneer_R": 1.0},
)
_HOLES, _HOLE = 6, (6.0, 14.0)  # of a scan, and their radii in mm


@dataclass(frozen=True, eq=False)
class Case:
    """A face to be registered.

    Attributes
    ----------
    name : what it is
    vertices : (N, 3) mm
    faces : (F, 3)
    truth : (V, 3) mm, where the template's vertices are; None where nobody knows
    """

    name: str
    vertices: Doubles
    faces: Ints
    truth: Doubles | None = None


def drawn(seed: int, *, expressive: bool = False, bumps: float = 2.5) -> Case:
    """Draw a person whose right answer is known."""
    known = known_face(seed, expressive=expressive, bumps=bumps)
    name = f"drawn {seed}{', an expression' if expressive else ''}"
    return Case(name, known.vertices, known.faces, known.truth)


@dataclass(frozen=True, eq=False)
class Scanned:
    """The scanned-head model: mean (N, 3), identity (100, N, 3) and expression (53, N, 3) in mm."""

    mean: Doubles
    faces: Ints
    identity: Doubles
    expression: dict[str, Doubles]

    @classmethod
    def read(cls, path: Path, *, every: bool = False) -> Scanned:
        """Read ict.npz, which is in centimeters and of quads; every expression, or those shown."""
        with np.load(path, allow_pickle=False) as data:
            quads = data["faces"]
            split = quads[quads[:, 3] >= 0][:, [0, 2, 3]]
            faces = np.concatenate([quads[:, :3], split]).astype(np.int32)
            names = [str(name) for name in data["expression_names"]]
            shapes = data["expression"]
            wanted = names if every else sorted({name for shown in SHOWN for name in shown})
            expression = {
                name: shapes[names.index(name)].astype(np.float64) * 10 for name in wanted
            }
            identity = data["identity"].astype(np.float32) * 10
            return cls(data["neutral"].astype(np.float64) * 10, faces, identity, expression)

    def person(self, seed: int, shown: dict[str, float] | None = None) -> Case:
        """Draw a person of it, who shows an expression."""
        amounts = np.random.default_rng(seed).normal(size=len(self.identity)).astype(np.float32)
        face = self.mean + np.einsum("k,knd->nd", amounts, self.identity)
        for name, weight in (shown or {}).items():
            face = face + weight * self.expression[name]
        said = "" if shown is None else ", " + " ".join(shown)
        return Case(f"ICT {seed}{said}", face, self.faces)


def real_faces(folder: Path) -> Iterator[Case]:
    """Read the faces of other topologies in the data folder: those that are there."""
    path = folder / "ict" / "ict.npz"
    if path.is_file():
        scanned = Scanned.read(path)
        yield Case("ICT mean", scanned.mean, scanned.faces)
        yield scanned.person(1)
    path = folder / "geometry" / "emovoca.npz"
    if path.is_file():
        heads = Sculpted.read(path)
        for name in sorted(set(heads.people)):
            place = heads.people.index(name)
            said = f"FLAME {name} {heads.names[place]}"
            yield Case(said, heads.vertices[place], heads.faces)
    path = folder / "geometry" / "facecap.npz"
    if path.is_file():
        head = Captured.read(path)
        yield Case("facecap", head.neutral, head.faces)


def good_faces(folder: Path, *, quick: bool) -> Iterator[Case]:
    """Draw faces that have to be taken.

    Those that come with something about them; thirty people, ten expressions, ten heads turned by
    30 degrees and five scans with holes, half of them of the scanned-head model where the data
    are. A quick look takes every fifth.
    """
    path = folder / "ict" / "ict.npz"
    scanned = Scanned.read(path) if path.is_file() else None
    step = 5 if quick else 1

    def person(seed: int, shown: dict[str, float] | None = None) -> Case:
        if scanned is not None and seed % 2 == 0:
            return scanned.person(seed, shown)
        return drawn(seed, expressive=shown is not None, bumps=1.0)

    for made in islice(dropped_faces(), None, None, step):
        yield Case(*made)
    for seed in range(100, 130, step):
        yield person(seed)
    for seed in range(130, 140, step):
        yield person(seed, SHOWN[seed // 2 % len(SHOWN)])
    for seed in range(140, 150, step):
        yield _turned(person(seed), seed)
    for seed in range(150, 155, step):
        yield _holed(person(seed), seed)


def _turned(case: Case, seed: int) -> Case:
    degrees = np.zeros((1, 3))
    degrees[0, seed // 2 % 3] = 30.0 if seed % 4 < 2 else -30.0
    turn = head_rotation(degrees)[0]
    truth = None if case.truth is None else case.truth @ turn.T
    return replace(case, name=f"{case.name}, turned", vertices=case.vertices @ turn.T, truth=truth)


def _holed(case: Case, seed: int) -> Case:
    rng = np.random.default_rng(seed)
    middles = case.vertices[case.faces].mean(axis=1)
    front = np.flatnonzero(middles[:, 2] > np.percentile(middles[:, 2], 60))
    kept = np.ones(len(middles), dtype=bool)
    for place in middles[rng.choice(front, _HOLES)]:
        kept &= np.linalg.norm(middles - place, axis=1) > rng.uniform(*_HOLE)
    return replace(case, name=f"{case.name}, holes", faces=case.faces[kept])
