"""Recognition in the window: the range's verdict, what is remembered, what is forgotten."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from studio.core import Familiarity, Progress
from studio.document import Document
from studio.ui.desk import Desk
from studio.ui.models.protocol import Notice
from studio.ui.recognize.service import Verdict
from studio.ui.services import Services
from studio.ui.window.main_window import MainWindow

from .fakes import SmallEngine, ball
from .readout import hover_text
from .windows import Make
from .windows import settle as settle_window


def settle(qtbot: QtBot, services: Services) -> None:
    lanes = services.desk.lanes
    qtbot.waitUntil(lambda: not any(lane.busy for lane in lanes))


def start(qtbot: QtBot, services: Services) -> list[Verdict | None]:
    """Models loaded; the verdicts told from then on."""
    heard: list[Verdict | None] = []
    services.recognition.verdict_changed.connect(heard.append)
    services.desk.models.load()
    settle(qtbot, services)
    return heard


def test_a_range_is_judged_by_itself_and_the_curves_stay(
    qtbot: QtBot, services: Services, document: Document, engine: SmallEngine
) -> None:
    heard = start(qtbot, services)
    clip = document.open_clip(ball(40))
    settle(qtbot, services)
    whole = heard[-1]
    assert whole is not None and whole.whole and (whole.start, whole.stop) == (0, 40)
    document.set_range(clip, 16, 24)
    settle(qtbot, services)
    part = heard[-1]
    assert part is not None and not part.whole and (part.start, part.stop) == (16, 24)
    wanted = engine.judge(ball(40), 16, 24, None)
    np.testing.assert_array_equal(part.probabilities.clip, wanted)
    assert part.probabilities.per_frame is whole.probabilities.per_frame
    assert part.label == "happiness"
    assert services.recognition.verdict(document.state.clip(clip)) == "happiness"


def test_the_panel_and_the_text_tell_the_course_of_the_range(
    qtbot: QtBot, window: MainWindow
) -> None:
    clip = window.document.open_clip(ball(90))
    settle_window(qtbot, window)
    view = window.recognition.verdict_view
    told = view.course.text()
    assert view.course.isVisibleTo(view)
    assert (
        told.startswith("Neutral ") and " s happiness, " in told and told.endswith("3.0 s neutral")
    )
    window.document.set_range(clip, 40, 50)
    settle_window(qtbot, window)
    assert view.course.text() == "Happiness throughout"
    assert "\nHappiness throughout" in window.probability_export.copy_verdict()


def test_a_judged_range_is_remembered(
    qtbot: QtBot, services: Services, document: Document, engine: SmallEngine
) -> None:
    heard = start(qtbot, services)
    clip = document.open_clip(ball(40))
    document.set_range(clip, 10, 20)
    settle(qtbot, services)
    known, asked = heard[-1], len(engine.asked)
    document.set_range(clip, 0, 40)
    document.set_range(clip, 10, 20)
    assert heard[-1] is known
    assert len(engine.asked) == asked


def test_a_range_too_short_to_judge_says_so_beside_the_whole_clips_verdict(
    qtbot: QtBot, services: Services, document: Document
) -> None:
    heard = start(qtbot, services)
    clip = document.open_clip(ball(40))
    document.set_range(clip, 10, 12)
    settle(qtbot, services)
    told = heard[-1]
    assert told is not None and told.whole
    assert "4 frames" in told.note


def test_only_the_last_of_many_ranges_is_judged(
    qtbot: QtBot, services: Services, document: Document, engine: SmallEngine
) -> None:
    heard = start(qtbot, services)
    clip = document.open_clip(ball(40))
    settle(qtbot, services)
    engine.pause = 0.005
    for stop in range(12, 30):
        document.set_range(clip, 5, stop)
    settle(qtbot, services)
    parts = [verdict for verdict in heard if verdict is not None and not verdict.whole]
    assert [(part.start, part.stop) for part in parts] == [(5, 29)]


def test_stopping_a_range_leaves_the_whole_clips_reading(
    qtbot: QtBot, services: Services, document: Document, engine: SmallEngine
) -> None:
    heard = start(qtbot, services)
    clip = document.open_clip(ball(40))
    settle(qtbot, services)
    engine.pause = 0.02
    document.set_range(clip, 5, 20)
    services.desk.lanes.recognize.stop()
    told = heard[-1]
    assert told is not None and told.whole and "stopped" in told.note


def test_other_models_are_asked_anew(qtbot: QtBot, document: Document) -> None:
    engines = [SmallEngine(), SmallEngine()]
    given = iter(engines)

    def open_next(
        folder: Path | None, device: str, notice: Notice, *, progress: Progress
    ) -> SmallEngine:
        return next(given)

    services = Services(Desk(document, open_engine=open_next))
    document.open_clip(ball(8))
    for _ in engines:
        services.desk.models.load()
        settle(qtbot, services)
    assert [len(engine.asked) for engine in engines] == [1, 1]
    services.close()


def test_the_window_says_what_was_judged(qtbot: QtBot, make: Make) -> None:
    window = make()
    window.desk.models.load()
    clip = window.document.open_clip(ball(40))
    settle_window(qtbot, window)
    assert "whole clip" in window.recognition.sure.text()
    window.document.set_range(clip, 16, 24)
    settle_window(qtbot, window)
    assert "frames 16 to 23" in window.recognition.sure.text()


def test_a_strange_clip_is_called_unfamiliar_where_it_is(
    qtbot: QtBot, services: Services, document: Document
) -> None:
    start(qtbot, services)
    told: list[Familiarity | None] = []
    services.recognition.familiarity_changed.connect(told.append)
    clip = document.open_clip(ball(40, name="strange"))
    settle(qtbot, services)
    assert told[-1] is not None
    assert "this face is unlike" in services.recognition.doubt
    document.set_range(clip, 2, 18)
    settle(qtbot, services)
    assert services.recognition.doubt == ""
    document.open_clip(ball(40, name="usual"))
    assert told[-1] is None, "not that of another clip while this one is read"
    settle(qtbot, services)
    assert services.recognition.doubt == ""


def test_models_that_know_no_familiarity_read_all_the_same(
    qtbot: QtBot, services: Services, document: Document, engine: SmallEngine
) -> None:
    engine.kinds = frozenset({"autoencoder", "recognizer"})
    heard = start(qtbot, services)
    document.open_clip(ball(40, name="strange"))
    settle(qtbot, services)
    assert heard[-1] is not None
    assert services.recognition.familiarity is None
    assert services.recognition.doubt == ""


def test_the_window_shows_the_doubt_and_brings_curves_back_with_their_clip(
    qtbot: QtBot, make: Make
) -> None:
    window = make()
    window.desk.models.load()
    first = window.document.open_clip(ball(40, name="strange"))
    settle_window(qtbot, window)
    timeline, caution = window.stage.timeline, window.recognition.verdict_view.caution
    assert caution.isVisibleTo(window) and "take the numbers with care" in caution.label.text()
    strange = hover_text(timeline, 30)
    assert "unfamiliar" in strange and "unfamiliar" not in hover_text(timeline, 3)
    window.document.open_clip(ball(30, name="usual"))
    settle_window(qtbot, window)
    assert not caution.isVisibleTo(window)
    window.document.set_current(first)
    assert hover_text(timeline, 30) == strange
    assert caution.isVisibleTo(window)
