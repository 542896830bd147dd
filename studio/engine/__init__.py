"""Recognition and generation: arrays in, arrays out, cancellable. No Qt, no files but models.

torch takes seconds to import, so that what needs it is imported when it is first asked for; the
`catalog` says what models there are without it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.engine.loading.device import available_devices, choose_device, leave_a_core
    from studio.engine.loading.sets import CheckpointSet, default_set, find_sets

    from .engine import Engine

_HOMES = {
    "CheckpointSet": "loading.sets",
    "Engine": "engine",
    "available_devices": "loading.device",
    "choose_device": "loading.device",
    "default_set": "loading.sets",
    "find_sets": "loading.sets",
    "leave_a_core": "loading.device",
}
__all__ = [
    "CheckpointSet",
    "Engine",
    "available_devices",
    "choose_device",
    "default_set",
    "find_sets",
    "leave_a_core",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
