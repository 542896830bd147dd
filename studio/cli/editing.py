"""edit: a clip and a stack of edits in, a clip out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .clips import tell_written
from .formats.options import (
    BackgroundOption,
    FormatOption,
    PresetOption,
    SizeOption,
    TellOption,
    UnitOption,
)
from .reading import GapsOption, InputFpsOption, InputUnitOption, given

if TYPE_CHECKING:
    from studio.core import MeshSequence


def _list_kinds(wanted: bool) -> None:
    """Print the kinds of edits and what each can be told, and end the command."""
    if wanted:
        from studio.document.edits.edit import KINDS

        for kind, cls in KINDS.items():
            print(f"{kind}: {cls.title}")
            for one in cls.parameters:
                print(f"  {one.name}: {one.description}")
        raise typer.Exit


def edit(
    clip: Annotated[Path, typer.Argument(help="A clip in any known format.")],
    stack: Annotated[
        Path,
        typer.Option(
            help="A JSON file: a list of edits, the first at the bottom, each with its kind and "
            'parameters, as [{"kind": "intensity", "keys": [{"frame": 0, "value": 1.3}]}].'
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="A file, or a folder for frames.")],
    _kinds: Annotated[
        bool,
        typer.Option(
            "--list",
            callback=_list_kinds,
            is_eager=True,
            help="Print every kind of edit with its parameters and their ranges, and do no more.",
        ),
    ] = False,
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
    """Write a clip with a stack of edits laid over it; talk.studio#smile is a clip of a session."""
    from studio.document.beside.sound import ClipSound
    from studio.document.edit_verbs import check_edits
    from studio.document.edits.stack import read_stack
    from studio.document.evaluator import Evaluator
    from studio.document.state import ClipState
    from studio.takes.reading import read_clip, read_with_sound

    from .output import progress_line
    from .target import Target

    target = Target.checked(out, preset, format, unit, option, size, background, clip, stack)
    with progress_line() as progress:
        share = 0.1 if target.kind.drawn else 0.4

        def read_other(path: Path) -> MeshSequence:
            target.check_apart_from(path)
            return read_clip(path, progress.part(0.0, share / 2))

        edits = read_stack(stack, read_other)
        reading, read = progress.part(share / 2, share), given(input_unit, fps, gaps)
        recording, sound = read_with_sound(clip, reading, read, heard=target.kind.sounds)
        beside = None if sound is None else ClipSound(sound)
        edited = ClipState("clip", recording, edits=edits, name=clip.name, sound=beside)
        check_edits(edited)
        sequence = Evaluator().sequence(edited, progress.part(share, share + 0.1))
        if (heard := edited.heard) is not None and not heard.whole:
            progress.remarked("The sound is silent where edits slow, turn or hold the clip.")
        plays = None if heard is None else heard.sound
        place = target.write(sequence, progress.part(share + 0.1, 1.0), sound=plays)
    tell_written(target, sequence, place)
