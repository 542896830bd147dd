"""Regions of the face with soft borders, and masks in files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError
from studio.face.known import studio_face
from studio.face.regions.carried import carried
from studio.face.regions.named import NAMES, PARTS, SIDES, region
from studio.face.regions.painted import PaintedMask
from studio.io.masks import read_mask, write_mask

from .foreign import foreign_mesh, order, registered

FACE = studio_face()
TEMPLATE = FACE.template


def edges() -> tuple[np.ndarray, np.ndarray]:
    """The ends of the template's edges (E, 2), and how long they are (E,)."""
    faces = TEMPLATE.faces
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    return ends, np.linalg.norm(np.diff(TEMPLATE.vertices[ends], axis=1)[:, 0], axis=1)


@pytest.mark.parametrize("border", [6.0, 12.0, 20.0])
@pytest.mark.parametrize("name", [*PARTS, *SIDES])
def test_a_region_fades_as_gently_as_its_border_is_wide(name: str, border: float) -> None:
    weights = region(FACE, name, border)
    ends, length = edges()
    assert weights.min() == 0.0 and weights.max() > 0.999
    assert np.abs(np.diff(weights[ends], axis=1)[:, 0] / length).max() < 1.7 / border


def test_the_parts_share_the_front_and_the_sides_share_all() -> None:
    parts = sum(region(FACE, name, 12.0) for name in PARTS)
    moved = np.zeros(TEMPLATE.n_vertices, bool)
    for name in ("brows", "eyes", "mouth", "jaw"):
        moved |= TEMPLATE.regions[name]
    np.testing.assert_allclose(parts[moved], 1.0, atol=1e-6)
    np.testing.assert_allclose(region(FACE, "face", 12.0), parts, atol=1e-6)
    assert parts.max() < 1 + 1e-6 and parts[TEMPLATE.vertices[:, 2] < -100].max() == 0
    left, right = (region(FACE, side, 12.0) for side in SIDES)
    np.testing.assert_array_equal(left + right, np.ones_like(left))
    np.testing.assert_array_equal(region(FACE, "left+right", 12.0), np.ones_like(left))


@pytest.mark.parametrize(
    ("name", "landmark"), [("brows", 19), ("eyes", 37), ("nose", 30), ("mouth", 51), ("jaw", 8)]
)
def test_a_region_holds_its_landmarks_and_is_as_symmetric_as_the_face(
    name: str, landmark: int
) -> None:
    weights = region(FACE, name, 8.0)
    assert weights[TEMPLATE.landmarks[landmark]] == 1.0
    front = TEMPLATE.vertices[:, 2] > 0
    away = np.abs(weights[TEMPLATE.mirror] - weights)[front]
    assert np.median(away) < 1e-4 and np.quantile(away, 0.99) < 0.2


def test_words_join_part_and_turn_regions_round() -> None:
    mouth, jaw, left = (region(FACE, name, 12.0) for name in ("mouth", "jaw", "left"))
    np.testing.assert_allclose(region(FACE, "mouth+jaw", 12.0), np.minimum(mouth + jaw, 1))
    np.testing.assert_allclose(region(FACE, " mouth & left ", 12.0), mouth * left)
    np.testing.assert_allclose(region(FACE, "not mouth", 12.0), 1 - mouth)
    np.testing.assert_array_equal(region(FACE, "all", 12.0), np.ones_like(mouth))
    for wrong in ("", "nostril", "mouth+", "mouth jaw", "notmouth"):
        with pytest.raises(InputError, match=f"one of {', '.join(NAMES[:3])}"):
            region(FACE, wrong, 12.0)


def test_a_mask_comes_back_from_its_file_bit_for_bit(tmp_path: Path) -> None:
    mask = PaintedMask("lips", FACE.topology, region(FACE, "mouth", 9.0))
    path = tmp_path / "lips.mask.json"
    write_mask(path, mask)
    assert read_mask(path) == mask
    told = json.loads(path.read_text())
    for change, said in (
        ({"weights": [0, 2]}, "a weight from 0 to 1"),
        ({"weights": [0, None]}, "a weight from 0 to 1"),
        ({"weights": "much"}, "a weight from 0 to 1"),
        ({"topology": 3}, "a topology"),
        ({"version": 2}, "version 2"),
        ({"format": "x"}, "another kind of file"),
    ):
        path.write_text(json.dumps(told | change))
        with pytest.raises(InputError, match=rf"^lips.mask.json: .*{said}"):
            read_mask(path)


def test_a_region_is_carried_to_a_face_that_lies_on_the_studios() -> None:
    mesh = foreign_mesh()
    found = carried(registered(mesh), "mouth & left", 12.0)
    assert found.topology == mesh.topology and found.name == "mouth & left"
    wanted = region(FACE, "mouth & left", 12.0)[order()]
    # At edges that meet at one place, as in the mouth, the nearest triangle is any of them.
    far = np.abs(found.weights[: len(wanted)] - wanted)
    assert np.quantile(far, 0.98) < 1e-3 and wanted.max() == 1.0
