"""Formats in which programs for animation hand clips to each other, a file each."""

# isort: off
from . import pc2 as pc2
from . import mdd as mdd
from . import usd as usd
from . import abc as abc
from . import fbx as fbx
from . import threemf as threemf
