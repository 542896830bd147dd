"""The commands, and what becomes of their errors: an exit status and one sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from copy import copy
from pathlib import Path

import typer
from typer.models import CommandInfo

from studio import __version__
from studio.core import InputError, StudioError
from studio.core.errors import shortened
from studio.core.system.disk import refusal
from studio.core.system.streams import say, unprinted

from .applying import interpolate, mix, neutralize, transfer
from .batch import batch
from .benching import bench
from .building import corpus, evaluate, train
from .clips import convert, generate, recognize
from .comparing.command import compare
from .cutting.command import cut
from .doctor import info
from .editing import edit
from .formats.options import name_formats
from .formats.table import formats
from .latent.commands import inbetween, morph
from .live.commands import live
from .many.command import many
from .model_options import describe_options
from .opening import OpenWindow, open_files
from .registering import register
from .rigging import rig
from .sets.commands import models
from .units.command import units

BAD_INPUT, STOPPED = 2, 130
# Typer's own class for wrong options and arguments has moved between its releases.
_UsageError: type[Exception] = typer.BadParameter.__bases__[0]

app = typer.Typer(
    name="expression-studio",
    help="Open a 3D face in motion, see which expression it shows, and make new motion.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("open")(open_files)
app.command()(info)
app.command()(many(register))
app.command()(rig)
app.command()(many(recognize))
app.command()(many(units))
app.command()(generate)
app.command()(batch)
app.command()(many(transfer))
app.command()(many(neutralize))
app.command("neutralise", hidden=True)(many(neutralize))  # as scripts have it
app.command()(interpolate)
app.command()(mix)
app.command()(inbetween)
app.command()(morph)
app.command()(many(convert))
app.command()(formats)
app.command()(edit)
app.command()(compare)
app.command()(cut)
app.add_typer(corpus, name="corpus")
app.add_typer(train, name="train")
app.add_typer(models, name="models")
app.add_typer(live, name="live")
app.command()(evaluate)
app.command()(bench)

COMMANDS = frozenset(
    {
        *("open", "info", "register", "rig", "recognize", "generate", "batch"),
        *("convert", "edit", "compare", "cut", "formats"),
        "units",
        *("transfer", "neutralize", "neutralise", "interpolate", "mix", "inbetween", "morph"),
        *("corpus", "train", "evaluate", "bench", "models", "live"),
    }
)


def run(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Run one command.

    Parameters
    ----------
    arguments
        What stands after the program's name.
    open_window
        Opens the window with some files and runs it to its end.

    Returns
    -------
    int
        0 when it went well, 2 with one sentence on stderr for bad input or a lack of memory, 130
        when stopped from the keyboard; a bug is raised.
    """
    try:
        status = perform(arguments, open_window)
        sys.stdout.flush()
        return status
    except (BrokenPipeError, SystemExit):
        # Whoever reads has enough; Click leaves the program for that.
        return 0
    except (KeyboardInterrupt, typer.Abort):
        return STOPPED
    except Exception as error:
        sentence = refused(error)
        if sentence is None:
            raise
        return _refuse(sentence)


def refused(error: Exception) -> str | None:
    """Say in a sentence why a command was refused; None for a bug."""
    if isinstance(error, StudioError):
        return str(error)
    if isinstance(error, OSError):
        if found := unprinted(error):
            return str(found)
        if error.filename is None:
            return None
        name = shortened(os.fsdecode(error.filename), 200)
        return f"{name}: cannot be used: {refusal(error, 'work')}"
    if isinstance(error, MemoryError):
        return "there is not enough memory for this"
    return _usage(error) if isinstance(error, _UsageError) else None


def perform(arguments: Sequence[str], open_window: OpenWindow | None = None) -> int:
    """Run one command, and raise whatever it raises; its exit status."""
    if list(arguments) == ["--version"]:
        print(__version__)
        return 0
    if "--help" in arguments:
        describe_options()
        name_formats()
    _check_texts(arguments)
    _check_here()
    import studio.engine.video  # noqa: F401  (from here on videos are clips)

    wanted = with_command(arguments)
    status = _only(wanted[0])(wanted, obj=open_window, standalone_mode=False)
    return status if isinstance(status, int) else 0


def _only(name: str) -> typer.Typer:
    """Give the program with the command, or the group of commands, of a name alone.

    Typer works out the options of every command it is given, which takes longer than `convert`.
    """
    commands = [one for one in app.registered_commands if _name_of(one) == name]
    groups = [one for one in app.registered_groups if one.name == name]
    if not commands and not groups:
        return app
    alone = copy(app)
    alone.registered_commands, alone.registered_groups = commands, groups
    # Typer takes a single command for the program itself, unless there is something before it.
    alone.callback()(_nothing)
    return alone


def _nothing() -> None:
    """Stand before the one command."""


def _name_of(command: CommandInfo) -> str:
    return str(command.name or getattr(command.callback, "__name__", ""))


def _check_texts(arguments: Sequence[str]) -> None:
    """Refuse an empty text, which would mean the folder that one is in, and what no text holds."""
    for before, argument in zip(["", *arguments], arguments, strict=False):
        option, mark, value = argument.partition("=")
        named = option.startswith("--") and bool(mark)
        if not argument or (named and not value):
            where = option if named else before if before.startswith("-") else "expression-studio"
            raise InputError.of(where, "a path or a value", "an empty text")
        if "\0" in argument:
            raise InputError.of(argument.replace("\0", "?"), "a name without a NUL", "one in it")


def _check_here() -> None:
    try:
        Path.cwd()
    except FileNotFoundError:
        wanted, found = "a folder to work in", "that the current folder is gone"
        raise InputError.of("expression-studio", wanted, found) from None


def with_command(arguments: Sequence[str]) -> list[str]:
    """Put the default command in front of arguments that name none."""
    first = arguments[0] if arguments else ""
    if first in COMMANDS or first in ("--help", "-h"):
        return ["--help" if first == "-h" else first, *arguments[1:]]
    return ["open", *arguments]


def _usage(error: Exception) -> str:
    """One line that names the command to ask for help."""
    context = getattr(error, "ctx", None)
    text = getattr(error, "format_message", error.__str__)()
    command = context.command_path if context is not None else "expression-studio"
    return f"{' '.join(text.split()).rstrip('.')}; see {command} --help"


def _refuse(sentence: str) -> int:
    say(shortened(" ".join(sentence.split())))
    return BAD_INPUT
