"""A face of another triangulation that is registered by construction: what it is, is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio.core import MeshSequence, Progress
from studio.core.sequence import Doubles, Floats
from studio.face import load_template
from studio.face.registration.correspondence import Correspondence, Verdict
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import load_rig

GOOD = Verdict(0.1, 0.3, 2.0, 1000.0, 1000.0, 0.0, 1.0, 1.0, accepted=True)
POOR = Verdict(2.0, 9.0, 7.0, 1000.0, 1000.0, 0.2, 0.3, 6.0, accepted=False, reason="It is none.")
TURN = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])  # a quarter about y
SHIFT = np.array([30.0, -20.0, 5.0])
SCALE = 1.25
_SEED = 7


def order() -> NDArray[np.int64]:
    """Tell which vertex of the template each of the foreign ones is (V,)."""
    return np.random.default_rng(_SEED).permutation(load_template().n_vertices)


def foreign(vertices: Floats) -> Floats:
    """Put faces (..., V, 3) of the template in another order, pose and size: (..., V, 3) mm."""
    moved = (vertices[..., order(), :] - SHIFT) @ TURN / SCALE
    return np.asarray(moved, dtype=np.float32)


def foreign_mesh(vertices: Floats | None = None, name: str = "foreign") -> MeshSequence:
    """Make a clip (T, V, 3) of a face that is not the studio's: a triangle of it is cut in three.

    Without vertices it is the template at rest.
    """
    template = load_template()
    own = foreign(template.vertices[None] if vertices is None else vertices)
    faces = np.argsort(order()).astype(np.int32)[template.faces]
    (a, b, c), count = _cut_corners(), template.n_vertices
    middle = own[:, [a, b, c]].mean(axis=1, keepdims=True)
    cut = np.array([[a, b, count], [b, c, count], [c, a, count]], dtype=np.int32)
    points, triangles = np.concatenate([own, middle], axis=1), np.concatenate([faces[1:], cut])
    return MeshSequence(points, triangles, name=name)


def foreign_shapes() -> FaceShapes:
    """Give the `foreign_mesh` the studio's own actions as its shapes."""
    poses = foreign_mesh(np.concatenate([load_rig().rest[None], load_rig().pose(np.eye(52))]))
    return FaceShapes(poses.vertices[0], poses.faces, poses.vertices[1:] - poses.vertices[0])


def _cut_corners() -> NDArray[np.int64]:
    """Find the corners (3,) of the triangle of a `foreign_mesh` that is cut."""
    return np.argsort(order())[load_template().faces[0]]


def registered(mesh: MeshSequence, verdict: Verdict = GOOD) -> Correspondence:
    """Say how a `foreign_mesh` lies on the template, by its first frame."""
    own, rest = order(), mesh.vertices[0]
    used, corner = np.unique(mesh.faces, return_index=True)
    corner = corner[used < len(own)]  # all of the template's are used
    triangle, weights = np.empty(len(own), np.int32), np.empty((len(own), 3), np.float32)
    triangle[own], weights[own] = corner // 3, np.eye(3, dtype=np.float32)[corner % 3]
    fitted = SCALE * (rest[np.argsort(own)] @ TURN.T) + SHIFT
    return Correspondence(
        neutral=np.asarray(rest),
        foreign_faces=mesh.faces,
        scale=SCALE,
        rotation=TURN,
        shift=SHIFT,
        fitted=fitted.astype(np.float32),
        triangle=triangle,
        barycentric=weights,
        confidence=np.ones(len(own), dtype=np.float32),
        identity=np.zeros(4, dtype=np.float32),
        landmarks=np.asarray(rest[:68]),
        verdict=verdict,
    )


def carried_in(found: Correspondence, vertices: Floats, _progress: object = None) -> Floats:
    """Carry a `foreign_mesh` in motion (T, N, 3) onto the template, without loss: (T, V, 3)."""
    return found.laid(vertices[:, np.argsort(order())])


def carried_back(found: Correspondence, vertices: Floats, _progress: object = None) -> Floats:
    """Carry the template in motion (T, V, 3) back onto a `foreign_mesh`: (T, N, 3)."""
    moved = (vertices - found.fitted)[:, order()] @ found.rotation / found.scale
    middle = moved[:, _cut_corners()].mean(axis=1, keepdims=True)
    whole = found.neutral + np.concatenate([moved, middle], axis=1)
    return np.asarray(whole, dtype=np.float32)


@dataclass
class Fitter:
    """Registers a `foreign_mesh`, and counts how often it is asked."""

    verdict: Verdict = GOOD
    topology: str = field(default_factory=lambda: load_template().topology)
    fitted: list[Mapping[str, Doubles] | None] = field(default_factory=list)

    def register(
        self,
        mesh: MeshSequence,
        *,
        frame: int = 0,
        points: Mapping[str, Doubles] | None = None,
        progress: Progress | None = None,
    ) -> Correspondence:
        self.fitted.append(points)
        return registered(mesh.sliced(frame, frame + 1), self.verdict)
