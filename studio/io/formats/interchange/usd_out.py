"""Clips as USD: one mesh, its points at each time code."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from studio.core import MeshSequence, StudioError
from studio.io.format import Destination

from .room import find_room

_MILLIMETERS = 1000.0  # in a meter
_PACKAGE = ".usdz"


def write(sequence: MeshSequence, to: Destination) -> None:
    """Write a clip as a stage, in the form that the suffix asks for; y is up."""
    from pxr import Tf, UsdUtils

    part, suffix = to.paths[0], to.place.suffix.lower()
    # The library goes by suffixes, which a hidden file has none of.
    with tempfile.TemporaryDirectory(dir=part.parent, prefix=f"{part.name}.") as folder:
        layer = Path(folder) / f"clip{suffix if suffix != _PACKAGE else '.usdc'}"
        find_room(layer, sequence)
        try:
            _write_stage(sequence, to, layer)
            if suffix == _PACKAGE:
                packed = layer.with_suffix(_PACKAGE)
                if not UsdUtils.CreateNewUsdzPackage(str(layer), str(packed)):
                    raise StudioError(f"{to.place}: cannot be packed")
                layer = packed
        except Tf.ErrorException:
            raise StudioError(f"{to.place}: cannot be written by USD's library") from None
        os.replace(layer, part)


def _write_stage(sequence: MeshSequence, to: Destination, layer: Path) -> None:
    from pxr import Gf, Tf, Usd, UsdGeom

    stage = Usd.Stage.CreateNew(str(layer))
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, to.scale / _MILLIMETERS)
    stage.SetTimeCodesPerSecond(sequence.fps)
    stage.SetFramesPerSecond(sequence.fps)
    stage.SetStartTimeCode(0)
    stage.SetEndTimeCode(sequence.n_frames - 1)
    root = UsdGeom.Xform.Define(stage, f"/{Tf.MakeValidIdentifier(sequence.name)}")
    stage.SetDefaultPrim(root.GetPrim())
    if sequence.is_shifted:
        root.AddTranslateOp().Set(Gf.Vec3d(*(sequence.origin / to.scale).tolist()))
    mesh = UsdGeom.Mesh.Define(stage, root.GetPath().AppendChild("face"))
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    _put(mesh.CreateFaceVertexCountsAttr(), np.full(len(sequence.faces), 3, np.int32))
    _put(mesh.CreateFaceVertexIndicesAttr(), sequence.faces.ravel())
    points, extent = mesh.CreatePointsAttr(), mesh.CreateExtentAttr()
    for k, frame in enumerate(to.progress.each(list(sequence.vertices), "Writing")):
        time = k if sequence.n_frames > 1 else Usd.TimeCode.Default()
        scaled = (frame / np.float64(to.scale)).astype(np.float32)
        _put(points, scaled, time)
        _put(extent, np.stack([scaled.min(axis=0), scaled.max(axis=0)]), time)
    stage.GetRootLayer().Save()


def _put(attribute: Any, array: Any, time: Any = None) -> None:
    """Set a list of whole numbers (N,), or of points (N, 3), at a time or for all."""
    from pxr import Usd, Vt

    kind = Vt.IntArray if array.ndim == 1 else Vt.Vec3fArray
    attribute.Set(kind.FromNumpy(array), Usd.TimeCode.Default() if time is None else time)
