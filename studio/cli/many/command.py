"""What a command becomes that takes one clip: the same, and one of many."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from studio.core import InputError

from .verbs import VERBS, Verb

OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", help="In place of OUT; of many clips a folder.")
]
CsvOption = Annotated[
    Path | None,
    typer.Option(
        "--csv", metavar="OUT.csv", help="Write a table with a row a clip: one clip or many."
    ),
]
RowsOption = Annotated[
    bool, typer.Option("--frames", help="Have a row for each frame in that table.")
]
JobsOption = Annotated[
    int, typer.Option("--jobs", "-j", help="Of many clips: processes of this machine.")
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Of many clips: the scheduler of Dask workers, as tcp://host:8786, or local:2 for two "
        "of this machine. Dask runs the code that it is sent: open its ports to nobody but "
        "yourself, or use TLS.",
    ),
]
RetryOption = Annotated[
    int,
    typer.Option(help="Of many clips: how often one is tried again where that may help."),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Of many clips: a .csv or .json of what became of each."),
]
RETRIES, MOST_JOBS = 2, 256


def many(function: Callable[..., None]) -> Callable[..., int | None]:
    """Make of a command for one clip one that takes many too.

    With one clip it does what it does. Typer learns of the parameters by the signature: that of
    the command, with a list of paths in the place of the clip, and the options of `Spread`.
    """
    verb = VERBS[function.__name__]
    own = inspect.signature(function, eval_str=True).parameters

    def command(context: typer.Context, **told: Any) -> int | None:
        paths = told.pop("paths")
        asked = _asked(context, verb)
        spread = {name: told.pop(name) for name in asked}
        inputs, last, out = _split(verb, paths, told)
        explicit, clips = any(asked.values()), None
        if len(inputs) > 1 or explicit or not os.path.isfile(inputs[0]):
            # A file is one clip, and nothing has to be loaded to know that.
            from .spread import several

            clips = several(inputs, explicit=explicit)
        if clips is None:
            _check_single(verb, out)
            alone: dict[str, Any] = {verb.clip: inputs[0]}
            if verb.out:
                alone[verb.out] = out
            function(**told | last | alone)
            return None
        from .spread import Spread

        return Spread(context, verb, clips, last, out, told, **spread).run()

    parameters = [_paths(verb), *_rest(verb, own), *_options(verb)]
    context = inspect.Parameter("context", _ANY, annotation=typer.Context)
    command.__name__, command.__doc__ = function.__name__, function.__doc__
    command.__annotations__ = {each.name: each.annotation for each in (context, *parameters)}
    vars(command)["__signature__"] = inspect.Signature([context, *parameters])
    return command


_ANY = inspect.Parameter.KEYWORD_ONLY


def _paths(verb: Verb) -> inspect.Parameter:
    """Describe the list of clips, and of what stands behind them."""
    argument = typer.Argument(metavar=verb.metavar, help=verb.help)
    return inspect.Parameter("paths", _ANY, annotation=Annotated[list[Path], argument])


def _rest(verb: Verb, own: Any) -> list[inspect.Parameter]:
    """Describe what the command takes besides."""
    there = [each for name, each in own.items() if name not in (verb.clip, verb.last)]
    parameters = [each.replace(kind=_ANY) for each in there]
    if verb.out and verb.out == verb.last:
        out = inspect.Parameter("out", _ANY, annotation=OutOption, default=None)
        parameters.insert(0, out)
    return parameters


def _options(verb: Verb) -> list[inspect.Parameter]:
    """Describe how many clips are worked on."""
    known: dict[str, tuple[object, object]] = {
        "csv": (CsvOption, None),
        "frames": (RowsOption, False),
        "jobs": (JobsOption, 1),
        "cluster": (ClusterOption, None),
        "retry": (RetryOption, RETRIES),
        "report": (ReportOption, None),
    }
    return [
        inspect.Parameter(name, _ANY, annotation=annotation, default=default)
        for name, (annotation, default) in known.items()
        if verb.spoken or name not in ("csv", "frames")
    ]


def _asked(context: typer.Context, verb: Verb) -> dict[str, bool]:
    """Say of each of those options whether it was given."""
    sources = {each.name: context.get_parameter_source(each.name) for each in _options(verb)}
    return {n: source is not None and source.name == "COMMANDLINE" for n, source in sources.items()}


def _split(
    verb: Verb, paths: list[Path], told: dict[str, Any]
) -> tuple[list[Path], dict[str, Any], Path | None]:
    """Take apart the clips, what stands last behind them, and where it goes."""
    out: Path | None = told.pop(verb.out if verb.out != verb.last else "out", None)
    if not verb.last or (verb.last == verb.out and out is not None):
        return paths, {}, out
    if len(paths) < 2:
        raise InputError.of(verb.name, verb.metavar.replace("...", ""), f"{paths[0]} alone")
    *inputs, end = paths
    return (inputs, {}, end) if verb.last == verb.out else (inputs, {verb.last: end}, out)


def _check_single(verb: Verb, out: Path | None) -> None:
    if verb.out and out is None:
        raise InputError.of(verb.name, "--out", "none")
