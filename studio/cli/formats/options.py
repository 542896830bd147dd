"""The options by which commands are told what to write: a format, how, and in which unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.models import OptionInfo

if TYPE_CHECKING:
    from studio.core.parameters import Value
    from studio.io import Format


class UnitName(StrEnum):
    """What coordinates are written in."""

    mm = "mm"
    cm = "cm"
    m = "m"


# Their kinds of value are the formats and presets there are, which `name_formats` fills in.
ANY_FORMAT: OptionInfo = typer.Option("--format", help="By default by the suffix, or obj.")
GEOMETRY_FORMAT: OptionInfo = typer.Option(
    "--format", help="What the takes are written as, obj unless given."
)
PRESET: OptionInfo = typer.Option(
    "--preset",
    help="The format, its options and the unit for a program; what is given beside it goes before.",
)
FormatOption = Annotated[str | None, ANY_FORMAT]
GeometryOption = Annotated[str | None, GEOMETRY_FORMAT]
PresetOption = Annotated[str | None, PRESET]
TellOption = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        metavar="NAME=VALUE",
        help="What the format is told, once for each option; `formats` lists those there are.",
    ),
]
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
UnitOption = Annotated[
    UnitName | None, typer.Option(help="Unit of the coordinates written, mm unless given.")
]


def name_formats() -> None:
    """Have the help list the formats there are; apart, because it takes long to load them."""
    from studio.io.presets import presets
    from studio.render.formats import FORMATS

    for option, kinds in ((ANY_FORMAT, FORMATS.writers), (GEOMETRY_FORMAT, FORMATS.geometry)):
        option.metavar = f"<{'|'.join(kind.name for kind in kinds)}>"
    PRESET.metavar = f"<{'|'.join(preset.name for preset in presets())}>"


@dataclass(frozen=True)
class Form:
    """As what a clip is written.

    Attributes
    ----------
    kind
        The format.
    unit
        Of geometry: mm, cm or m.
    settings
        What the format is told, by the names of its parameters.
    """

    kind: Format
    unit: str
    settings: Mapping[str, Value]

    @classmethod
    def told(
        cls,
        out: Path | None,
        preset: str | None,
        format: str | None,
        unit: str | None,
        options: Sequence[str] | None,
    ) -> Form:
        """Take what the options of a command say; what is given goes before what a preset says.

        Parameters
        ----------
        out
            What tells the format by its suffix where nothing else does; None for OBJ.

        Raises
        ------
        InputError
            For a format, a preset, an option or a unit that there is not.
        """
        from studio.core import InputError
        from studio.core.errors import either
        from studio.io.presets import find_preset
        from studio.io.writing import format_for
        from studio.render.formats import FORMATS

        usual = None if preset is None else find_preset(preset, "--preset")
        if format is not None:
            kind = FORMATS.writer(format, "--format")
        elif usual is not None:
            kind = usual.format
        else:
            kind = FORMATS["obj"] if out is None else format_for(out)
        told = usual.settings if usual is not None and usual.format is kind else {}
        settings = kind.settled({**told, **_parsed(kind, options or ())})
        if out is not None:
            kind.check(out)
        if unit is not None and kind.has_vertices and unit not in kind.units:
            raise InputError.of("--unit", f"{either(kind.units)} in {kind.noun}", unit)
        fitting = unit or (usual.unit if usual is not None else "mm")
        return cls(kind, fitting if fitting in kind.units else kind.units[0], settings)


def _parsed(kind: Format, options: Sequence[str]) -> dict[str, Value]:
    """Read texts as NAME=VALUE; a name that the format has not is left to it to refuse."""
    from studio.core import InputError

    told: dict[str, Value] = {}
    known = {parameter.name: parameter for parameter in kind.parameters}
    for text in options:
        name, mark, value = map(str.strip, text.partition("="))
        if not name or not mark:
            raise InputError.of("--option", "NAME=VALUE", text)
        told[name] = known[name].parsed(value) if name in known else value
    return told
