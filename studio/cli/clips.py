"""recognize, generate, convert: clips in, clips or numbers out."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.models import OptionInfo

from .model_options import (
    GuidanceOption,
    ModelOption,
    ModelsOption,
    ReaderOption,
    SamplerOption,
    StepsOption,
    SurfaceOption,
)

if TYPE_CHECKING:
    from studio.core import Familiarity, MeshSequence, Options, Probabilities, Progress, Tracks
    from studio.core.sequence import Floats
    from studio.engine import Engine

    from .target import Target


class UnitName(StrEnum):
    """What coordinates are written in."""

    mm = "mm"
    cm = "cm"
    m = "m"


JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
NeutralOption = Annotated[
    Path | None, typer.Option(help="Whose face: a mesh, or a clip of the person.")
]
LandmarksOption = Annotated[
    Path | None,
    typer.Option(
        help="With --neutral a mesh of any triangulation: a text file of the 68 vertices that are "
        "its landmarks, in the order of iBUG, counted from 0."
    ),
]
DeviceOption = Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")]
# Their kinds of value are the formats there are, which `name_formats` fills in.
ANY_FORMAT: OptionInfo = typer.Option("--format", help="By default by the suffix, or obj.")
GEOMETRY_FORMAT: OptionInfo = typer.Option("--format", help="What the takes are written as.")
FormatOption = Annotated[str | None, ANY_FORMAT]
GeometryOption = Annotated[str, GEOMETRY_FORMAT]
SizeOption = Annotated[
    str | None,
    typer.Option(
        help="Of pictures: 720p, 1080p, square, small (480x480) or a size such as 640x480; "
        "by default 720p, small in a GIF."
    ),
]
BackgroundOption = Annotated[
    str, typer.Option(help="Of pictures: light, dark, white, or transparent in GIF and PNG.")
]
UnitOption = Annotated[UnitName, typer.Option(help="Unit of the coordinates written.")]


def name_formats() -> None:
    """Have the help list the formats there are; apart, because it takes long to load them."""
    from studio.render.formats import FORMATS

    for option, kinds in ((ANY_FORMAT, FORMATS.writers), (GEOMETRY_FORMAT, FORMATS.geometry)):
        option.metavar = f"<{'|'.join(kind.name for kind in kinds)}>"


def recognize(
    path: Annotated[Path, typer.Argument(help="A clip: folder of frames, array file or take.")],
    reader: ReaderOption = None,
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Say which expression a clip shows, as a whole and at each frame."""
    from .output import print_json, progress_line
    from .reading import read_clip

    with progress_line() as progress:
        sequence = read_clip(path, progress.part(0.0, 0.3))
        # After the file, because it takes seconds to import.
        from studio.engine import Engine

        engine = Engine.open(models, device, progress.part(0.3, 0.5))
        if reader is not None:
            tracks = engine.read(reader, sequence, progress=progress.part(0.5, 1.0))
            _tell_tracks(path, engine, reader, sequence, tracks, json=json)
            return
        answer = engine.recognize(sequence, progress=progress.part(0.5, 0.8))
        known = engine.familiarity(sequence, progress=progress.part(0.8, 1.0))
    if json:
        print_json(recognition_facts(path, engine, sequence, answer, known))
    else:
        print_recognition(path, sequence, answer, known)


def _tell_tracks(
    path: Path,
    engine: Engine,
    reader: str,
    sequence: MeshSequence,
    tracks: Tracks,
    *,
    json: bool,
) -> None:
    """Print what a reader says of a clip: numbers as they are, or a table of their frames."""
    from .output import print_json, print_table

    if not json:
        print(f"{path}: {sequence.n_frames} frames, read by {reader}\n")
        texts = _rows(tracks.summary, tracks.values, lambda row: [*map(tracks.text, row)])
        print_table(texts, ["", *tracks.names])
        return
    print_json(
        {
            "path": str(path),
            "model": engine.name,
            "reader": reader,
            "frames": sequence.n_frames,
            "fps": sequence.fps,
            "names": list(tracks.names),
            "range": [tracks.low, tracks.high],
            "clip": tracks.summary.tolist(),
            "per_frame": tracks.values.tolist(),
        }
    )


def recognition_facts(
    path: Path,
    engine: Engine,
    sequence: MeshSequence,
    answer: Probabilities,
    known: Familiarity | None,
) -> dict[str, object]:
    """What `recognize --json` prints; all probabilities are lists in the order of `labels`.

    `unfamiliar` is null where the models do not know; its scores go from 0 to 1, and above 0.5 a
    clip or frame is too unlike the training data for its numbers to be trusted.
    """
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
        "fps": sequence.fps,
        "labels": list(answer.labels),
        "clip": {"label": answer.label, "probabilities": answer.clip.tolist()},
        "per_frame": answer.per_frame.tolist(),
        "unfamiliar": unfamiliar,
    }


def print_recognition(
    path: Path, sequence: MeshSequence, answer: Probabilities, known: Familiarity | None
) -> None:
    """The verdict, then clip and frames in per cent, the frames in at most twelve rows."""
    from .output import print_table

    seconds = sequence.n_frames / sequence.fps
    print(f"{path}: {sequence.n_frames} frames, {seconds:.1f} s at {sequence.fps:g} fps")
    print(f"{answer.label}, {100 * answer.confidence:.0f} %")
    if known is not None and known.over() > 0.5:
        print(
            f"unfamiliar ({known.over():.2f}, the limit is 0.50, by its {known.cause()}): unlike "
            "what the model was trained on; take the numbers with care"
        )
    print()
    print_table(_rows(answer.clip, answer.per_frame, _percent), ["%", *answer.labels])


def _rows(clip: Floats, per_frame: Floats, texts: Callable[[Floats], list[str]]) -> list[list[str]]:
    """The clip (N,) as a whole, and of its frames (T, N) at most twelve, evenly."""
    step = max(1, -(-len(per_frame) // 12))
    frames = range(0, len(per_frame), step)
    return [["clip", *texts(clip)], *([f"frame {k}", *texts(per_frame[k])] for k in frames)]


def _percent(values: Floats) -> list[str]:
    return [f"{100 * value:.0f}" for value in values]


def generate(
    label: Annotated[str, typer.Option(help="The expression to make.")],
    seed: Annotated[int, typer.Option(help="0 to 2147483647; the same seed, the same clip.")],
    out: Annotated[Path, typer.Option(help="A folder for frames, or a file for all of them.")],
    frames: Annotated[int, typer.Option(help="Length at 30 frames a second.")] = 60,
    intensity: Annotated[float, typer.Option(help="0 to 1.5, 1 is full.")] = 1.0,
    neutral: NeutralOption = None,
    model: ModelOption = "diffusion",
    guidance: GuidanceOption = None,
    steps: StepsOption = None,
    sampler: SamplerOption = None,
    surface: SurfaceOption = None,
    landmarks: LandmarksOption = None,
    format: FormatOption = None,
    unit: UnitOption = UnitName.mm,
    size: SizeOption = None,
    background: BackgroundOption = "light",
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Make a new clip of an expression and write it."""
    from studio.core import Options
    from studio.engine import Engine

    from .output import progress_line, tell_clip
    from .target import Target

    target = Target.checked(out, format, unit, size, background)
    with progress_line() as progress:
        engine = Engine.open(models, device, progress.part(0.0, 0.2))
        options = Options(
            frames=frames,
            intensity=intensity,
            model=model,
            guidance=guidance,
            steps=steps,
            sampler=sampler,
            surface=surface,
            progress=progress.part(0.3, 0.8),
        )
        reading = progress.part(0.2, 0.3)
        start = time.perf_counter()
        clip = _made(engine, label, seed, neutral, landmarks, options, reading)
        seconds = time.perf_counter() - start
        place = target.write(clip, progress.part(0.8, 1.0))
    facts: dict[str, object] = {"label": label, "seed": seed}
    tell_clip(clip, f"{label}, seed {seed}", seconds, place, facts, json=json)


def _made(
    engine: Engine,
    label: str,
    seed: int,
    neutral: Path | None,
    landmarks: Path | None,
    options: Options,
    reading: Progress,
) -> MeshSequence:
    """The new clip: of the studio's face, or of any mesh whose landmarks are in a file."""
    from studio.core import InputError
    from studio.takes.recipe import face_in_file

    from .reading import read_clip, read_landmarks

    if landmarks is None:
        if neutral is not None:
            options["neutral"] = face_in_file(engine, neutral, progress=reading)
        return engine.generate(label, seed, **options)
    if neutral is None:
        raise InputError.of("landmarks", "a mesh in --neutral that they lie on", "none")
    marks = read_landmarks(landmarks)
    return engine.generate_on(read_clip(neutral, reading), marks, label, (seed,), **options)[0]


def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A clip in any known format.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="A file, or a folder for frames.")],
    format: FormatOption = None,
    unit: UnitOption = UnitName.mm,
    size: SizeOption = None,
    background: BackgroundOption = "light",
) -> None:
    """Write a clip in another format, or as a movie; talk.studio#smile is a clip of a session."""
    from .output import progress_line
    from .reading import read_clip
    from .target import Target

    wanted = Target.checked(target, format, unit, size, background)
    with progress_line() as progress:
        share = 0.1 if wanted.kind.drawn else 0.5
        sequence = read_clip(source, progress.part(0.0, share))
        place = wanted.write(sequence, progress.part(share, 1.0))
    tell_written(wanted, sequence, place)


def tell_written(target: Target, sequence: MeshSequence, place: Path) -> None:
    """Say what was written, and where."""
    print(
        f"{sequence.n_frames} frames of {sequence.n_vertices} vertices{target.note(sequence)}, "
        f"in {place}"
    )
