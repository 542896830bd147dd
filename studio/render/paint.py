"""What is painted on a face: where each vertex lies in the textures of its part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkRenderingCore import vtkTexture

from studio.core.sequence import Floats

from .eyes import Image, eye_coordinates, eye_texture

EYES = ("eye_left", "eye_right")


def texture_of(image: Image) -> vtkTexture:
    """A texture of an image (h, w, 3) whose first row is the bottom one."""
    height, width, _ = image.shape
    data = vtkImageData()
    data.SetDimensions(width, height, 1)
    data.GetPointData().SetScalars(numpy_to_vtk(image.reshape(-1, 3), deep=True))
    texture = vtkTexture()
    texture.SetInputData(data)
    texture.InterpolateOn()
    texture.MipmapOn()
    texture.EdgeClampOn()
    return texture


@dataclass(eq=False)
class Paint:
    """Texture coordinates (V, 2) and one image a painted part."""

    coordinates: Floats
    images: Mapping[str, Image]
    _made: dict[int, vtkTexture] = field(default_factory=dict)

    def texture(self, part: str) -> vtkTexture | None:
        """The part's texture, made once; None for a part that is not painted."""
        image = self.images.get(part)
        if image is None:
            return None
        return self._made.setdefault(id(image), texture_of(image))

    @classmethod
    def of(cls, rest: Floats, regions: Mapping[str, NDArray[np.bool_]]) -> Paint:
        """Paint for a rest face (V, 3) with the regions of the template."""
        coordinates = np.zeros((len(rest), 2), dtype=np.float32)
        images: dict[str, Image] = {}
        eyes = eye_texture()
        for name in EYES:
            if name in regions and regions[name].sum() >= 8:
                coordinates[regions[name]] = eye_coordinates(rest[regions[name]])
                images[name] = eyes
        return cls(coordinates, images)
