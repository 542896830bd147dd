"""register: a face of any triangulation in, how it lies on the studio's face out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .clips import JsonOption
from .reading import InputUnitOption, LandmarksOption, ReadUnit, given, registered

if TYPE_CHECKING:
    from studio.core import Progress
    from studio.face.registration.correspondence import Correspondence
    from studio.takes.registered import Source, Subject

RestFrameOption = Annotated[
    int | None,
    typer.Option(
        metavar="FRAME",
        help="Frame that shows the face at rest, from 0; the calmest unless given.",
    ),
]


def register(
    mesh: Annotated[Path, typer.Argument(help="A mesh of any triangulation, or a clip of one.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write, as face.npz.")],
    landmarks: LandmarksOption = None,
    neutral: RestFrameOption = None,
    input_unit: InputUnitOption = None,
    json: JsonOption = False,
) -> None:
    """Fit the studio's face to another, for commands that take a face, and say how near it is."""
    from studio.face.registration.correspondence import write_correspondence
    from studio.io.files import check_place, whole_file
    from studio.takes.registered import accepted, told

    from .output import print_json, progress_line
    from .target import check_apart

    check_place(out)
    check_apart(out, mesh, landmarks)
    with progress_line() as progress:
        found, frame, seconds = fitted(mesh, landmarks, neutral, input_unit, progress)
    facts = {"path": str(mesh), **fit_facts(found, frame), "seconds": seconds}
    if not found.verdict.accepted:
        if json:
            print_json(facts | {"out": None})
        accepted(found, mesh.name)
    with whole_file(out) as place:
        write_correspondence(found, place)
    if json:
        print_json(facts | {"out": str(out)})
    else:
        print(f"{mesh}: {told(found, frame)}, in {seconds:.2f} s")
        if found.verdict.remark:
            print(found.verdict.remark)
        print("\n".join(f"  {name:22}{value}" for name, value in _rows(found).items()))
        print(f"  {'in':22}{out}")


def fitted(
    mesh: Path,
    landmarks: Path | None,
    neutral: int | None,
    input_unit: ReadUnit | None,
    progress: Progress,
) -> tuple[Correspondence, int | None, float]:
    """Read a mesh and register it; also which frame of a clip, and the seconds that this took."""
    from studio.io.shapes import own_shapes
    from studio.takes.calm import frame_of_face
    from studio.takes.reading import read_clip
    from studio.takes.registered import register

    by = registered(landmarks)
    plain = by is None or not by.points  # points are vertices of the file
    clip = read_clip(mesh, progress.part(0.0, 0.1), given(input_unit, None), reorder=plain)
    # After the file, because it takes seconds to import.
    from studio.engine import registration

    start, part = time.perf_counter(), progress.part(0.1, 1.0)
    found = register(registration, clip, neutral, by, progress=part, name=mesh.name)
    seconds = time.perf_counter() - start
    lent = found.with_shapes(own_shapes(clip, mesh))  # clips of the face are read in these
    return lent, frame_of_face(clip, found), seconds


def fit_facts(found: Correspondence, frame: int | None) -> dict[str, Any]:
    """Say how good a registration is, and of which frame of a clip, as JSON."""
    return {
        **asdict(found.verdict),
        "frame": frame,
        "points": {n: p.tolist() for n, p in found.points.items()},
    }


def registration_facts(registrations: Mapping[str, Subject | Source | None]) -> dict[str, object]:
    """Say what was registered, by what it is, as JSON; nothing where nothing was.

    Of a clip it also says what it was read in: shapes of its own, or carried by its surface.
    """
    from studio.takes.registered import Source

    there = {name: one for name, one in registrations.items() if one is not None}
    facts = {
        name: fit_facts(one.found, one.frame)
        for name, one in there.items()
        if one.found is not None
    }
    said = {"registration": facts} if facts else {}
    source = there.get("clip")
    return said | (source.facts() if isinstance(source, Source) else {})


def _rows(found: Correspondence) -> dict[str, str]:
    fit = found.verdict
    return {
        "distance": f"{fit.fit_mean_mm:.2f} mm on average, {fit.fit_p95_mm:.2f} mm at 95 %",
        "landmarks": f"{fit.landmark_residual_mm:.1f} mm from those of the studio's face",
        "scale": f"{fit.scale:.4g} of the studio's millimeters each",
        "folded": f"{fit.folded_share:.2%} of the edges of the front",
        "matched": f"{fit.matched_share:.1%} of the front",
    }
