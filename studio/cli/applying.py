"""transfer, neutralise, interpolate, mix: clips made of others."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .clips import (
    BackgroundOption,
    DeviceOption,
    FormatOption,
    JsonOption,
    NeutralOption,
    SizeOption,
    UnitName,
    UnitOption,
)
from .model_options import ModelOption, ModelsOption, SurfaceOption

if TYPE_CHECKING:
    from studio.core import MeshSequence, Progress
    from studio.core.sequence import Floats
    from studio.engine import Engine

    from .target import Target

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
FramesOption = Annotated[int, typer.Option(help="Length at 30 frames a second.")]
IntensityOption = Annotated[float, typer.Option(help="0 to 1.5, 1 is full.")]


def transfer(
    clip: ClipArgument,
    face: Annotated[Path, typer.Argument(help="Whose face: a mesh, or a clip of the person.")],
    out: OutOption,
    rest: RestOption = None,
    way: Annotated[
        str, typer.Option(help="dense: every vertex; landmarks: 68 points and a new surface.")
    ] = "dense",
    format: FormatOption = None,
    unit: UnitOption = UnitName.mm,
    size: SizeOption = None,
    background: BackgroundOption = "light",
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Show on another face what a clip shows."""
    from studio.engine import Engine
    from studio.takes.recipe import face_in_file

    from .output import progress_line, tell_clip
    from .reading import read_clip

    target = _target(out, format, unit, size, background)
    with progress_line() as progress:
        source = read_clip(clip, progress.part(0.0, 0.2))
        engine = Engine.open(models, device, progress.part(0.2, 0.3))
        other = face_in_file(engine, face, progress=progress.part(0.3, 0.4))
        start = time.perf_counter()
        working = progress.part(0.4, 0.8)
        made = engine.transfer(source, other, _rest_of(source, rest), working, way=way)
        seconds = time.perf_counter() - start
        place = target.write(made, progress.part(0.8, 1.0))
    what = f"{source.name} on the face of {face.name}"
    tell_clip(made, what, seconds, place, {"source": str(clip), "face": str(face)}, json=json)


def neutralise(
    clip: ClipArgument,
    out: OutOption,
    rest: RestOption = None,
    format: FormatOption = None,
    unit: UnitOption = UnitName.mm,
    size: SizeOption = None,
    background: BackgroundOption = "light",
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Take the expression off a clip or a single face; the head moves as before."""
    from studio.engine import Engine

    from .output import progress_line, tell_clip
    from .reading import read_clip

    target = _target(out, format, unit, size, background)
    with progress_line() as progress:
        source = read_clip(clip, progress.part(0.0, 0.2))
        engine = Engine.open(models, device, progress.part(0.2, 0.3))
        start = time.perf_counter()
        made = engine.neutralised(source, _rest_of(source, rest), progress.part(0.3, 0.8))
        seconds = time.perf_counter() - start
        place = target.write(made, progress.part(0.8, 1.0))
    tell_clip(made, f"{source.name} at rest", seconds, place, {"source": str(clip)}, json=json)


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
    model: ModelOption = "diffusion",
    surface: SurfaceOption = None,
    format: FormatOption = None,
    unit: UnitOption = UnitName.mm,
    size: SizeOption = None,
    background: BackgroundOption = "light",
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Make clips between two generated motions."""
    from studio.core import InputError, Motion

    from .output import progress_line, tell_clip

    if not 1 <= count <= 100:
        raise InputError.of("count", "a number from 1 to 100", str(count))
    ends = [
        Motion(*_label_and_seed(text), frames, intensity, model, surface=surface)
        for text in (one, other)
    ]
    shares = [place / (count - 1) for place in range(count)] if count > 1 else [0.5]
    targets = [
        _target(out if count == 1 else out / f"{place:03d}", format, unit, size, background)
        for place in range(count)
    ]
    with progress_line() as progress:
        engine, face = _opened(models, device, neutral, progress.part(0.0, 0.3))
        start = time.perf_counter()
        working = progress.part(0.3, 0.8)
        clips = engine.interpolated(ends[0], ends[1], shares, neutral=face, progress=working)
        seconds = time.perf_counter() - start
        writing = progress.part(0.8, 1.0).each(list(zip(targets, clips, strict=True)), "Writing")
        places = [target.write(clip, working.part(1.0, 1.0)) for target, clip in writing]
    facts = {"clips": [str(place) for place in places], "shares": shares}
    place = places[0] if count == 1 else out
    many = "" if count == 1 else f", {count} clips"
    tell_clip(clips[0], f"{one} to {other}{many}", seconds, place, facts, json=json)


def mix(
    labels: Annotated[list[str], typer.Argument(help="Two to six expressions, in their order.")],
    seed: Annotated[int, typer.Option(help="0 to 2147483647; the same seed, the same clip.")],
    out: OutOption,
    frames: FramesOption = 60,
    intensity: IntensityOption = 1.0,
    neutral: NeutralOption = None,
    model: ModelOption = "diffusion",
    surface: SurfaceOption = None,
    format: FormatOption = None,
    unit: UnitOption = UnitName.mm,
    size: SizeOption = None,
    background: BackgroundOption = "light",
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Make a clip that passes from the height of one expression to that of the next."""
    from studio.core import InputError, Motion
    from studio.takes.motion import FEWEST, MOST

    from .output import progress_line, tell_clip

    if not FEWEST <= len(labels) <= MOST:
        raise InputError.of("mix", f"{FEWEST} to {MOST} expressions", str(len(labels)))
    target = _target(out, format, unit, size, background)
    motions = [Motion(label, seed, frames, intensity, model, surface=surface) for label in labels]
    with progress_line() as progress:
        engine, face = _opened(models, device, neutral, progress.part(0.0, 0.3))
        start = time.perf_counter()
        clip = engine.mixed(motions, neutral=face, progress=progress.part(0.3, 0.8))
        seconds = time.perf_counter() - start
        place = target.write(clip, progress.part(0.8, 1.0))
    what = f"{', '.join(labels)}, seed {seed}"
    tell_clip(clip, what, seconds, place, {"labels": labels, "seed": seed}, json=json)


def _target(out: Path, format: str | None, unit: str, size: str | None, background: str) -> Target:
    from .target import Target

    return Target.checked(out, format, unit, size, background)


def _opened(
    models: Path | None, device: str, neutral: Path | None, progress: Progress
) -> tuple[Engine, Floats | None]:
    """The engine, and the face (V, 3) in a file where one is named."""
    from studio.engine import Engine
    from studio.takes.recipe import face_in_file

    engine = Engine.open(models, device, progress.part(0.0, 0.7))
    if neutral is None:
        return engine, None
    return engine, face_in_file(engine, neutral, progress=progress.part(0.7, 1.0))


def _rest_of(sequence: MeshSequence, frame: int | None) -> Floats | None:
    """(V, 3) of the frame that shows the face at rest, None where none is named."""
    import numpy as np

    from studio.core import InputError

    if frame is None:
        return None
    if not 0 <= frame < sequence.n_frames:
        raise InputError.of("rest", f"a frame from 0 to {sequence.n_frames - 1}", str(frame))
    return np.asarray(sequence.vertices[frame])


def _label_and_seed(text: str) -> tuple[str, int]:
    from studio.core import InputError

    label, _, seed = text.rpartition(":")
    if not label or not seed.isdecimal():
        raise InputError.of("interpolate", "a label and a seed, as happiness:3", text)
    return label, int(seed)
