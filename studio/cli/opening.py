"""open: the window, or its main job without one where there is no display."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from studio.core import Given, InputError, Registered, StudioError
from studio.core.system.disk import look
from studio.core.system.paths import shipped

from .display import display_problem
from .libraries import install_command, missing_libraries, stops_window
from .reading import (
    FaceNumberOption,
    GapsOption,
    InputFpsOption,
    InputUnitOption,
    SpanOption,
    given,
)

OpenWindow = Callable[[Sequence[Path], Given], int]
LABEL, SEED = "surprise", 7


def open_files(
    context: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Clips to open.")] = None,
    input_unit: InputUnitOption = None,
    fps: InputFpsOption = None,
    gaps: GapsOption = None,
    face: FaceNumberOption = None,
    neutral: SpanOption = None,
) -> None:
    """Open the window, the default command; without a display, do its main job headless."""
    from studio.io.folders.runs import is_pattern

    paths = paths or []
    for path in paths:
        if not is_pattern(path):
            look(path, "a command, a file or a folder")
    read, problem = given(input_unit, fps, gaps, face, neutral), display_problem()
    _check_sessions(paths, read)
    if problem is None:
        show_window(context.obj, paths, read)
    print(f"{problem}, so the main job runs without a window.", flush=True)
    run_headless(paths[0] if paths else first_sample(), output_folder(), LABEL, SEED, read)


def _check_sessions(paths: Sequence[Path], read: Given) -> None:
    """Refuse a session beside options that say how clips are read."""
    from studio.document.session import SUFFIX

    sessions = [path for path in paths if path.suffix.lower() == SUFFIX]
    if sessions and read != Given():
        wanted = "clips alone beside --input-unit and --fps"
        raise InputError.of(sessions[0], wanted, "a session, whose clips keep theirs")


def show_window(open_window: OpenWindow, paths: Sequence[Path], read: Given) -> NoReturn:
    """Run the window to its end.

    Raises
    ------
    StudioError
        Where a library is missing: Qt aborts.
    """
    missing = stops_window(missing_libraries())
    if missing:
        raise StudioError(
            f"the window needs {', '.join(one.name for one in missing)}; "
            f"on Debian or Ubuntu: {install_command(missing)}"
        )
    raise typer.Exit(open_window(paths, read))


def first_sample() -> Path:
    """Find the take that ships to play with.

    Raises
    ------
    InputError
        Where none is there.
    """
    folder = shipped("resources") / "samples"
    takes = sorted(folder.glob("*.csv"))
    if not takes:
        raise InputError.of(folder, "sample takes", "none")
    return takes[0]


def output_folder() -> Path:
    """Choose ``out`` here, or a new temporary folder where this one cannot be written to."""
    if os.access(Path.cwd(), os.W_OK):
        return Path("out")
    return Path(tempfile.mkdtemp(prefix="expression-studio-"))


def run_headless(path: Path, out: Path, label: str, seed: int, read: Given) -> None:
    """Recognize a clip, make a new one, write its OBJ frames and a contact sheet, say where."""
    from studio.engine import Engine
    from studio.engine.checks import enough_frames
    from studio.io import write_sequence
    from studio.render.stills import contact_sheet

    from .clips import print_recognition
    from .output import progress_line
    from .resting import Rest

    with progress_line() as progress:
        rest, by = Rest(), Registered()
        came = rest.clip(path, read, by, progress.part(0.0, 0.1))
        enough_frames(came)
        engine = Engine.open(progress=progress.part(0.1, 0.2))
        against = rest.against(engine, came, path.name, by, progress.part(0.2, 0.3))
        sequence = against.source.sequence
        answer = engine.recognize(sequence, against.face, progress=progress.part(0.3, 0.45))
        known = engine.familiarity(sequence, against.face, progress=progress.part(0.45, 0.5))
        clip = engine.generate(label, seed, progress=progress.part(0.5, 0.7))
        folder = out / f"{label}_{seed}"
        write_sequence(clip, folder, progress=progress.part(0.7, 0.8))
    print_recognition(path, sequence, answer, known)
    print(f"\nGenerated {label}, seed {seed}: {clip.n_frames} OBJ frames in {folder.resolve()}")
    sheet = out / f"{label}_{seed}.png"
    with progress_line() as progress:
        contact_sheet(clip, sheet, progress=progress)
    print(f"Contact sheet: {sheet.resolve()}")
