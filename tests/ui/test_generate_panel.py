"""The generate panel: tiles, lock, light, faces, advanced settings, and the preview."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.core import FaceChoice, MeshSequence
from studio.core.system.paths import shipped
from studio.document.edits.intensity import IntensityEdit, IntensityKey
from studio.face.identity import NAMES, ancestry, number_of
from studio.io import write_sequence
from studio.takes.faces import made_face
from studio.training.datasets.acting.recipes import RECIPES
from studio.ui.generate.label_picker import LabelPicker, label_picture
from studio.ui.generate.panel import GeneratePanel
from studio.ui.generate.service import CHANGED, EDITED, MATCH, NONE
from studio.ui.kit.theme import label_color
from studio.ui.window.main_window import MainWindow

from .fakes import LABELS, SmallEngine, ball, work_on
from .windows import Make, settle

WHEEL = QPoint(0, 120)
HALF = IntensityEdit((IntensityKey(0, 0.5),))


@pytest.fixture
def panel(window: MainWindow) -> GeneratePanel:
    return window.generation


def previews(window: MainWindow) -> list[MeshSequence | None]:
    seen: list[MeshSequence | None] = []
    window.services.generation.preview_changed.connect(seen.append)
    return seen


def typed_in() -> QWidget:
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused


def generate(window: MainWindow, qtbot: QtBot) -> None:
    window.generation.generate.click()
    settle(qtbot, window)


def wheel_over(widget: QWidget) -> None:
    here = QPointF(widget.rect().center())
    no = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    turn = QWheelEvent(
        here, here, QPoint(), WHEEL, no[0], no[1], Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(widget, turn)


def test_every_label_has_a_face_of_its_own() -> None:
    labels = (*LABELS, *RECIPES)
    pictures = [label_picture(label) for label in labels]
    assert not any(picture.isNull() for picture in pictures)
    assert len({picture.cacheKey() for picture in pictures}) == len(labels)
    assert len({label_color(label) for label in labels}) == len(labels)
    folder = shipped("resources") / "labels"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 270_000


def test_long_labels_take_fewer_tiles_in_a_row_and_arrows_follow(qtbot: QtBot) -> None:
    picker = LabelPicker()
    qtbot.addWidget(picker)
    picker.set_labels((*RECIPES, "neutral"))
    grid = picker.layout()
    assert isinstance(grid, QGridLayout)
    rows = [grid.itemAtPosition(1, column) for column in range(4)]
    assert [item is not None for item in rows] == [True, True, True, False]
    QTest.keyClick(picker.tiles["eyebrow"], Qt.Key.Key_Down)
    assert picker.label == "lips_up"
    assert picker.tiles["lips_up"].text() == "Lips up"


def test_tiles_choose_the_label_by_mouse_and_by_arrow(
    window: MainWindow, panel: GeneratePanel, qtbot: QtBot
) -> None:
    panel.labels.tiles["fear"].click()
    assert panel.document.state.generation.label == "fear"
    panel.document.undo()
    assert panel.labels.label == "happiness"
    tile = panel.labels.tiles["happiness"]
    window.activateWindow()
    tile.setFocus()
    qtbot.waitUntil(tile.hasFocus)
    QTest.keyClick(tile, Qt.Key.Key_Right)
    assert panel.document.state.generation.label == "sadness"


def test_a_locked_seed_stays_and_an_unlocked_one_moves_on(
    window: MainWindow, panel: GeneratePanel, qtbot: QtBot
) -> None:
    panel.form.seed.setValue(77)
    generate(window, qtbot)
    assert panel.form.seed.value() == 77
    panel.form.lock.click()
    assert "new seed" in panel.form.lock.toolTip()
    seeds = set()
    for _ in range(3):
        generate(window, qtbot)
        clip = window.document.current_clip
        assert clip is not None
        assert clip.seed == panel.form.seed.value()
        seeds.add(clip.seed)
    assert len(seeds) > 1


def test_generate_on_a_new_seed_is_one_step(
    window: MainWindow, panel: GeneratePanel, qtbot: QtBot
) -> None:
    panel.form.seed.setValue(77)
    panel.form.lock.click()
    clips = len(window.document.state.clips)
    generate(window, qtbot)
    generate(window, qtbot)
    assert (window.document.undo_name or "").startswith("Generate")
    for left in (1, 0):
        window.document.undo()
        assert len(window.document.state.clips) == clips + left
    assert window.document.state.generation.seed == 77


def test_the_length_is_said_in_seconds_too(panel: GeneratePanel) -> None:
    panel.form.length.setValue(45)
    assert panel.form.seconds.text() == "1.50 s"


def test_the_light_tells_whether_the_clip_is_what_the_settings_make(
    window: MainWindow, panel: GeneratePanel, qtbot: QtBot
) -> None:
    assert panel.light.lamp.state == NONE
    generate(window, qtbot)
    assert panel.light.lamp.state == MATCH
    assert panel.light.accessibleDescription() == panel.light.toolTip() != ""
    panel.form.seed.setValue(8)
    panel.form.slider.setValue(40)
    assert panel.light.lamp.state == CHANGED
    assert "seed, intensity" in panel.light.toolTip()
    panel.restore.click()
    assert (panel.light.lamp.state, panel.form.seed.value()) == (MATCH, 1)
    window.document.undo()
    assert panel.form.seed.value() == 8
    window.document.open_clip(ball())
    assert panel.light.lamp.state == NONE


def test_the_light_tells_an_edited_clip_from_another_one(
    window: MainWindow, panel: GeneratePanel, qtbot: QtBot
) -> None:
    generate(window, qtbot)
    first = window.document.current_clip
    window.document.add_edit(first.id, HALF)
    assert panel.light.lamp.state == EDITED
    assert panel.light.words.text() == "Edited since it was made"
    panel.form.seed.setValue(8)
    assert panel.light.words.text() == "Changed since this clip"
    generate(window, qtbot)
    assert panel.light.lamp.state == MATCH
    window.document.set_current(first.id)
    assert (panel.light.lamp.state, panel.light.words.text()) == (CHANGED, "Another clip is shown")
    assert "happiness 8" in panel.light.toolTip() and "seed" in panel.light.toolTip()


def test_what_is_there_already_is_shown_and_not_made_again(
    window: MainWindow, panel: GeneratePanel, qtbot: QtBot
) -> None:
    generate(window, qtbot)
    first = window.document.current_clip
    window.document.open_clip(ball())
    generate(window, qtbot)
    assert window.document.current_clip is first
    assert [clip.name for clip in window.document.state.clips] == ["happiness 1", "ball"]
    assert "happiness 1 is there already" in window.status.notice.text()
    window.document.add_edit(first.id, HALF)
    generate(window, qtbot)
    assert window.document.current_clip.name == "happiness 1 (2)", "an edited clip is another one"
    window.services.takes.copy_recipes([window.document.current_clip])
    window.document.set_current(first.id)
    window.services.takes.paste_recipes()
    settle(qtbot, window)
    assert len(window.document.state.clips) == 3
    assert window.document.current_clip.name == "happiness 1 (2)"


def test_the_light_stays_green_where_the_clips_own_face_was_asked_for(
    window: MainWindow, panel: GeneratePanel, qtbot: QtBot
) -> None:
    window.document.open_clip(ball())
    window.document.set_generation(face=FaceChoice("clip"))
    generate(window, qtbot)
    assert panel.light.lamp.state == MATCH
    first = window.document.current_clip
    generate(window, qtbot)
    again = window.document.current_clip
    assert first is not None and again is not None
    assert again is first, "the same take is not made again"


def test_advanced_settings_reach_the_recipe_and_go_back_to_the_models_own(
    window: MainWindow, panel: GeneratePanel, qtbot: QtBot
) -> None:
    form = panel.sampling
    assert panel.model.model.count() == 1
    assert (form.fields["guidance"].value(), form.fields["steps"].value()) == (2.0, 20)
    assert not any(reset.isEnabled() for reset in form.resets.values())
    form.fields["guidance"].setValue(3.5)
    form.fields["steps"].setValue(8)
    ddim = form.fields["sampler"].findData("ddim")
    form.fields["sampler"].setCurrentIndex(ddim)
    form.fields["sampler"].activated.emit(ddim)
    generate(window, qtbot)
    recipe = dict(window.document.current_clip.recipe)
    assert (recipe["guidance"], recipe["steps"], recipe["sampler"]) == (3.5, 8, "ddim")
    for name in ("guidance", "steps", "sampler"):
        form.resets[name].click()
        assert not form.resets[name].isEnabled()
    generation = window.document.state.generation
    assert (generation.guidance, generation.steps, generation.sampler) == (None, None, None)
    assert (form.fields["guidance"].value(), form.fields["steps"].value()) == (2.0, 20)


def test_only_generators_of_the_set_can_be_chosen(make: Make, qtbot: QtBot) -> None:
    kinds = {"autoencoder", "diffusion", "diffusion-unet2d"}
    window = make(SmallEngine(kinds=frozenset(kinds)))
    window.desk.models.load()
    settle(qtbot, window)
    form = window.generation.model
    assert [form.model.itemData(row) for row in range(form.model.count())] == [
        "diffusion",
        "diffusion-unet2d",
    ]
    window.document.set_generation(model="of another set")
    assert not window.generation.generate.isEnabled()
    assert "of another set" in window.generation.note.text()
    form.reset.click()
    assert window.generation.generate.isEnabled()


def test_a_face_is_made_shown_and_given_to_the_clip(
    window: MainWindow, panel: GeneratePanel, qtbot: QtBot
) -> None:
    seen, editor = previews(window), panel.face.editor
    panel.face.choice.setCurrentIndex(panel.face.choice.findData("numbers"))
    panel.face.choice.activated.emit(panel.face.choice.currentIndex())
    settle(qtbot, window)
    assert editor.shown.isChecked()
    slider = editor.sliders["gender"]
    for position in range(10, 60, 10):
        slider.setValue(position)
    slider.sliderReleased.emit()
    face = window.document.state.generation.face.numbers
    assert number_of(face, "gender") == 0.5
    assert seen[-1] is not None
    np.testing.assert_array_equal(seen[-1].vertices[0], made_face(face))
    editor.sliders["age"].setValue(100)
    editor.sliders["age"].reset_asked.emit()
    assert number_of(window.document.state.generation.face.numbers, "age") == 0.0
    window.document.undo()
    assert window.document.state.generation.face.numbers == ()
    assert (slider.value(), window.document.state.generation.face.source) == (0, "numbers")
    editor.shown.click()
    assert seen[-1] is None


def test_random_and_reset_are_a_step_each(panel: GeneratePanel, qtbot: QtBot) -> None:
    editor, document = panel.face.editor, panel.document
    editor.random.click()
    person = document.state.generation.face.numbers
    assert len(person) == len(NAMES)
    editor.reset.click()
    assert document.state.generation.face.numbers == ()
    document.undo()
    assert document.state.generation.face.numbers == person
    assert editor.sliders["African"].value() == round(100 * ancestry(person)[0])
    document.undo()
    assert document.state.generation.face.numbers == ()


def test_a_shown_face_gives_way_to_another_clip(
    window: MainWindow, panel: GeneratePanel, qtbot: QtBot
) -> None:
    panel.face.editor.random.click()
    settle(qtbot, window)
    assert window.stage.preview.sequence is not None
    window.document.open_clip(ball())
    assert window.stage.preview.sequence is None
    assert not panel.face.editor.shown.isChecked()


def test_a_mesh_file_is_the_face_and_a_wrong_one_is_refused(
    window: MainWindow, panel: GeneratePanel, qtbot: QtBot, tmp_path: Path
) -> None:
    good, wrong = tmp_path / "ada.obj", tmp_path / "cube.obj"
    write_sequence(ball(1), good, format="obj")
    write_sequence(ball(1, size=10), wrong, format="obj")
    chosen = iter([wrong, good])
    panel.face.pick = lambda _parent: next(chosen)
    failed: list[Exception] = []
    window.desk.reported.connect(failed.append)
    panel.face.browse.click()
    settle(qtbot, window)
    assert "cube.obj: expected a face, found none" in str(failed[0])
    assert window.document.state.generation.face.source == "template"
    panel.face.browse.click()
    settle(qtbot, window)
    assert panel.face.file_name.text() == "ada.obj"
    generate(window, qtbot)
    made = window.document.current_clip
    np.testing.assert_allclose(made.recording.vertices[0], ball(1).vertices[0], atol=1e-3)
    assert made.recipe["face"] == {"from": "file", "path": str(good)}
    good.unlink()
    generate(window, qtbot)
    assert "ada.obj" in str(failed[-1])
    assert window.document.current_clip is made


def test_estimates_are_shown_while_sampling_and_gone_afterwards(
    window: MainWindow, qtbot: QtBot
) -> None:
    seen = previews(window)
    window.document.open_clip(ball())
    generate(window, qtbot)
    estimates = [sequence for sequence in seen if sequence is not None]
    assert [sequence.n_frames for sequence in estimates] == [60]
    assert seen[-1] is None
    assert window.stage.preview.sequence is None


def test_cancelling_takes_the_estimate_away_at_once(make: Make, qtbot: QtBot) -> None:
    window = make(SmallEngine(pause=0.02))
    window.desk.models.load()
    settle(qtbot, window)
    window.document.open_clip(ball())
    window.generation.generate.click()
    qtbot.waitUntil(lambda: window.stage.preview.sequence is not None)
    window.generation.cancel.click()
    assert window.stage.preview.sequence is None
    assert not window.desk.lanes.generate.busy
    seen = previews(window)
    qtbot.wait(150)
    assert seen == []
    assert len(window.document.state.clips) == 1


def test_escape_cancels_what_was_begun_last(
    window: MainWindow, panel: GeneratePanel, qtbot: QtBot
) -> None:
    """Also from a field in which something was typed before; the editor of a name keeps it."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    first = window.document.open_clip(ball())
    lanes, stop = window.desk.lanes, window.registry["edit.stop"]
    assert not stop.isEnabled()
    assert "(Esc cancels" in panel.cancel.toolTip()
    for lane in (lanes.export, lanes.generate):
        lane.submit(work_on)
    window.clips.edit_name()
    QTest.keyClick(typed_in(), Qt.Key.Key_Escape)
    assert lanes.generate.busy
    panel.form.seed.setFocus()
    QTest.keyClick(typed_in(), Qt.Key.Key_Escape)
    assert (lanes.generate.busy, lanes.export.busy) == (False, True)
    window.document.open_clip(ball())
    window.compare_with(first)
    window.stage.take_focus()
    QTest.keyClick(typed_in(), Qt.Key.Key_Escape)
    assert lanes.export.busy, "the comparison was left"
    QTest.keyClick(typed_in(), Qt.Key.Key_Escape)
    assert not lanes.export.busy and not stop.isEnabled()


def test_who_looks_at_another_clip_is_not_disturbed(make: Make, qtbot: QtBot) -> None:
    window = make(SmallEngine(pause=0.02))
    window.desk.models.load()
    settle(qtbot, window)
    window.generation.generate.click()
    window.document.open_clip(ball())
    seen = previews(window)
    settle(qtbot, window)
    assert [sequence for sequence in seen if sequence is not None] == []
    assert len(window.document.state.clips) == 2


def test_the_wheel_changes_no_value_by_the_way(panel: GeneratePanel) -> None:
    before = panel.document.state.generation
    form, sampling = panel.form, panel.sampling
    for control in (
        form.seed,
        form.length,
        form.slider,
        sampling.fields["steps"],
        panel.face.choice,
    ):
        wheel_over(control)
    assert panel.document.state.generation == before


def test_every_control_says_what_it_is_and_can_be_reached(fresh: MainWindow) -> None:
    panel = fresh.generation
    form, sampling, face = panel.form, panel.sampling, panel.face
    controls = [
        *(panel.generate, panel.cancel, panel.restore, *panel.labels.tiles.values()),
        *(form.seed, form.dice, form.lock, form.slider, form.intensity, form.length),
        *(panel.model.model, panel.model.reset, *sampling.fields.values()),
        *(*sampling.resets.values(), face.choice, face.browse),
        *(*face.editor.sliders.values(), face.editor.random, face.editor.reset),
    ]
    for control in controls:
        assert control.toolTip(), control
        assert control.accessibleName() or control.property("text"), control
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control


def test_generate_stays_in_view_in_a_low_window(window: MainWindow, panel: GeneratePanel) -> None:
    panel.advanced.title.click()
    panel.face.editor.random.click()
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    bar = panel.scroller.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert panel.generate.visibleRegion().boundingRect().height() == panel.generate.height()
