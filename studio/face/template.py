"""The studio's face: one topology that every model, landmark and mask refers to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError
from studio.core.sequence import Floats, Ints, listed_hash, topology_hash
from studio.core.system.paths import shipped

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Template:
    """The rest face and what is known of its vertices.

    Attributes
    ----------
    vertices : (V, 3) float32, millimeters, y up, +z out of the face, origin between the eyes
    faces : (F, 3) int32
    regions : name -> (V,) mask; skin, eye_left, eye_right and tongue divide the vertices, rigid
        (skull, forehead, nose bridge) moves with the head only, mouth, brows, eyes and jaw are
        what the matching ARKit actions move
    landmarks : (68,) int32 vertex ids, iBUG order
    mirror : (V,) int32, the vertex on the other side; on the midline a vertex is its own mirror
    """

    vertices: Floats
    faces: Ints
    regions: dict[str, Mask]
    landmarks: Ints
    mirror: Ints

    @cached_property
    def topology(self) -> str:
        """Hash of the triangulation."""
        return topology_hash(self.faces, len(self.vertices))

    @cached_property
    def listed_topology(self) -> str:
        """Hash of the list of triangles, by which model files name the face."""
        return listed_hash(self.faces, len(self.vertices))

    @property
    def n_vertices(self) -> int:
        """How many vertices the face has."""
        return len(self.vertices)

    @classmethod
    def read(cls, path: Path) -> Template:
        """Read a template written by `write`.

        Raises
        ------
        InputError
            When the file cannot be one.
        """
        try:
            with np.load(path, allow_pickle=False) as data:
                regions = {
                    key.removeprefix("region_"): data[key].astype(bool)
                    for key in data.files
                    if key.startswith("region_")
                }
                return cls(
                    data["vertices"], data["faces"], regions, data["landmarks"], data["mirror"]
                )
        except (OSError, KeyError, ValueError) as error:
            raise InputError.of(path, "the studio's template face", str(error)) from error

    def write(self, path: Path) -> None:
        """Write it as one npz file."""
        masks: dict[str, Any] = {f"region_{name}": mask for name, mask in self.regions.items()}
        np.savez_compressed(
            path,
            vertices=self.vertices,
            faces=self.faces,
            landmarks=self.landmarks,
            mirror=self.mirror,
            **masks,
        )


@lru_cache(maxsize=1)
def load_template() -> Template:
    """Read the shipped template, once."""
    return Template.read(shipped("resources") / "face" / "template.npz")
