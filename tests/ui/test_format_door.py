"""A format is one file: ten lines, and everything that reads, writes or offers files knows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.cli.app import run
from studio.core import MeshSequence
from studio.io import FORMATS, read_sequence, write_sequence
from studio.io.format import Destination, Format, Source
from studio.io.traits import BytesPer
from studio.ui.clips.drops import sort
from studio.ui.export.dialog import ExportDialog
from studio.ui.export.plan import estimate_bytes, make_plan
from studio.ui.generate.batch_dialog import BatchDialog
from studio.ui.kit.filters import clip_filter, open_filters, openable
from studio.ui.settings.settings import Settings
from studio.ui.window.main_window import MainWindow

from .fakes import ball
from .windows import settle


def read(source: Source) -> MeshSequence:
    text = json.loads(source.place.read_text())
    return MeshSequence(np.array(text["places"]), text["faces"], source.rate(25.0), source.name)


def write(sequence: MeshSequence, to: Destination) -> None:
    places = (sequence.vertices / to.scale).tolist()
    to.paths[0].write_text(json.dumps({"places": places, "faces": sequence.faces.tolist()}))


TOY = Format(name="toy", label="Toy", read=read, write=write, bytes_per=BytesPer(vertex=60))


@pytest.fixture
def toy() -> Iterator[Format]:
    yield FORMATS.add(TOY)
    FORMATS.pop("toy", None)


@pytest.mark.usefixtures("toy")
def test_it_is_read_and_written(tmp_path: Path) -> None:
    clip = ball(3)
    for path, format in ((tmp_path / "a.toy", None), (tmp_path / "folder", "toy")):
        (file,) = write_sequence(clip, path, format=format)
        assert file.suffix == ".toy"
        back = read_sequence(file)
        np.testing.assert_array_equal(back.vertices, clip.vertices)
        assert (back.fps, back.name) == (25.0, file.stem)


@pytest.mark.usefixtures("toy")
def test_dialogs_and_hints_name_it_while_it_is_there() -> None:
    for said in (open_filters(), clip_filter(), openable()):
        assert "*.toy" in said or "TOY" in said
    del FORMATS["toy"]
    for said in (open_filters(), clip_filter(), openable()):
        assert "toy" not in said.lower()


@pytest.mark.usefixtures("toy")
def test_it_is_dropped_opened_and_exported(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    for name in "ab":
        write_sequence(ball(4), tmp_path / "takes" / f"{name}.toy")
    assert sort([tmp_path / "takes"]).clips == tuple(
        tmp_path / "takes" / n for n in ("a.toy", "b.toy")
    )
    window.open_paths([tmp_path / "takes"])
    settle(qtbot, window)
    assert [clip.name for clip in window.document.state.clips] == ["a", "b"]

    (tmp_path / "out").mkdir()
    window.settings.remember_place("export", tmp_path / "out")
    window.settings.export_format = "toy"
    window.registry["file.export"].trigger()
    dialog = window.findChild(ExportDialog)
    assert dialog is not None and dialog.fields.format.currentText() == "Toy"
    request = dialog.request()
    plan = make_plan(request, dialog.clip)
    assert plan.names == (f"{dialog.clip.name}.toy",) and not plan.problem
    dialog.accept()
    settle(qtbot, window)
    written = plan.folder / plan.names[0]
    assert read_sequence(written).n_frames == 4
    size = written.stat().st_size
    assert size / 2 - 4000 < estimate_bytes(dialog.clip, request) < 2 * size + 4000


@pytest.mark.usefixtures("toy")
def test_takes_can_be_written_in_it(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.document.set_generation(frames=16)
    window.registry["takes.batch"].trigger()
    dialog = window.findChild(BatchDialog)
    assert dialog is not None
    dialog.fields.folder.setText(str(tmp_path))
    dialog.fields.format.setCurrentIndex(dialog.fields.format.findData("toy"))
    dialog.seeds.setText("1")
    for label, box in dialog.labels.items():
        box.setChecked(label == "fear")
    dialog.start.click()
    settle(qtbot, window)
    assert read_sequence(tmp_path / "fear_1.toy").n_frames == 16


def test_a_format_that_is_gone_is_not_remembered(settings: Settings, toy: Format) -> None:
    settings.export_format = toy.name
    assert settings.export_format == "toy"
    del FORMATS["toy"]
    assert settings.export_format == "obj"


@pytest.mark.usefixtures("toy")
def test_commands_offer_and_write_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("convert", "batch"):
        run([name, "--help"], lambda *_asked: 0)
        assert "|toy>" in capsys.readouterr().out
    write_sequence(ball(3), tmp_path / "a.npz")
    for place in ("b.toy", "c.npz"):
        given = [str(tmp_path / "a.npz"), str(tmp_path / place)]
        assert run(["convert", *given, *(["--format", "toy"] if "c" in place else [])], id) == 0
    assert run(["convert", str(tmp_path / "b.toy"), str(tmp_path / "back.npz")], id) == 0
    assert read_sequence(tmp_path / "back.npz").n_frames == 3
    del FORMATS["toy"]
    assert run(["convert", str(tmp_path / "b.toy"), str(tmp_path / "d.npz")], id) == 2
    assert "found .toy" in capsys.readouterr().err
