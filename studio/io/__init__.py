"""Mesh sequences in files, in the formats of one table."""

from . import formats as formats
from .format import FORMATS, Format
from .reading import can_read, read_sequence, sniff
from .units import guess_unit
from .weights import WeightTake, read_weights
from .writing import write_sequence

__all__ = [
    "FORMATS",
    "Format",
    "WeightTake",
    "can_read",
    "guess_unit",
    "read_weights",
    "read_sequence",
    "sniff",
    "write_sequence",
]
