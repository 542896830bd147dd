"""What a face is: its template, its landmarks, its rig, its action units. numpy only."""

from .facs import LABELS
from .known import studio_face
from .model import FaceModel
from .rig import ARKIT, Rig, load_rig
from .template import Template, load_template

__all__ = [
    "ARKIT",
    "LABELS",
    "FaceModel",
    "Rig",
    "Template",
    "load_rig",
    "load_template",
    "studio_face",
]
