"""What a glTF file says of its meshes, nodes and animations, which point at each other."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.core import InputError
from studio.core.read_as import MILLIMETERS
from studio.io.said import unit_named
from studio.io.units import shown

Json = dict[str, Any]

# Of the extensions that a file may require, those without which the surface is the same, and
# KHR_mesh_quantization, which only lets coordinates be whole numbers.
_HARMLESS = (
    "KHR_materials_", "KHR_texture_", "EXT_texture_", "MSFT_texture_", "KHR_lights_", "EXT_lights_",
    "KHR_xmp", "KHR_mesh_quantization",
)  # fmt: skip
_PACKING = {
    "KHR_draco_mesh_compression": "compression",
    "EXT_meshopt_compression": "compression",
    "KHR_meshopt_compression": "compression",
    "EXT_mesh_gpu_instancing": "instances drawn by the graphics card",
}
_SPOKEN = {"meshes": "mesh", "accessors": "accessor", "bufferViews": "buffer view"}


@dataclass(frozen=True, eq=False)
class Tree:
    """The JSON of a file, of which nothing is believed unseen.

    Attributes
    ----------
    path
        The file.
    root
        All that it says.
    """

    path: Path
    root: Json
    _lists: dict[str, list[Json]] = field(default_factory=dict)

    def bad(self, wanted: str, found: str) -> InputError:
        """Make the sentence that refuses the file."""
        return InputError.of(self.path, wanted, found)

    def check(self) -> None:
        """Refuse another version, and a file that needs what the studio lacks."""
        asset = self.root.get("asset")
        version = asset.get("version") if isinstance(asset, dict) else None
        if version is not None and not str(version).startswith("2"):
            raise self.bad("glTF 2", f"version {shown(str(version))}")
        needed = self.root.get("extensionsRequired")
        for name in needed if isinstance(needed, list) else ():
            if not str(name).startswith(_HARMLESS):
                raise self.lacks(str(name))

    def lacks(self, extension: str) -> InputError:
        """Make the sentence that refuses an extension by its name."""
        what = _PACKING.get(extension, "that extension")
        return self.bad(f"glTF written without {what}: export it again without", shown(extension))

    def listed(self, kind: str, item: Json | None = None) -> list[Json]:
        """List the objects of a kind in the file, or in an item of it."""
        found = (self.root if item is None else item).get(kind, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self.bad(f"a list of {kind}", shown(type(found).__name__))
        return found

    def one(self, kind: str, index: object) -> Json:
        """Give the object of a kind that a number points at."""
        every = self._lists.get(kind)
        if every is None:  # looked through once, and not each time that something points there
            every = self._lists[kind] = self.listed(kind)
        spoken = _SPOKEN.get(kind, kind.removesuffix("s"))
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(every):
            raise self.bad(f"one of the {len(every)} {kind} of the file", f"{spoken} {index}")
        return every[index]

    def inner(self, item: Json, key: str) -> Json:
        """Give the object in an item, empty where there is none."""
        found = item.get(key, {})
        if not isinstance(found, dict):
            raise self.bad(f"{key} as an object", shown(type(found).__name__))
        return found

    def whole(self, item: Json, key: str, usual: int | None = None) -> int:
        """Give a number of 0 or more; what is usual where an item has none."""
        found = item.get(key, usual)
        if isinstance(found, bool) or not isinstance(found, int) or found < 0:
            raise self.bad(f"{key} as a whole number of 0 or more", shown(str(found)))
        return found

    def pointers(self, item: Json, key: str) -> list[int]:
        """Give the list of numbers in an item that point at others."""
        found = item.get(key, [])
        plain = isinstance(found, list) and all(type(one) is int for one in found)
        if not plain:
            raise self.bad(f"{key} as a list of whole numbers", shown(type(found).__name__))
        return list(found)

    def numbers(self, item: Json, key: str, count: int | None) -> list[float] | None:
        """Give a list of so many finite numbers in an item; None where it has none."""
        found = item.get(key)
        if found is None:
            return None
        plain = isinstance(found, list) and all(type(one) in (int, float) for one in found)
        if not plain or (count is not None and len(found) != count):
            wanted = f"{key} as {'a list of' if count is None else count} numbers"
            raise self.bad(wanted, shown(str(found)))
        try:
            numbers = [float(one) for one in found]
        except OverflowError:
            numbers = [math.inf]
        if not all(map(math.isfinite, numbers)):
            raise self.bad(f"{key} of finite numbers", "NaN or infinity")
        return numbers

    def name(self, item: Json) -> str:
        """Give the name of an item, empty for none."""
        found = item.get("name")
        return found if isinstance(found, str) else ""

    def said(self, key: str, *items: Json) -> object:
        """Give what extras say, of these items first, then of the scene and the whole file."""
        asset = self.root.get("asset")
        whole = *self.listed("scenes")[:1], self.root, asset if isinstance(asset, dict) else {}
        for item in (*items, *whole):
            extras = item.get("extras")
            if isinstance(extras, dict) and key in extras:
                return extras[key]
        return None

    @property
    def unit(self) -> str:
        """What coordinates are in: meters by the standard, unless extras say otherwise."""
        said = self.said("unit")
        unit = unit_named(said) if isinstance(said, str) else None
        if said is not None and unit is None:
            raise self.bad(f"one of the units {', '.join(MILLIMETERS)}", shown(str(said)))
        return unit or "m"

    def rate(self, animation: Json) -> float | None:
        """Frames a second that extras say; None where they say none."""
        said = self.said("fps", animation)
        plain = isinstance(said, int | float) and not isinstance(said, bool)
        if said is not None and not (plain and 0 < float(str(said)) < math.inf):
            raise self.bad("fps as a number above 0", shown(str(said)))
        return None if said is None else float(str(said))
