"""Options that name models, and what these can be told, described as the catalog has them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer.models import OptionInfo

from studio.core import InputError
from studio.core.errors import either
from studio.engine.catalog import ModelParameter, Role, known_kinds, known_parameters

# Described by `describe_options`, because the catalog may grow until a command is run.
_OPTIONS: dict[str, OptionInfo] = {
    name: typer.Option() for name in ("model", "reader", "guidance", "steps", "sampler", "surface")
}


def _models_folder(text: str) -> Path:
    from studio.engine.loading.hub import set_folder

    return set_folder(text)


ModelsOption = Annotated[
    Path | None,
    typer.Option(
        parser=_models_folder,
        metavar="FOLDER|hf:OWNER/NAME@REVISION",
        help="A model set: a folder, or one that `models pull` fetched; the shipped one unless "
        "given.",
    ),
]
ModelOption = Annotated[str, _OPTIONS["model"]]
ReaderOption = Annotated[str | None, _OPTIONS["reader"]]
GuidanceOption = Annotated[float | None, _OPTIONS["guidance"]]
StepsOption = Annotated[int | None, _OPTIONS["steps"]]
SamplerOption = Annotated[str | None, _OPTIONS["sampler"]]
SurfaceOption = Annotated[str | None, _OPTIONS["surface"]]


def describe_options() -> None:
    """Have the help say which models there are, and what each can be told."""
    for name, text in _texts().items():
        _OPTIONS[name].help = text


def check_told(model: str, **told: object) -> None:
    """Refuse what was told and a model that is known does not ask, which would change nothing.

    Raises
    ------
    InputError
        With the models that do.
    """
    kinds = known_kinds(Role.generator)
    asks = {kind.name: {own.name for own in kind.parameters} for kind in kinds}
    for name, value in told.items():
        if value is not None and model in asks and name not in asks[model]:
            able = either(kind for kind, names in asks.items() if name in names)
            raise InputError.of(name, f"a model that can be told it, {able}", model)


def _texts() -> dict[str, str]:
    told = {parameter.name: _told(parameter) for parameter in known_parameters()}
    readers = either(kind.name for kind in known_kinds(Role.reader))
    return told | {
        "model": f"{either(kind.name for kind in known_kinds(Role.generator))}.",
        "reader": f"Print the tracks of {readers}; the expression unless given.",
    }


def _told(parameter: ModelParameter) -> str:
    able = [
        kind.name
        for kind in known_kinds(Role.generator)
        if parameter.name in {own.name for own in kind.parameters}
    ]
    tip, allowed = parameter.tip, parameter.values
    return f"{tip}; {allowed}; the model's own unless given. Of {either(able)}."
