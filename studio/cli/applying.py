"""transfer, neutralize, interpolate, mix: clips made of others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.core.request import SEED

from .clips import DeviceOption, FramesOption, IntensityOption, JsonOption, NeutralOption
from .formats.options import (
    BackgroundOption,
    FormatOption,
    PresetOption,
    SizeOption,
    TellOption,
    UnitOption,
)
from .making import Made, RecipeOption, by_recipe, make_and_write
from .model_options import ModelOption, ModelsOption, SurfaceOption
from .reading import (
    FaceFpsOption,
    FaceUnitOption,
    GapsOption,
    InputFpsOption,
    InputUnitOption,
    LandmarksOption,
    OwnShapesOption,
    ReadUnit,
    RegisterOption,
    face_choice,
    given,
    registered,
)

if TYPE_CHECKING:
    from studio.core import GenerationRequest, Given, Progress, Registered
    from studio.engine import Engine
    from studio.takes.recipe import ClipSource

    from .making import Makes

OutOption = Annotated[
    Path, typer.Option("--out", "-o", help="A folder for frames, or a file for all of them.")
]
ClipArgument = Annotated[
    Path, typer.Argument(help="A clip: folder of frames, array file, session clip.")
]
RestOption = Annotated[
    int | None,
    typer.Option(help="Frame that shows the clip's face at rest; estimated unless given."),
]


def transfer(
    clip: ClipArgument,
    face: Annotated[Path, typer.Argument(help="Whose face: a mesh, or a clip of the person.")],
    out: OutOption,
    rest: RestOption = None,
    way: Annotated[
        str, typer.Option(help="dense: every vertex; landmarks: 68 points and a new surface.")
    ] = "dense",
    input_unit: InputUnitOption = None,
    fps: InputFpsOption = None,
    gaps: GapsOption = None,
    face_unit: Annotated[
        ReadUnit | None, typer.Option(help="Unit of the face's coordinates, as --input-unit.")
    ] = None,
    landmarks: LandmarksOption = None,
    face_landmarks: Annotated[
        Path | None, typer.Option(help="Those of the face, as --landmarks those of the clip.")
    ] = None,
    register: RegisterOption = True,
    shapes: OwnShapesOption = None,
    preset: PresetOption = None,
    format: FormatOption = None,
    option: TellOption = None,
    unit: UnitOption = None,
    size: SizeOption = None,
    background: BackgroundOption = "light",
    recipe_out: RecipeOption = None,
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Show on another face what a clip shows."""
    from studio.core import FaceChoice
    from studio.takes.recipe import TransferRecipe

    from .target import Target

    read = clip, face, landmarks, face_landmarks, shapes
    target = Target.checked(out, preset, format, unit, option, size, background, *read)
    by = registered(landmarks, register=register, shapes=shapes)
    source = clip_source(clip, rest, given(input_unit, fps, gaps), by)
    choice = FaceChoice(
        "file",
        path=str(face.absolute()),
        given=given(face_unit, None),
        registered=registered(face_landmarks, register=register),
    )
    recipe = TransferRecipe(source=source, way=way, face=choice)
    make = by_recipe(lambda engine: replace(recipe, models=engine.name))
    done = make_and_write(make, [target], recipe_out, models, device)
    what = f"{done.clip.name} on the face of {face.name}"
    done.tell(what, {"source": str(clip), "face": str(face)}, json=json)


def neutralize(
    clip: ClipArgument,
    out: OutOption,
    rest: RestOption = None,
    input_unit: InputUnitOption = None,
    fps: InputFpsOption = None,
    gaps: GapsOption = None,
    landmarks: LandmarksOption = None,
    register: RegisterOption = True,
    shapes: OwnShapesOption = None,
    preset: PresetOption = None,
    format: FormatOption = None,
    option: TellOption = None,
    unit: UnitOption = None,
    size: SizeOption = None,
    background: BackgroundOption = "light",
    recipe_out: RecipeOption = None,
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Take the expression off a clip or a single face; the head moves as before."""
    from studio.takes.faces import face_of_source
    from studio.takes.recipe import NeutralizeRecipe

    from .target import Target

    target = Target.checked(
        out, preset, format, unit, option, size, background, clip, landmarks, shapes
    )
    by = registered(landmarks, register=register, shapes=shapes)
    source = clip_source(clip, rest, given(input_unit, fps, gaps), by)
    recipe = NeutralizeRecipe(source=source, label="neutral", face=face_of_source(source))
    make = by_recipe(lambda engine: replace(recipe, models=engine.name))
    done = make_and_write(make, [target], recipe_out, models, device)
    done.tell(f"{done.clip.name} at rest", {"source": str(clip)}, json=json)


def interpolate(
    one: Annotated[str, typer.Argument(metavar="LABEL:SEED", help="As happiness:3.")],
    other: Annotated[str, typer.Argument(metavar="LABEL:SEED", help="As fear:8.")],
    out: OutOption,
    count: Annotated[
        int,
        typer.Option(help="Clips, evenly from the first to the second; 1: the one half way."),
    ] = 1,
    frames: FramesOption = 60,
    intensity: IntensityOption = 1.0,
    neutral: NeutralOption = None,
    landmarks: LandmarksOption = None,
    register: RegisterOption = True,
    shapes: OwnShapesOption = None,
    input_unit: FaceUnitOption = None,
    fps: FaceFpsOption = None,
    model: ModelOption = "diffusion",
    surface: SurfaceOption = None,
    preset: PresetOption = None,
    format: FormatOption = None,
    option: TellOption = None,
    unit: UnitOption = None,
    size: SizeOption = None,
    background: BackgroundOption = "light",
    recipe_out: RecipeOption = None,
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Make clips between two generated motions."""
    from studio.core import GenerationRequest, InputError

    from .target import Target

    if not 1 <= count <= 100:
        raise InputError.of("count", "a number from 1 to 100", str(count))
    read = given(input_unit, fps)
    face = face_choice(neutral, landmarks, read, register=register, shapes=shapes)
    ends = [
        GenerationRequest(*end, frames, intensity, model, surface=surface, face=face)
        for end in map(_label_and_seed, (one, other))
    ]
    shares = [place / (count - 1) for place in range(count)] if count > 1 else [0.5]
    places = [out if count == 1 else out / f"{place:03d}" for place in range(count)]
    options = preset, format, unit, option, size, background
    targets = [Target.checked(place, *options, neutral, landmarks, shapes) for place in places]

    done = make_and_write(_blends(ends, shares), targets, recipe_out, models, device)
    facts = {"clips": list(map(str, done.places)), "shares": shares}
    done = replace(done, places=[out]) if count > 1 else done
    done.tell(f"{one} to {other}" + f", {count} clips" * (count > 1), facts, json=json)


def _blends(ends: list[GenerationRequest], shares: list[float]) -> Makes:
    """Make the clips at these shares of the way between the motions of two requests on one face."""
    from studio.takes.derive import make_blends
    from studio.takes.faces import settled, still_of
    from studio.takes.generate import make_recipe, with_face
    from studio.takes.recipe import BlendRecipe

    def make(engine: Engine, progress: Progress) -> Made:
        first, last = (make_recipe(end, engine) for end in ends)
        start = still_of(engine, first.face, None, progress.part(0.0, 0.5))
        on = settled(first.face, start)
        recipe = BlendRecipe(
            one=with_face(first, on),
            other=with_face(last, on),
            share=0.5,
            name=f"{first.label} to {last.label}",
            label=first.label if first.label == last.label else None,
            face=on,
            models=engine.name,
        )
        takes = make_blends(engine, recipe, shares, start, progress=progress.part(0.5, 1.0))
        return Made(takes, {"face": start})

    return make


def mix(
    labels: Annotated[list[str], typer.Argument(help="Two to six expressions, in their order.")],
    seed: Annotated[int, typer.Option(help=f"{SEED}; the same seed, the same clip.")],
    out: OutOption,
    frames: FramesOption = 60,
    intensity: IntensityOption = 1.0,
    neutral: NeutralOption = None,
    landmarks: LandmarksOption = None,
    register: RegisterOption = True,
    shapes: OwnShapesOption = None,
    input_unit: FaceUnitOption = None,
    fps: FaceFpsOption = None,
    model: ModelOption = "diffusion",
    surface: SurfaceOption = None,
    preset: PresetOption = None,
    format: FormatOption = None,
    option: TellOption = None,
    unit: UnitOption = None,
    size: SizeOption = None,
    background: BackgroundOption = "light",
    recipe_out: RecipeOption = None,
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Make a clip that passes from the height of one expression to that of the next."""
    from studio.core import GenerationRequest, InputError
    from studio.takes.derive import mix_recipe
    from studio.takes.recipe import FEWEST, MOST

    from .target import Target

    if not FEWEST <= len(labels) <= MOST:
        raise InputError.of("mix", f"{FEWEST} to {MOST} expressions", str(len(labels)))
    target = Target.checked(
        out, preset, format, unit, option, size, background, neutral, landmarks, shapes
    )
    read = given(input_unit, fps)
    face = face_choice(neutral, landmarks, read, register=register, shapes=shapes)
    request = GenerationRequest(
        labels[0], seed, frames, intensity, model, surface=surface, face=face
    )
    name = ", ".join(labels)
    make = by_recipe(lambda engine: replace(mix_recipe(engine, request, labels), name=name))
    done = make_and_write(make, [target], recipe_out, models, device)
    done.tell(f"{name}, seed {seed}", {"labels": labels, "seed": seed}, json=json)


def clip_source(clip: Path, rest: int | None, read: Given, by: Registered | None) -> ClipSource:
    """Say where the clip of a command lies, as a recipe does."""
    from studio.takes.recipe import ClipSource

    return ClipSource(clip.name, rest, str(clip.absolute()), given=read, registered=by)


_DIGITS = 20  # more than any seed has; Python reads no number of thousands


def _label_and_seed(text: str) -> tuple[str, int]:
    from studio.core import InputError

    label, _, seed = text.rpartition(":")
    if not label or not seed.isdecimal() or len(seed) > _DIGITS:
        raise InputError.of("interpolate", "a label and a seed, as happiness:3", text)
    return label, int(seed)
