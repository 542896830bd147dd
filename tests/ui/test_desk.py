"""The desk: which jobs go with a document, and what is told when one is stopped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.core import CheckpointError, InputError
from studio.document import Document
from studio.ui.desk import Desk

from .fakes import SmallEngine, opener, work_on


@pytest.fixture
def desk(qtbot: QtBot, document: Document, engine: SmallEngine) -> Iterator[Desk]:
    desk = Desk(document, open_engine=opener(engine))
    yield desk
    for lane in (desk.models.imports, *desk.lanes):
        lane.close()


def test_each_kind_of_job_has_a_lane_of_its_own(desk: Desk) -> None:
    names = [lane.name for lane in desk.lanes]
    assert len(set(names)) == len(names) > 10
    assert all(getattr(desk.lanes, name).name == name for name in names)


def test_a_document_that_goes_takes_its_jobs_along_and_no_others(desk: Desk) -> None:
    for lane in desk.lanes:
        lane.submit(work_on)
    desk.lanes.put_aside()
    left = {lane.name for lane in desk.lanes if lane.busy}
    kept = {"models", "batch", "many", "export", "save", "session", "picture", "figures"}
    assert left == kept | {"live", "live_reading"}


def test_only_what_the_user_stops_is_told(desk: Desk) -> None:
    lane, told = desk.lanes.export, list[str]()
    lane.stopped.connect(lambda: told.append("stopped"))
    lane.finished.connect(lambda: told.append("finished"))
    lane.submit(work_on)
    lane.submit(work_on)
    lane.cancel()
    assert told == ["finished"]
    lane.submit(work_on)
    lane.stop()
    assert told == ["finished", "finished", "stopped"]


def test_the_job_asked_for_last_is_the_one_to_stop(desk: Desk) -> None:
    """What is read by itself, after whatever is on show, is none of them."""
    lanes, told = desk.lanes, list[str]()
    lanes.asked_changed.connect(lambda: told.append(lanes.newest.name if lanes.newest else "none"))
    for lane in (lanes.generate, lanes.export, lanes.recognize, lanes.models):
        lane.submit(work_on)
    for _ in range(2):
        assert lanes.newest is not None
        lanes.newest.stop()
    assert told == ["generate", "export", "generate", "none"]
    assert lanes.newest is None and lanes.recognize.busy
    lanes.generate.submit(work_on)
    lanes.export.submit(work_on)
    lanes.generate.submit(work_on)
    assert lanes.newest is lanes.generate, "a job in the place of an older one is new"


def test_models_are_asked_for_with_a_reason_where_there_are_none(
    qtbot: QtBot, desk: Desk, engine: SmallEngine
) -> None:
    changes = list[object]()
    desk.models.changed.connect(lambda: changes.append(desk.models.engine))
    with pytest.raises(InputError, match="No models are loaded"):
        desk.models.required()
    desk.models.load()
    with pytest.raises(InputError, match="being loaded"):
        desk.models.required()
    qtbot.waitUntil(lambda: not desk.lanes.models.busy)
    assert desk.models.required() is engine
    assert changes == [None, engine]


def test_loading_that_is_stopped_says_that_there_are_no_models(desk: Desk) -> None:
    notes = list[str]()
    desk.models.changed.connect(lambda: notes.append(desk.models.note))
    desk.models.load()
    desk.lanes.models.stop()
    assert "being loaded" in notes[0] and "No models" in notes[-1]


def test_what_goes_wrong_with_the_models_is_reported(
    qtbot: QtBot, document: Document, engine: SmallEngine
) -> None:
    def fail() -> None:
        raise CheckpointError("set: expected a model, found none")

    desk, said = Desk(document, open_engine=opener(engine, before=fail)), list[Exception]()
    desk.reported.connect(said.append)
    desk.models.load()
    qtbot.waitUntil(lambda: not desk.lanes.models.busy)
    assert [str(error) for error in said] == ["set: expected a model, found none"]
    assert desk.models.note.startswith("set: expected a model")
    for lane in (desk.models.imports, *desk.lanes):
        lane.close()
