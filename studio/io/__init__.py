"""Mesh sequences in files, in the formats of one table."""

from . import formats as formats
from .format import FORMATS, Format
from .formats.livelink import LiveLinkTake, read_livelink
from .reading import can_read, read_sequence, sniff
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
