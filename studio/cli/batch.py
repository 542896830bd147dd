"""batch: every label with every seed, straight into files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .clips import (
    DeviceOption,
    GeometryOption,
    JsonOption,
    LandmarksOption,
    NeutralOption,
    UnitName,
    UnitOption,
)
from .model_options import ModelOption, ModelsOption

if TYPE_CHECKING:
    from studio.core import Progress
    from studio.document import Played

LabelsOption = Annotated[str, typer.Option(help="Expressions, as fear,anger; all unless given.")]
SeedsOption = Annotated[str, typer.Option(help="Seeds, as 1-5,9.")]


def batch(
    out: Annotated[Path, typer.Option(help="Folder for the takes and recipes.json.")],
    seeds: SeedsOption,
    labels: LabelsOption = "",
    frames: Annotated[int, typer.Option(help="Length at 30 frames a second.")] = 60,
    intensity: Annotated[float, typer.Option(help="0 to 1.5, 1 is full.")] = 1.0,
    neutral: NeutralOption = None,
    model: ModelOption = "diffusion",
    landmarks: LandmarksOption = None,
    format: GeometryOption = "obj",
    unit: UnitOption = UnitName.mm,
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Make takes of several expressions and seeds; each is whole as soon as it is there."""
    from studio.core import FaceChoice, GenerationRequest
    from studio.engine import Engine
    from studio.takes.batch import Batch, run_batch
    from studio.takes.many_takes import parse_seeds

    from .output import print_json, progress_line

    chosen = parse_seeds(seeds)
    face_of = FaceChoice(
        "clip" if landmarks else "template" if neutral is None else "file",
        path="" if neutral is None else str(neutral.absolute()),
    )
    wanted = GenerationRequest(frames=frames, intensity=intensity, model=model, face=face_of)
    with progress_line() as progress:
        engine = Engine.open(models, device, progress.part(0.0, 0.1))
        face = _marked(neutral, landmarks, progress.part(0.1, 0.15)) if landmarks else None
        named = tuple(dict.fromkeys(filter(None, map(str.strip, labels.split(",")))))
        what = Batch(wanted, named or engine.labels, chosen, out, format, unit.value)
        paths = run_batch(engine, what, face, progress=progress.part(0.15, 1.0))
    if json:
        print_json({"takes": [str(path) for path in paths], "out": str(out)})
    else:
        print(f"{len(paths)} takes in {out}, with their recipes in {out / 'recipes.json'}")


def _marked(neutral: Path | None, landmarks: Path, progress: Progress) -> Played:
    """The mesh of another triangulation that is to move, with its landmarks."""
    from studio.core import InputError
    from studio.document import ClipState, Evaluator, Landmark, LandmarkEdit, Played
    from studio.document.edits.landmarks import own_landmarks

    from .reading import read_clip, read_landmarks

    if neutral is None:
        raise InputError.of("landmarks", "a mesh in --neutral that they lie on", "none")
    marks, mesh = read_landmarks(landmarks), read_clip(neutral, progress)
    if own_landmarks(mesh):
        wanted = "a face of another triangulation where --landmarks are given"
        raise InputError.of(neutral, wanted, "the studio's own, whose landmarks are known")
    placed = tuple(Landmark(str(place), vertex) for place, vertex in enumerate(marks))
    clip = ClipState("face", mesh, neutral.absolute(), edits=(LandmarkEdit(placed),))
    return Played(clip, Evaluator())
