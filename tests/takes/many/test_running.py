"""Items that are done, left, lost with a worker, and tried again."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from studio.core import InputError, StudioError
from studio.takes.many.manifest import Item, Manifest, State, item_id
from studio.takes.many.processes import Processes
from studio.takes.many.running import Alone, left_of, run_items


def some(folder: Path, count: int) -> list[Item]:
    """Items whose arguments say what `work` does with them."""
    return [
        Item(f"id{n}", "copy", ("well",), f"{n}", str(folder / f"{n}.txt")) for n in range(count)
    ]


def work(item: Item) -> State:
    """Write the output, or end as the item says: killed, with what such a process leaves."""
    out, what = Path(item.output), item.arguments[0]
    if what == "dies once" and not Path(f"{item.output}.died").exists():
        Path(f"{item.output}.died").touch()
        (out.parent / f".{out.name}.0123abcd.part").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "fails":
        return State(item.id, item.source, item.output, "no luck")
    if what == "bad":
        return State(item.id, item.source, item.output, "no clip", lasting=True)
    out.write_text(what)
    state = State(item.id, item.source, item.output, host=str(os.getpid()))
    Manifest.of(out.parent).note(state)
    return state


def begun(folder: Path, items: list[Item]) -> Manifest:
    manifest = Manifest.of(folder)
    manifest.write(items)
    return manifest


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    items = some(tmp_path, 3)
    assert begun(tmp_path, items).items() == items
    assert (tmp_path / "manifest.jsonl").read_text().count("\n") == 3
    (tmp_path / "manifest.jsonl").write_text('{"id": 1}\n')
    with pytest.raises(InputError, match="expected a manifest of items"):
        Manifest.of(tmp_path).items()


def test_an_id_depends_on_all_that_the_result_depends_on() -> None:
    one = ("convert", ["--unit", "m"], "digest", Path("/a"), "12-34")
    others = [
        ("recognize", *one[1:]),
        (one[0], ["--unit", "mm"], *one[2:]),
        (*one[:2], "other", *one[3:]),
        (*one[:3], Path("/b"), one[4]),
        (*one[:4], "12-35"),
    ]
    assert len({item_id(*each) for each in (one, *others)}) == 6


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    items = some(tmp_path, 3)
    manifest = begun(tmp_path, items)
    run_items(manifest, items[:2], Alone(work), 0, print)
    done, left = left_of(manifest, items)
    assert [*done] == ["id0", "id1"] and left == items[2:]
    Path(items[0].output).unlink()
    assert left_of(manifest, items)[1] == [items[0], items[2]]
    manifest.state_file("id1").write_text("{")
    assert left_of(manifest, items)[1] == items


def test_an_output_that_another_item_makes_is_no_longer_the_first_ones(tmp_path: Path) -> None:
    items = some(tmp_path, 2)
    manifest = begun(tmp_path, items)
    run_items(manifest, items, Alone(work), 0, print)
    newer = replace(items[0], id="newer")
    manifest.forget_others([newer])
    assert left_of(manifest, items)[1] == [items[0]]


def test_what_failed_is_tried_again_where_that_may_help(tmp_path: Path) -> None:
    well, fails, bad = (
        replace(item, arguments=(what,))
        for item, what in zip(some(tmp_path, 3), ("well", "fails", "bad"), strict=True)
    )
    manifest, told = begun(tmp_path, [well, fails, bad]), list[State]()
    states = run_items(manifest, [well, fails, bad], Alone(work), 2, told.append)
    assert {name: state.tries for name, state in states.items()} == {"id0": 1, "id1": 3, "id2": 1}
    assert [state.id for state in told] == ["id0", "id2", "id1"]
    assert manifest.state(fails) == states["id1"] and states["id1"].error == "no luck"
    assert left_of(manifest, [well, fails, bad])[1] == [fails, bad]


@pytest.mark.skipif(os.name == "nt", reason="nothing is killed by a signal")
def test_a_process_that_is_killed_is_replaced_and_leaves_nothing_half(tmp_path: Path) -> None:
    items = some(tmp_path, 4)
    items[1] = replace(items[1], arguments=("dies once",))
    manifest = begun(tmp_path, items)
    states = run_items(manifest, items, Processes(2, work), 0, print)
    assert [name for name, state in states.items() if state.error] == ["id1"]
    assert states["id1"].error == "its worker was ended by the system (signal 9)"
    assert str(os.getpid()) not in {state.host for state in states.values()}
    assert not [*tmp_path.rglob("*.part")]
    assert left_of(manifest, items)[1] == [items[1]]
    run_items(manifest, items[1:2], Alone(work), 0, print)
    assert left_of(manifest, items)[1] == []


def endless(item: Item) -> State:
    """Begin, and be stopped."""
    out = Path(item.output)
    try:
        out.with_suffix(".begun").touch()
        time.sleep(600)
    finally:
        out.with_suffix(".ended").touch()
    raise StudioError("nobody stopped it")


@pytest.mark.skipif(os.name == "nt", reason="processes are not interrupted")
def test_what_is_at_work_is_stopped_and_ends_as_a_command_does(tmp_path: Path) -> None:
    crew = Processes(1, endless)
    (item,) = some(tmp_path, 1)
    crew.take(item)
    while not Path(item.output).with_suffix(".begun").exists():
        time.sleep(0.01)
    crew.close()
    assert Path(item.output).with_suffix(".ended").exists()
