"""cut: clips one after the other, passing into each other where they overlap."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.clips import tell_written
from studio.cli.formats.options import (
    BackgroundOption,
    FormatOption,
    PresetOption,
    SizeOption,
    TellOption,
    UnitOption,
)
from studio.cli.reading import GapsOption, InputFpsOption, InputUnitOption, given


def cut(
    clips: Annotated[
        list[Path], typer.Argument(help="Clips in any known format, in the order they play in.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="A file, or a folder for frames.")],
    overlap: Annotated[
        int,
        typer.Option(
            min=0,
            help="Frames in which each clip passes into the next, as far as both have them.",
        ),
    ] = 0,
    input_unit: InputUnitOption = None,
    fps: InputFpsOption = None,
    gaps: GapsOption = None,
    preset: PresetOption = None,
    format: FormatOption = None,
    option: TellOption = None,
    unit: UnitOption = None,
    size: SizeOption = None,
    background: BackgroundOption = "light",
) -> None:
    """Write clips of one surface as one, at the rate of the first; a.studio#smile is one too."""
    from studio.cli.output import progress_line
    from studio.cli.target import Target
    from studio.document.beside.sound import ClipSound
    from studio.document.cut.laid import laid, play
    from studio.document.cut.sounding import sounded
    from studio.document.document import Document
    from studio.takes.reading import read_with_sound

    target = Target.checked(out, preset, format, unit, option, size, background, *clips)
    share, document, read = 0.1 if target.kind.drawn else 0.4, Document(), list[str]()
    with progress_line() as progress:
        for number, path in enumerate(clips):
            step = share / len(clips)
            reading = progress.part(number * step, (number + 1) * step)
            how = given(input_unit, fps, gaps)
            sequence, sound = read_with_sound(path, reading, how, heard=target.kind.sounds)
            heard = None if sound is None else ClipSound(sound)
            read.append(document.open_clip(sequence.renamed(path.name), sound=heard))
        document.add_to_cut(read)
        for place in range(1, len(read)):
            document.overlap_in_cut(place, overlap)
        laid_out = laid(document.state)
        made = play(laid_out, document.evaluator, progress.part(share, share + 0.1))
        sound = sounded(laid_out) if target.kind.sounds else None
        writing = progress.part(share + 0.1, 1.0)
        place_of = target.write(made.renamed("cut"), writing, sound=sound)
    tell_written(target, made, place_of)
