"""What is painted on a face: where each vertex lies in the textures of its part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkRenderingCore import vtkTexture

from studio.core import MeshSequence
from studio.core.sequence import Floats, Ints
from studio.face.known import known
from studio.face.landmarks import IBUG_68
from studio.face.model import FaceModel
from studio.render.vtk_bridge import to_vtk

from .eyes import Image, eye_coordinates, eye_texture
from .mouth import inside_coordinates, inside_texture, mouth_depth
from .skin import Unrolled, plain_texture, skin_texture

EYES = ("eye_left", "eye_right")
INSIDE = "mouth_inside"
Mask = NDArray[np.bool_]


def texture_of(image: Image) -> vtkTexture:
    """Make a texture of an image (H, W, 3) whose first row is the bottom one."""
    height, width, _ = image.shape
    data = vtkImageData()
    data.SetDimensions(width, height, 1)
    data.GetPointData().SetScalars(to_vtk(image.reshape(-1, 3), copy=True))
    texture = vtkTexture()
    texture.SetInputData(data)
    texture.InterpolateOn()
    texture.MipmapOn()
    texture.SetMaximumAnisotropicFiltering(
        1
    )  # the default costs a rasterizer on the CPU a third of its pace
    texture.SetWrap(vtkTexture.ClampToEdge)
    return texture


class Textures:
    """The textures of one window, each image's made once.

    Never shared by windows: VTK binds a texture to the one that draws it, and two of them may
    draw in two threads.
    """

    def __init__(self) -> None:
        self._made: dict[int, tuple[Image, vtkTexture]] = {}

    def of(self, image: Image | None) -> vtkTexture | None:
        """Give the texture of an image (H, W, 3), None for a part that is not painted."""
        if image is None:
            return None
        if id(image) not in self._made:
            # The image is kept, or another could come to lie at its address.
            self._made[id(image)] = image, texture_of(image)
        return self._made[id(image)][1]


@dataclass(frozen=True, eq=False)
class Paint:
    """Where vertices lie in textures, one image a painted part, and regions found on the way.

    Attributes
    ----------
    coordinates
        (V, 2), 0..1.
    own
        Name -> (V, 2) of parts that share vertices with another and lie elsewhere in their image.
    """

    coordinates: Floats
    images: Mapping[str, Image]
    regions: Mapping[str, Mask]
    own: Mapping[str, Floats] = field(default_factory=dict)

    def of_part(self, name: str) -> Floats:
        """Give the coordinates (V, 2) of a part."""
        return self.own.get(name, self.coordinates)

    @classmethod
    def of(
        cls,
        rest: Floats,
        faces: Ints,
        regions: Mapping[str, Mask],
        landmarks: Ints | None = None,
    ) -> Paint:
        """Make paint for a rest face (V, 3).

        Parameters
        ----------
        regions
            Masks (V,), of which skin and eyes are painted.
        landmarks
            (68,) vertex ids, without which the skin is of one color.
        """
        coordinates = np.zeros((len(rest), 2), dtype=np.float32)
        images: dict[str, Image] = {}
        found, own = dict(regions), dict[str, Floats]()
        eyes = eye_texture(glint=landmarks is None)
        for name in EYES:
            if name in regions and regions[name].sum() >= 8:
                coordinates[regions[name]] = eye_coordinates(rest[regions[name]])
                images[name] = eyes
        if "skin" in regions and regions["skin"].any():
            skin = regions["skin"]
            unrolled = Unrolled(rest[skin])
            coordinates[skin] = unrolled.coordinates(rest[skin])
            images["skin"] = plain_texture()
            if landmarks is not None:
                images["skin"] = skin_texture(unrolled, rest[landmarks])
                depth = mouth_depth(rest, faces, landmarks)
                found[INSIDE], images[INSIDE] = depth >= 0, inside_texture()
                own[INSIDE] = inside_coordinates(depth)
        return cls(coordinates, images, found, own)


@lru_cache(maxsize=4)
def face_paint(face: FaceModel) -> Paint:
    """Paint on the rest face of a known face, made once."""
    rest = face.template
    return Paint.of(rest.vertices, rest.faces, rest.regions, face.landmarks(IBUG_68.name))


def paint_for(sequence: MeshSequence, regions: Mapping[str, Mask] | None) -> Paint | None:
    """Lay paint out on the rest face of a known face, on the first frame of any other clip.

    On the rest face, so that a glance in the first frame does not move the irises.
    """
    if regions is None:
        return None
    face = known(sequence.topology)
    if face is not None:
        return face_paint(face)
    return Paint.of(sequence.vertices[0], sequence.faces, regions)
