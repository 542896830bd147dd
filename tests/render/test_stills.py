"""Pictures without a display."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkIOImage import vtkPNGReader

from studio.core import Cancelled, InputError, Progress, StudioError
from studio.render import offscreen
from studio.render.stills import contact_sheet, png_bytes, render_frames, tile, write_png

from .faces import ball, nodding


def read_png(path: Path) -> np.ndarray:
    reader = vtkPNGReader()
    reader.SetFileName(str(path))
    reader.Update()
    data = reader.GetOutput()
    width, height, _ = data.GetDimensions()
    return vtk_to_numpy(data.GetPointData().GetScalars()).reshape(height, width, -1)[::-1]


def test_pictures_show_the_face_and_its_motion() -> None:
    clip = nodding()
    pictures = render_frames(clip, [0, 3, 0], (96, 128))
    assert pictures.shape == (3, 128, 96, 3) and pictures.dtype == np.uint8
    np.testing.assert_array_equal(pictures[0], pictures[2])
    assert (pictures[0] != pictures[1]).any()
    middle, corner = pictures[0][56:72, 40:56].astype(float), pictures[0][:8, :8].astype(float)
    red, _, blue = middle.reshape(-1, 3).mean(axis=0)
    assert red > blue + 20, "skin is warm"
    assert np.ptp(corner.reshape(-1, 3).mean(axis=0)) < 12, "the background is quiet"


def test_face_points_up() -> None:
    """The widest rows of a head are above the neck, which ends at the bottom."""
    picture = render_frames(nodding(1), [0], (96, 128))[0].astype(int)
    skin = picture[..., 0] - picture[..., 2] > 25
    width = skin.sum(axis=1)
    assert width[30:64].mean() > 1.2 * width[112:120].mean() > 0


def test_themes_differ_in_background() -> None:
    light, dark = (render_frames(ball(), [0], (48, 48), theme=t)[0] for t in ("light", "dark"))
    assert light[:4].mean() > 200 > 90 > dark[:4].mean()


def test_frame_outside_the_clip_is_refused() -> None:
    with pytest.raises(InputError, match="ball: expected frames 0 to 3, found 4"):
        render_frames(ball(), [0, 4], (32, 32))


def test_contact_sheet_is_a_png_of_spread_frames(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    frames = contact_sheet(ball(n_frames=9), path, columns=3, size=(60, 50), rows=2)
    assert frames == [0, 2, 3, 5, 6, 8]
    sheet = read_png(path)
    assert sheet.shape == (100, 180, 3)
    assert (sheet[:50, :60] != sheet[50:, 120:]).any()


def test_sheet_of_a_short_clip_shows_every_frame(tmp_path: Path) -> None:
    frames = contact_sheet(ball(n_frames=2), tmp_path / "sheet.png", columns=6, size=(40, 40))
    assert frames == [0, 1]
    assert read_png(tmp_path / "sheet.png").shape == (40, 80, 3)


def test_png_round_trip(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (7, 5, 3), dtype=np.uint8)
    assert png_bytes(picture).startswith(b"\x89PNG")
    write_png(picture, tmp_path / "a" / "noise.png")
    np.testing.assert_array_equal(read_png(tmp_path / "a" / "noise.png"), picture)


def test_tiles_keep_their_order() -> None:
    tiles = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 3, 3), np.uint8)
    sheet = tile(tiles, 3)
    np.testing.assert_array_equal(sheet[::2, ::3, 0], [[0, 1, 2], [3, 4, 128]])


def test_cancelled_sheet_leaves_no_file(tmp_path: Path) -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        contact_sheet(ball(), tmp_path / "sheet.png", size=(32, 32), progress=progress)
    assert not list(tmp_path.iterdir())


def test_machine_that_cannot_draw_is_told_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offscreen, "_OSMESA", ("libno-such-library.so",))
    with pytest.raises(StudioError, match="needs EGL"):
        offscreen._check("vtkOSOpenGLRenderWindow")
    offscreen._check("vtkEGLRenderWindow")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux draws by X or EGL")
def test_draws_without_a_display_and_without_qt() -> None:
    code = (
        "import sys; from tests.render.faces import ball;"
        "from studio.render.stills import render_frames;"
        "p = render_frames(ball(), [0], (64, 48)); assert p.std() > 5;"
        "assert not any(m.startswith('PySide6') for m in sys.modules)"
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "WARN" not in done.stderr


@pytest.mark.parametrize(
    ("how", "smoothed"), [({}, True), ({"fine": True}, False), ({"alpha": True}, False)]
)
def test_lines_and_dots_are_drawn_with_several_samples_and_never_smoothed(
    how: dict[str, bool], *, smoothed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offscreen, "is_software", lambda _renderer: True)
    with offscreen.OffScreen(20, 20, **how) as screen:
        assert screen.window.GetMultiSamples() == (0 if smoothed else offscreen.SAMPLES)
