"""A video becomes a clip of the studio's face, whatever is lost, uneven or missing in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import studio.engine.video  # noqa: F401  (from here on videos are clips)
from studio.cli.app import run
from studio.core import Cancelled, InputError, MeshSequence, Progress, StudioError
from studio.face.known import studio_face
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig
from studio.io import can_read, read_sequence, read_weights
from studio.io.formats import video
from studio.render.stills import render_frames
from tests.films import Pixels, write_film

FRAMES = 24
BLANK = np.full((240, 320, 3), 120, dtype=np.uint8)


@pytest.fixture(scope="module")
def pictures() -> Pixels:
    """(24, 240, 320, 3): a jaw that opens after a while, and a head that turns to its left."""
    rise = np.clip((np.arange(FRAMES) - 6) / 10, 0, 1)
    weights = np.zeros((FRAMES, len(ARKIT)), dtype=np.float32)
    weights[:, ARKIT_INDEX["jawOpen"]] = 0.8 * rise
    head = np.outer(rise, [15.0, 0.0, 0.0])
    clip = MeshSequence(load_rig().pose(weights, head=head), studio_face().template.faces)
    return render_frames(clip, range(FRAMES), (320, 240))


@pytest.fixture(scope="module")
def path(pictures: Pixels, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("films") / "talk.mp4", pictures)


def openings(clip: MeshSequence) -> np.ndarray:
    """(T,) mm between the inner lips."""
    lips = clip.vertices[:, studio_face().template.landmarks[[62, 66]]]
    return np.asarray(np.linalg.norm(lips[:, 0] - lips[:, 1], axis=1))


def test_the_face_moves_as_the_one_in_the_video(path: Path) -> None:
    told = list[str]()
    clip = read_sequence(path, progress=Progress(remarked=told.append))
    assert clip.topology == studio_face().topology
    assert (clip.n_frames, clip.fps, clip.name) == (FRAMES, 24.0, "talk")
    wide = openings(clip)
    assert wide[:5].max() < 4 and wide[-4:].min() > 10
    ears = clip.vertices[[0, -1]][:, studio_face().template.landmarks[[0, 16]], 2]
    turned = np.degrees(np.arctan2(*(ears[:, 0] - ears[:, 1])[[1, 0]][::-1]))
    assert np.isfinite(turned)
    assert "Its face at rest is taken from 3 frames, the first at 0.0 s" in told[0]


def with_gap(pictures: Pixels, gap: Sequence[int]) -> list[Pixels]:
    return [BLANK if number in gap else picture for number, picture in enumerate(pictures)]


def test_frames_without_the_face_are_filled_held_or_left_out(
    pictures: Pixels, tmp_path: Path
) -> None:
    path = write_film(tmp_path / "gap.mp4", with_gap(pictures, range(8, 12)), keys=1)
    filled, held, closed = (read_sequence(path, gaps=gaps) for gaps in ("fill", "hold", "close"))
    assert [clip.n_frames for clip in (filled, held, closed)] == [FRAMES, FRAMES, FRAMES - 4]
    lost = "Frames 8 to 11, in which no face is seen, "
    for clip, what in (
        (filled, "are made from those on both sides."),
        (held, "hold the one before."),
        (closed, "are left out."),
    ):
        assert lost + what in clip.remarks
    before, after = filled.vertices[7], filled.vertices[12]
    np.testing.assert_allclose(filled.vertices[9], before + 0.4 * (after - before), atol=0.4)
    np.testing.assert_array_equal(held.vertices[11], held.vertices[7])


def test_uneven_times_are_resampled_and_that_is_said(pictures: Pixels, tmp_path: Path) -> None:
    moments = np.cumsum([0.0, *([0.04, 0.06] * 12)])[:FRAMES].tolist()
    path = write_film(tmp_path / "phone.mkv", pictures, moments=moments)
    clip = read_sequence(path)
    assert any("Its times are uneven; it is resampled" in remark for remark in clip.remarks)
    assert clip.duration == pytest.approx(moments[-1], abs=0.1)
    assert read_sequence(path, fps=12.0).fps == 12.0


def test_a_video_of_one_picture_is_a_pose(pictures: Pixels, tmp_path: Path) -> None:
    assert read_sequence(write_film(tmp_path / "one.mp4", pictures[:1])).n_frames == 1


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("none.mp4", "expected a face as large as a fifth of the picture, found none in its 4 pic"),
        ("none.mp4#2", "expected a face as large as a fifth of the picture, found none in its 4"),
    ],
)
def test_a_video_without_a_face_is_refused(tmp_path: Path, name: str, wanted: str) -> None:
    write_film(tmp_path / "none.mp4", [BLANK] * 4)
    with pytest.raises(InputError, match=f"none.mp4: {wanted}"):
        read_sequence(tmp_path / name)


def test_a_face_that_is_not_there_is_refused(path: Path) -> None:
    with pytest.raises(InputError, match="expected 2 faces at once, found 1 in its 24 pictures"):
        read_sequence(f"{path}#2")
    with pytest.raises(InputError, match="expected the number of a face behind #, 1 the largest"):
        read_sequence(f"{path}#left")


def test_it_stops_when_it_is_asked_to(path: Path) -> None:
    progress = Progress(lambda done, _message: progress.cancel() if done > 0.3 else None)
    with pytest.raises(Cancelled):
        read_sequence(path, progress=progress)


def test_readers_of_files_alone_know_no_faces(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert can_read(path)
    monkeypatch.setattr(video, "_readers", [])
    with pytest.raises(StudioError, match=r"talk\.mp4: a network sees the face in a video"):
        read_sequence(path)


def test_commands_take_a_video(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "talk.csv"
    assert run(["convert", str(path), str(out), "--format", "livelink"], lambda *_: 0) == 0
    take = read_weights(out)
    jaw = take.weights[:, take.names.index("jawOpen")]
    assert len(jaw) == FRAMES and jaw[-4:].min() > 0.4 > 0.15 > jaw[:5].max()
    assert take.head[-1, 0] == pytest.approx(15, abs=6)
    assert run(["info", str(path)], lambda *_: 0) == 0
    said = capsys.readouterr().out
    assert "Video of a face" in said and "24 frames" in said
