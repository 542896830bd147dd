"""Opening and writing a folder of 100 OBJ frames, beside trimesh and VTK.

Every round runs each of the contestants once, one after the other, so that a busy machine slows
all of them; a figure is the median of the rounds and a bar is a ratio of two figures of one run.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np
import trimesh
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkIOGeometry import vtkOBJReader, vtkOBJWriter

from studio.core import MeshSequence
from studio.io import cache, read_sequence, write_sequence

Row = dict[str, object]

FRAMES, RINGS, SIDES, FACES = 100, 63, 72, 9014
ROUNDS = 5


def sphere_sequence(frames: int = FRAMES) -> MeshSequence:
    """A breathing head-sized sphere of 4,538 vertices and 9,014 triangles."""
    polar = np.linspace(0, np.pi, RINGS + 2)[1:-1, None]
    around = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)[None]
    ring = np.stack(
        [
            np.sin(polar) * np.cos(around),
            np.cos(polar) + 0 * around,
            np.sin(polar) * np.sin(around),
        ],
        axis=-1,
    ).reshape(-1, 3)
    unit = np.concatenate([ring, [[0, 1, 0], [0, -1, 0]]])
    size = 110 + 5 * np.sin(np.arange(frames) / 7)[:, None, None]
    bumps = 1 + 0.05 * np.sin(9 * unit[:, :1] + np.arange(frames)[:, None, None] / 5)
    return MeshSequence((unit * size * bumps).astype(np.float32), _sphere_faces())


def _sphere_faces() -> np.ndarray:
    row, column = np.divmod(np.arange((RINGS - 1) * SIDES), SIDES)
    right = row * SIDES + (column + 1) % SIDES
    here, below, diagonal = row * SIDES + column, (row + 1) * SIDES + column, right + SIDES
    side = np.arange(SIDES)
    following, last = (side + 1) % SIDES, (RINGS - 1) * SIDES
    top = np.stack([np.full(SIDES, RINGS * SIDES), following, side], axis=1)
    bottom = np.stack([np.full(SIDES, RINGS * SIDES + 1), last + side, last + following], axis=1)
    quads = [np.stack([here, right, diagonal], 1), np.stack([here, diagonal, below], 1)]
    return np.concatenate([*quads, top, bottom])[-FACES:].astype(np.int32)


def load_trimesh(folder: Path) -> np.ndarray:
    paths = sorted(folder.glob("*.obj"))
    return np.stack([trimesh.load_mesh(path, process=False).vertices for path in paths])


def load_vtk(folder: Path) -> np.ndarray:
    frames = []
    for path in sorted(folder.glob("*.obj")):
        reader = vtkOBJReader()
        reader.SetFileName(str(path))
        reader.Update()
        frames.append(vtk_to_numpy(reader.GetOutput().GetPoints().GetData()))
    return np.stack(frames)


def save_vtk(sequence: MeshSequence, folder: Path) -> None:
    folder.mkdir()
    cells = vtkCellArray()
    offsets = np.arange(0, 3 * len(sequence.faces) + 1, 3)
    cells.SetData(
        numpy_to_vtkIdTypeArray(offsets, deep=True),
        numpy_to_vtkIdTypeArray(sequence.faces.ravel().astype(np.int64), deep=True),
    )
    for k, frame in enumerate(sequence.vertices, 1):
        points, mesh, writer = vtkPoints(), vtkPolyData(), vtkOBJWriter()
        points.SetData(numpy_to_vtk(frame))
        mesh.SetPoints(points)
        mesh.SetPolys(cells)
        writer.SetFileName(str(folder / f"frame_{k:04d}.obj"))
        writer.SetInputData(mesh)
        writer.Write()


def medians(
    contestants: dict[str, Callable[[], object]], before: dict[str, Callable[[], object]]
) -> dict[str, float]:
    """Milliseconds of each contestant; what comes `before` one is not counted."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, run_once in contestants.items():
            before.get(name, lambda: None)()
            start = time.perf_counter()
            run_once()
            times[name].append(1000 * (time.perf_counter() - start))
    return {name: statistics.median(values) for name, values in times.items()}


def run() -> list[Row]:
    """Rows of name, ours_ms, peer, peer_ms, ratio (how many times faster) and bar."""
    with tempfile.TemporaryDirectory() as root, mock.patch.object(cache, "folder") as place:
        place.return_value = Path(root) / "cache"
        ms = _measure(sphere_sequence(), Path(root))
    pairs = [
        ("load 100 OBJ frames", "load", "trimesh", 5.0),
        ("load 100 OBJ frames", "load", "vtkOBJReader", 1.3),
        ("open from the cache", "again", "first open", 20.0),
        ("write 100 OBJ frames", "write", "vtkOBJWriter", 2.0),
    ]
    return [
        {
            "name": name,
            "ours_ms": ms[ours],
            "peer": peer,
            "peer_ms": ms[peer],
            "ratio": ms[peer] / ms[ours],
            "bar": bar,
        }
        for name, ours, peer, bar in pairs
    ]


def _measure(sequence: MeshSequence, root: Path) -> dict[str, float]:
    folder, ours, theirs = root / "take", root / "ours", root / "theirs"
    write_sequence(sequence, folder)
    contestants: dict[str, Callable[[], object]] = {
        "load": lambda: read_sequence(folder, cache=False),
        "trimesh": lambda: load_trimesh(folder),
        "vtkOBJReader": lambda: load_vtk(folder),
        "first open": lambda: read_sequence(folder),
        "again": lambda: read_sequence(folder),
        "write": lambda: write_sequence(sequence, ours),
        "vtkOBJWriter": lambda: save_vtk(sequence, theirs),
    }
    before: dict[str, Callable[[], object]] = {
        "first open": lambda: shutil.rmtree(cache.folder(), ignore_errors=True),
        "write": lambda: shutil.rmtree(ours, ignore_errors=True),
        "vtkOBJWriter": lambda: shutil.rmtree(theirs, ignore_errors=True),
    }
    return medians(contestants, before)


def main() -> None:
    print(f"{'':22}{'ours ms':>9}  {'peer':<14}{'peer ms':>9}{'ratio':>8}{'bar':>6}")
    for row in run():
        numbers = f"{row['peer_ms']:9.1f}{row['ratio']:8.1f}{row['bar']:6.1f}"
        print(f"{row['name']:22}{row['ours_ms']:9.1f}  {row['peer']:<14}{numbers}")


if __name__ == "__main__":
    main()
