"""Values that outlive the program, as typed attributes.

What is missing or spoiled reads as the default.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from psygnal import Signal
from PySide6.QtCore import QByteArray, QSettings

from studio.core.system.paths import APP

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=str)


_LONGEST_NAME = 255  # letters of a file's; a longer one is refused wherever it is asked for


class Store:
    """Keys and values on disk.

    Parameters
    ----------
    path
        An ini file to use instead of the platform's own place.
    """

    changed = Signal(str)  # the key of a `Stored` attribute

    def __init__(self, path: Path | None = None) -> None:
        if path is None:
            self._store = QSettings(APP, APP)
        else:
            self._store = QSettings(str(path), QSettings.Format.IniFormat)

    def save(self) -> None:
        """Write to the disk now what Qt would write later."""
        self._store.sync()

    def get(self, key: str) -> object:
        """Give what lies under a key, None for nothing."""
        value: object = self._store.value(key)
        return value

    def put(self, key: str, value: object) -> None:
        """Keep a value under a key, None to forget it, and tell who listens."""
        if value is None:
            self._store.remove(key)
        else:
            self._store.setValue(key, value)
        self.changed.emit(key)

    def _choice(self, key: str, choices: tuple[Choice, ...], default: Choice) -> Choice:
        stored = str(self._store.value(key, default))
        return next((choice for choice in choices if choice == stored), default)

    def _bytes(self, key: str) -> QByteArray:
        stored = self._store.value(key)
        return stored if isinstance(stored, QByteArray) else QByteArray()


class Stored(Generic[Value]):
    """An attribute of a `Store`.

    Parameters
    ----------
    read
        Gives the value of what lies on disk; raises `ValueError` where that is spoiled.
    """

    def __init__(self, key: str, default: Value, read: Callable[[object], Value]) -> None:
        self.key, self.default, self.read = key, default, read

    def __get__(self, store: Store, _kind: type[Store] | None = None) -> Value:
        stored = store.get(self.key)
        try:
            return self.default if stored is None else self.read(stored)
        except (ValueError, TypeError, RecursionError):
            return self.default

    def __set__(self, store: Store, value: Value) -> None:
        if value != self.__get__(store) or store.get(self.key) is None:
            store.put(self.key, _plain(value))


def _plain(value: object) -> object:
    """Give a value the form in which it lies on disk."""
    if isinstance(value, list):
        return [str(entry) for entry in value]
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value) if isinstance(value, Path) else value


def choice(key: str, choices: Sequence[Choice], default: Choice) -> Stored[Choice]:
    """Keep one of a few words."""

    def read(stored: object) -> Choice:
        return next((known for known in choices if known == stored), default)

    return Stored(key, default, read)


def number(key: str, default: float, low: float, high: float) -> Stored[float]:
    """Keep a number from low to high."""

    def read(stored: object) -> float:
        value = float(str(stored))
        if not math.isfinite(value):
            raise ValueError(key)
        return float(min(max(value, low), high))

    return Stored(key, default, read)


def whole(key: str, default: int, low: int, high: int) -> Stored[int]:
    """Keep a whole number from low to high."""
    within = number(key, default, low, high)
    return Stored(key, default, lambda stored: round(within.read(stored)))


def flag(key: str, default: bool) -> Stored[bool]:
    """Keep yes or no; an ini file gives the words back."""
    words = {"true": True, "1": True, "false": False, "0": False}

    def read(stored: object) -> bool:
        if str(stored).lower() not in words:
            raise ValueError(key)
        return words[str(stored).lower()]

    return Stored(key, default, read)


def path_of(stored: object) -> Path | None:
    """Take what lies on disk as a path; None for nothing, and for what no path can be."""
    if not isinstance(stored, str | Path) or not str(stored) or "\0" in str(stored):
        return None
    path = Path(stored)
    return path if all(len(part) <= _LONGEST_NAME for part in path.parts) else None


def folders(key: str) -> Stored[list[Path]]:
    """Keep folders in the order they were added, each once.

    An ini file gives a single one back as its name, without a list around it.
    """

    def read(stored: object) -> list[Path]:
        names = stored if isinstance(stored, list) else [stored]
        return list(dict.fromkeys(path.absolute() for path in map(path_of, names) if path))

    return Stored(key, [], read)


def folder(key: str) -> Stored[Path | None]:
    """Keep a folder, or None for the studio's own choice."""
    return Stored(key, None, path_of)


def text(key: str, default: str) -> Stored[str]:
    """Keep any words, or none."""

    def read(stored: object) -> str:
        if not isinstance(stored, str) or not stored.isprintable():
            raise ValueError(key)
        return stored

    return Stored(key, default, read)


def lists(key: str) -> Stored[dict[str, list[str]]]:
    """Keep lists of words by name; on disk they are JSON."""

    def read(stored: object) -> dict[str, list[str]]:
        found = json.loads(str(stored))
        if not isinstance(found, dict) or not all(map(_is_words, found.values())):
            raise ValueError(key)
        return found

    return Stored(key, {}, read)


def _is_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)
