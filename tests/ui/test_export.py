"""Export: what the dialog says is what lies on disk, and nothing is replaced unasked."""

from __future__ import annotations

import shutil
import threading
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence, StudioError
from studio.document import Document
from studio.face.known import studio_face
from studio.io import read_sequence, write_sequence
from studio.render.formats import FORMATS
from studio.ui.export.dialog import ExportDialog
from studio.ui.export.plan import estimate_bytes, make_plan
from studio.ui.export.service import ExportRequest
from studio.ui.services import Services
from studio.ui.settings.settings import Settings
from studio.ui.window.main_window import MainWindow

from .fakes import ball
from .windows import settle

Usage = namedtuple("Usage", "total used free")
Open = Callable[..., ExportDialog]


@pytest.fixture
def asked() -> list[str]:
    """Questions that were put."""
    return []


@pytest.fixture
def open_dialog(
    settings: Settings, document: Document, tmp_path: Path, asked: list[str], qtbot: QtBot
) -> Iterator[Open]:
    """A dialog on a clip of nine frames, with the answer to its question."""
    document.open_clip(ball(9, name="a/b: take?"))
    dialogs: list[ExportDialog] = []

    def open_one(format_name: str = "obj", *, answer: bool = False) -> ExportDialog:
        def ask(_parent: QWidget, question: str) -> bool:
            asked.append(question)
            return answer

        assert document.current_clip is not None
        dialog = ExportDialog(document.current_clip, settings, ask=ask)
        choose(dialog, "format", format_name)
        if not dialogs:
            dialog.fields.folder.setText(str(tmp_path / "out"))
        dialogs.append(dialog)
        qtbot.addWidget(dialog)
        return dialog

    yield open_one


def choose(dialog: ExportDialog, field: str, value: str) -> None:
    box = getattr(dialog.fields, field)
    box.setCurrentIndex(box.findData(value))


def wait(qtbot: QtBot, services: Services) -> None:
    qtbot.waitUntil(lambda: not services.desk.lanes.export.busy)


HOLDS_ANY = [
    kind.name
    for kind in FORMATS.writers
    if not kind.weighs and (kind.extra is None or kind.extra.installed)
]


@pytest.mark.parametrize("format_name", HOLDS_ANY)
def test_what_the_dialog_says_is_what_is_written(
    qtbot: QtBot,
    services: Services,
    open_dialog: Open,
    format_name: str,
) -> None:
    failed: list[Exception] = []
    services.desk.reported.connect(failed.append)
    dialog = open_dialog(format_name)
    dialog.fields.last.setValue(3)
    with qtbot.waitSignal(dialog.asked) as caught:
        dialog.accept()
    (request,) = caught.args
    # A small picture is as good for this and drawn sooner.
    small = ExportRequest(**{**vars(request), "size": (32, 24)})
    plan = make_plan(small, dialog.clip)
    services.export.export(small)
    wait(qtbot, services)
    assert not failed
    files = sorted(path for path in plan.folder.iterdir() if path.suffix != ".json")
    assert [path.name for path in files] == sorted(plan.names)
    kind = FORMATS[format_name]
    assert len(files) == (len(kind.files(small.path)) if kind.single else 4)
    assert make_plan(small, dialog.clip).there == len(files)
    size = sum(path.stat().st_size for path in files)
    if not FORMATS[format_name].drawn:
        # A file's head counts in meshes as small as these.
        assert size / 2 - 4000 < estimate_bytes(dialog.clip, small) < 2 * size + 4000


def test_weights_are_offered_for_faces_that_are_known(
    open_dialog: Open, document: Document, settings: Settings, qtbot: QtBot
) -> None:
    dialog = open_dialog("livelink")
    assert not dialog.ok.isEnabled()
    assert "expected a clip of the studio's face" in dialog.summary.text()
    assert dialog.fields.unit.isHidden() and dialog.fields.fittings.isHidden()
    template = studio_face().template
    document.open_clip(MeshSequence(template.vertices[None], template.faces, name="own"))
    assert document.current_clip is not None
    for name in ("livelink", "arkit"):
        known = ExportDialog(document.current_clip, settings)
        qtbot.addWidget(known)
        choose(known, "format", name)
        assert known.ok.isEnabled() and known.request().path.suffix in (".csv", ".json")


def test_everything_is_remembered_per_format(open_dialog: Open, tmp_path: Path) -> None:
    for name in ("out", "meshes"):
        (tmp_path / name).mkdir()
    first = open_dialog("mp4")
    choose(first, "background", "white")
    choose(first, "size", "square")
    choose(first, "camera", "front")
    first.fields.file_name.setText("{name} final")
    first.accept()
    second = open_dialog("obj")
    assert second.fields.folder.text() == str(tmp_path / "out"), "where the last one went"
    second.fields.folder.setText(str(tmp_path / "meshes"))
    second.fields.pattern.setText("{frame:03d}")
    second.fields.subfolder.setText("")
    choose(second, "unit", "cm")
    second.accept()
    third = open_dialog("obj")
    request = third.request()
    assert (request.path, request.unit) == (tmp_path / "meshes", "cm")
    assert (request.pattern, request.format_name) == ("{frame:03d}", "obj")
    choose(third, "format", "mp4")
    request = third.request()
    assert request.path == tmp_path / "out" / "a_b_ take_ final.mp4"
    choose(third, "format", "gif")
    assert third.request().size == (480, 480), "a GIF has a size of its own"
    choose(third, "format", "mp4")
    request = third.request()
    assert request.size == (1080, 1080) and request.look.background == "white"


def test_a_format_shows_the_fields_it_has(open_dialog: Open) -> None:
    dialog = open_dialog()
    dialog.show()
    shown = {}
    for name in (kind.name for kind in FORMATS.writers):
        choose(dialog, "format", name)
        fields = dialog.fields
        parts = ("unit", "size", "subfolder", "pattern", "file_name", "number", "heat")
        shown[name] = {part for part in parts if getattr(fields, part).isVisible()}
        clear = fields.background.findData("transparent") >= 0
        assert clear == (name in ("gif", "png"))
        assert dialog.height() < 600, "fits a window of 1280 by 720"
    frames = {"subfolder", "pattern", "number"}
    assert shown["obj"] == shown["stl"] == {"unit", *frames}
    assert shown["npz"] == {"unit", "file_name"}
    assert shown["mp4"] == shown["gif"] == {"size", "heat", "file_name"}
    assert shown["png"] == {"size", "heat", *frames}


def test_a_folder_that_was_typed_stays_when_the_format_changes(
    open_dialog: Open, settings: Settings, tmp_path: Path
) -> None:
    for name in ("gifs", "movies"):
        (tmp_path / name).mkdir()
    settings.set_export_folder_for("gif", tmp_path / "gifs")
    settings.set_export_folder_for("mp4", tmp_path / "movies")
    open_dialog()
    dialog = open_dialog("gif")
    assert dialog.fields.folder.text() == str(tmp_path / "gifs")
    choose(dialog, "format", "mp4")
    assert dialog.fields.folder.text() == str(tmp_path / "movies")
    dialog.fields.folder.setText(str(tmp_path))
    choose(dialog, "format", "gif")
    assert dialog.fields.folder.text() == str(tmp_path)


def test_the_keyboard_reaches_every_field_in_order(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog("png")
    with qtbot.waitExposed(dialog):
        dialog.show()
    f = dialog.fields
    f.format.setFocus()
    wanted = [f.span, f.first, f.last, f.size, f.background, f.camera, f.heat, f.caption,
              f.folder, f.browse, f.subfolder, f.pattern, f.number]  # fmt: skip
    reached = []
    for _ in wanted:
        qtbot.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Tab)
        reached.append(dialog.focusWidget())
    assert reached == wanted
    for field in (f.format, *wanted):
        assert field.toolTip() and (field.accessibleName() or field.property("text"))


def test_the_span_follows_the_ends_and_the_other_way_round(
    open_dialog: Open, document: Document
) -> None:
    clip = document.current_clip
    assert clip is not None
    document.set_range(clip.id, 2, 7)
    dialog = open_dialog()
    assert (dialog.request().start, dialog.request().stop) == (2, 7)
    choose(dialog, "span", "whole")
    assert (dialog.request().start, dialog.request().stop) == (0, 9)
    dialog.fields.last.setValue(4)
    assert dialog.fields.span.currentData() == "custom"
    assert (dialog.request().start, dialog.request().stop) == (0, 5)
    dialog.fields.first.setValue(6)
    assert not dialog.ok.isEnabled()
    assert dialog.summary.text() == "The last frame comes before the first."


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("pattern", "{nam}_{frame}", "found {nam}"),
        ("pattern", "{name}", "one name for all 9 frames"),
        ("pattern", "", "one name for all 9 frames"),
        ("subfolder", "../up", "the sign /"),
        ("folder", "  ", "Choose a folder"),
        ("folder", "{tmp}/file/deep", "is a file, not a folder"),
    ],
)
def test_what_cannot_be_is_said_and_not_done(
    open_dialog: Open, tmp_path: Path, field: str, text: str, said: str
) -> None:
    (tmp_path / "file").touch()
    dialog = open_dialog()
    getattr(dialog.fields, field).setText(text.replace("{tmp}", str(tmp_path)))
    assert said in dialog.summary.text()
    assert not dialog.ok.isEnabled()
    dialog.accept()
    assert not dialog.result()


def test_a_full_disk_is_refused_and_a_nearly_full_one_is_told(
    open_dialog: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = open_dialog("npz")
    size = make_plan(dialog.request(), dialog.clip).bytes
    for free, enabled, said in (
        (size - 1, False, "are left on the disk"),
        (size + 1, True, "nearly all of the disk"),
        (100 * size, True, "are free."),
    ):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: Usage(0, 0, free))
        dialog.fields.file_name.setText(f"take {free}")
        assert dialog.ok.isEnabled() == enabled
        assert said in dialog.summary.text()


def test_a_disk_that_does_not_say_how_full_it_is_is_tried(
    open_dialog: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: object) -> Usage:
        raise OSError

    monkeypatch.setattr(shutil, "disk_usage", refuse)
    dialog = open_dialog("npz")
    assert dialog.ok.isEnabled() and "free" not in dialog.summary.text()


def test_frames_of_a_longer_export_are_not_mixed_with_ours(
    open_dialog: Open, tmp_path: Path
) -> None:
    write_sequence(ball(12), tmp_path / "out" / "a_b_ take_")
    dialog = open_dialog("obj")
    assert "frame_0010.obj lies in that folder" in dialog.summary.text()
    assert not dialog.ok.isEnabled()
    choose(dialog, "format", "ply")
    dialog.fields.folder.setText(str(tmp_path / "out"))
    assert dialog.ok.isEnabled(), "another format is another export"


@pytest.mark.parametrize("format_name", ["npz", "obj"])
def test_nothing_is_replaced_unasked(
    open_dialog: Open, asked: list[str], tmp_path: Path, format_name: str
) -> None:
    dialog = open_dialog(format_name)
    path = dialog.request().path
    write_sequence(ball(4), path, format=format_name)
    dialog.fields.changed.emit()
    assert "asked before" in dialog.summary.text()
    dialog.accept()
    assert len(asked) == 1 and not dialog.result()
    assert ("Replace it?" if format_name == "npz" else "4 of the 9 files") in asked[0]
    again = open_dialog(format_name, answer=True)
    again.fields.folder.setText(str(tmp_path / "out"))
    again.accept()
    assert len(asked) == 2 and again.result()


def test_frames_are_numbered_and_named_as_asked(
    qtbot: QtBot, services: Services, open_dialog: Open, tmp_path: Path
) -> None:
    dialog = open_dialog("ply")
    dialog.fields.pattern.setText("{name}.{frame:03d}")
    dialog.fields.number.setValue(1001)
    assert dialog.names.text() == "a_b_ take_/a_b_ take_.1001.ply … a_b_ take_.1009.ply"
    with qtbot.waitSignal(dialog.asked) as caught:
        dialog.accept()
    services.export.export(*caught.args)
    wait(qtbot, services)
    back = read_sequence(tmp_path / "out" / "a_b_ take_", cache=False)
    np.testing.assert_array_equal(back.vertices, ball(9).vertices)


# The job


def test_exports_wait_for_each_other_and_all_arrive(
    qtbot: QtBot, services: Services, document: Document, tmp_path: Path
) -> None:
    clips = [document.add_generated(ball(8), {"label": "fear", "seed": k}) for k in range(4)]
    arrived: list[Path] = []
    services.export.exported.connect(arrived.append)
    one, two, three, four = (
        ExportRequest(clip, tmp_path / f"{k}.npz", "npz") for k, clip in enumerate(clips)
    )
    services.export.export(one)
    services.export.export(two, three)
    services.export.export(four)
    qtbot.waitUntil(lambda: len(arrived) == 4)
    assert arrived == [tmp_path / f"{k}.npz" for k in range(4)]
    assert document.unsaved.made == ()


def test_a_failure_is_told_and_the_next_goes_on(
    qtbot: QtBot, services: Services, document: Document, tmp_path: Path
) -> None:
    clip = document.open_clip(ball(8))
    (tmp_path / "file").touch()
    failed: list[Exception] = []
    services.desk.reported.connect(failed.append)
    services.export.export(ExportRequest(clip, tmp_path / "file" / "a.npz", "npz"))
    services.export.export(ExportRequest(clip, tmp_path / "b.npz", "npz"))
    wait(qtbot, services)
    assert len(failed) == 1 and isinstance(failed[0], StudioError)
    assert (tmp_path / "b.npz").exists()


@pytest.mark.parametrize("format_name", ["gif", "stl"])
def test_what_the_models_cannot_read_again_is_no_safe_copy(
    qtbot: QtBot, services: Services, document: Document, tmp_path: Path, format_name: str
) -> None:
    clip = document.add_generated(ball(2), {"label": "fear", "seed": 1})
    path = tmp_path / ("a.gif" if format_name == "gif" else "frames")
    request = ExportRequest(clip, path, format_name, size=(32, 24))
    with qtbot.waitSignal(services.desk.exported, timeout=30_000):
        services.export.export(request)
    assert document.unsaved.made


def test_closing_while_a_movie_is_drawn_leaves_nothing(
    qtbot: QtBot, services: Services, document: Document, tmp_path: Path
) -> None:
    clip, out = document.open_clip(ball(400)), tmp_path / "out"
    services.export.export(
        ExportRequest(clip, out / "a.mp4", "mp4"), ExportRequest(clip, out / "b", "png")
    )
    services.export.export(ExportRequest(clip, out / "c.npz", "npz"))
    with qtbot.waitSignal(services.desk.lanes.export.progressed, timeout=30_000):
        pass
    services.close()
    assert not out.exists() and not list(tmp_path.glob(".*.part"))
    assert not [thread.name for thread in threading.enumerate() if "studio-export" in thread.name]


def test_the_menu_opens_it_and_the_status_bar_says_where_it_went(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.document.open_clip(ball(9, name="take"))
    window.settings.remember_place("export", tmp_path)
    window.settings.export_format = "npz"
    window.registry["file.export"].trigger()
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    assert dialog.request().look.view == window.stage.view_state()
    dialog.accept()
    settle(qtbot, window)
    assert (tmp_path / "take.npz").is_file()
    assert "take.npz" in window.status.notice.text()


def test_what_a_format_loses_far_from_the_origin_is_said(
    qtbot: QtBot, services: Services, document: Document, tmp_path: Path
) -> None:
    clip_id = document.open_clip(ball(2).at(np.array([3e6, 0, 0])))
    said: list[str] = []
    services.export.remarked.connect(said.append)
    for format_name in ("stl", "ply"):
        services.export.export(ExportRequest(clip_id, tmp_path / format_name, format_name))
    wait(qtbot, services)
    assert len(said) == 1 and "STL holds coordinates to 0.2 mm" in said[0]
    back = read_sequence(tmp_path / "ply")
    np.testing.assert_allclose(back.in_world(back.vertices)[0].min(axis=0)[0], 3e6 - 60, atol=40)
    assert back.fps == ball(2).fps
