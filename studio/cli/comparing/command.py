"""compare: two clips in, how far apart they are out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.clips import JsonOption
from studio.cli.reading import GapsOption, InputFpsOption, InputUnitOption, RegisterOption, given

if TYPE_CHECKING:
    from studio.core import MeshSequence, Progress
    from studio.render.comparing.distance import Distances
    from studio.render.comparing.heads import Head


def compare(
    clip: Annotated[Path, typer.Argument(help="A clip; talk.studio#smile is one of a session.")],
    other: Annotated[Path, typer.Argument(help="The clip that it is measured against.")],
    csv: Annotated[
        Path | None,
        typer.Option(help="A table to write: a row a frame, figures of the face and its regions."),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(help="A PNG to write: both clips and their distance in color, at a frame."),
    ] = None,
    frame: Annotated[
        int | None,
        typer.Option(help="Frame of the picture, from 0; that of the largest distance by default."),
    ] = None,
    world: Annotated[
        bool, typer.Option("--world", help="Measure where they lie, the motion of the heads too.")
    ] = False,
    register: RegisterOption = True,
    input_unit: InputUnitOption = None,
    fps: InputFpsOption = None,
    gaps: GapsOption = None,
    json: JsonOption = False,
) -> None:
    """Measure how far a clip is from another at the same moments, in mm.

    Clips of the same triangulation are compared vertex by vertex, others by the nearest point of
    the other's surface.
    """
    from studio.cli.output import print_json, progress_line
    from studio.render.comparing.apart import apart
    from studio.render.comparing.distance import measure, told_regions
    from studio.render.comparing.table import write_distances
    from studio.takes.reading import read_clip

    _check(clip, other, csv, picture, frame)
    with progress_line() as progress:
        read = given(input_unit, fps, gaps)
        one = read_clip(clip, progress.part(0.0, 0.2), read)
        beside = read_clip(other, progress.part(0.2, 0.4), read)
        heads = None if world else _heads(one, beside, progress.part(0.4, 0.6), register=register)
        between = apart(one, beside, heads)
        found = measure(between, told_regions(one.topology), progress.part(0.6, 1.0))
    facts: dict[str, object] = {"clip": str(clip), "against": str(other), "measured": found.how}
    if csv is not None:
        write_distances(csv, found, one.fps, facts)
    if picture is not None:
        from studio.render.comparing.picture import draw_comparison

        at = found.farthest if frame is None else frame
        draw_comparison(between, found, at, picture, heads)
    if json:
        spans = {"frames": found.shared, "frames_alone": one.n_frames - found.shared}
        told = {"figures": _figures(found), "farthest_frame": found.farthest}
        print_json({**facts, **spans, **told})
    else:
        _print(clip, other, found, one.n_frames - found.shared)
        for out in filter(None, (csv, picture)):
            print(f"  in {out}")


def _check(
    clip: Path, other: Path, csv: Path | None, picture: Path | None, frame: int | None
) -> None:
    """Refuse files that cannot be written, before any work."""
    from studio.cli.target import check_apart
    from studio.core import InputError
    from studio.io.files import check_place

    if frame is not None and picture is None:
        raise InputError.of("--frame", "--picture beside it", "none")
    for out in filter(None, (csv, picture)):
        check_place(out)
        check_apart(out, clip, other)


def _heads(
    one: MeshSequence, other: MeshSequence, progress: Progress, *, register: bool
) -> tuple[Head, Head] | None:
    """Find the same points of both heads; None where one cannot be fitted to the studio's face."""
    from studio.cli.many.engines import ENGINES
    from studio.core import InputError
    from studio.face.known import known
    from studio.render.comparing.heads import head_of, heads_alike
    from studio.takes.registered import accepted
    from studio.takes.registered import register as fit

    heads = []
    for place, clip in enumerate((one, other)):
        share = progress.part(place / 2, (place + 1) / 2)
        found = None
        if register and known(clip.topology) is None:
            try:
                engine = ENGINES.open(None, "auto", share.part(0.0, 0.2))
                found = accepted(fit(engine, clip, progress=share.part(0.2, 1.0)), clip.name)
            except InputError as error:
                progress.remarked(f"{error}; so the clips are compared where they lie")
                return None
        heads.append(head_of(clip.topology, found))
    return heads_alike(*heads)


def _figures(found: Distances) -> dict[str, dict[str, float]]:
    """List mean, percentile and maximum of the face and each region, in mm."""
    from studio.render.comparing.distance import NAMES

    rows = {"face": found.whole} | {name: whole for name, (_, whole) in found.parts.items()}
    return {
        row: {f"{name}_mm": float(value) for name, value in zip(NAMES, whole, strict=True)}
        for row, whole in rows.items()
    }


def _print(clip: Path, other: Path, found: Distances, alone: int) -> None:
    from studio.cli.output import print_table
    from studio.render.comparing.distance import NAMES, figure

    more = f", {alone} more have nothing beside" if alone else ""
    print(f"{clip} against {other}: {found.shared} frames{more}")
    print(f"  {found.how}; farthest at frame {found.farthest}\n")
    rows = [
        [name, *(figure(value) for value in values.values())]
        for name, values in _figures(found).items()
    ]
    print_table(rows, ["mm", *NAMES])
