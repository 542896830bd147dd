"""USD: what is written is valid and comes back exactly, and stages of others as they are meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pxr")

from pxr import Gf, Usd, UsdGeom, UsdSkel, UsdValidation, Vt

from studio.core import Cancelled, InputError, MeshSequence, Progress
from studio.io import read_sequence, write_sequence
from tests.io.io_meshes import FACES, tetrahedra
from tests.io.scenes import read_here

CLIP = MeshSequence(tetrahedra(4).vertices, FACES, 59.94, "my take 1")
FAR = np.array([12_345.0, -3_000_000.0, 77.0])
SQUARE = "(0, 0, 0), (2, 0, 0), (2, 1, 0), (0, 1, 0)"
CORNERS = np.array([[0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0]])
Stage = Callable[..., MeshSequence]
HEAD = "metersPerUnit = 0.01 timeCodesPerSecond = 25"


def mesh(points: str = f"[{SQUARE}]", name: str = "plate", more: str = "", faces: str = "4") -> str:
    numbers = ", ".join(map(str, range(4)))
    return f"""
def Mesh "{name}" {{
    int[] faceVertexCounts = [{faces}]
    int[] faceVertexIndices = [{numbers}]
    point3f[] points{points if points.startswith(".") else " = " + points}
    {more}
}}
"""


def moving(times: str) -> str:
    """Samples of a square that goes one unit along x in each time code."""
    samples = ", ".join(
        f"{t}: [({t}, 0, 0), ({2 + t}, 0, 0), ({2 + t}, 1, 0), ({t}, 1, 0)]"
        for t in map(float, times.split())
    )
    return ".timeSamples = {" + samples + "}"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Write a stage as text, and read it."""

    def read(body: str, head: str = HEAD, unit: str | None = None) -> MeshSequence:
        path = tmp_path / "stage.usda"
        path.write_text(f"#usda 1.0\n({head.replace(' = ', '=').replace(' ', chr(10))})\n{body}")
        return read_here("usd", path, unit=unit)

    return read


@pytest.mark.parametrize("unit", ["mm", "cm", "m"])
@pytest.mark.parametrize("suffix", ["usdc", "usda", "usd", "usdz"])
def test_what_is_written_is_read_again(tmp_path: Path, suffix: str, unit: str) -> None:
    path = tmp_path / f"take.{suffix}"
    assert write_sequence(CLIP, path, unit=unit) == [path]
    assert list(tmp_path.iterdir()) == [path]
    back = read_here("usd", path)
    rounded = 0 if unit == "mm" else 2e-5
    np.testing.assert_allclose(back.vertices, CLIP.vertices, rtol=0, atol=rounded)
    np.testing.assert_array_equal(back.faces, FACES)
    assert (back.fps, back.read_as.unit, back.told) == (59.94, unit, ())
    assert (back.read_as.unit_by, back.read_as.rate_by) == ("file", "file")


@pytest.mark.parametrize("frames", [1, 4])
@pytest.mark.parametrize("suffix", ["usdc", "usdz"])
def test_stages_are_valid(tmp_path: Path, suffix: str, frames: int) -> None:
    far = CLIP.sliced(0, frames).at(FAR)
    write_sequence(far, tmp_path / f"take.{suffix}")
    stage = Usd.Stage.Open(str(tmp_path / f"take.{suffix}"))
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    found = UsdValidation.ValidationContext(validators).Validate(stage)
    assert len(validators) > 10 and [error.GetErrorAsString() for error in found] == []
    assert stage.GetDefaultPrim().GetName() == "my_take_1"
    surface = UsdGeom.Mesh(stage.GetPrimAtPath("/my_take_1/face"))
    assert surface.GetSubdivisionSchemeAttr().Get() == "none"
    assert len(surface.GetPointsAttr().GetTimeSamples()) == (0 if frames == 1 else frames)


def test_it_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "take.usdc"
    write_sequence(CLIP.at(FAR), path)
    back = read_sequence(path)
    world = back.in_world(back.vertices)
    np.testing.assert_allclose(world, CLIP.at(FAR).in_world(CLIP.vertices), rtol=0, atol=1e-5)
    assert np.abs(back.vertices).max() < 200 and "far from the origin" in back.remarks[-1]
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(InputError, match=r"^take.usdc: expected a USD file, found a damaged file$"):
        read_sequence(path)


@pytest.mark.parametrize(
    ("head", "unit", "by", "size"),
    [
        ("metersPerUnit = 1", "m", "file", 2000),
        ("metersPerUnit = 0.01", "cm", "file", 20),
        ("metersPerUnit = 0.0254", "in", "file", 50.8),
        ("metersPerUnit = 0.3048", "ft", "file", 609.6),
        ("metersPerUnit = 0.025", "m", "file", 50),
        ('upAxis = "Y"', "m", "guess", 2000),
        ("metersPerUnit = 0", "m", "guess", 2000),
        ("metersPerUnit = -1", "m", "guess", 2000),
    ],
)
def test_units(stage: Stage, head: str, unit: str, by: str, size: float) -> None:
    clip = stage(mesh(), head)
    assert (clip.read_as.unit, clip.read_as.unit_by) == (unit, by)
    assert clip.size == pytest.approx(size)
    assert stage(mesh(), head, unit="cm").size == pytest.approx(20)


def test_z_up_is_turned_and_told(stage: Stage) -> None:
    clip = stage(mesh(), f'{HEAD} upAxis = "Z"')
    np.testing.assert_allclose(clip.vertices[0], 10 * CORNERS[:, [0, 2, 1]] * [1, 1, -1])
    assert clip.remarks == ("Its z axis is up: turned so that y is.",)
    np.testing.assert_array_equal(clip.faces, [[0, 1, 2], [0, 2, 3]])


@pytest.mark.parametrize(
    "more",
    [
        'uniform token orientation = "leftHanded"',
        'double3 xformOp:scale = (1, 1, -1)\nuniform token[] xformOpOrder = ["xformOp:scale"]',
    ],
)
def test_faces_are_seen_from_outside(stage: Stage, more: str) -> None:
    clip = stage(mesh(more=more))
    corners = clip.vertices[0][clip.faces].astype(float)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (normals[:, 2] < 0).all()


def test_what_moves_above_a_mesh_moves_it(stage: Stage) -> None:
    body = (
        """
def Xform "a" {
    double3 xformOp:translate.timeSamples = {0: (0, 0, 0), 4: (8, 0, 0)}
    uniform token[] xformOpOrder = ["xformOp:translate"]
"""
        + mesh(moving("0 1 2 3 4"))
        + "}"
    )
    clip = stage(body)
    assert (clip.n_frames, clip.fps) == (5, 25.0)
    np.testing.assert_allclose(clip.vertices[:, 0, 0], 10 * 3 * np.arange(5))


def test_meshes_that_are_drawn_are_one(stage: Stage) -> None:
    hidden = mesh(name="hidden", more='token visibility = "invisible"')
    proxy = mesh(name="proxy", more='uniform token purpose = "proxy"')
    clip = stage(mesh() + hidden + proxy + mesh(moving("1 2 3"), name="other"))
    assert (clip.n_frames, clip.n_vertices, len(clip.faces)) == (3, 8, 4)
    assert clip.faces.max() == 7 and clip.remarks == ("Its 2 meshes are one: plate, other.",)
    np.testing.assert_allclose(clip.vertices[:, 0], 0)
    np.testing.assert_allclose(clip.vertices[:, 4, 0], [10, 20, 30])


@pytest.mark.parametrize(
    ("times", "head", "frames", "fps", "remark"),
    [
        ("1 2 3 4", "timeCodesPerSecond = 29.97", 4, 29.97, ""),
        ("1 1.5 2", "timeCodesPerSecond = 30", 3, 60.0, ""),
        ("0 40 80 120", "timeCodesPerSecond = 1000", 4, 25.0, ""),
        ("1 2 5 6", "timeCodesPerSecond = 30", 6, 30.0, ""),
        ("0 30", "timeCodesPerSecond = 30 framesPerSecond = 24", 25, 24.0, "24 frames a second"),
        ("0 1.3 7", "timeCodesPerSecond = 24 framesPerSecond = 24", 8, 24.0, "24 frames a second"),
    ],
)
def test_frames(stage: Stage, times: str, head: str, frames: int, fps: float, remark: str) -> None:
    clip = stage(mesh(moving(times)), f"metersPerUnit = 0.01 {head}")
    assert (clip.n_frames, clip.fps, clip.read_as.rate_by) == (frames, fps, "file")
    first, last = float(times.split()[0]), float(times.split()[-1])
    wanted = np.linspace(first, last, frames)
    np.testing.assert_allclose(clip.vertices[:, 0, 0], 10 * wanted, rtol=1e-5)
    assert (remark in "".join(clip.remarks)) if remark else not clip.remarks


def test_a_rate_that_nobody_says_is_the_usual_one_and_told(stage: Stage) -> None:
    clip = stage(mesh(moving("1 2 3")), "metersPerUnit = 0.01")
    assert (clip.fps, clip.read_as.rate_by) == (24.0, "guess")
    assert "rate (24 frames a second) is guessed" in clip.told[-1]


def test_a_reference_that_leads_nowhere_is_told(stage: Stage) -> None:
    clip = stage(mesh() + 'def "lost" (references = @gone.usda@) {}')
    assert clip.remarks == ("1 of its references lead nowhere and are left out.",)


def test_blend_shapes_and_bones_are_baked(tmp_path: Path) -> None:
    path = tmp_path / "rig.usda"
    stage = Usd.Stage.CreateNew(str(path))
    stage.SetTimeCodesPerSecond(30)
    UsdGeom.SetStageMetersPerUnit(stage, 0.001)
    UsdSkel.Root.Define(stage, "/r")
    plate = UsdGeom.Mesh.Define(stage, "/r/plate")
    plate.CreatePointsAttr([Gf.Vec3f(*map(float, each)) for each in CORNERS])
    plate.CreateFaceVertexCountsAttr([4])
    plate.CreateFaceVertexIndicesAttr([0, 1, 2, 3])
    shape = UsdSkel.BlendShape.Define(stage, "/r/plate/up")
    shape.CreateOffsetsAttr([Gf.Vec3f(0, 0, 1)])
    shape.CreatePointIndicesAttr([2])
    skeleton = UsdSkel.Skeleton.Define(stage, "/r/skeleton")
    skeleton.CreateJointsAttr(["a"])
    skeleton.CreateBindTransformsAttr([Gf.Matrix4d(1)])
    skeleton.CreateRestTransformsAttr([Gf.Matrix4d(1)])
    course = UsdSkel.Animation.Define(stage, "/r/course")
    course.CreateBlendShapesAttr(["up"])
    course.CreateJointsAttr(["a"])
    for frame in range(5):
        course.CreateBlendShapeWeightsAttr().Set([frame / 4], frame)
        course.CreateTranslationsAttr().Set([Gf.Vec3f(0, 10 * frame, 0)], frame)
        course.CreateRotationsAttr().Set(Vt.QuatfArray([Gf.Quatf(1)]), frame)
        course.CreateScalesAttr().Set(Vt.Vec3hArray([Gf.Vec3h(1)]), frame)
    skin = UsdSkel.BindingAPI.Apply(plate.GetPrim())
    skin.CreateBlendShapesAttr(["up"])
    skin.CreateBlendShapeTargetsRel().SetTargets(["/r/plate/up"])
    skin.CreateSkeletonRel().SetTargets(["/r/skeleton"])
    skin.CreateJointIndicesPrimvar(constant=True, elementSize=1).Set([0])
    skin.CreateJointWeightsPrimvar(constant=True, elementSize=1).Set([1.0])
    UsdSkel.BindingAPI.Apply(skeleton.GetPrim()).CreateAnimationSourceRel().SetTargets(
        ["/r/course"]
    )
    stage.Save()
    clip = read_here("usd", path)
    wanted = np.repeat(CORNERS[None].astype(float), 5, axis=0)
    wanted[:, :, 1] += 10 * np.arange(5)[:, None]
    wanted[:, 2, 2] += np.arange(5) / 4
    assert clip.fps == 30.0
    np.testing.assert_allclose(clip.vertices, wanted, atol=1e-6)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("", "expected a mesh, found none"),
        (mesh("[]"), "expected a mesh, found none"),
        (mesh(faces="5"), "expected 5 corners of faces in plate, found 4"),
        (mesh(faces="-4"), "corners of faces in plate, found 4"),
        (mesh(faces="2147483647, 2147483647"), "corners of faces in plate, found 4"),
        (mesh("[(0, 0, 0)]"), "vertex indices from 0 to 0, found 3"),
        (mesh("[(0, nan, 0), (1, 0, 0), (2, 0, 0), (0, 1, 0)]"), "finite coordinates, found nan"),
        (mesh("[(0, inf, 0), (1, 0, 0), (2, 0, 0), (0, 1, 0)]"), "finite coordinates, found inf"),
        (mesh(".timeSamples = {0: [(0, 0, 0)], 1: [(0, 0, 0), (1, 1, 1)]}"), "1 points in each"),
        (
            mesh(moving("0 1"), more="int[] faceVertexCounts.timeSamples = {0: [4], 1: [3]}"),
            "the same faces in all frames of plate, found others",
        ),
        (mesh(moving("0 1e15")), "at most 100,000 frames"),
        ('def Xform "a" {', "a scene, found"),
    ],
)
def test_what_is_no_clip_is_one_sentence(stage: Stage, body: str, wanted: str) -> None:
    with pytest.raises(InputError, match=r"^stage.usda: expected ") as caught:
        stage(body)
    assert wanted in str(caught.value) and "\n" not in str(caught.value)


def test_a_writer_that_is_stopped_leaves_nothing(tmp_path: Path, stop_after: type) -> None:
    with pytest.raises(Cancelled):
        write_sequence(CLIP, tmp_path / "take.usdc", progress=stop_after(2).progress)
    assert not list(tmp_path.iterdir())


def test_far_away_nothing_is_lost(tmp_path: Path) -> None:
    said: list[str] = []
    far = CLIP.at(FAR)
    write_sequence(far, tmp_path / "take.usdc", progress=Progress(remarked=said.append))
    back = read_here("usd", tmp_path / "take.usdc")
    wanted = far.in_world(far.vertices)
    np.testing.assert_allclose(back.in_world(back.vertices), wanted, rtol=0, atol=1e-5)
    assert said == []
