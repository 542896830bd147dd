"""The points of a face that the user sets: which there are, which is next, and what was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from studio.document import History
from studio.face.known import studio_face
from studio.face.landmarks import IBUG_68
from studio.face.registration.clicked import POINTS

Place = tuple[float, float, float]  # mm, on the foreign face in its own pose


@dataclass(frozen=True)
class Placed:
    """Where points are, by name; a mapping that nobody changes."""

    places: Mapping[str, Place] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", MappingProxyType(dict(self.places)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Placed) and dict(self.places) == dict(other.places)

    __hash__ = None  # type: ignore[assignment]  # compared, never looked up


def corners() -> dict[str, int]:
    """Tell which vertex of the studio's face each point is that can be set, in their order."""
    marks = studio_face().landmarks(IBUG_68.name)
    return {name: int(marks[number]) for name, number in POINTS.items()}


class PointEditor(QObject):
    """Verbs of the list, the mouse and the keys of the assistant.

    Attributes
    ----------
    names
        The points that there are, in the order in which they are asked for.
    current
        The one that a click sets.
    suggested
        Where the last fit has them.
    """

    changed = Signal()

    def __init__(self, names: tuple[str, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.names = names
        self.current = names[0]
        self.suggested: Mapping[str, Place] = {}
        self._history = History(Placed())

    @property
    def places(self) -> Mapping[str, Place]:
        """Where the points are that are set."""
        return self._history.state.places

    @property
    def undo_name(self) -> str | None:
        """What `undo` would take back."""
        return self._history.undo_name

    @property
    def redo_name(self) -> str | None:
        """What `redo` would do again."""
        return self._history.redo_name

    def begin(self, places: Mapping[str, Place]) -> None:
        """Begin anew with points that are set already."""
        self._history = History(Placed({n: places[n] for n in self.names if n in places}))
        self.current = self._next(self.names[-1])
        self.changed.emit()

    def suggest(self, places: Mapping[str, Place]) -> None:
        """Show where the points would be."""
        self.suggested = places
        self.changed.emit()

    def choose(self, name: str) -> None:
        """Let the next click set this point."""
        if name != self.current:
            self._history.seal()
            self.current = name
            self.changed.emit()

    def put(self, name: str, place: Place, key: str | None = None) -> None:
        """Set a point or move it; calls in a row that share `key` are one step."""
        verb = "Move" if name in self.places else "Set"
        self._push({**self.places, name: place}, f"{verb} {name}", key)

    def put_current(self, place: Place) -> None:
        """Set the point that is asked for, and ask for the next that is not set."""
        name = self.current
        self.put(name, place)
        self.current = self._next(name)
        self.changed.emit()

    def seal(self) -> None:
        """End a drag."""
        self._history.seal()

    def remove(self, name: str) -> None:
        """Take a point away, which is asked for again."""
        left = {known: place for known, place in self.places.items() if known != name}
        self.current = name
        self._push(left, f"Remove {name}")

    def take_suggested(self) -> None:
        """Set all that are not set where they are suggested."""
        self._push({**self.suggested, **self.places}, "Take the suggestions")

    def clear(self) -> None:
        """Take all points away."""
        self.current = self.names[0]
        self._push({}, "Remove all points")

    def undo(self) -> None:
        """Take the last step back."""
        if self._history.undo():
            self.changed.emit()

    def redo(self) -> None:
        """Do it again."""
        if self._history.redo():
            self.changed.emit()

    def _push(self, places: Mapping[str, Place], name: str, key: str | None = None) -> None:
        self._history.push(Placed(places), name, key)
        self.changed.emit()

    def _next(self, name: str) -> str:
        """Find the first point after this one that is not set; this one where all are."""
        at = self.names.index(name) + 1
        order = (*self.names[at:], *self.names[:at])
        return next((one for one in order if one not in self.places), name)
