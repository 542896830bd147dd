"""Undo walks back through old states, whatever was done."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.document import History

Push = tuple[int, str | None]
pushes = st.lists(st.tuples(st.integers(0, 5), st.sampled_from([None, "a", "b"])), max_size=30)


@given(pushes)
def test_undo_all_returns_the_first_state_and_redo_all_the_last(done: list[Push]) -> None:
    history = History(0)
    for value, key in done:
        history.push(value, f"to {value}", key)
    last = history.state
    while history.undo():
        pass
    assert history.state == 0
    while history.redo():
        pass
    assert history.state == last


@given(pushes)
def test_every_undo_is_taken_back_by_one_redo(done: list[Push]) -> None:
    history = History(0)
    for value, key in done:
        history.push(value, f"to {value}", key)
    while history.undo_name is not None:
        before, name = history.state, history.undo_name
        history.undo()
        assert history.redo_name == name
        history.redo()
        assert (history.state, history.undo_name) == (before, name)
        history.undo()


def test_a_drag_is_one_step() -> None:
    history = History(0)
    for value in range(1, 50):
        history.push(value, "drag", "slider")
    assert history.undo()
    assert history.state == 0
    assert history.undo_name is None


def test_a_step_is_called_what_ended_it() -> None:
    history = History(0)
    history.push(1, "roll", "generate")
    history.push(2, "generate", "generate")
    assert history.undo_name == "generate"


def test_two_drags_with_a_release_between_are_two_steps() -> None:
    history = History(0)
    history.push(1, "drag", "slider")
    history.seal()
    history.push(2, "drag", "slider")
    history.undo()
    assert history.state == 1


def test_drags_of_two_sliders_do_not_merge() -> None:
    history = History(0)
    history.push(1, "one", "first")
    history.push(2, "two", "second")
    history.undo()
    assert history.state == 1


def test_a_drag_that_returns_is_no_step() -> None:
    history = History(0)
    history.push(1, "drag", "slider")
    history.push(0, "drag", "slider")
    assert history.undo_name is None
    assert not history.undo()


def test_an_edit_after_undo_forgets_the_future() -> None:
    history = History(0)
    history.push(1, "one")
    history.undo()
    history.push(2, "two")
    assert history.redo_name is None
    assert history.state == 2


def test_only_the_newest_steps_are_kept() -> None:
    history = History(0, limit=3)
    for value in range(1, 11):
        history.push(value, str(value))
    while history.undo():
        pass
    assert history.state == 7


def test_old_steps_go_when_they_hold_too_many_bytes() -> None:
    history = History(0, weigh=lambda states: sum(set(states)), budget=10)
    for value in (4, 5, 6, 1):
        history.push(value, str(value))
    while history.undo():
        pass
    assert history.state == 6


def test_a_smaller_budget_forgets_at_once() -> None:
    history = History(0, weigh=lambda states: sum(set(states)), budget=100)
    for value in (4, 5, 6, 1):
        history.push(value, str(value))
    history.set_budget(10)
    while history.undo():
        pass
    assert history.state == 6
