"""GLB and glTF: meshes whose targets, nodes and joints move, as engines and viewers take them."""

from . import formats as formats
