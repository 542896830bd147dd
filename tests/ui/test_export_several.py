"""Several clips exported together."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from studio.io import read_sequence
from studio.ui.export.several import ExportSeveral
from studio.ui.window.main_window import MainWindow

from .fakes import ball
from .windows import settle


def open_dialog(window: MainWindow, folder: Path) -> ExportSeveral:
    window.registry["file.export"].trigger()
    dialog = window.findChild(ExportSeveral)
    dialog.fields.folder.setText(str(folder))
    dialog.fields.format.setCurrentIndex(dialog.fields.format.findData("npz"))
    return dialog


def test_chosen_clips_go_into_one_folder_each_with_its_range(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    document = window.document
    made = document.add_generated(ball(9, name="Smile"), {"label": "fear", "seed": 1})
    document.open_clip(ball(6, name="smile"))
    document.open_clip(ball(5, name="a/b"))
    document.set_range(made, 2, 6)
    document.open_clip(ball(5, name="left out"))
    for row in range(3):
        window.clips.list.item(row).setSelected(True)
    window.clips.list.item(3).setSelected(False)
    dialog = open_dialog(window, tmp_path / "out")
    assert dialog.summary.text().startswith("3 clips")
    dialog.accept()
    settle(qtbot, window)
    sizes = {path.name: read_sequence(path).n_frames for path in (tmp_path / "out").iterdir()}
    assert sizes == {"Smile.npz": 4, "smile 2.npz": 6, "a_b.npz": 5}
    assert [clip.id for clip in document.unsaved.made] == [made], "a part is no safe copy"


def test_what_is_there_is_replaced_only_after_a_yes(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    for name in "ab":
        window.document.open_clip(ball(5, name=name))
        window.clips.list.item(0).setSelected(True)
    (tmp_path / "a.npz").write_text("mine")
    dialog = open_dialog(window, tmp_path)
    answers = iter([False, True])
    dialog._ask = lambda _parent, _question: next(answers)
    dialog.accept()
    settle(qtbot, window)
    assert (tmp_path / "a.npz").read_text() == "mine"
    dialog.accept()
    settle(qtbot, window)
    assert read_sequence(tmp_path / "a.npz").n_frames == 5


def test_a_folder_that_cannot_be_is_said_at_once(window: MainWindow, tmp_path: Path) -> None:
    for name in "ab":
        window.document.open_clip(ball(5, name=name))
        window.clips.list.item(0).setSelected(True)
    (tmp_path / "file").write_text("")
    dialog = open_dialog(window, tmp_path / "file" / "out")
    assert "is a file" in dialog.summary.text() and not dialog.ok.isEnabled()
    dialog.fields.folder.setText("  ")
    assert not dialog.ok.isEnabled()
