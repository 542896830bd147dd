"""units: clips in, tables of action units out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.clips import DeviceOption, JsonOption, RestOption
from studio.cli.many.engines import ENGINES
from studio.cli.model_options import ModelsOption
from studio.cli.reading import (
    FaceNumberOption,
    GapsOption,
    InputFpsOption,
    InputUnitOption,
    LandmarksOption,
    OwnShapesOption,
    RegisterOption,
    given,
    registered,
)
from studio.core.unit_tracks import Columns

if TYPE_CHECKING:
    from studio.core import UnitTracks
    from studio.io.tracks.unit_table import UnitTable

ThresholdOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="AU=INTENSITY",
        help="The intensity from which on a unit occurs, as AU12=1.5; what gave the best F1 on "
        "validation people unless given. Several times.",
    ),
]


def units(
    clip: Annotated[Path, typer.Argument(help="A clip: folder of frames, array file or take.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The table, a .csv file.")],
    columns: Annotated[
        Columns,
        typer.Option(help="openface: OpenFace 2.2, intensity and occurrence; feat: py-feat's Fex."),
    ] = Columns.openface,
    preset: Annotated[
        str, typer.Option(help="Which units are printed: all, BP4D, DISFA, OpenFace or py-feat.")
    ] = "all",
    threshold: ThresholdOption = None,
    live: Annotated[
        bool, typer.Option("--live", help="Let no frame see a later one, as in a live stream.")
    ] = False,
    neutral: RestOption = None,
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
    """Write which action units a clip shows at each frame, and how strongly, 0 to 5."""
    from studio.cli.output import print_json, progress_line
    from studio.cli.registering import registration_facts
    from studio.cli.resting import Rest
    from studio.cli.target import check_apart
    from studio.core import InputError
    from studio.io.files import check_place
    from studio.io.tracks.files import write_units
    from studio.takes.units import UnitWish, parsed_thresholds, unit_table

    if out.suffix.lower() != ".csv":
        raise InputError.of(out, "a .csv file to write", out.suffix or "no suffix")
    check_place(out)
    check_apart(out, clip, landmarks, shapes)
    limits = parsed_thresholds(threshold or [])
    wish = UnitWish(thresholds=limits, live=live, emotions=columns is Columns.feat)
    printed = UnitWish(preset)
    by, rest = registered(landmarks, register=register, shapes=shapes), Rest.named(neutral)
    with progress_line() as progress:
        read = rest.clip(clip, given(input_unit, fps, gaps, face), by, progress.part(0.0, 0.3))
        engine = ENGINES.open(models, device, progress.part(0.3, 0.4))
        found = rest.against(engine, read, clip.name, by, progress.part(0.4, 0.6))
        sequence = found.source.sequence
        table = unit_table(engine, sequence, found.face, wish, progress.part(0.6, 1.0))
        write_units(out, table, columns)
    if json:
        facts = {"path": str(clip), "out": str(out), "model": engine.name, "neutral": found.facts()}
        print_json(facts | unit_facts(table) | registration_facts(found.registrations))
        return
    print(f"{clip}: {sequence.n_frames} frames, face at rest: {found.words()}; table in {out}\n")
    _print(printed.of(table.tracks))


def unit_facts(table: UnitTable) -> dict[str, object]:
    """Say what `units --json` prints of a table: all lists are in the order of `units`."""
    tracks = table.tracks
    return {
        "frames": len(table.times),
        "units": list(tracks.units),
        "thresholds": [round(value, 3) for value in tracks.thresholds.tolist()],
        "highest": [round(value, 3) for value in tracks.summary.tolist()],
        "share": [round(value, 4) for value in tracks.occurs.mean(axis=0).tolist()],
    }


def _print(tracks: UnitTracks) -> None:
    """Print a row for each unit that occurs, the strongest first."""
    from studio.cli.output import print_table
    from studio.face.action_units import UNIT_NAMES

    share, rows = tracks.occurs.mean(axis=0), []
    for place in (-tracks.summary).argsort().tolist():
        unit = tracks.units[place]
        if unit in tracks.shown:
            numbers = f"{tracks.summary[place]:.1f}", str(int(tracks.values[:, place].argmax()))
            name = f"{tracks.names[place]} {UNIT_NAMES[unit]}"
            rows.append([name, *numbers, f"{100 * share[place]:.0f} %"])
    if not rows:
        print("no unit occurs")
        return
    print_table(rows, ["unit", "highest of 5", "at frame", "of the time"])
