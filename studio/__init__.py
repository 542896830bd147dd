"""Expression Studio: open a 3D face in motion, see its expression, make new motion."""

__version__ = "0.1.0"
