"""What was found of arrays, remembered as long as they are there."""

from __future__ import annotations

import weakref
from typing import Any, Generic, TypeVar

from numpy.typing import NDArray

Found = TypeVar("Found")


class ByArray(Generic[Found]):
    """Tells arrays apart by identity, because they are no keys.

    Only what cannot be written to any more may be believed to be as it was found. Safe to share
    between threads: an array is forgotten before another can have its place.
    """

    def __init__(self) -> None:
        self._kept: dict[int, tuple[weakref.ref[NDArray[Any]], Found]] = {}

    def get(self, array: NDArray[Any]) -> Found | None:
        """Give what was found of an array (...,), None for nothing."""
        kept = self._kept.get(id(array))
        return kept[1] if kept is not None and kept[0]() is array else None

    def put(self, array: NDArray[Any], found: Found) -> None:
        """Remember what was found of an array (...,)."""
        key = id(array)
        self._kept[key] = weakref.ref(array, lambda _gone: self._kept.pop(key, None)), found
