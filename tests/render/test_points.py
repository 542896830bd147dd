"""Meshes without faces are drawn as points, and a drawing that breaks down ends with a sentence."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.core import MeshSequence
from studio.core.sequence import Ints
from studio.io import read_sequence, write_sequence
from studio.render.formats import artist, drawing
from studio.render.look import Look
from studio.render.normals import NormalCache, NormalFilter
from studio.render.offscreen import OffScreen
from studio.render.scene import Scene
from studio.render.stills import render_frames
from studio.render.thumbnails import apex, thumbnails

from .faces import ball

NO_FACES: Ints = np.zeros((0, 3), dtype=np.int32)
# Five dots on a cross: the middle of the picture, and its four sides.
CROSS = np.array([[0, 0, 0], [90, 0, 0], [-90, 0, 0], [0, 90, 0], [0, -90, 0]], dtype=np.float32)


def cross(n_frames: int = 2) -> MeshSequence:
    """In the second frame, the middle one is half way to the left side."""
    vertices = np.repeat(CROSS[None], n_frames, axis=0)
    vertices[1:, 0, 0] = -45
    return MeshSequence(vertices, NO_FACES, 25.0, "cross")


def spots(dark: np.ndarray) -> set[tuple[int, int]]:
    """Which of 9 x 9 fields of a picture have something drawn in them."""
    rows, columns = np.nonzero(dark)
    height, width = dark.shape
    return set(zip((rows * 9 // height).tolist(), (columns * 9 // width).tolist(), strict=True))


STILL = {(4, 4), (4, 0), (4, 8), (0, 4), (8, 4)}


def test_a_still_shows_each_point_where_it_is() -> None:
    pictures = render_frames(cross(), [0, 1], (135, 135))
    assert spots(pictures[0].max(axis=2) < 150) == STILL
    assert spots(pictures[1].max(axis=2) < 150) == STILL - {(4, 4)} | {(4, 2)}


def test_a_thumbnail_shows_each_point_where_it_is() -> None:
    clip = cross()
    assert apex(clip) == 1
    first, moved = thumbnails(clip, [0, 1], (63, 63))
    assert spots(first[..., 3] > 100) == STILL
    assert spots(moved[..., 3] > 100) == STILL - {(4, 4)} | {(4, 2)}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_points_take_every_look_and_make_room_for_a_surface(theme: str) -> None:
    with OffScreen(60, 60) as screen:
        scene = Scene(screen.renderer, theme)
        scene.show_sequence(cross())
        scene.place_camera(1.0)
        for shading in ("smooth", "flat", "wireframe", "points"):
            scene.set_shading(shading)
            assert len(np.unique(screen.draw().reshape(-1, 3), axis=0)) > 20
        scene.set_shading("smooth")
        scene.set_heat_map(on=True)
        scene.show_frame(1)
        assert scene.surface is not None
        assert scene.surface.heat.tolist() == [45, 0, 0, 0, 0]
        screen.draw()
        scene.show_sequence(ball(2))
        scene.place_camera(1.0)
        middle = screen.draw()[20:40, 20:40]
        assert (np.ptp(middle.astype(int), axis=2) > 0).all()
        scene.clear()


def test_points_have_no_normals() -> None:
    assert not NormalCache(cross().vertices, NormalFilter(NO_FACES, cross().n_vertices))[1].any()


@pytest.mark.parametrize("name", ["cross.obj", "cross.ply", "cross.off", "cross.npz"])
def test_files_of_points_alone_are_read_again(tmp_path: Path, name: str) -> None:
    write_sequence(cross(1), tmp_path / name)
    back = read_sequence(tmp_path / name)
    np.testing.assert_array_equal(back.vertices, CROSS[None])
    assert back.faces.shape == (0, 3)


def test_points_come_to_the_process_that_draws() -> None:
    clip, fed = cross(), io.BytesIO()
    arrays: dict[str, NDArray[np.generic]] = {"vertices": clip.vertices, "faces": clip.faces}
    plain: dict[str, object] = {
        "out": "x", "paths": ["x"], "codec": None, "rate": (25, 1), "size": (48, 40), "start": 0,
        "stop": 2, "look": Look().plain(), "name": "cross", "clip_fps": 25.0,
        "sound_rate": None,
        "shapes": {name: array.shape for name, array in arrays.items()},
    }  # fmt: skip
    drawing._feed(fed, plain, arrays)
    fed.seek(0)
    job = artist.Job.read(fed)
    np.testing.assert_array_equal(job.sequence.vertices, clip.vertices)
    assert (job.sequence.faces.shape, job.rate) == ((0, 3), Fraction(25))


@pytest.mark.parametrize("work", ["_feed", "_listen"])
def test_a_thread_that_dies_ends_the_drawing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    def dies(*_: object) -> None:
        raise TypeError("a view that cannot be cast")

    monkeypatch.setattr(drawing, work, dies)
    with pytest.raises(RuntimeError, match="a view that cannot be cast"):
        write_sequence(ball(1), tmp_path / "clip.mp4")
    assert not list(tmp_path.iterdir())


def test_a_job_that_cannot_be_read_ends_the_drawing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "movie_rate", lambda *_: Fraction(0))
    monkeypatch.setattr(drawing, "checked_size", lambda _size: ("wide",))
    with pytest.raises(RuntimeError, match="IndexError"):
        write_sequence(ball(1), tmp_path / "clip.gif")
    assert not list(tmp_path.iterdir())
