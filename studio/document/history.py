"""Undo by walking through old states; a step is the state it left behind and a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

State = TypeVar("State")


@dataclass(frozen=True)
class Step(Generic[State]):
    """One undoable step: the state on its other side, its name, its coalescing key."""

    state: State
    name: str
    key: str | None = None


class History(Generic[State]):
    """States in a row, one of them the present.

    Parameters
    ----------
    state
        The first.
    limit
        Steps kept; the oldest are forgotten first.
    weigh, budget
        How many bytes the kept states hold, and how many they may.
    """

    def __init__(
        self,
        state: State,
        *,
        limit: int = 200,
        weigh: Callable[[Iterable[State]], int] | None = None,
        budget: int = 2**30,
    ) -> None:
        self._present = state
        self._past: list[Step[State]] = []
        self._future: list[Step[State]] = []
        self._limit, self._weigh, self._budget = limit, weigh, budget
        self._sealed = True

    @property
    def state(self) -> State:
        """The present."""
        return self._present

    @property
    def undo_name(self) -> str | None:
        """Name of the step that `undo` would take back, None when there is none."""
        return self._past[-1].name if self._past else None

    @property
    def redo_name(self) -> str | None:
        """Name of the step that `redo` would bring back, None when there is none."""
        return self._future[-1].name if self._future else None

    def set_budget(self, budget: int) -> None:
        """Set how many bytes the kept states may hold from now on."""
        self._budget = budget
        self._forget()

    def push(self, state: State, name: str, key: str | None = None) -> None:
        """Make `state` the present.

        Pushes in a row that share a key are one step with the name of the last, until `seal`, an
        undo or a redo; a drag that ends where it began is none. A state equal to the present is no
        step.
        """
        if state == self._present:
            return
        self._future.clear()
        if self._joins(key):
            joined = self._past.pop()
            if joined.state == state:
                self._sealed = True
            else:
                self._past.append(replace(joined, name=name))
        else:
            self._past.append(Step(self._present, name, key))
            self._sealed = False
        self._present = state
        self._forget()

    def seal(self) -> None:
        """End the current drag: the next push starts a step of its own."""
        self._sealed = True

    def undo(self) -> bool:
        """Walk one step back; False when there is none."""
        return self._walk(self._past, self._future)

    def redo(self) -> bool:
        """Walk one step forward; False when there is none."""
        return self._walk(self._future, self._past)

    def _walk(self, source: list[Step[State]], target: list[Step[State]]) -> bool:
        self.seal()
        if not source:
            return False
        step = source.pop()
        target.append(Step(self._present, step.name, step.key))
        self._present = step.state
        return True

    def _joins(self, key: str | None) -> bool:
        return bool(
            not self._sealed and key is not None and self._past and self._past[-1].key == key
        )

    def _forget(self) -> None:
        del self._past[: max(len(self._past) - self._limit, 0)]
        while self._past and self._weight() > self._budget:
            del self._past[0]

    def _weight(self) -> int:
        """Count the bytes kept for undo alone: what the present holds anyway is not counted."""
        if self._weigh is None:
            return 0
        kept = [step.state for step in self._past]
        return self._weigh([*kept, self._present]) - self._weigh([self._present])
