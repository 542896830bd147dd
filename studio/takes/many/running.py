"""Items handed to those who work on them, until none is left; whoever works, the same loop."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from .manifest import Item, Manifest, State

Work = Callable[[Item], State]
Told = Callable[[State], object]


class LostWorker(Exception):
    """A worker went while it was at an item; the message says how, in a few words."""


class Crew(Protocol):
    """Those who work."""

    @property
    def room(self) -> int:
        """How many items it takes at once."""
        ...

    def take(self, item: Item) -> None:
        """Begin an item."""
        ...

    def finished(self) -> tuple[Item, State | LostWorker]:
        """Wait for the next item that ends.

        Raises
        ------
        StudioError
            Where no work can go on.
        """
        ...

    def close(self) -> None:
        """Stop what is at work, and let go of everything."""
        ...


class Alone:
    """The process of the command itself, an item after the other.

    Parameters
    ----------
    work
        Does an item.
    """

    room = 1

    def __init__(self, work: Work) -> None:
        self._work = work
        self._waiting: deque[Item] = deque()

    def take(self, item: Item) -> None:
        """Have an item wait for its turn."""
        self._waiting.append(item)

    def finished(self) -> tuple[Item, State | LostWorker]:
        """Do the next item."""
        item = self._waiting.popleft()
        return item, self._work(item)

    def close(self) -> None:
        """Forget what waits."""
        self._waiting.clear()


def left_of(manifest: Manifest, items: Sequence[Item]) -> tuple[dict[str, State], list[Item]]:
    """Look which items are done, and which are left."""
    done: dict[str, State] = {}
    for item in items:
        state = manifest.state(item)
        if state is not None and not state.error:
            done[item.id] = state
    return done, [item for item in items if item.id not in done]


def run_items(
    manifest: Manifest, items: Sequence[Item], crew: Crew, retry: int, told: Told
) -> dict[str, State]:
    """Have a crew do items; how each ended, by id.

    Parameters
    ----------
    manifest
        Told of items whose worker could not.
    retry
        How often an item that failed is tried again, where that may help.
    told
        Given each state that stays.

    Raises
    ------
    StudioError
        Where no work can go on; those that ended are noted in the manifest.
    """
    waiting, tries = deque(items), Counter[str]()
    at_work, states = 0, dict[str, State]()
    try:
        while waiting or at_work:
            while waiting and at_work < crew.room:
                tries[waiting[0].id] += 1
                crew.take(waiting.popleft())
                at_work += 1
            item, state = crew.finished()
            at_work -= 1
            if isinstance(state, LostWorker):
                state = State(item.id, item.source, item.output, f"its worker {state}")
            if state.error and not state.lasting and tries[item.id] <= retry:
                waiting.append(item)
                continue
            states[item.id] = _noted(manifest, state, tries[item.id])
            told(states[item.id])
    finally:
        crew.close()
        manifest.clear(items)
    return states


def _noted(manifest: Manifest, state: State, tries: int) -> State:
    """Put down a state that its worker did not, or not with so many tries."""
    state = replace(state, tries=tries)
    if state.error or tries > 1:
        manifest.note(state)
    return state
