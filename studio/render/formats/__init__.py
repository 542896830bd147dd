"""The formats of pictures, a file each; joined here by one line each, behind those of geometry."""

from studio.io import FORMATS

# isort: off
from . import mp4 as mp4
from . import gif as gif
from . import png as png

__all__ = ["FORMATS"]
