"""formats: what is read and written, what each holds of a clip, and what can be told to it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from studio.core.errors import either

if TYPE_CHECKING:
    from studio.core.parameters import Parameter
    from studio.io import Format
    from studio.io.presets import Preset

HEADS = ("format", "suffixes", "read", "write", "what it holds of a clip", "options", "extra")
PRESET_HEADS = ("program", "preset", "writes", "unit", "why")
_WIDTH = 100  # letters of a line


def formats(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    markdown: Annotated[bool, typer.Option(help="Print two tables, as README has them.")] = False,
) -> None:
    """List the formats: what they hold and lose, what they can be told, and what they need."""
    from studio.cli.output import print_json
    from studio.io.presets import presets
    from studio.render.formats import FORMATS

    if json:
        facts = [format_facts(kind) for kind in FORMATS.values()]
        print_json({"formats": facts, "presets": [preset_facts(one) for one in presets()]})
        return
    if markdown:
        print(_markdown(HEADS, map(format_row, FORMATS.values())))
        print()
        print(_markdown(PRESET_HEADS, map(preset_row, presets())))
        return
    for kind in FORMATS.values():
        print("\n".join(_block(kind)))
    print("presets")
    for preset in presets():
        _, name, form, unit, why = preset_row(preset)
        print("\n".join(_told(f"{name:<10}{form}, {unit}: {why}")))


def format_row(kind: Format) -> tuple[str, ...]:
    """Say what a format is, under `HEADS`; the same wherever it is printed."""
    holds = ". ".join(filter(None, [kind.carries[:1].upper() + kind.carries[1:], kind.loses]))
    return (
        kind.name,
        " ".join(kind.suffixes),
        "yes" if kind.read else "",
        "yes" if kind.write else "",
        holds,
        "; ".join(map(option_words, kind.parameters)),
        kind.extra.name if kind.extra is not None else "",
    )


def preset_row(preset: Preset) -> tuple[str, ...]:
    """Say what a preset writes, under `PRESET_HEADS`."""
    told = [f"{name}={value}" for name, value in preset.settings.items()]
    unit = preset.unit if preset.format.has_vertices else ""
    return preset.title, preset.name, " ".join([preset.format_name, *told]), unit, preset.why


def option_words(parameter: Parameter) -> str:
    """Say what an option may be and, in brackets, what it is unless somebody says."""
    usual = parameter.default_words
    words = [choice.value for choice in parameter.choices]
    values = either(words) if words else parameter.values
    return f"{parameter.name}: {values}" + (usual and f" ({usual})")


def format_facts(kind: Format) -> dict[str, object]:
    """Say the same in JSON, and whether what the format needs is installed here."""
    extra = kind.extra
    return {
        "name": kind.name,
        "label": kind.label,
        "suffixes": list(kind.suffixes),
        "reads": kind.read is not None,
        "writes": kind.write is not None,
        "carries": kind.carries,
        "loses": kind.loses,
        "options": [
            {
                "name": each.name,
                "values": each.values,
                "default": each.default,
                "help": each.tip,
            }
            for each in kind.parameters
        ],
        "extra": extra.name if extra is not None else None,
        "installed": extra is None or extra.installed,
    }


def preset_facts(preset: Preset) -> dict[str, object]:
    """Say in JSON what a preset writes."""
    return {
        "name": preset.name,
        "title": preset.title,
        "format": preset.format_name,
        "unit": preset.unit if preset.format.has_vertices else None,
        "options": dict(preset.settings),
        "why": preset.why,
    }


def _block(kind: Format) -> Iterator[str]:
    name, suffixes, read, write, holds, _, _ = format_row(kind)
    does = " and ".join(word for word, on in (("read", read), ("written", write)) if on)
    yield f"{name:<10}{suffixes}, {does}"
    if holds:
        yield from _told(holds)
    for parameter in kind.parameters:
        tip = parameter.tip.rstrip(".")
        yield from _told(f"--option {option_words(parameter)}. {tip}.")
    if kind.extra is not None and not kind.extra.installed:
        yield from _told(f"needs {kind.extra.command}")
    elif kind.extra is not None:
        yield from _told(f"by the extra {kind.extra.name}, which is installed")


def _told(text: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
    )


def _markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table as Markdown has it."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line).replace("  ", " ") + " |" for line in lines)
