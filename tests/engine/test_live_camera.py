"""A camera, for which a video stands in: its pictures become poses as they come."""

from __future__ import annotations

import threading
from pathlib import Path

import av
import numpy as np
import pytest

from studio.core import InputError, MeshSequence
from studio.engine.video.camera import CameraSource, LiveWatcher
from studio.face.known import studio_face
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig
from studio.io.live.camera import Camera
from studio.io.video.film import Pixels
from studio.render.stills import render_frames

JAW, PATIENCE = ARKIT_INDEX["jawOpen"], 60.0


@pytest.fixture(scope="module")
def pictures() -> Pixels:
    """(2, 240, 320, 3): at rest, and with an open jaw."""
    weights = np.zeros((2, len(ARKIT)), dtype=np.float32)
    weights[1, JAW] = 0.8
    clip = MeshSequence(load_rig().pose(weights), studio_face().template.faces)
    return render_frames(clip, range(2), (320, 240))


def film(path: Path, pictures: list[Pixels], fps: int = 25) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=fps, bit_rate=4_000_000)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())
    return path


def test_only_the_newest_picture_is_given(tmp_path: Path) -> None:
    shades = [np.full((48, 64, 3), 10 * shade, np.uint8) for shade in range(12)]
    with Camera(str(film(tmp_path / "grey.mp4", shades, fps=100))) as camera:
        found = []
        for moment, picture in camera:
            found.append((moment, picture.mean()))
            threading.Event().wait(0.03)  # slower than they come
    moments, means = np.array(found).T
    assert 2 <= len(found) < 12
    assert (np.diff(moments) > 0).all() and (np.diff(means) > 5).all()


def test_a_camera_can_be_let_go_at_any_time(tmp_path: Path) -> None:
    shades = [np.full((48, 64, 3), 99, np.uint8)] * 50
    camera = Camera(str(film(tmp_path / "long.mp4", shades, fps=1)))
    next(iter(camera))
    camera.close()
    camera.close()
    assert not any(thread.name == "studio-camera" for thread in threading.enumerate())


@pytest.mark.parametrize("name", ["/dev/video77", "no camera at all"])
def test_cameras_that_are_none_are_one_sentence(name: str) -> None:
    with pytest.raises(InputError, match="expected a camera"):
        Camera(name)


def test_a_file_that_is_no_video_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_text("no pictures")
    with pytest.raises(InputError, match="expected a camera, or a video in its place"):
        Camera(str(path))


def test_a_face_that_is_called_at_rest_is(pictures: Pixels) -> None:
    watch = LiveWatcher()
    assert watch(np.zeros_like(pictures[0])) is None
    first = [watch(pictures[0]) for _ in range(10)]
    opened = watch(pictures[1])
    assert first[-1] is not None and opened is not None
    assert opened[JAW] > first[-1][JAW] + 0.4
    for _ in range(10):
        watch(pictures[1])
    watch.calibrate(on=True)
    open_at_rest, shut = watch(pictures[1]), watch(pictures[0])
    assert open_at_rest is not None and shut is not None
    assert open_at_rest[JAW] < opened[JAW] - 0.4 and shut[JAW] < 0.1
    watch.calibrate(on=False)
    np.testing.assert_array_equal(watch.rest, LiveWatcher().rest)


def test_a_camera_moves_a_face_until_it_is_taken_away(pictures: Pixels, tmp_path: Path) -> None:
    black = np.zeros_like(pictures[0])
    shown = [pictures[0]] * 20 + [pictures[1]] * 10 + [black] * 8
    came, ended = threading.Event(), list[str]()
    source = CameraSource(str(film(tmp_path / "person.mp4", shown)), came.set)
    assert came.wait(PATIENCE)
    source._thread.join(PATIENCE)  # the video has come to its end
    ended += source.ask(lambda station: station.news())
    phones = source.ask(lambda station: list(station.phones.values()))
    source.close()
    (phone,) = phones
    poses = phone.recent.poses()
    assert phone.subject == "person.mp4" and phone.newest.values is None
    assert poses.values[:, JAW].max() > poses.values[0, JAW] + 0.3
    assert (np.diff(poses.seconds) > 0).all()
    assert any("no more pictures" in sentence for sentence in ended)
