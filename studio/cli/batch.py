"""batch: every label with every seed, straight into files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .clips import DeviceOption, FramesOption, IntensityOption, JsonOption, NeutralOption
from .formats.options import Form, GeometryOption, PresetOption, TellOption, UnitOption
from .making import RecipeOption
from .model_options import ModelOption, ModelsOption
from .reading import (
    FaceFpsOption,
    FaceUnitOption,
    LandmarksOption,
    OwnShapesOption,
    RegisterOption,
    face_choice,
    given,
)

LabelsOption = Annotated[str, typer.Option(help="Expressions, as fear,anger; all unless given.")]
SeedsOption = Annotated[str, typer.Option(help="Seeds, as 1-5,9.")]


def batch(
    out: Annotated[Path, typer.Option(help="Folder for the takes and recipes.json.")],
    seeds: SeedsOption,
    labels: LabelsOption = "",
    frames: FramesOption = 60,
    intensity: IntensityOption = 1.0,
    neutral: NeutralOption = None,
    model: ModelOption = "diffusion",
    landmarks: LandmarksOption = None,
    register: RegisterOption = True,
    shapes: OwnShapesOption = None,
    input_unit: FaceUnitOption = None,
    fps: FaceFpsOption = None,
    preset: PresetOption = None,
    format: GeometryOption = None,
    option: TellOption = None,
    unit: UnitOption = None,
    recipe_out: RecipeOption = None,
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Make takes of several expressions and seeds; each is whole as soon as it is there."""
    from studio.core import GenerationRequest
    from studio.engine import Engine
    from studio.io.files import check_place
    from studio.takes.batch import Batch, check_batch, run_batch
    from studio.takes.generate import make_recipe, start_of
    from studio.takes.seeds import parse_seeds

    from .output import print_json, progress_line
    from .registering import registration_facts
    from .target import check_apart

    check_place(out)
    chosen, form = parse_seeds(seeds), Form.told(None, preset, format, unit, option)
    read = given(input_unit, fps)
    face = face_choice(neutral, landmarks, read, register=register, shapes=shapes)
    request = GenerationRequest(frames=frames, intensity=intensity, model=model, face=face)
    with progress_line() as progress:
        engine = Engine.open(models, device, progress.part(0.0, 0.1))
        named = tuple(dict.fromkeys(filter(None, map(str.strip, labels.split(",")))))
        each = named or engine.labels
        written = form.kind.name, form.unit, form.settings
        what = Batch(request, each, chosen, out, *written, recipes=recipe_out)
        check_batch(engine, what)
        for place in what.places():
            check_apart(place, neutral, landmarks, shapes, suffix=form.kind.suffix)
        recipe = make_recipe(request, engine)
        start, left = start_of(engine, recipe, None, progress.part(0.1, 1.0))
        paths = run_batch(engine, what, start, progress=left)
    if json:
        places = {"takes": list(map(str, paths)), "out": str(out), "recipes": str(what.notes)}
        print_json(places | registration_facts({"face": start}))
    else:
        print(f"{len(paths)} takes in {out}, with their recipes in {what.notes}")
