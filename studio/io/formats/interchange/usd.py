"""USD: meshes with points at each time, blend shapes and skeletons, by Pixar's library."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from studio.core import InputError
from studio.io.format import FORMATS, Format
from studio.io.memory import check_room
from studio.io.traits import Extra
from studio.io.units import shown

from .apart import reader_apart
from .scene import Array, Damage, Facts, Part, Scene, moved, wound
from .times import beat_of
from .usd_out import write

_MILLIMETERS = 1000.0  # in a meter


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Make `Damage` of what Pixar's library raises."""
    from pxr import Tf

    try:
        yield
    except Tf.ErrorException:
        raise Damage from None


def load(path: Path) -> Scene:
    """Read the meshes of a stage that are seen, moved as they are there.

    Raises
    ------
    InputError, Damage
        For a file that is none, and for meshes that cannot be a clip.
    """
    from pxr import Usd, UsdGeom

    with told():
        asked = Usd.Stage.Open(str(path))
        pace = asked.GetTimeCodesPerSecond()
        stage = _baked(asked.GetRootLayer().identifier, pace)
        meshes = [prim for prim in _prims(stage) if prim.IsA(UsdGeom.Mesh)]
        times = {time for mesh in meshes for time in _times(mesh)}
        beat = beat_of(path, times, pace, asked.GetFramesPerSecond())
        check_room(path, 24 * len(beat.times) * sum(map(_count, meshes)))
        cache = UsdGeom.XformCache()
        parts = tuple(_part(mesh, beat.times, cache, path) for mesh in meshes)
        facts = Facts(
            beat.fps,
            not asked.HasAuthoredMetadata("timeCodesPerSecond"),
            _unit(asked),
            UsdGeom.GetStageUpAxis(asked) == UsdGeom.Tokens.z,
            (*_missing(stage), *beat.remarks),
        )
    return Scene(parts, facts)


def _baked(file: str, pace: float) -> Any:
    """Open a stage over a file in which skeletons and blend shapes have become points.

    They are baked at the time codes of the samples only on a layer that is the root, of their pace.
    """
    from pxr import Gf, Usd, UsdSkel

    stage = Usd.Stage.CreateInMemory()
    stage.GetRootLayer().subLayerPaths = [file]
    stage.SetTimeCodesPerSecond(pace)
    UsdSkel.BakeSkinning(Usd.PrimRange(stage.GetPseudoRoot()), Gf.Interval.GetFullInterval())
    return stage


def _prims(stage: Any) -> Iterator[Any]:
    """List what is drawn: neither hidden things nor stand-ins."""
    from pxr import Usd, UsdGeom

    drawn = UsdGeom.Tokens.default_, UsdGeom.Tokens.render
    for prim in Usd.PrimRange(stage.GetPseudoRoot(), Usd.TraverseInstanceProxies()):
        image = UsdGeom.Imageable(prim)
        if not image:
            continue
        hidden = image.ComputeVisibility(Usd.TimeCode.EarliestTime()) == UsdGeom.Tokens.invisible
        if image.ComputePurpose() in drawn and not hidden:
            yield prim


def _unit(stage: Any) -> float | None:
    from pxr import UsdGeom

    if not UsdGeom.StageHasAuthoredMetersPerUnit(stage):
        return None
    meters = float(UsdGeom.GetStageMetersPerUnit(stage))
    return _MILLIMETERS * meters if np.isfinite(meters) and meters > 0 else None


def _missing(stage: Any) -> tuple[str, ...]:
    """Say that the file refers to others that are not there."""
    many = len(stage.GetCompositionErrors())
    return (f"{many} of its references lead nowhere and are left out.",) if many else ()


def _times(prim: Any) -> list[float]:
    """List the time codes at which a mesh is another, or elsewhere."""
    from pxr import UsdGeom

    times = list(UsdGeom.Mesh(prim).GetPointsAttr().GetTimeSamples())
    while prim:
        moved = UsdGeom.Xformable(prim)
        times += moved.GetTimeSamples() if moved else []
        prim = prim.GetParent()
    return times


def _count(prim: Any) -> int:
    from pxr import Usd, UsdGeom

    return len(UsdGeom.Mesh(prim).GetPointsAttr().Get(Usd.TimeCode.EarliestTime()) or ())


def _part(prim: Any, times: list[float], cache: Any, path: Path) -> Part:
    from pxr import UsdGeom

    mesh = UsdGeom.Mesh(prim)
    sizes, corners = (
        _steady(each, path, prim)
        for each in (mesh.GetFaceVertexCountsAttr(), mesh.GetFaceVertexIndicesAttr())
    )
    frames = list[Array]()
    flipped = mesh.GetOrientationAttr().Get() == UsdGeom.Tokens.leftHanded
    for time in times:
        points = np.array(mesh.GetPointsAttr().Get(time) or np.zeros((0, 3)), np.float32)
        if frames and len(points) != len(frames[0]):
            wanted = f"{len(frames[0])} points in each frame of {shown(prim.GetName())}"
            raise InputError.of(path, wanted, str(len(points)))
        cache.SetTime(time)
        turn = np.array(cache.GetLocalToWorldTransform(prim))
        frames.append(moved(points, turn))
    flipped ^= bool(np.linalg.det(turn[:3, :3]) < 0)
    return Part(prim.GetName(), np.stack(frames), *wound(corners, sizes, flipped=flipped))


def _steady(attribute: Any, path: Path, prim: Any) -> Array:
    """Give the one value (N,) of a list of whole numbers.

    Raises
    ------
    InputError
        Where it is another at another time.
    """
    from pxr import Usd

    times = attribute.GetTimeSamples() or [Usd.TimeCode.EarliestTime()]
    values = (np.array(attribute.Get(time) or (), np.int64) for time in times)
    first = next(values)
    if not all(np.array_equal(first, other) for other in values):
        wanted = f"the same faces in all frames of {shown(prim.GetName())}"
        raise InputError.of(path, wanted, "others")
    return first


def _marked(head: bytes) -> bool:
    return head.startswith((b"PXR-USDC", b"#usda", b"PK\3\4"))


FORMATS.add(
    Format(
        name="usd",
        label="USD",
        suffixes=(".usdc", ".usd", ".usda", ".usdz"),
        read=reader_apart("usd", "a USD file", _marked),
        write=write,
        sniff=_marked,
        lossless=True,
        measure=lambda shape, _settings: 12 * shape.frames * shape.vertices + 8 * shape.faces,
        carries="every vertex of every frame, exactly, faces, unit, axes and frame rate",
        extra=Extra("usd", "pxr"),
    )
)
