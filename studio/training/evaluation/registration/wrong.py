"""Meshes that are no face, or not one that can be registered."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from studio.core.sequence import Doubles, Ints
from studio.face.registration.head import load_head

from .likenesses import likenesses, remains
from .remeshed import known_face
from .solids import RINGS, Mesh, capsule, joined, lathe


def wrong_inputs() -> Iterator[tuple[str, Doubles, Ints]]:
    """Make forty-odd of them, each with what it is: (N, 3) mm and (F, 3)."""
    for meshes in (_things(), _spoiled(), likenesses(), remains()):
        yield from ((name, *mesh) for name, mesh in meshes.items())


def _things() -> dict[str, Mesh]:
    turn = np.linspace(0.0, np.pi, RINGS)
    heights = np.linspace(-1.0, 1.0, RINGS)
    pot = 60 + 25 * np.cos(3 * heights) - 30 * (heights > 0.85)
    spout = capsule((60.0, -20.0, 0.0), (130.0, 40.0, 0.0), 14.0)
    fingers = [
        capsule((x, 20.0, 0.0), (1.5 * x, 20.0 + length, 10.0), 9.0)
        for x, length in ((-36.0, 70.0), (-13.0, 85.0), (11.0, 80.0), (34.0, 62.0))
    ]
    limbs = [
        capsule((side * x, y, 0.0), (side * 2 * x, low, 0.0), radius)
        for side in (-1.0, 1.0)
        for x, y, low, radius in ((150.0, 400.0, 50.0, 45.0), (90.0, -50.0, -800.0, 70.0))
    ]
    return {
        "sphere": lathe(95 * np.sin(turn), -95 * np.cos(turn)),
        "egg as large as a head": lathe(75 * np.sin(turn), -120 * np.cos(turn)),
        "bottle": lathe(np.where(heights < 0.3, 45.0, 15.0), 130 * heights),
        "teapot": joined([lathe(pot, 80 * heights), spout]),
        "hand": joined([capsule((0.0, -40.0, 0.0), (0.0, 0.0, 0.0), 42.0), *fingers]),
        "body": joined(
            [
                capsule((0.0, -50.0, 0.0), (0.0, 380.0, 0.0), 150.0),
                capsule((0.0, 620.0, 0.0), (0.0, 660.0, 0.0), 90.0),
                *limbs,
            ]
        ),
        "terrain": _terrain(),
        "box": lathe(np.full(RINGS, 90.0), 120 * heights, sides=4),
    }


def _spoiled() -> dict[str, Mesh]:
    """Spoil faces so that no clean registration of them can be right."""
    known = known_face(77, bumps=1.0)
    face, faces = known.vertices, known.faces
    middle = face[faces].mean(axis=1)
    nose = middle[:, 1] > -45.0
    return {
        "left half of a face": (face, faces[middle[:, 0] > 0]),
        "right half of a face": (face, faces[middle[:, 0] < 0]),
        "face without mouth and chin": (face, faces[nose]),
        "face without eyes and brow": (face, faces[middle[:, 1] < -20.0]),
        "back of a head": (face, faces[middle[:, 2] < -60.0]),
        "mirrored face": (face * [-1.0, 1.0, 1.0], faces),
        "face in a mold": (face * [1.0, 1.0, -1.0], faces),
        "face inside out": (face, faces[:, ::-1]),
        "relief of a face": (face * [1.0, 1.0, 0.25], faces),
        "face twice as wide": (face * [2.0, 1.0, 1.0], faces),
        "face with a snout": (_snout(face), faces),
        "face without features": (_smoothed(), load_head().template.faces),
        "ear": (face, faces[middle[:, 0] > 68.0]),
        "noise about a face": (
            face + np.random.default_rng(0).normal(0.0, 8.0, face.shape),
            faces,
        ),
    }


def _terrain() -> Mesh:
    points, faces = lathe(np.linspace(1.0, 130.0, RINGS), np.zeros(RINGS))
    x, _, y = points.T
    waves = 8 * np.sin(x / 13 + 1) * np.cos(y / 17) - (x / 30) ** 2
    return np.stack([x, y, waves], axis=1), faces[:, ::-1]


def _snout(face: Doubles) -> Doubles:
    away = ((face[:, :2] - [0.0, -55.0]) ** 2).sum(axis=1)
    bulge = 50 * np.exp(-away / (2 * 28.0**2)) * (face[:, 2] > -20.0)
    return np.asarray(face + bulge[:, None] * np.array([0.0, 0.0, 1.0]))


def _smoothed(rounds: int = 300) -> Doubles:
    head = load_head()
    points = head.template.vertices.astype(np.float64)
    degree = head.laplacian.diagonal()[:, None]
    for _ in range(rounds):
        points = points - 0.5 * (head.laplacian @ points) / degree
    return points
