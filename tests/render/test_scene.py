"""What VTK is given, in numbers: points, normals, heat, parts, textures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkRenderingCore import vtkRenderer

from studio.core.surfaces import vertex_normals
from studio.face.fittings import load_fittings
from studio.face.known import regions_of, register, studio_face, unregister
from studio.face.landmarks import IBUG_68
from studio.face.model import FaceModel
from studio.face.template import load_template
from studio.render.coloring.eyes import IRIS, REACH, eye_coordinates, eyeball_center
from studio.render.coloring.heat import color_table, heat_limit, round_up
from studio.render.coloring.mouth import mouth_depth
from studio.render.scene import Scene
from studio.render.steady import Steady
from studio.render.surface import split

from .faces import ball, nodding


@pytest.fixture
def scene() -> Scene:
    return Scene(vtkRenderer())


def arrays(scene: Scene, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Points and normals as the mapper of a part will read them."""
    assert scene.surface is not None
    mesh = scene.surface.actors[part].GetMapper().GetInput()
    normals = mesh.GetPointData().GetNormals()
    return vtk_to_numpy(mesh.GetPoints().GetData()), vtk_to_numpy(normals)


def test_shown_frame_is_what_vtk_reads(scene: Scene) -> None:
    clip = nodding()
    scene.show_sequence(clip, regions_of(clip.topology))
    scene.show_frame(1)
    drawn, lips = arrays(scene, "skin")[0], load_fittings().lips.ids
    assert len(drawn) > clip.n_vertices
    elsewhere = np.setdiff1d(np.arange(clip.n_vertices), lips)
    np.testing.assert_array_equal(drawn[elsewhere], clip.vertices[1][elsewhere])
    np.testing.assert_allclose(drawn[lips], clip.vertices[1][lips], atol=2)
    np.testing.assert_array_equal(scene.surface.points, clip.vertices[1])
    scene.set_rounded(on=False)
    for frame in (2, 0, 3):
        scene.show_frame(frame)
        for part in scene.surface.actors:
            points, normals = arrays(scene, part)
            np.testing.assert_array_equal(points, clip.vertices[frame])
            np.testing.assert_allclose(
                normals, vertex_normals(clip.vertices[frame], clip.faces), atol=4e-5
            )


def test_another_clip_on_the_same_triangulation_keeps_the_surface(scene: Scene) -> None:
    first, other = nodding(), nodding(2)
    scene.show_sequence(first, regions_of(first.topology))
    surface = scene.surface
    scene.set_heat_map(on=True)
    moved = replace(other, vertices=other.vertices * np.float32(1.01))
    scene.show_sequence(moved, regions_of(moved.topology))
    scene.show_frame(1)
    assert scene.surface is surface
    beside = 4  # marks, teeth, lashes and the lights in the eyes
    assert scene.renderer.GetActors().GetNumberOfItems() == len(surface.actors) + beside
    fresh = Scene(vtkRenderer())
    fresh.show_sequence(moved, regions_of(moved.topology))
    fresh.set_heat_map(on=True)
    fresh.show_frame(1)
    for kept, made in zip(arrays(scene, "skin"), arrays(fresh, "skin"), strict=True):
        np.testing.assert_array_equal(kept, made)
    np.testing.assert_array_equal(surface.heat, fresh.surface.heat)
    scene.show_sequence(moved.renamed("bare"), None)
    assert set(scene.surface.actors) == {"plain"}, "without its regions it looks another way"
    scene.show_sequence(ball(), None)
    assert scene.surface.points.shape == ball().vertices.shape[1:]
    assert scene.renderer.GetActors().GetNumberOfItems() == 1


def test_showing_a_frame_writes_in_place_and_marks_it_changed(scene: Scene) -> None:
    clip = nodding()
    scene.show_sequence(clip, None)
    mesh = scene.surface.actors["plain"].GetMapper().GetInput()
    before, when = mesh.GetPoints().GetData(), mesh.GetMTime()
    scene.show_frame(1)
    assert mesh.GetPoints().GetData() is before
    assert mesh.GetMTime() > when
    np.testing.assert_array_equal(clip.vertices[1], nodding().vertices[1])


def test_frame_beyond_the_clip_shows_its_end(scene: Scene) -> None:
    clip = ball()
    scene.show_sequence(clip, None)
    scene.show_frame(99)
    np.testing.assert_array_equal(scene.surface.points, clip.vertices[-1])
    scene.show_frame(-3)
    np.testing.assert_array_equal(scene.surface.points, clip.vertices[0])


def test_heat_is_distance_from_the_neutral_in_millimeters(scene: Scene) -> None:
    clip = nodding()
    scene.show_sequence(clip, None)
    scene.set_heat_map(on=True)
    scene.show_frame(3)
    expected = np.linalg.norm(clip.vertices[3] - clip.vertices[0], axis=1)
    np.testing.assert_allclose(scene.surface.heat, expected, atol=1e-4)
    assert scene.limit == 6.0
    scene.set_neutral(clip.vertices[3])
    assert not scene.surface.heat.any()
    (actor,) = scene.surface.actors.values()
    mapper = actor.GetMapper()
    assert mapper.GetScalarVisibility()
    np.testing.assert_allclose(mapper.GetLookupTable().GetTableRange(), (0, scene.limit))


def test_heat_shows_expression_and_not_where_the_head_goes(scene: Scene) -> None:
    """The jaw drops by 3 mm a frame while the head nods, turns and moves away."""
    template, still = load_template(), nodding()
    turns = Rotation.from_euler("yx", [[0, 0], [8, -3], [15, 6], [25, 9]], degrees=True).as_matrix()
    moved = np.einsum("tvc,tdc->tvd", still.vertices, turns) + np.array([10.0, -20.0, 5.0])
    clip = replace(still, vertices=moved.astype(np.float32))
    scene.show_sequence(clip, regions_of(clip.topology))
    scene.set_neutral(template.vertices)
    scene.set_heat_map(on=True)
    scene.show_frame(3)
    expected = np.where(template.regions["jaw"], 9.0, 0.0)
    np.testing.assert_allclose(scene.surface.heat, expected, atol=0.02)
    assert scene.limit == 10.0


def test_neutral_of_another_shape_does_not_count(scene: Scene) -> None:
    clip = nodding()
    scene.show_sequence(clip, None)
    scene.set_neutral(ball().vertices[0])
    scene.set_heat_map(on=True)
    assert not scene.surface.heat.any()


def test_heat_range_stays_fixed_while_frames_change(scene: Scene) -> None:
    clip = nodding()
    scene.show_sequence(clip, None)
    scene.set_heat_map(on=True)
    limits = set()
    for frame in range(clip.n_frames):
        scene.show_frame(frame)
        limits.add(scene.limit)
    assert limits == {heat_limit(clip.vertices, Steady(clip.vertices[0]))}


def test_parts_divide_the_faces() -> None:
    template = load_template()
    parts = split(template.faces, template.regions)
    assert set(parts) == {"skin", "eye_left", "eye_right", "tongue"}
    together = np.concatenate(list(parts.values()))
    assert sorted(map(tuple, together)) == sorted(map(tuple, template.faces))


def test_other_topology_is_one_plain_part(scene: Scene) -> None:
    clip = ball()
    assert regions_of(clip.topology) is None
    scene.show_sequence(clip, None)
    assert set(scene.surface.actors) == {"plain"}


def test_eyes_and_skin_are_painted_and_the_mouth_has_an_inside(scene: Scene) -> None:
    clip = nodding()
    scene.show_sequence(clip, regions_of(clip.topology))
    actors = scene.surface.actors
    assert {"mouth_inside", "skin", "eye_left", "eye_right", "tongue"} == set(actors)
    painted = {name for name, actor in actors.items() if actor.GetTexture() is not None}
    assert painted == {"skin", "eye_left", "eye_right", "mouth_inside"}
    scene.set_heat_map(on=True)
    assert all(actor.GetTexture() is None for actor in actors.values())
    scene.set_heat_map(on=False)
    assert actors["skin"].GetTexture() is not None


def test_inside_of_the_mouth_lies_behind_the_lips_and_holds_the_tongue() -> None:
    template = load_template()
    inside = mouth_depth(template.vertices, template.faces, template.landmarks) >= 0
    assert 200 < inside.sum() < 1000
    assert not inside[template.landmarks[:60]].any()
    assert inside[template.landmarks[60:]].all()
    held, tongue = template.vertices[inside], template.vertices[template.regions["tongue"]]
    assert (held.min(axis=0) < tongue.min(axis=0)).all()
    assert (held.max(axis=0) > tongue.max(axis=0)).all()


@pytest.mark.parametrize("side", ["eye_left", "eye_right"])
def test_iris_faces_forward_on_a_whole_and_on_a_cut_eyeball(side: str) -> None:
    template = load_template()
    eye = template.vertices[template.regions[side]]
    center = eyeball_center(eye)
    radius = np.linalg.norm(eye - center, axis=1)
    assert radius.std() / radius.mean() < 0.02
    away = np.linalg.norm(eye_coordinates(eye) - 0.5, axis=1)
    assert np.argmin(away) == np.argmin(np.linalg.norm(eye[:, :2] - center[:2], axis=1) - eye[:, 2])
    assert (away < IRIS / REACH / 2).any()


def test_eye_coordinates_turn_with_the_eyeball() -> None:
    """They belong to vertices, so a glance moves the iris: same points moved, same numbers."""
    template = load_template()
    eye = template.vertices[template.regions["eye_left"]]
    moved = eye + np.float32([12, -7, 30])
    np.testing.assert_allclose(eye_coordinates(moved), eye_coordinates(eye), atol=1e-4)


def test_heat_colors_darken_all_the_way() -> None:
    luminance = color_table() @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luminance[10:]) < 1e-3).all()


@pytest.mark.parametrize(
    ("value", "rounded"), [(0.0, 0.1), (0.93, 1.0), (6.0, 6.0), (6.01, 8.0), (13, 15), (95, 100)]
)
def test_round_up(value: float, rounded: float) -> None:
    assert round_up(value) == pytest.approx(rounded)


def test_view_stays_when_the_next_clip_stands_where_the_last_did(scene: Scene) -> None:
    scene.show_sequence(nodding(), None)
    scene.orbit = scene.orbit.turned(30, 10)
    scene.show_sequence(nodding(2), None)
    assert scene.orbit.azimuth == 30
    middle = scene.orbit.center
    scene.show_sequence(ball(radius=5), None)
    assert not np.allclose(scene.orbit.center, middle)


def visible(scene: Scene) -> list[bool]:
    """Whether each actor is shown."""
    actors = scene.renderer.GetActors()
    return [bool(actor.GetVisibility()) for actor in actors]  # type: ignore[attr-defined]


def test_cleared_scene_shows_nothing_and_takes_calls(scene: Scene) -> None:
    scene.show_sequence(ball(), None)
    scene.show_sequence(None, None)
    scene.show_frame(2)
    scene.set_heat_map(on=True)
    scene.set_shading("flat")
    assert not any(visible(scene))
    scene.clear()
    assert not visible(scene), "nothing is kept"


def test_a_surface_is_kept_while_nothing_is_shown(scene: Scene) -> None:
    """Taken out of the renderer it would have to be uploaded and compiled again."""
    clip = nodding()
    scene.set_landmarks(on=True)
    scene.show_sequence(clip, regions_of(clip.topology))
    surface, count = scene.surface, scene.renderer.GetActors().GetNumberOfItems()
    scene.show_sequence(None)
    assert scene.surface is None
    assert not any(visible(scene))
    scene.show_sequence(nodding(2), regions_of(clip.topology))
    assert scene.surface is surface
    assert all(visible(scene))
    assert scene.renderer.GetActors().GetNumberOfItems() == count


def test_a_further_face_is_drawn_with_its_regions_and_landmarks(scene: Scene) -> None:
    face = studio_face()
    marked = {IBUG_68.name: tuple(face.landmarks(IBUG_68.name).tolist())}
    fewer = replace(face.template, faces=face.template.faces[1:])
    clip = replace(nodding(), faces=fewer.faces)
    assert regions_of(clip.topology) is None
    register("fewer", lambda: FaceModel("fewer", fewer, marked))
    try:
        scene.show_sequence(clip, regions_of(clip.topology))
        assert set(scene.surface.actors) > {"skin", "eye_left", "eye_right", "tongue"}
        np.testing.assert_array_equal(scene.marks.ids, marked[IBUG_68.name])
    finally:
        unregister("fewer")


def test_landmarks_follow_every_frame_and_only_the_template_has_them(scene: Scene) -> None:
    clip, ids = nodding(), load_template().landmarks
    scene.show_sequence(clip, regions_of(clip.topology))
    assert not scene.marks.actor.GetVisibility()
    scene.show_frame(2)
    scene.set_landmarks(on=True)
    assert scene.marks.actor.GetVisibility()
    for frame in (2, 0, 3):
        scene.show_frame(frame)
        held = vtk_to_numpy(scene.marks.actor.GetMapper().GetInput().GetPoints().GetData())
        np.testing.assert_array_equal(held, clip.vertices[frame][ids])
    scene.show_sequence(ball(), None)
    assert scene.marks is None
    assert scene.renderer.GetActors().GetNumberOfItems() == 1


def test_parts_are_hidden_one_by_one_and_stay_hidden_in_the_next_clip(scene: Scene) -> None:
    clip = nodding()
    scene.show_sequence(clip, regions_of(clip.topology))
    scene.set_hidden(["skin", "no such part"])

    def drawn() -> set[str]:
        return {name for name, actor in scene.surface.actors.items() if actor.GetVisibility()}

    assert drawn() == set(scene.parts) - {"skin"}
    inside = scene.surface.visible()
    assert len(inside) < clip.n_vertices / 2
    scene.show_sequence(nodding(2), regions_of(clip.topology))
    assert "skin" not in drawn()
    scene.set_hidden([])
    assert drawn() == set(scene.parts)
    scene.set_hidden(scene.parts)
    assert len(scene.surface.visible()) == clip.n_vertices, "nothing is drawn: fit everything"


def test_points_are_drawn_larger_where_a_pixel_is_many_dots(scene: Scene) -> None:
    clip = nodding()
    scene.show_sequence(clip, regions_of(clip.topology))
    scene.set_shading("points")
    look = scene.surface.actors["skin"].GetProperty()
    assert look.GetVertexVisibility() and not look.GetEdgeVisibility()
    size = look.GetPointSize()
    scene.set_pixel(4.0)
    assert look.GetPointSize() == pytest.approx(4 * size)
    scene.set_shading("wireframe")
    assert look.GetEdgeVisibility() and not look.GetVertexVisibility()


def test_textures_are_not_shared_by_windows(scene: Scene) -> None:
    clip, other = nodding(), Scene(vtkRenderer())
    for one in (scene, other):
        one.show_sequence(clip, regions_of(clip.topology))
    textures = [one.surface.actors["skin"].GetTexture() for one in (scene, other)]
    assert textures[0] is not textures[1]
    scene.show_sequence(nodding(2), regions_of(clip.topology))
    assert scene.surface.actors["skin"].GetTexture() is textures[0], "made once a window"


def test_the_range_of_a_long_clip_is_found_in_few_frames() -> None:
    seen: list[int] = []

    class Counting(Steady):
        def displacement(self, frame: int, points: np.ndarray) -> np.ndarray:
            seen.append(frame)
            return super().displacement(frame, points)

    long = np.zeros((4000, 3, 3), dtype=np.float32)
    long[:, 0, 1] = np.linspace(0, 9.5, 4000)
    assert heat_limit(long, Counting(long[0])) == 10.0
    assert len(seen) <= 96 and {0, 3999} <= set(seen)


def test_frames_are_steadied_when_they_are_asked_for() -> None:
    """The same numbers in any order, alone or many at once."""
    template = load_template()
    turns = Rotation.from_euler("y", np.linspace(0, 30, 60)[:, None], degrees=True).as_matrix()
    clip = np.einsum("vc,tdc->tvd", template.vertices, turns).astype(np.float32)
    rigid = template.regions["rigid"]
    alone, together = (Steady(template.vertices, clip, rigid) for _ in range(2))
    together.prepare(range(60))
    for frame in (59, 0, 31):
        away = alone.displacement(frame, clip[frame])
        np.testing.assert_allclose(away, together.displacement(frame, clip[frame]), atol=1e-5)
        assert np.abs(away).max() < 0.01


def test_every_part_of_a_kept_surface_is_drawn_whatever_was_left_out_before(scene: Scene) -> None:
    """A warm-up that draws part by part may be cut short by the first clip."""
    clip = nodding()
    scene.show_sequence(clip, regions_of(clip.topology))
    kept = scene.surface
    scene.set_hidden(["tongue"])
    kept.actors["skin"].SetVisibility(False)
    scene.show_sequence(nodding(2), regions_of(clip.topology))
    assert scene.surface is kept
    drawn = {name for name, actor in kept.actors.items() if actor.GetVisibility()}
    assert drawn == set(scene.parts) - {"tongue"}


def test_a_clip_that_comes_back_is_not_measured_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips, looked = [nodding(), nodding(2)], []
    prepare = Steady.prepare
    monkeypatch.setattr(
        Steady, "prepare", lambda self, frames: looked.append(frames) or prepare(self, frames)
    )
    scene.set_heat_map(on=True)
    seen = []
    for clip in (*clips, *clips):
        scene.show_sequence(clip, regions_of(clip.topology))
        scene.show_frame(3)
        seen.append((scene.limit, scene.surface.heat.copy()))
        looked.append(len(seen))
    assert len(looked) > 4 and looked[-3:] == [2, 3, 4], "what comes back is known"
    for before, after in zip(seen[:2], seen[2:], strict=True):
        assert before[0] == after[0]
        np.testing.assert_array_equal(before[1], after[1])
    scene.set_neutral(1.1 * clips[1].vertices[0])
    assert np.abs(scene.surface.heat - seen[-1][1]).max() > 1.0, "from another face at rest"
