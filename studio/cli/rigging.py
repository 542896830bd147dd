"""rig: a face of any triangulation in, the 52 ARKit shapes on its own vertices out."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .clips import JsonOption
from .reading import InputUnitOption, LandmarksOption, ReadUnit
from .registering import RestFrameOption, fit_facts, fitted

if TYPE_CHECKING:
    from studio.core import Progress
    from studio.face.registration.correspondence import Correspondence


def rig(
    face: Annotated[
        Path, typer.Argument(help="A mesh of any triangulation, or what register wrote of it.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="A folder for 53 OBJ files, or one file: head.npz or head.glb."
        ),
    ],
    landmarks: LandmarksOption = None,
    neutral: RestFrameOption = None,
    input_unit: InputUnitOption = None,
    json: JsonOption = False,
) -> None:
    """Give a face the 52 shapes of ARKit, by name, on its own vertices."""
    from studio.face.registration.carrying import rigged
    from studio.io.files import check_place
    from studio.io.shapes import SHAPES_FILES, write_shapes, write_shapes_file
    from studio.takes.registered import accepted, told

    from .output import print_json, progress_line
    from .target import check_apart

    check_place(out)
    check_apart(out, face, landmarks, suffix=".obj")
    start = time.perf_counter()
    with progress_line() as progress:
        found, frame = _found(face, landmarks, neutral, input_unit, progress.part(0.0, 0.8))
        shapes = rigged(accepted(found, face.name), progress.part(0.8, 0.9))
        if out.suffix.lower() in SHAPES_FILES:
            write_shapes_file(shapes, out, origin=found.origin)
        else:
            write_shapes(shapes, out, progress.part(0.9, 1.0), origin=found.origin)
    seconds = time.perf_counter() - start
    if json:
        facts = {"path": str(face), "out": str(out), "shapes": list(shapes.names)}
        print_json(facts | fit_facts(found, frame) | {"seconds": seconds})
    else:
        print(f"{face}: {told(found, frame)}")
        print(f"  {len(shapes.names)} shapes in {out}, in {seconds:.2f} s")


def _found(
    face: Path,
    landmarks: Path | None,
    neutral: int | None,
    input_unit: ReadUnit | None,
    progress: Progress,
) -> tuple[Correspondence, int | None]:
    """Register a face, also which frame of a clip, or read what was found of it."""
    from studio.core import InputError
    from studio.face.registration.correspondence import is_correspondence, read_correspondence

    if is_correspondence(face):
        if (landmarks, neutral, input_unit) != (None, None, None):
            wanted = "a mesh, to be read with --landmarks, --neutral or --input-unit"
            raise InputError.of(face, wanted, "a face that is registered already")
        return read_correspondence(face), None
    found, frame, _ = fitted(face, landmarks, neutral, input_unit, progress)
    return found, frame
