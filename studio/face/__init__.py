"""What a face is: its template, its rig, its action units. numpy only."""

from .facs import LABELS
from .rig import ARKIT, Rig, load_rig
from .template import Template, load_template

__all__ = ["ARKIT", "LABELS", "Rig", "Template", "load_rig", "load_template"]
