"""The formats of geometry, a file each; joined here by one line each, in the order of lists."""

# isort: off
from . import obj as obj
from . import ply as ply
from . import stl as stl
from . import off as off
from . import gltf as gltf
from . import npz as npz
from . import npy as npy
from . import weights as weights
from . import video as video
from . import interchange as interchange
