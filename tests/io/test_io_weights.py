"""Face tracking takes: columns by name, time from the timecodes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError
from studio.io import read_sequence, read_weights, sniff
from studio.io.weights.names import NAMES
from studio.io.weights.take import in_order

HEAD = ["HeadYaw", "HeadPitch", "HeadRoll"]


def timecode(seconds: float, base: int = 60) -> str:
    whole = int(seconds + 1e-9)
    frame = (seconds - whole) * base
    minutes, hours = whole // 60, whole // 3600
    return f"{hours % 24:02d}:{minutes % 60:02d}:{whole % 60:02d}:{max(frame, 0):06.3f}"


def take(
    path: Path,
    times: np.ndarray,
    *,
    base: int = 60,
    header: str = "BlendShapeCount",
    drop: tuple[str, ...] = (),
    order: list[str] | None = None,
) -> Path:
    """A take in which the weight k of the frame at t is (k + t) / 100 and the yaw is t radians."""
    names = order or [name[0].upper() + name[1:] for name in NAMES] + HEAD
    kept = [name for name in names if name not in drop]
    lines = [",".join(["Timecode", header, *kept])]
    for t in times:
        start = 3600 * 23.9
        values = dict.fromkeys(HEAD, 0.0) | {"HeadYaw": t - times[0]}
        values |= {n[0].upper() + n[1:]: (k + t - times[0]) / 100 for k, n in enumerate(NAMES)}
        cells = [f"{values[name]:.10f}" for name in kept]
        lines.append(",".join([timecode(start + t, base), str(len(kept)), *cells]))
    path.write_text("\n".join(lines) + "\n")
    return path


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    times = np.arange(90) / 60
    plain = read_weights(take(tmp_path / "a.csv", times))
    shuffled = [n[0].upper() + n[1:] for n in reversed(NAMES)] + HEAD[::-1]
    other = read_weights(take(tmp_path / "b.csv", times, header="BlendshapeCount", order=shuffled))
    np.testing.assert_array_equal(plain.weights, other.weights)
    np.testing.assert_array_equal(plain.head, other.head)
    np.testing.assert_allclose(plain.weights[0], np.arange(52) / 100, atol=1e-6)
    np.testing.assert_allclose(plain.head[:, 0], np.degrees(times), atol=1e-3)
    assert plain.names == NAMES


@pytest.mark.parametrize(
    ("rate", "base", "wanted"),
    [(60, 60, 60.0), (59.94, 60, 59.94), (30, 60, 30.0), (30, 30, 30.0), (24, 24, 24.0)],
)
def test_the_rate_is_told_from_the_timecodes(
    tmp_path: Path, rate: float, base: int, wanted: float
) -> None:
    read = read_weights(take(tmp_path / "a.csv", np.arange(300) / rate, base=base))
    assert read.fps == wanted
    assert read.weights.shape == (300, 52)


def test_a_dropped_frame_is_blended_and_no_other_changes(tmp_path: Path) -> None:
    times = np.arange(200) / 30
    whole = read_weights(take(tmp_path / "a.csv", times))
    kept = np.delete(np.arange(200), [50, 51, 120])
    holed = read_weights(take(tmp_path / "b.csv", times[kept]))
    assert holed.weights.shape == whole.weights.shape
    np.testing.assert_array_equal(holed.weights[kept], whole.weights[kept])
    np.testing.assert_allclose(holed.weights, whole.weights, atol=1e-5)


def test_frames_of_uneven_times_are_sampled_evenly(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    times = np.sort(np.arange(300) / 30 + rng.uniform(0, 0.02, 300))
    read = read_weights(take(tmp_path / "a.csv", times))
    steps = np.diff(read.weights[:, 0].astype(float)) * 100
    np.testing.assert_allclose(steps, 1 / read.fps, atol=2e-5)


def test_another_rate_keeps_the_duration(tmp_path: Path) -> None:
    path = take(tmp_path / "a.csv", np.arange(601) / 60)
    slow = read_weights(path, fps=24)
    assert (len(slow.weights), slow.fps) == (241, 24)
    np.testing.assert_allclose(slow.weights[:, 0] * 100, np.arange(241) / 24, atol=1e-4)


def test_a_pause_is_closed_up(tmp_path: Path) -> None:
    times = np.concatenate([np.arange(60), np.arange(60) + 60 * 600]) / 60
    assert len(read_weights(take(tmp_path / "a.csv", times)).weights) == 120


def test_midnight(tmp_path: Path) -> None:
    path = take(tmp_path / "a.csv", 300 + np.arange(0, 120, 1 / 30))
    assert "23:59:59" in path.read_text()
    assert "00:00:00" in path.read_text()
    assert read_weights(path).weights.shape == (3600, 52)


def test_weights_beyond_the_range_are_clipped(tmp_path: Path) -> None:
    path = take(tmp_path / "a.csv", np.arange(3) / 60)
    text = path.read_text().replace("0.0000000000", "-0.7").replace("0.0100000000", "1.053")
    path.write_text(text.replace("0.0200000000", "9"))
    first = read_weights(path).weights[0]
    np.testing.assert_allclose(first[:3], [-0.2, 1.053, 1.5])


def test_the_tongue_and_the_head_may_be_missing(tmp_path: Path) -> None:
    path = take(tmp_path / "a.csv", np.arange(9) / 60, drop=("TongueOut", *HEAD))
    read = read_weights(path)
    assert not read.weights[:, NAMES.index("tongueOut")].any()
    assert not read.head.any()


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lambda t: re.sub(r"(?<=,)[A-Z]\w+", "X", t), "eyeBlinkLeft.*only Timecode, X, X"),
        (lambda t: t.replace("HeadYaw", "Yaw"), "headYaw, headPitch, headRoll, found only"),
        (lambda t: t.splitlines()[0], "only a header"),
        (lambda t: t.replace("0.5000000000", "half"), "numbers in column"),
        (lambda t: t.replace(":00.000,", ":zero,"), "timecodes HH:MM:SS"),
        (lambda t: t.replace(":03.000,", ":00.100,"), "timecodes that run on"),
        (lambda t: "", "found no names"),
        (lambda t: t.replace("0.5000000000", "inf"), "numbers in column"),
    ],
)
def test_a_take_that_cannot_be_read(tmp_path: Path, change: object, wanted: str) -> None:
    path = take(tmp_path / "take.csv", np.arange(9) / 60)
    text = path.read_text()
    assert change(text) != text
    path.write_text(change(text))
    with pytest.raises(InputError, match=f"^take.csv: expected .*{wanted}"):
        read_weights(path)


def test_one_frame_is_a_take(tmp_path: Path) -> None:
    assert read_weights(take(tmp_path / "a.csv", np.zeros(1))).weights.shape == (1, 52)


def test_weights_in_the_order_of_others(tmp_path: Path) -> None:
    read = read_weights(take(tmp_path / "a.csv", np.arange(3) / 60))
    np.testing.assert_array_equal(in_order(read, NAMES[::-1]), read.weights[:, ::-1])


@pytest.mark.parametrize(
    ("name", "frames", "fps"),
    [
        ("range_of_motion.csv", 4033, 30.0),
        ("short_take.csv", 328, 59.94),
        ("angry_164.csv", 1895, 59.904),
        ("fearful_161.csv", 1846, 59.904),
        ("sad_167.csv", 1825, 59.904),
    ],
)
def test_captured_takes(motion: Path, name: str, frames: int, fps: float) -> None:
    read = read_weights(motion / name)
    assert read.weights.shape == (frames, 52)
    assert read.fps == fps
    assert read.weights.max() > 0.7
    assert sniff(motion / name) == "csv"


def test_a_captured_smile_lies_in_the_smile_columns(motion: Path) -> None:
    read = read_weights(motion / "angry_164.csv")
    smile = read.weights[:, [NAMES.index("mouthSmileLeft"), NAMES.index("mouthSmileRight")]]
    assert smile.max() > 0.45


def test_a_take_drives_the_rig(tmp_path: Path) -> None:
    pytest.importorskip("studio.face.rig")
    path = take(tmp_path / "take.csv", np.arange(8) / 60)
    sequence = read_sequence(path)
    assert (sequence.n_frames, sequence.fps, sequence.name) == (8, 60.0, "take")
    assert np.abs(sequence.vertices[7] - sequence.vertices[0]).max() > 0


def test_bare_arrays_take_the_faces_of_the_template(tmp_path: Path) -> None:
    template = pytest.importorskip("studio.face.template").load_template()
    np.save(tmp_path / "take.npy", np.stack([template.vertices] * 2))
    assert read_sequence(tmp_path / "take.npy").topology == template.topology
    np.save(tmp_path / "other.npy", template.vertices[None, 1:])
    assert len(read_sequence(tmp_path / "other.npy").faces) == 0
