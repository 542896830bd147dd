"""Weights in the dialects of other programs, and columns of times in every form."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError
from studio.io import can_read, read_sequence, read_weights
from studio.io.weights.names import NAMES

WEIGHTS = (np.random.default_rng(0).random((90, 52)) * 0.8).round(3)
TIMES = [k / 30 for k in range(90)]
SNAKE = [re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), name) for name in NAMES]
SHORT = [re.sub(r"(?<=[a-z])_?(L|R)(eft|ight)$", r"_\1", name) for name in NAMES]


def timecode(seconds: float, base: int = 30) -> str:
    whole = int(seconds + 1e-9)
    return f"12:00:{whole:02d}:{round((seconds - whole) * base):02d}"


def table(
    names: Sequence[str] = NAMES,
    times: Sequence[str] | None = None,
    *,
    head: str = "Timecode",
    sep: str = ",",
    point: str = ".",
    quote: str = "",
    scale: float = 1.0,
) -> str:
    """A line a frame, a column a weight."""
    times = [timecode(t) for t in TIMES] if times is None else times
    rows = [[f"{value * scale:g}".replace(".", point) for value in row] for row in WEIGHTS]
    lines = [[head, *names], *([t, *row] for t, row in zip(times, rows, strict=True))]
    return "\n".join(sep.join(f"{quote}{cell}{quote}" for cell in line) for line in lines)


def check(path: Path, content: str | bytes, fps: float = 30.0, atol: float = 1e-6) -> list[str]:
    """Read what was written, compare it with the weights, and give the remarks."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    read = read_weights(path)
    assert (read.weights.shape, read.fps) == ((90, 52), fps)
    np.testing.assert_allclose(read.weights, WEIGHTS, atol=atol)
    return list(read.remarks)


@pytest.mark.parametrize(
    "text",
    [
        table(sep="\t"),
        table(sep="|"),
        table(sep=" "),
        table(sep=", "),
        table(sep=";", point=","),
        table(sep="\t", point=","),
        table(quote='"', point=","),
        table().replace("\n", "\r\n"),
        "sep=;\n" + table(sep=";"),
        "# made by a program\n\nMy take,,\n" + table(),
        table().encode("utf-8-sig"),
        table().encode("utf-16"),
    ],
)
def test_any_separator_quote_and_encoding(tmp_path: Path, text: str | bytes) -> None:
    assert check(tmp_path / "take.csv", text) == []


@pytest.mark.parametrize(
    "names",
    [
        SNAKE,
        SHORT,
        [name.upper() for name in NAMES],
        [name.upper() for name in SNAKE],
        [f"blendShapes.{name[0].upper()}{name[1:]}" for name in NAMES],
        [f"head_geo|ARKit:{name}" for name in NAMES],
        [name.replace("Left", "L").replace("Right", "R") for name in NAMES],
    ],
)
def test_names_in_any_spelling(tmp_path: Path, names: list[str]) -> None:
    assert check(tmp_path / "take.csv", table(names, sep=";")) == []


@pytest.mark.parametrize(
    ("head", "times", "fps"),
    [
        *(("Timecode", [timecode(k / n, n) for k in range(90)], n) for n in (24, 25, 48, 50, 60)),
        ("Timecode", [timecode(t, 60) for t in TIMES], 30),
        ("Timecode", [timecode(t)[3:] for t in TIMES], 30),
        ("Timecode", [f"{timecode(t)[:8]}.{timecode(t)[9:]}" for t in TIMES], 30),
        ("Timecode", [f"{timecode(t)[:8]};{timecode(t)[9:]}" for t in TIMES], 30),
        ("Timecode", [f"{timecode(t, 60)}.{int(t % 1 * 1000):03d}" for t in TIMES], 30),
        ("Timecode", [f"12:00:{t:06.3f}" for t in TIMES], 30),
        ("Timecode", [f"2026-05-01T12:00:{t:06.3f}Z" for t in TIMES], 30),
        ("time", [f"{t:.4f}" for t in TIMES], 30),
        ("timestamp_ms", [f"{t * 1000:.0f}" for t in TIMES], 30),
        ("timestamp", [f"{1.7e9 + t:.3f}" for t in TIMES], 30),
        ("timestamp", [f"{t * 1e6:.0f}" for t in TIMES], 30),
        ("time", [f"{t * 1e9 + 1e18:.0f}" for t in TIMES], 30),
        ("Timecode", [timecode(k // 2 / 30) for k in range(90)], 60),
        ("Timecode", [f"00:00:{k // 30:02d}" for k in range(90)], 30),
    ],
)
def test_times_in_any_form(tmp_path: Path, head: str, times: list[str], fps: float) -> None:
    check(tmp_path / "take.csv", table(times=times, head=head), fps)


def test_where_nothing_tells_the_rate_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "take.csv"
    numbers = [str(k) for k in range(90)]
    for head in ("frame", "time", "Frame Number"):
        assert check(path, table(head=head, times=numbers)) == []
        assert not read_weights(path).timed
        assert "rate (30 frames a second) is guessed; --fps" in read_sequence(path).told[-1]
    path.write_text(table(head="frame", times=[str(k + (k > 39)) for k in range(90)]))
    gap = read_weights(path)
    assert (len(gap.weights), gap.fps) == (91, 30.0)
    assert "1 dropped frame is filled from the neighbors." in gap.remarks
    assert read_weights(path, default_fps=25.0).fps == 25.0
    assert len(read_weights(path, fps=50.0).weights) == 91, "frames of no rate are not resampled"


def test_percent_is_told_from_one(tmp_path: Path) -> None:
    assert check(tmp_path / "take.csv", table(scale=100)) == ["Its weights are read as percent."]


def test_lost_rows_are_filled_and_named(tmp_path: Path) -> None:
    lines = table().splitlines()
    lost = {6: lines[6].split(",")[0] + ",NaN" * 52, 7: lines[7].split(",")[0], 60: "," * 52}
    path = tmp_path / "take.csv"
    path.write_text("\n".join(lost.get(row, line) for row, line in enumerate(lines)))
    read = read_weights(path)
    said = "Rows 6, 7, 60 were lost by the tracker and filled from the neighbors."
    assert (read.weights.shape, read.fps, read.remarks) == ((90, 52), 30.0, (said,))
    between = WEIGHTS[4] + (WEIGHTS[7] - WEIGHTS[4]) * [[1 / 3], [2 / 3]]
    np.testing.assert_allclose(read.weights[5:7], between, atol=1e-6)
    rest = np.delete(np.arange(90), [5, 6, 59])
    np.testing.assert_allclose(read.weights[rest], WEIGHTS[rest], atol=1e-6)


def test_missing_channels_are_zero_and_named_and_others_are_passed_over(tmp_path: Path) -> None:
    text = table([name.replace("jawOpen", "lipsTouch") for name in NAMES])
    path = tmp_path / "take.csv"
    path.write_text(text)
    read = read_weights(path)
    assert read.remarks == ("Missing and taken as 0: jawOpen.",)
    assert not read.weights[:, NAMES.index("jawOpen")].any()


@pytest.mark.parametrize("mark", ["-", "&"])
def test_ifacialmocap(tmp_path: Path, mark: str) -> None:
    whole = (WEIGHTS * 100).round()
    rows = ["|".join(f"{n}{mark}{w:.0f}" for n, w in zip(SHORT, row, strict=True)) for row in whole]
    text = "\n".join(f"{row}|=head#-21.4,-6.0,-6.0,-0.03,-0.01,-0.0|leftEye#6,2,0|" for row in rows)
    remarks = check(tmp_path / "take.txt", text, atol=5.1e-3)
    assert "Its weights are read as percent." in remarks
    assert any("head's turn" in remark for remark in remarks)
    assert can_read(tmp_path / "take.txt")


@pytest.mark.parametrize("scale", [1, 100])
def test_face_cap(tmp_path: Path, scale: float) -> None:
    lines = ["info,1.0", ",".join(["bs", *SHORT])]
    for t, row in zip(TIMES, WEIGHTS, strict=True):
        cells = ["k", f"{t * 1000:.0f}", *"1234567890", *(f"{w * scale:.3f}" for w in row)]
        lines.append(",".join(cells))
    check(tmp_path / "take.txt", "\n".join(lines))


def test_a_line_for_each_category(tmp_path: Path) -> None:
    lines = ["frame,timestamp_ms,category_name,score"]
    for k, row in enumerate(WEIGHTS):
        pairs = [("_neutral", 0.0), *zip(NAMES, row, strict=True)]
        lines += [f"{k},{TIMES[k] * 1000:.0f},{name},{value:g}" for name, value in pairs]
    assert check(tmp_path / "take.csv", "\n".join(lines)) == []


def _rows() -> list[dict[str, float]]:
    return [dict(zip(NAMES, row, strict=True)) for row in WEIGHTS.tolist()]


def _timed(make: Callable[[float, dict[str, float]], object]) -> list[object]:
    return [make(t, row) for t, row in zip(TIMES, _rows(), strict=True)]


def _categories(row: dict[str, float]) -> list[object]:
    pairs = [{"categoryName": name, "displayName": "", "score": each} for name, each in row.items()]
    return [{"categories": [{"categoryName": "_neutral", "score": 0.0}, *pairs]}]


_MATRIX = {"numPoses": 52, "facsNames": NAMES, "weightMat": WEIGHTS.tolist()}


@pytest.mark.parametrize(
    ("value", "fps"),
    [
        (_timed(lambda t, row: {"timestamp": t, "blendShapes": row}), 30),
        (_timed(lambda t, row: {"time": t, **row}), 30),
        (_timed(lambda t, row: {"ms": t * 1000, "faceBlendshapes": _categories(row)}), 30),
        ({"names": NAMES, "fps": 24, "frames": [{"weights": r} for r in WEIGHTS.tolist()]}, 24),
        ({"exportFps": 60.0, "trackPath": "a.wav", **_MATRIX}, 60),
        ({"exportFps": 23.976, **_MATRIX}, 23.976),
        ({"meta": {"frameRate": 25}, "data": {"frames": [{"bs": row} for row in _rows()]}}, 25),
        ({"times": TIMES, **dict(zip(NAMES, WEIGHTS.T.tolist(), strict=True))}, 30),
        ({str(k): row for k, row in enumerate(_rows())}, 30),
    ],
)
def test_json(tmp_path: Path, value: object, fps: float) -> None:
    check(tmp_path / "take.json", json.dumps(value), fps)


def test_json_of_an_object_a_line_in_which_a_frame_was_lost(tmp_path: Path) -> None:
    frames = _timed(lambda t, row: {"t": t, "blendshapes": row if t != TIMES[9] else None})
    path = tmp_path / "take.json"
    path.write_text("\n".join(map(json.dumps, frames)))
    read = read_weights(path)
    assert (len(read.weights), read.fps) == (90, 30.0)
    assert read.remarks[0] == "Row 10 was lost by the tracker and filled from the neighbors."


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.csv", "time,foo,bar,baz,qux\n0,1,2,3,4", "found only time, foo, bar, baz and 1 more"),
        ("a.json", '{"label": "fear", "seed": 3}', "found only label, seed"),
        ("a.json", '[{"jawOpen": 0.1', "found one that is damaged"),
        ("a.json", "[" * 100_000, "found lists too deep"),
        ("a.txt", "a list of things to do", "found only a, list, of, things and 2 more"),
        ("a.csv", "jawOpen,mouthClose\n,\n,", "found empty cells alone"),
        ("a.csv", 'jawOpen,mouthClose\n"' + "0" * 200_000, "found a cell without an end"),
        (
            "a.csv",
            "time,jawOpen\n0,0\n.01,0\n.02,0\n.03,0\n0.9,0\n",
            "times that rise in even steps",
        ),
    ],
)
def test_what_fits_nothing_is_told_by_its_names(
    tmp_path: Path, name: str, content: str, found: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=re.escape(found)):
        read_weights(tmp_path / name)


def test_a_text_without_weights_is_no_clip(tmp_path: Path) -> None:
    (tmp_path / "recipe.json").write_text('{"label": "fear", "seed": 3}')
    assert not can_read(tmp_path / "recipe.json")


@pytest.mark.parametrize(
    ("name", "frames", "fps", "said"),
    [
        ("timecode_frames_of_30.csv", 90, 30.0, ""),
        ("timecode_milliseconds.csv", 300, 60.0, "millisecond of the second"),
        ("blendshapes_prefix.csv", 89, 30.0, "seconds"),
        ("mediapipe.csv", 89, 30.0, ""),
        ("semicolons.csv", 89, 30.0, ""),
        ("empty_row.csv", 89, 30.0, "Row 40 was lost"),
    ],
)
def test_cases_with_known_answers(
    cases: Path, name: str, frames: int, fps: float, said: str
) -> None:
    read = read_weights(cases / name)
    assert (len(read.weights), read.fps) == (frames, fps)
    assert read.weights.max() > 0.1
    assert said in " ".join(read.remarks)
