"""Units by size, and meshes far away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.face.known import studio_face
from studio.io import guess_unit, read_sequence
from studio.io.formats import arrays, npy

HEAD = np.array([[0, 0, 0], [160, 0, 0], [0, 240, 0], [0, 0, 190.0]])
FACES = "f 1 2 3\nf 1 3 4\n"


@pytest.mark.parametrize(("unit", "scale"), [("mm", 1.0), ("cm", 10.0), ("m", 1000.0)])
def test_a_head_tells_its_unit(tmp_path: Path, unit: str, scale: float) -> None:
    assert guess_unit(HEAD / scale) == unit
    lines = "".join("v {} {} {}\n".format(*row) for row in (HEAD / scale).tolist())
    (tmp_path / "head.obj").write_text(lines + FACES)
    np.testing.assert_allclose(read_sequence(tmp_path / "head.obj").vertices[0], HEAD, atol=1e-4)


@pytest.mark.parametrize("suffix", ["obj", "npz"])
def test_meters_far_from_the_origin_keep_their_detail(tmp_path: Path, suffix: str) -> None:
    rng = np.random.default_rng(3)
    near = HEAD / 1000 + rng.uniform(-0.01, 0.01, (3, 4, 3))
    far = near + np.array([4321.0, -87654.0, 12.5])
    if suffix == "npz":
        np.savez(tmp_path / "take.npz", vertices=far, faces=[[0, 1, 2]])
        read = read_sequence(tmp_path / "take.npz").vertices
    else:
        for k, frame in enumerate(far):
            lines = "".join("v {:.9f} {:.9f} {:.9f}\n".format(*row) for row in frame.tolist())
            (tmp_path / f"f{k}.obj").write_text(lines + FACES)
        read = read_sequence(tmp_path).vertices
    shift = (read - near * 1000)[0, 0]
    np.testing.assert_allclose(read - near * 1000 - shift, 0, atol=2e-4)
    assert np.abs(read).max() < 300


def test_motion_through_space_is_kept(tmp_path: Path) -> None:
    moved = np.stack([HEAD, HEAD + np.array([500, 0, 0])])
    np.savez(tmp_path / "take.npz", vertices=moved, faces=[[0, 1, 2]])
    np.testing.assert_array_equal(read_sequence(tmp_path / "take.npz").vertices, moved)


def test_a_unit_that_is_written_down_wins(tmp_path: Path) -> None:
    np.savez(tmp_path / "tiny.npz", vertices=HEAD[None] / 1000, faces=[[0, 1, 2]], unit="mm")
    assert read_sequence(tmp_path / "tiny.npz").vertices.max() == np.float32(0.24)


@pytest.mark.parametrize(("unit", "scale"), [("mm", 1.0), ("cm", 10.0), ("m", 1000.0)])
@pytest.mark.parametrize("suffix", ["npz", "npy"])
@pytest.mark.parametrize("soon", [0, 1 << 20])
def test_arrays_of_any_unit_are_scaled_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unit: str, scale: float, suffix: str, soon: int
) -> None:
    """As their readers take them: shown at once or not, and scaled where they lie or not."""
    for module in (arrays, npy):
        monkeypatch.setattr(module, "SOON", soon)
    rest = studio_face().template.vertices
    frames = (np.stack([rest, rest + 1, rest + 2]) / scale).astype(np.float32)
    path = tmp_path / f"take.{suffix}"
    if suffix == "npz":
        np.savez(path, vertices=frames, faces=[[0, 1, 2]], unit=unit)
    else:
        np.save(path, frames)
    wide = (frames.astype(np.float64) * scale).astype(np.float32)
    np.testing.assert_array_equal(read_sequence(path).vertices, wide)
