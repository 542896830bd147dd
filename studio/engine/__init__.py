"""Recognition and generation: arrays in, arrays out, cancellable. No Qt, no files but models."""

from .device import available_devices, choose_device
from .engine import Engine
from .sets import CheckpointSet, default_set, find_sets

__all__ = [
    "CheckpointSet",
    "Engine",
    "available_devices",
    "choose_device",
    "default_set",
    "find_sets",
]
