"""Meshes that look like a face and are none, and what is left where a face was taken away."""

from __future__ import annotations

import numpy as np

from studio.core.sequence import Doubles
from studio.face.identity import NAMES
from studio.face.registration.head import load_head
from studio.face.registration.raster import NOTHING, draw
from studio.face.rig import load_rig

from .remeshed import dual, known_face
from .solids import Mesh, box, capsule, ellipsoid, joined, sheet, torus

_POINTS, _STEP = 160, 1.5  # of a relief a side, and the mm between them
_EYES = (-33.0, 33.0)  # mm, where likenesses have them


def likenesses() -> dict[str, Mesh]:
    """Make solids with what a face has, and faces that no person has."""
    known = known_face(78, bumps=1.0)
    face, faces = known.vertices, known.faces
    heights = _heights()
    low = heights.min()
    rng = np.random.default_rng(3)
    soup = rng.uniform(-90.0, 90.0, (9000, 3)) + np.repeat(rng.uniform(-30, 30, (3000, 3)), 3, 0)
    walls = box((-110.0, -150.0, -140.0), (110.0, 130.0, 40.0))
    return {
        "torus": torus(90.0, 35.0),
        "plane": sheet(np.zeros((60, 60)), 4.0),
        "random triangles": (soup, np.arange(9000, dtype=np.int32).reshape(-1, 3)),
        "single triangle": (np.eye(3) * 100.0, np.array([[0, 1, 2]], dtype=np.int32)),
        "mannequin without features": joined([_head(), _nose()]),
        "snowman": joined([_head(), _nose(), *_balls(9.0), *_buttons()]),
        "cat": joined([_head(), _nose(), *_balls(14.0), *_ears(), capsule(*_MUZZLE, 30.0)]),
        "dog": joined([_head(), capsule(*_SNOUT, 28.0), *_balls(10.0), *_lobes()]),
        "skull": (_skull(face), faces),
        "face 3 mm deep on a block": sheet((heights - low) * 3.0 / np.ptp(heights), _STEP),
        "face 15 mm deep on a block": sheet((heights - low) * 15.0 / np.ptp(heights), _STEP),
        "mold of a face in a block": sheet(low - heights, _STEP),
        "face inside a box": joined([(face, faces), walls]),
        "face half as high": (face * [1.0, 0.5, 1.0], faces),
        "face half as wide": (face * [0.5, 1.0, 1.0], faces),
        "face half as deep": (face * [1.0, 1.0, 0.5], faces),
        "face half as deep again": (face * [1.0, 1.0, 1.5], faces),
        "face sheared": (
            face @ np.array([[1.0, 0.0, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]]),
            faces,
        ),
        "caricature": dual(_caricature(), load_head().template.faces),
        "mirrored face that is turned": (face[:, [2, 1, 0]], faces),
    }


def remains() -> dict[str, Mesh]:
    """Take faces away in part, so that what is left cannot be registered."""
    known = known_face(79, bumps=1.0)
    face, faces = known.vertices, known.faces
    x, y, z = face[faces].mean(axis=1).T
    kept = {
        "hair cap": (y > 45.0),
        "head without its face": (z < -15.0) | (np.hypot(x, y + 45) > 95.0),
        "jaw alone": (y < -75.0),
        "nose alone": (np.hypot(x, y + 30.0) < 28.0) & (z > -20.0),
        "eyes alone": (np.abs(y) < 18.0) & (z > -30.0),
        "neck": (y < -120.0),
        "face of which three quarters are missing": np.sin(x / 9) * np.sin(y / 9) > 0.35,
    }
    return {name: (face, faces[mask]) for name, mask in kept.items()}


_MUZZLE = (0.0, -45.0, 70.0), (0.0, -45.0, 95.0)
_SNOUT = (0.0, -35.0, 60.0), (0.0, -45.0, 150.0)


def _head() -> Mesh:
    return ellipsoid((75.0, 110.0, 90.0), (0.0, -30.0, 0.0))


def _nose() -> Mesh:
    return ellipsoid((13.0, 28.0, 24.0), (0.0, -35.0, 85.0))


def _balls(radius: float) -> list[Mesh]:
    return [ellipsoid((radius, radius, radius), (x, 0.0, 78.0)) for x in _EYES]


def _buttons() -> list[Mesh]:
    places = [(x, -85.0 + x * x / 120, 72.0 - x * x / 120) for x in (-30.0, -15.0, 0.0, 15.0, 30.0)]
    return [ellipsoid((6.0, 6.0, 6.0), place) for place in places]


def _ears() -> list[Mesh]:
    return [capsule((x, 50.0, 0.0), (1.4 * x, 110.0, 0.0), 18.0) for x in (-45.0, 45.0)]


def _lobes() -> list[Mesh]:
    return [capsule((x, 30.0, 0.0), (1.3 * x, -70.0, 10.0), 20.0) for x in (-75.0, 75.0)]


def _heights() -> Doubles:
    """Tell how far the average face (R, C) mm rises above its ears, seen from the front."""
    template = load_head().template
    points = template.vertices.astype(np.float64)
    pixels = points / _STEP * [1.0, -1.0, 1.0] + [_POINTS / 2, _POINTS * 0.35, 0.0]
    picture = draw(pixels, template.faces, _POINTS)
    depth = points[template.faces[picture.triangle], 2]
    seen = np.einsum("rck,rck->rc", picture.barycentric, depth)
    return np.where(picture.triangle == NOTHING, -80.0, np.maximum(seen, -80.0))


def _skull(face: Doubles) -> Doubles:
    """Sink eyes, nose and cheeks of a face."""
    out = face.copy()
    for place, width, depth in (
        ((-33.0, 0.0), 16.0, 25.0),
        ((33.0, 0.0), 16.0, 25.0),
        ((0.0, -38.0), 13.0, 35.0),
        ((-45.0, -65.0), 18.0, 20.0),
        ((45.0, -65.0), 18.0, 20.0),
    ):
        away = ((face[:, :2] - place) ** 2).sum(axis=1)
        out[:, 2] -= depth * np.exp(-away / (2 * width**2)) * (face[:, 2] > -40.0)
    return out


def _caricature() -> Doubles:
    """Draw a person far beyond what the sliders allow."""
    far = {"nose length": 5.0, "nose depth": 5.0, "chin prominence": 5.0, "jaw width": 5.0}
    numbers = [3.0 * far.get(name, 0.0) / 5.0 for name in NAMES]
    return load_rig().neutral(np.array(numbers)).astype(np.float64)
