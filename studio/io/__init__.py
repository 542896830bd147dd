"""Mesh sequences in files: folders of frames, arrays, single meshes, face tracking takes."""

from .formats import FORMATS, Format, can_read, sniff
from .livelink import LiveLinkTake, read_livelink
from .reading import read_sequence
from .units import guess_unit
from .writing import write_sequence

__all__ = [
    "FORMATS",
    "Format",
    "LiveLinkTake",
    "can_read",
    "guess_unit",
    "read_livelink",
    "read_sequence",
    "sniff",
    "write_sequence",
]
