"""Small valid clips as the studio and other programs write them."""

from __future__ import annotations

import json
import struct
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from studio.core import MeshSequence
from studio.io import FORMATS, read_sequence, write_sequence
from studio.io.weights.names import NAMES

from .fbx_text import write_fbx
from .gltf import gltf_files
from .reader import Reader, Write, holding, spelled


def clip_readers() -> dict[str, Reader]:
    """List what reads clips, by format."""
    found = {}
    for kind in FORMATS.geometry:
        lacking = kind.extra is not None and not kind.extra.installed
        if lacking or kind.weighs:  # takes of weights are read as one kind, below
            continue
        good = {f"good{kind.suffix}": _written(kind.name)} | _VARIANTS.get(kind.name, {})
        found[kind.name] = Reader(good, _clip, runs=not kind.single)
    beside = {"frames.obj.json": lambda path: write_sequence(mesh(), path.parent, format="obj")}
    found["3mf"] = Reader({"plate.3mf": _printed}, _clip)
    if find_spec("ufbx") is not None:
        found["fbx"] = Reader({"plate.fbx": write_fbx, "bone.fbx": _bone}, _clip)
    return found | {
        "gltf": Reader(gltf_files(), _clip),
        "weights": Reader(_TAKES, _clip),
        "beside": Reader(dict(beside), lambda path: _clip(path.parent)),
    }


def mesh(frames: int = 2) -> MeshSequence:
    """Five vertices in five triangles, 100 mm across."""
    chance = np.random.default_rng(0)
    faces = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 4], [1, 4, 2]], np.int32)
    return MeshSequence(chance.uniform(0, 100, (frames, 5, 3)).astype(np.float32), faces)


def _written(format: str) -> Write:
    def write(path: Path) -> None:
        clip = mesh() if FORMATS[format].single else mesh(1)
        if format == "npy":  # which has the template's faces
            clip = _template()
        write_sequence(clip, path, format=format)

    return write


def _printed(path: Path) -> None:
    spots = "".join(f'<vertex x="{x}" y="{y}" z="1"/>' for x, y in ((0, 0), (9, 0), (9, 9)))
    inside = f"<vertices>{spots}</vertices><triangles><triangle v1='0' v2='1' v3='2'/></triangles>"
    made = (
        "<object id='2'><components><component objectid='1' transform='{}'/></components></object>"
    )
    body = f"<object id='1'><mesh>{inside}</mesh></object>{made.format('1 0 0 0 1 0 0 0 1 5 5 5')}"
    build = "<build><item objectid='1'/><item objectid='2'/></build>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("3D/3dmodel.model", f"<model><resources>{body}</resources>{build}</model>")


def _bone(path: Path) -> Path:
    return write_fbx(path, bone=True)


def _clip(path: Path) -> object:
    clip = read_sequence(path, cache=False)
    return clip.topology, clip.duration


# Meshes as other programs write them

_POINTS = "0 0 0\n100 0 0\n100 100 0\n0 100 0\n"
_OBJ = (
    "# a comment\nmtllib a.mtl\no face\nv 0 0 0 0.5 0.5 0.5\nv 100 0 0 1 1 1\nv 100 100 0 1 0 0\n"
    "v 0 1e2 0 1 1 1\nvt 0 0\nvn 0 0 1\ng one\ns off\nf 1/1/1 2//1 3/1 4\nf -4 -3 -2\nl 1 2\n"
)
_PLY = (
    "ply\nformat ascii 1.0\ncomment made by hand\nelement vertex 4\nproperty float x\n"
    "property float y\nproperty float z\nelement face 2\nproperty list uchar int vertex_indices\n"
    f"element edge 1\nproperty int a\nproperty int b\nend_header\n{_POINTS}"
    "4 0 1 2 3\n3 0 1 2\n0 1\n"
)
_STRIPS = (
    b"ply\nformat binary_big_endian 1.0\nelement vertex 4\nproperty double x\nproperty double y\n"
    b"property double z\nelement tristrips 1\nproperty list int int vertex_indices\nend_header\n"
) + struct.pack(">12di6i", *map(float, _POINTS.split()), 6, 0, 1, 2, -1, 3, 0)
_MIXED = (
    b"ply\nformat binary_little_endian 1.0\nelement vertex 4\nproperty float x\nproperty float y\n"
    b"property float z\nelement face 3\nproperty list uchar uchar vertex_indices\n"
    b"property uchar flags\nend_header\n"
) + struct.pack(
    "<12f4B B 5B B 4B B",
    *map(float, _POINTS.split()),
    3,
    0,
    1,
    2,
    9,
    4,
    0,
    1,
    2,
    3,
    9,
    3,
    1,
    2,
    3,
    9,
)
_FACET = "facet normal 0 0 1\nouter loop\nvertex {}\nvertex {}\nvertex {}\nendloop\nendfacet\n"
_STL = (
    "solid face\n"
    + _FACET.format("0 0 0", "100 0 0", "100 100 0")
    + _FACET.format("0 0 0", "100 1e2 0", "0 100 0")
    + "endsolid face\n"
)


def _packed_npz(path: Path) -> None:
    clip = mesh()
    with path.open("wb") as file:
        np.savez_compressed(
            file, vertices=clip.vertices.astype(">f8"), faces=clip.faces.astype(np.uint64),
            fps=np.array([25]), unit=np.array("m"),
        )  # fmt: skip


def _template() -> MeshSequence:
    from studio.face.known import studio_face

    template = studio_face().template
    return MeshSequence(template.vertices[None], template.faces)


def _half_npy(path: Path) -> None:
    np.save(path, _template().vertices[0].astype(np.float16))


_VARIANTS: dict[str, dict[str, Write]] = {
    "obj": {"hand.obj": spelled(_OBJ)},
    "ply": {
        "ascii.ply": spelled(_PLY),
        "strips.ply": holding(_STRIPS),
        "mixed.ply": holding(_MIXED),
    },
    "stl": {"text.stl": spelled(_STL)},
    "off": {"quads.off": spelled(f"OFF\n4 2 0\n{_POINTS}4 0 1 2 3\n3 0 1 2\n")},
    "npz": {"packed.npz": _packed_npz},
    "usd": {"text.usda": _written("usd"), "packed.usdz": _written("usd")},
    "npy": {"half.npy": _half_npy},
}

# Takes of weights in the dialects


def _rows(separator: str, *, point: str = ".", head: str = "Timecode,BlendShapeCount") -> str:
    heads = [*head.split(","), *NAMES]
    rows = [
        [f"10:00:00:{2 * k:02d}.000", "52", *[f"0{point}{k + j % 9}" for j in range(52)]][
            -len(heads) :
        ]
        for k in range(8)
    ]
    return "\n".join(separator.join(row) for row in (heads, *rows)) + "\n"


def _frame_list() -> str:
    frames = [{"time": k / 30, "weights": dict.fromkeys(NAMES, 0.1 * k)} for k in range(8)]
    return json.dumps({"fps": 30, "frames": frames})


def _matrix() -> str:
    rows = [[0.1 * k] * 52 for k in range(8)]
    said = {"exportFps": 30, "facsNames": NAMES, "weightMat": rows, "numFrames": 8}
    return json.dumps(said)


def _categories() -> str:
    rows = [f"{k},{33 * k},{name},0.{k}" for k in range(5) for name in NAMES]
    return "\n".join(["frame,timestamp_ms,category_name,score", *rows])


def _face_cap() -> str:
    rows = [f"k,{33 * k},0,0,0,1,2,3,0,0,0,0,{','.join(['0.2'] * 52)}" for k in range(6)]
    return "\n".join(["info,1", f"bs,{','.join(NAMES)}", *rows])


def _packets() -> str:
    return "\n".join(
        "|".join([*(f"{name}-{k}" for name in NAMES), "=head#1,2,3,4,5,6"]) for k in range(6)
    )


_TAKES: dict[str, Write] = {
    "livelink.csv": spelled(_rows(",")),
    "semicolons.csv": spelled(_rows(";", point=",")),
    "tabs.tsv": spelled(_rows("\t")),
    "categories.csv": spelled(_categories()),
    "face_cap.txt": spelled(_face_cap()),
    "packets.txt": spelled(_packets()),
    "frames.json": spelled(_frame_list()),
    "matrix.json": spelled(_matrix()),
}
