"""Clips made on, and read from, faces of other triangulations that are registered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from studio.core import (
    FaceChoice,
    GenerationRequest,
    InputError,
    MeshSequence,
    Progress,
    Registered,
)
from studio.core.sequence import Floats
from studio.document import ClipState
from studio.face import ARKIT, load_rig, load_template
from studio.face.registration.correspondence import write_correspondence
from studio.io import cache as kept
from studio.io import read_sequence, write_sequence
from studio.takes.batch import Batch, run_batch
from studio.takes.derive import (
    make_blends,
    make_clip,
    mix_recipe,
    neutralize_recipe,
    prepared,
    transfer_recipe,
)
from studio.takes.faces import clip_face
from studio.takes.generate import generate_clip, generate_takes, make_recipe, request_of
from studio.takes.recipe import (
    BlendRecipe,
    ClipSource,
    GeneratorRecipe,
    NeutralizeRecipe,
    Recipe,
    TransferRecipe,
    recipe_from_dict,
)
from studio.takes.recipe_faces import face_to_dict
from studio.takes.text import recipes_from_text, recipes_to_text
from tests.document.clips import played
from tests.face.foreign import POOR, Fitter, carried_back, carried_in, foreign_mesh, registered
from tests.ui.fakes import SmallEngine

QUIET = Progress()
FRAMES = 16
POINTS = Registered((("nose tip", 7), ("chin", (1.0, 2.0, 3.0))))


@cache
def jaw() -> Floats:
    """Displacements (V, 3) in mm of a jaw that is wide open."""
    weights = np.zeros((1, len(ARKIT)), dtype=np.float32)
    weights[0, ARKIT.index("jawOpen")] = 0.6
    return np.asarray(load_rig().pose(weights)[0] - load_template().vertices)


def opened(face: Floats, frames: int = FRAMES, intensity: float = 1.0) -> Floats:
    """Open the jaw of a face (V, 3) bit by bit: (T, V, 3)."""
    way = intensity * np.linspace(0, 1, frames, dtype=np.float32)[:, None, None]
    return np.asarray(face + way * jaw())


@dataclass
class JawEngine(Fitter, SmallEngine):
    """Opens the jaw of the studio's face, and registers a `foreign_mesh`."""

    def sample(
        self,
        request: GenerationRequest,
        seeds: Sequence[int] | None = None,
        *,
        face: Floats | None = None,
        on_estimate: object = None,
        progress: Progress = QUIET,
    ) -> list[MeshSequence]:
        start = load_template().vertices if face is None else face
        moved = opened(start, request.frames, request.intensity)
        clip = MeshSequence(moved, load_template().faces, name=request.label)
        if callable(on_estimate):
            on_estimate(clip.sliced(0, 2))
        return [clip for _ in seeds or (request.seed,)]


@pytest.fixture(autouse=True)
def lossless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Carry by construction: how near real carrying comes is tested with it."""
    monkeypatch.setattr("studio.takes.registered.carried_in", carried_in)
    monkeypatch.setattr("studio.takes.registered.carried_back", carried_back)


@pytest.fixture
def engine() -> JawEngine:
    return JawEngine()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A foreign face, three meters from the origin."""
    there = foreign_mesh().at(np.array([3000.0, 0.0, 0.0]))
    return write_sequence(there, tmp_path_factory.mktemp("faces") / "head.npz")[0]


@pytest.fixture(scope="module")
def mesh(file: Path) -> MeshSequence:
    return read_sequence(file)


@pytest.fixture(scope="module")
def clip_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen frames of the foreign face that opens its jaw."""
    clip = foreign_mesh(opened(load_template().vertices), name="talk")
    return write_sequence(clip, tmp_path_factory.mktemp("clips") / "talk.npz")[0]


def on_file(path: Path, by: Registered | None = Registered()) -> FaceChoice:  # noqa: B008
    return FaceChoice("file", path=str(path), registered=by)


def asked(face: FaceChoice, **more: object) -> GenerationRequest:
    return GenerationRequest("fear", 4, frames=FRAMES, face=face, **more)


def through_text(recipe: Recipe) -> Recipe:
    (found,) = recipes_from_text(recipes_to_text([recipe.to_dict()]))
    assert found == recipe
    return found


def made(engine: JawEngine, recipe: Recipe) -> tuple[MeshSequence, Recipe]:
    ready = prepared(engine, recipe, progress=QUIET)
    return make_clip(engine, ready.recipe, ready.face, ready.source, progress=QUIET), ready.recipe


def on_their_mesh(clip: MeshSequence, mesh: MeshSequence) -> None:
    """Of a clip the triangles, the place and, bit for bit, the first frame are theirs."""
    np.testing.assert_array_equal(clip.faces, mesh.faces)
    np.testing.assert_array_equal(clip.origin, mesh.origin)
    np.testing.assert_array_equal(clip.vertices[0], mesh.vertices[0])


def test_a_clip_on_their_mesh_moves_as_the_fitted_face_does(
    engine: JawEngine, file: Path, mesh: MeshSequence
) -> None:
    heard: list[str] = []
    recipe = make_recipe(asked(on_file(file)), engine)
    clip = generate_clip(engine, recipe, progress=Progress(remarked=heard.append))
    on_their_mesh(clip, mesh)
    wanted = foreign_mesh(opened(load_template().vertices)).vertices
    moved = clip.vertices - clip.vertices[0]
    np.testing.assert_allclose(moved, wanted - wanted[0], atol=1e-3)
    assert np.abs(moved).max() > 5
    assert heard[-1].startswith("head.npz: registered to the studio's face by pictures of it: 0.10")


def test_the_recipe_says_what_was_registered_and_makes_it_again(
    engine: JawEngine, file: Path, tmp_path: Path
) -> None:
    clip, recipe = made(engine, make_recipe(asked(on_file(file, POINTS)), engine))
    said = json.loads(json.dumps(recipe.to_dict()))["face"]
    points = {"nose tip": 7, "chin": [1.0, 2.0, 3.0]}
    assert said["registered"] == {"by": "points", "points": points}
    again = through_text(recipe)
    for _ in range(2):
        remade = make_clip(JawEngine(), again, progress=QUIET)
        np.testing.assert_array_equal(remade.vertices, clip.vertices)
        kept.clear(QUIET)  # and once more from nothing
    own = write_sequence(MeshSequence(load_template().vertices[None], load_template().faces), tmp_path / "own.npz")[0]  # fmt: skip  # noqa: E501
    _, plain = made(engine, make_recipe(asked(on_file(own)), engine))
    assert "registered" not in face_to_dict(plain.face)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"points": {"chin": [1, 2]}}, "chin: expected a vertex, or x, y and z in mm"),
        ({"points": {"chin": True}}, "chin: expected a vertex"),
        ({"points": {"chin": 1.5}}, "chin: expected a vertex"),
        ({"points": [1]}, "recipe: expected names with values"),
        (7, "recipe: expected names with values"),
    ],
)
def test_a_recipe_with_points_that_are_none(said: object, sentence: str) -> None:
    face = {"from": "file", "path": "a.obj", "registered": said}
    with pytest.raises(InputError, match=sentence):
        recipe_from_dict({"label": "fear", "seed": 1, "face": face})


def test_without_registration_another_face_is_refused_as_ever(
    engine: JawEngine, file: Path, clip_file: Path
) -> None:
    recipe = make_recipe(asked(on_file(file, None)), engine)
    with pytest.raises(InputError, match=r"head\.npz: expected the studio's 4538-vertex face"):
        generate_clip(engine, recipe, progress=QUIET)
    source = ClipSource("talk.npz", None, str(clip_file))
    with pytest.raises(InputError, match=r"talk\.npz: expected the studio's 4538-vertex face"):
        make_clip(engine, NeutralizeRecipe(source=source), progress=QUIET)
    assert not engine.fitted


def test_a_poor_fit_makes_nothing(tmp_path: Path) -> None:
    engine = JawEngine(verdict=POOR)
    file = write_sequence(foreign_mesh(load_template().vertices[None] + 1), tmp_path / "h.npz")[0]
    recipe = make_recipe(asked(on_file(file)), engine)
    with pytest.raises(InputError, match=r"h\.npz: not registered .*: it is none$"):
        generate_clip(engine, recipe, progress=QUIET)
    source = ClipSource("h.npz", None, str(file), registered=Registered())
    with pytest.raises(InputError, match=r"h\.npz: not registered .*: it is none$"):
        make_clip(engine, NeutralizeRecipe(source=source), progress=QUIET)


def test_a_registration_in_a_file_is_a_face(
    engine: JawEngine, mesh: MeshSequence, tmp_path: Path
) -> None:
    place = tmp_path / "face.npz"
    write_correspondence(replace(registered(mesh), origin=mesh.origin), place)
    for by in (Registered(), None):
        clip = generate_clip(engine, make_recipe(asked(on_file(place, by)), engine), progress=QUIET)
        on_their_mesh(clip, mesh)
    write_correspondence(registered(mesh, POOR), place)
    with pytest.raises(InputError, match=r"face\.npz: not registered"):
        generate_clip(engine, make_recipe(asked(on_file(place)), engine), progress=QUIET)
    assert not engine.fitted


def test_takes_batches_blends_and_mixes_are_on_their_mesh(
    engine: JawEngine, file: Path, mesh: MeshSequence, tmp_path: Path
) -> None:
    face, request = on_file(file), asked(on_file(file))
    recipe = make_recipe(request, engine)
    groups = generate_takes(engine, recipe, (1, 2), progress=QUIET)
    for clip, _ in [take for group in groups for take in group]:
        on_their_mesh(clip, mesh)
    what = Batch(request, ("fear",), (1,), tmp_path, "npz")
    on_their_mesh(read_sequence(run_batch(engine, what, progress=QUIET)[0]), mesh)
    notes = json.loads(what.notes.read_text(encoding="utf-8"))["fear_1.npz"]
    assert notes["face"]["registered"] == {"by": "pictures"}
    clip, mixed = made(engine, mix_recipe(engine, request, ("fear", "anger")))
    on_their_mesh(clip, mesh)
    blend = BlendRecipe(one=recipe, other=recipe, share=0.5, face=face)
    for blended in (
        made(engine, blend)[0],
        make_blends(engine, blend, [0.2], progress=QUIET)[0][0],
    ):
        on_their_mesh(blended, mesh)
    assert through_text(mixed).face.registered == Registered()


def test_estimates_show_on_their_mesh(engine: JawEngine, file: Path, mesh: MeshSequence) -> None:
    shown: list[MeshSequence] = []
    recipe = make_recipe(asked(on_file(file)), engine)
    generate_clip(engine, recipe, progress=QUIET, on_estimate=shown.append)
    on_their_mesh(shown[0], mesh)


def test_a_stop_while_a_face_is_registered(engine: JawEngine, file: Path) -> None:
    from studio.core import Cancelled

    progress = Progress()
    recipe = make_recipe(asked(on_file(file)), engine)
    progress.cancel()
    with pytest.raises(Cancelled):
        generate_clip(engine, recipe, progress=progress)


def test_what_they_show_is_carried_in_and_taken_off_again(
    engine: JawEngine, file: Path, clip_file: Path, mesh: MeshSequence
) -> None:
    clip = read_sequence(clip_file)
    source = ClipSource("talk.npz", 0, str(clip_file), registered=Registered())
    ready = prepared(engine, NeutralizeRecipe(source=source), progress=QUIET)
    assert ready.source is not None and ready.source.rest is not None
    carried, template = ready.source.sequence, load_template()
    assert carried.topology == engine.topology and not carried.is_shifted
    np.testing.assert_allclose(ready.source.rest, template.vertices, atol=1e-3)
    np.testing.assert_allclose(carried.vertices, opened(template.vertices), atol=1e-3)
    calm = make_clip(engine, ready.recipe, None, ready.source, progress=QUIET)
    assert calm.topology == clip.topology
    assert np.abs(calm.vertices - clip.vertices[0]).max() < 1e-3
    np.testing.assert_array_equal(calm.vertices[0], clip.vertices[0])
    assert ready.registrations["face"] is None and ready.registrations["clip"] is not None
    again = through_text(ready.recipe)
    np.testing.assert_array_equal(make_clip(engine, again, progress=QUIET).vertices, calm.vertices)

    both = TransferRecipe(source=source, face=on_file(file))
    handed, recipe = made(engine, both)
    on_their_mesh(handed, mesh)
    assert recipe == both
    own, _ = made(engine, replace(both, face=FaceChoice()))
    assert own.topology == engine.topology
    assert np.abs(own.vertices[-1] - template.vertices).max() > 5


def test_clips_of_a_document_are_worked_on_by_their_registration(
    engine: JawEngine, clip_file: Path
) -> None:
    recording = read_sequence(clip_file)
    found = registered(recording)
    clip = ClipState("a", recording, source=clip_file, registration=found)
    face = clip_face(clip)
    assert face.registered == Registered(frame=0) and face.path == str(clip_file)
    recipe = make_recipe(asked(FaceChoice("clip")), engine, clip)
    take = generate_clip(engine, recipe, played(clip), progress=QUIET)
    on_their_mesh(take, recording)
    assert not engine.fitted, "what is known is not found again"
    again = generate_clip(engine, recipe, progress=QUIET)
    np.testing.assert_array_equal(again.vertices, take.vertices)
    for verb in (neutralize_recipe(engine, clip), transfer_recipe(engine, clip, clip)):
        wanted = through_text(verb)
        assert wanted.source.registered == wanted.face.registered == Registered(frame=0)
        clip_of = make_clip(engine, wanted, played(clip), played(clip), progress=QUIET)
        assert clip_of.topology == recording.topology
    # Of a take the frame that was registered is that of the clip it was made on.
    request = replace(recipe.request, face=replace(face, registered=Registered(frame=3)))
    later = replace(recipe, request=request)
    made_on = ClipState("c", take, recipe=later.to_dict(), registration=found)
    assert clip_face(made_on).registered == Registered(frame=3)
    # A take lends its face on, from its first frame, and what it shows.
    child = ClipState("b", take, recipe=recipe.to_dict(), registration=found)
    onward = generate_clip(engine, make_recipe(asked(FaceChoice("clip")), engine, child), played(child), progress=QUIET)  # fmt: skip  # noqa: E501
    np.testing.assert_array_equal(onward.vertices, take.vertices)
    handed = transfer_recipe(engine, child, FaceChoice())
    assert make_clip(engine, through_text(handed), progress=QUIET).topology == engine.topology


def test_a_face_that_another_clip_shows_lies_in_no_file_of_this_one(
    engine: JawEngine, clip_file: Path
) -> None:
    recording = read_sequence(clip_file)
    found = registered(recording)
    later = ClipState("a", recording.sliced(5, 16), source=clip_file, registration=found)
    assert clip_face(later).path == ""
    recipe = make_recipe(asked(FaceChoice("clip")), engine, later)
    clip = generate_clip(engine, recipe, played(later), progress=QUIET)
    np.testing.assert_array_equal(clip.vertices[0], found.neutral)


def test_settings_take_a_registered_face_over(engine: JawEngine, file: Path) -> None:
    recipe = make_recipe(asked(on_file(file, POINTS)), engine)
    assert isinstance(recipe, GeneratorRecipe)
    assert request_of(recipe, GenerationRequest()).face.registered == POINTS
