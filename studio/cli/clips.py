"""recognize, generate, convert: clips in, clips or numbers out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.core.course import course_of
from studio.core.request import BEARING, FRAMES, INTENSITY, SEED, RequestOptions

from .formats.options import (
    BackgroundOption,
    FormatOption,
    PresetOption,
    SizeOption,
    TellOption,
    UnitOption,
)
from .identity.options import Asked, KnownOption, KnownOutOption, What, WhatOption
from .making import RecipeOutOption, again, by_recipe, make_and_write
from .many.engines import ENGINES
from .model_options import (
    GuidanceOption,
    ModelOption,
    ModelsOption,
    ReaderOption,
    SamplerOption,
    StepsOption,
    SurfaceOption,
    check_told,
)
from .reading import (
    FaceFpsOption,
    FaceNumberOption,
    FaceUnitOption,
    FittingsOption,
    GapsOption,
    InputFpsOption,
    InputUnitOption,
    LandmarksOption,
    OwnShapesOption,
    RegisterOption,
    ShapesOption,
    SpanOption,
    face_choice,
    given,
    is_take,
    played,
    registered,
)

if TYPE_CHECKING:
    from studio.core import Familiarity, MeshSequence, Probabilities, Tracks
    from studio.core.sequence import Floats
    from studio.engine import Engine
    from studio.io.sound.sound import Sound

    from .making import Written
    from .resting import Against
    from .target import Target


JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
NeutralOption = Annotated[
    Path | None, typer.Option(help="Whose face: a mesh, or a clip of the person.")
]
RestOption = Annotated[
    str | None,
    typer.Option(
        metavar="FRAME|MESH|FROM-TO",
        help="The face at rest to read against: the number of a frame, counted from 0, a mesh, or "
        "frames of a video; estimated unless given.",
    ),
]
FramesOption = Annotated[
    int, typer.Option(help=f"Length at 30 frames a second, {FRAMES.low} to {FRAMES.high}.")
]
IntensityOption = Annotated[float, typer.Option(help=f"{INTENSITY}, 1 is full.")]
BearingOption = Annotated[
    float,
    typer.Option(help=f"Of head, gaze and blinks, {BEARING}; 1 as people do, 0 holds them still."),
]
DeviceOption = Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")]


def recognize(
    path: Annotated[Path, typer.Argument(help="A clip: folder of frames, array file or take.")],
    what: WhatOption = What.expression,
    known: KnownOption = None,
    known_out: KnownOutOption = None,
    neutral: RestOption = None,
    reader: ReaderOption = None,
    input_unit: InputUnitOption = None,
    fps: InputFpsOption = None,
    gaps: GapsOption = None,
    face: FaceNumberOption = None,
    landmarks: LandmarksOption = None,
    register: RegisterOption = True,
    shapes: OwnShapesOption = None,
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Say which expression a clip shows, as a whole and at each frame, or which known person."""
    from studio.engine.checks import enough_frames

    from .output import print_json, progress_line
    from .registering import registration_facts
    from .resting import Rest

    by = registered(landmarks, register=register, shapes=shapes)
    rest, asked = Rest.named(neutral), Asked(what, reader, known, known_out)
    asked.check()
    with progress_line() as progress:
        clip = rest.clip(path, given(input_unit, fps, gaps, face), by, progress.part(0.0, 0.3))
        if not asked.other:
            enough_frames(clip)  # before a face of another triangulation is registered in vain
        engine = ENGINES.open(models, device, progress.part(0.3, 0.4))
        read = rest.against(engine, clip, path.name, by, progress.part(0.4, 0.6))
        sequence, left = read.source.sequence, progress.part(0.6, 1.0)
        carried = registration_facts(read.registrations)
        if asked.other:
            tracks = asked.answer(engine, sequence, read.face, by, left)
            _tell_tracks(path, engine, asked, sequence, tracks, read, carried, json=json)
            return
        answer = engine.recognize(sequence, read.face, left.part(0.0, 0.6))
        unlike = engine.familiarity(sequence, read.face, left.part(0.6, 1.0))
    if json:
        print_json(recognition_facts(path, engine, sequence, answer, unlike, read) | carried)
    else:
        print_recognition(path, sequence, answer, unlike, read.words())


def _tell_tracks(
    path: Path,
    engine: Engine,
    asked: Asked,
    sequence: MeshSequence,
    tracks: Tracks,
    read: Against,
    more: dict[str, object],
    *,
    json: bool,
) -> None:
    """Print what a reader says of a clip: numbers as they are, or a table of their frames."""
    from .output import print_json, print_table, reading_facts

    if not json:
        print(f"{path}: {sequence.n_frames} frames, read by {asked.name}")
        print(*asked.said(tracks), "", sep="\n")
        texts = _rows(tracks.summary, tracks.values, lambda row: [*map(tracks.text, row)])
        print_table(texts, ["", *tracks.names])
        return
    print_json(
        {
            "path": str(path),
            "model": engine.name,
            "reader": asked.name,
            "frames": sequence.n_frames,
            **reading_facts(sequence),
            "remarks": list(sequence.told),
            "neutral": read.facts(),
            "names": list(tracks.names),
            "range": [tracks.low, tracks.high],
            "clip": tracks.summary.tolist(),
            "per_frame": tracks.values.tolist(),
            **more,
            **asked.facts(tracks),
        }
    )


def recognition_facts(
    path: Path,
    engine: Engine,
    sequence: MeshSequence,
    answer: Probabilities,
    known: Familiarity | None,
    read: Against,
) -> dict[str, object]:
    """Say what `recognize --json` prints; all probabilities are lists in the order of `labels`.

    `neutral` is the face at rest that was read against; `shares` and `segments` say which label
    leads for how much of the time, and when. `intensity` is how strongly each frame acts, 1 a full
    expression; that of the clip is the strongest. `unfamiliar` is null where the models do not
    know; above 0.5 a clip or frame is too unlike the training data for its numbers to be trusted.
    """
    from studio.face.irregular import course_remarks

    from .output import reading_facts

    unfamiliar = None
    if known is not None:
        unfamiliar = {
            "score": known.over(),
            "too_far": known.over() > 0.5,
            "cause": known.cause(),
            "per_frame": known.per_frame.tolist(),
        }
    return {
        "path": str(path),
        "model": engine.name,
        "frames": sequence.n_frames,
        **reading_facts(sequence),
        "remarks": [*sequence.told, *course_remarks(sequence)],
        "neutral": read.facts(),
        "labels": list(answer.labels),
        "clip": {
            "label": answer.label,
            "probabilities": answer.clip.tolist(),
            "intensity": answer.strongest,
        },
        **course_of(answer, sequence.fps).facts(),
        "per_frame": answer.per_frame.tolist(),
        "intensity": None if answer.intensity is None else answer.intensity.tolist(),
        "unfamiliar": unfamiliar,
    }


def print_recognition(
    path: Path,
    sequence: MeshSequence,
    answer: Probabilities,
    known: Familiarity | None,
    rest: str = "",
) -> None:
    """Print the verdict, then clip and frames in per cent, the frames in at most twelve rows."""
    from studio.face.irregular import course_remarks

    from .output import print_table

    seconds = sequence.n_frames / sequence.fps
    print(f"{path}: {sequence.n_frames} frames, {seconds:.1f} s at {sequence.fps:g} fps")
    acts = answer.strongest
    strength = "" if acts is None else f", intensity up to {acts:.1f} (1 is full)"
    print(f"{answer.label}, {100 * answer.confidence:.0f} %{strength}")
    print(course_of(answer, sequence.fps).text())
    if rest:
        print(f"face at rest: {rest}")
    for remark in course_remarks(sequence):
        print(remark)
    if known is not None and known.over() > 0.5:
        print(
            f"unfamiliar ({known.over():.2f}, the limit is 0.50, by its {known.cause()}): unlike "
            "what the model was trained on; take the numbers with care"
        )
    print()
    print_table(_rows(answer.clip, answer.per_frame, _percent), ["%", *answer.labels])


def _rows(clip: Floats, per_frame: Floats, texts: Callable[[Floats], list[str]]) -> list[list[str]]:
    """Write the clip (N,) as a whole, and of its frames (T, N) at most twelve, evenly."""
    step = max(1, -(-len(per_frame) // 12))
    frames = range(0, len(per_frame), step)
    return [["clip", *texts(clip)], *([f"frame {k}", *texts(per_frame[k])] for k in frames)]


def _percent(values: Floats) -> list[str]:
    return [f"{100 * value:.0f}" for value in values]


def generate(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="A folder for frames, or a file for all of them.")],
    label: Annotated[str | None, typer.Option(help="The expression to make.")] = None,
    seed: Annotated[int | None, typer.Option(help=f"{SEED}; the same seed, the same clip.")] = None,
    frames: FramesOption = 60,
    intensity: IntensityOption = 1.0,
    bearing: BearingOption = 0.0,
    neutral: NeutralOption = None,
    model: ModelOption = "diffusion",
    guidance: GuidanceOption = None,
    steps: StepsOption = None,
    sampler: SamplerOption = None,
    surface: SurfaceOption = None,
    landmarks: LandmarksOption = None,
    register: RegisterOption = True,
    shapes: OwnShapesOption = None,
    input_unit: FaceUnitOption = None,
    fps: FaceFpsOption = None,
    recipe: Annotated[
        Path | None,
        typer.Option(
            help="In place of all these: a file with a recipe, whose clip is made again; "
            "recipes.json#fear_1 names one of several."
        ),
    ] = None,
    recipe_out: RecipeOutOption = None,
    preset: PresetOption = None,
    format: FormatOption = None,
    option: TellOption = None,
    unit: UnitOption = None,
    size: SizeOption = None,
    background: BackgroundOption = "light",
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Make a new clip of an expression, or that of a recipe, and write it with its recipe."""
    from studio.core import GenerationRequest, InputError
    from studio.takes.generate import make_recipe

    from .target import Target

    files = neutral, landmarks, recipe, shapes
    target = Target.checked(out, preset, format, unit, option, size, background, *files)
    if recipe is not None:
        _refuse_more(context)
        make, models = again(recipe, models)
    elif label is None or seed is None:
        missing = "no --label" if label is None else "no --seed"
        raise InputError.of("generate", "--label and --seed, or --recipe", missing)
    else:
        check_told(model, guidance=guidance, steps=steps, sampler=sampler, surface=surface)
        read = given(input_unit, fps)
        face = face_choice(neutral, landmarks, read, register=register, shapes=shapes)
        motion = label, seed, frames, intensity, model, guidance, steps, sampler, surface, bearing
        make = by_recipe(partial(make_recipe, GenerationRequest(*motion, face=face)))
    done = make_and_write(make, [target], recipe_out, models, device)
    _tell_made(done, json=json)


def _tell_made(done: Written, *, json: bool) -> None:
    from studio.takes.recipe import GeneratorRecipe

    clip, made = done.made.takes[0]
    if isinstance(made, GeneratorRecipe):
        facts: dict[str, object] = {"label": made.label, "seed": made.request.seed}
        done.tell(f"{made.label}, seed {made.request.seed}", facts, json=json)
    else:
        done.tell(clip.name, {"name": clip.name}, json=json)


def _refuse_more(context: typer.Context) -> None:
    """With a recipe nothing else may say what is made."""
    from studio.core import InputError

    more = ("neutral", "landmarks", "register", "shapes", "input_unit", "fps")
    for name in ("label", "seed", *RequestOptions.__annotations__, *more):
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            wanted = "--recipe alone to say what is made"
            option = {"register": "no-register"}.get(name, name.replace("_", "-"))
            raise InputError.of("generate", wanted, f"--{option} too")


def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A clip in any known format.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="A file, or a folder for frames.")],
    preset: PresetOption = None,
    format: FormatOption = None,
    option: TellOption = None,
    input_unit: InputUnitOption = None,
    fps: InputFpsOption = None,
    gaps: GapsOption = None,
    face: FaceNumberOption = None,
    neutral: SpanOption = None,
    shapes: ShapesOption = None,
    unit: UnitOption = None,
    size: SizeOption = None,
    background: BackgroundOption = "light",
    fittings: FittingsOption = False,
) -> None:
    """Write a clip in another format, or as a movie; talk.studio#smile is a clip of a session."""
    from studio.io.shapes import read_shapes
    from studio.takes.reading import read_with_sound

    from .output import progress_line
    from .target import Target

    sound: Sound | None = None
    wanted = Target.checked(target, preset, format, unit, option, size, background, source, shapes)
    with progress_line() as progress:
        share = 0.1 if wanted.kind.drawn else 0.5
        reading, read = progress.part(0.0, share), given(input_unit, fps, gaps, face, neutral)
        head = read_shapes(shapes) if shapes is not None and wanted.kind.weighs else None
        if shapes is None or (head is not None and not is_take(source)):
            sequence, sound = read_with_sound(source, reading, read, heard=wanted.kind.sounds)
        else:
            sequence = played(source, shapes, read, reading)
        writing = progress.part(share, 1.0)
        place = wanted.write(sequence, writing, face=head, fittings=fittings, sound=sound)
    tell_written(wanted, sequence, place)


def tell_written(target: Target, sequence: MeshSequence, place: Path) -> None:
    """Say what was written, and where."""
    print(
        f"{sequence.n_frames} frames of {sequence.n_vertices} vertices{target.note(sequence)}, "
        f"in {place}"
    )
