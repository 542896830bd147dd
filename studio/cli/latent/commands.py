"""inbetween, morph: frames between motions, and clips that pass into others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.applying import ClipArgument, OutOption, RestOption, clip_source
from studio.cli.clips import DeviceOption, IntensityOption, JsonOption
from studio.cli.formats.options import (
    BackgroundOption,
    FormatOption,
    PresetOption,
    SizeOption,
    TellOption,
    UnitOption,
)
from studio.cli.making import RecipeOption, by_recipe, make_and_write
from studio.cli.model_options import ModelsOption
from studio.cli.reading import (
    GapsOption,
    InputFpsOption,
    InputUnitOption,
    LandmarksOption,
    OwnShapesOption,
    RegisterOption,
    given,
    registered,
)
from studio.core.request import SEED, SHARE

if TYPE_CHECKING:
    from studio.takes.latent.recipe import InbetweenRecipe
    from studio.takes.recipe import ClipSource

_OTHER = "another clip"
OtherArgument = Annotated[
    Path | None,
    typer.Argument(help="The clip that follows, of the same triangulation and frame rate."),
]
FromOption = Annotated[
    int | None, typer.Option("--from", help="The first frame of a range to make anew.")
]
ToOption = Annotated[int | None, typer.Option("--to", help="The last frame of the range.")]
JoinOption = Annotated[
    int | None, typer.Option(help="How many frames lead to the clip that follows.")
]
LoopOption = Annotated[
    int | None, typer.Option(help="How many frames lead from the end to the beginning again.")
]
ShowsOption = Annotated[
    str | None, typer.Option(help="What they show; what the clip shows unless given.")
]
ChanceOption = Annotated[int, typer.Option(help=f"{SEED}; the same seed, the same frames.")]
StrengthOption = Annotated[
    float, typer.Option(help=f"The model's share, {SHARE}; the rest is a cubic curve.")
]


def inbetween(
    clip: ClipArgument,
    out: OutOption,
    other: OtherArgument = None,
    first: FromOption = None,
    last: ToOption = None,
    frames: JoinOption = None,
    loop: LoopOption = None,
    label: ShowsOption = None,
    seed: ChanceOption = 1,
    intensity: IntensityOption = 1.0,
    strength: StrengthOption = 1.0,
    rest: RestOption = None,
    input_unit: InputUnitOption = None,
    fps: InputFpsOption = None,
    gaps: GapsOption = None,
    landmarks: LandmarksOption = None,
    register: RegisterOption = True,
    shapes: OwnShapesOption = None,
    preset: PresetOption = None,
    format: FormatOption = None,
    option: TellOption = None,
    unit: UnitOption = None,
    size: SizeOption = None,
    background: BackgroundOption = "light",
    recipe_out: RecipeOption = None,
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Make frames that lead from motion to motion: a range anew, a join, or a loop."""
    from studio.cli.target import Target
    from studio.core.request import InbetweenRequest

    asked = InbetweenRequest(label or "", seed, intensity, strength)
    read = clip, other, landmarks, shapes
    target = Target.checked(out, preset, format, unit, option, size, background, *read)
    by = registered(landmarks, register=register, shapes=shapes)
    source = clip_source(clip, rest, given(input_unit, fps, gaps), by)
    follows = None
    if other is not None:
        by_itself = registered(None, register=register)
        follows = clip_source(other, None, given(input_unit, fps, gaps), by_itself)
    recipe = replace(_asked(source, follows, first, last, frames, loop), request=asked)
    make = by_recipe(lambda engine: replace(recipe, models=engine.name))
    done = make_and_write(make, [target], recipe_out, models, device)
    facts: dict[str, object] = {
        "source": str(clip),
        "other": str(other) if other else None,
        "made": recipe.frames,
    }
    words = f"{recipe.frames} frame{'s' * (recipe.frames > 1)}"
    what = {
        "fill": f"{words} of {done.clip.name} anew",
        "loop": f"{done.clip.name} and {words} back to its beginning",
        "join": f"{clip.name}, {words} and {other.name if other else ''}",
    }
    done.tell(what[recipe.way], facts, json=json)


def _asked(
    source: ClipSource,
    other: ClipSource | None,
    first: int | None,
    last: int | None,
    frames: int | None,
    loop: int | None,
) -> InbetweenRecipe:
    """Tell from the options what is to be made, and refuse those that do not go together."""
    from studio.core import InputError
    from studio.takes.faces import face_of_source
    from studio.takes.latent.recipe import InbetweenRecipe

    face = face_of_source(source)
    told = {"--from": first, "--to": last, "--loop": loop, _OTHER: other, "--frames": frames}
    there = [name for name, value in told.items() if value is not None]
    if there not in (["--from", "--to"], ["--loop"], [_OTHER, "--frames"]):
        wanted = f"--from and --to for a range, --loop, or {_OTHER} and --frames"
        raise InputError.of("inbetween", wanted, " and ".join(there) or "none of these")
    if first is not None and last is not None:
        if last < first:
            raise InputError.of("inbetween", "--to no earlier than --from", f"{first} to {last}")
        return InbetweenRecipe(source=source, face=face, way="fill", start=first, stop=last + 1)
    if loop is not None:
        return InbetweenRecipe(source=source, face=face, way="loop", frames=loop)
    return InbetweenRecipe(
        source=source, face=face, way="join", frames=0 if frames is None else frames, other=other
    )


def morph(
    one: ClipArgument,
    other: Annotated[Path, typer.Argument(help="The clip that it passes into, as the first.")],
    out: OutOption,
    share: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SHARE|PLACE:SHARE",
            help="How much of the second, 0 to 1; or at which place of the way, 0 to 1, several "
            "times; from the first to the second unless given.",
        ),
    ] = None,
    align: Annotated[
        bool, typer.Option(help="Bring what both do alike to the same moment first.")
    ] = True,
    rest: RestOption = None,
    input_unit: InputUnitOption = None,
    fps: InputFpsOption = None,
    gaps: GapsOption = None,
    landmarks: LandmarksOption = None,
    register: RegisterOption = True,
    shapes: OwnShapesOption = None,
    preset: PresetOption = None,
    format: FormatOption = None,
    option: TellOption = None,
    unit: UnitOption = None,
    size: SizeOption = None,
    background: BackgroundOption = "light",
    recipe_out: RecipeOption = None,
    json: JsonOption = False,
    models: ModelsOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Make a clip that passes from one recording into another, faces and pace alike."""
    from studio.cli.target import Target
    from studio.core.request import MorphRequest
    from studio.takes.faces import face_of_source
    from studio.takes.latent.recipe import MorphRecipe

    asked = MorphRequest(_keys(share or ["0:0", "1:1"]), align)
    read = one, other, landmarks, shapes
    target = Target.checked(out, preset, format, unit, option, size, background, *read)
    how = given(input_unit, fps, gaps)
    source = clip_source(one, rest, how, registered(landmarks, register=register, shapes=shapes))
    second = clip_source(other, None, how, registered(None, register=register))
    face, name = face_of_source(source), f"{one.name} to {other.name}"
    recipe = MorphRecipe(source=source, other=second, request=asked, face=face, name=name)
    make = by_recipe(lambda engine: replace(recipe, models=engine.name))
    done = make_and_write(make, [target], recipe_out, models, device)
    shares = [list(key) for key in asked.keys]
    facts: dict[str, object] = {"source": str(one), "other": str(other), "shares": shares}
    done.tell(name, facts, json=json)


def _keys(told: list[str]) -> tuple[tuple[float, float], ...]:
    """Read shares, each alone or with its place."""
    from studio.core import InputError

    keys = []
    for text in told:
        place, _, share = text.rpartition(":")
        try:
            keys.append((float(place or 0), float(share)))
        except ValueError:
            raise InputError.of(
                "share", "a share, or a place and a share, as 0.5:1", text
            ) from None
    return tuple(sorted(keys))
