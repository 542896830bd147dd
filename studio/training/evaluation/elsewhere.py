"""Heads of other topologies from the data folder, in mm, and clips on the studio's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.core.sequence import Doubles, Floats, Ints, MeshSequence
from studio.face.known import studio_face

_SCULPTED_MM, _CAPTURED_MM = 1000.0, 10.0  # a unit of either file


@dataclass(frozen=True, eq=False)
class Sculpted:
    """Apexes of several people on one triangulation, none of them at rest.

    Attributes
    ----------
    vertices
        (N, V, 3) mm.
    faces
        (F, 3).
    people, names
        N, whose each is and what it is called.
    """

    vertices: Doubles
    faces: Ints
    people: list[str]
    names: list[str]

    @classmethod
    def read(cls, path: Path) -> Sculpted:
        with np.load(path, allow_pickle=False) as data:
            vertices = data["vertices"].astype(np.float64) * _SCULPTED_MM
            people, names = ([str(one) for one in data[key]] for key in ("person", "expression"))
            return cls(vertices, data["faces"].astype(np.int32), people, names)


@dataclass(frozen=True, eq=False)
class Captured:
    """A take that was captured on a head with shapes of its own.

    Attributes
    ----------
    neutral
        (V, 3) mm.
    faces
        (F, 3).
    shapes
        (K, V, 3) float32 mm, what a weight of 1 adds.
    names
        K, of the shapes.
    weights
        (T, K).
    """

    neutral: Doubles
    faces: Ints
    shapes: Floats
    names: list[str]
    weights: Floats

    @classmethod
    def read(cls, path: Path) -> Captured:
        with np.load(path, allow_pickle=False) as data:
            return cls(
                data["neutral"].astype(np.float64) * _CAPTURED_MM,
                data["faces"].astype(np.int32),
                data["deltas"].astype(np.float32) * np.float32(_CAPTURED_MM),
                [str(name) for name in data["names"]],
                data["weights"].astype(np.float32),
            )


def on_template(vertices: Floats, name: str = "clip") -> MeshSequence:
    """Take meshes (T, V, 3) mm on the studio's triangulation as a clip."""
    return MeshSequence(vertices, studio_face().template.faces, name=name)
