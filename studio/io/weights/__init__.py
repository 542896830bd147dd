"""Weights of a tracked face over time, from whatever program wrote them: one table of dialects."""

from .names import HEAD, NAMES
from .take import WeightTake, read_weights

__all__ = ["HEAD", "NAMES", "WeightTake", "read_weights"]
