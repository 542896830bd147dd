"""The commands that take one clip: which of their parameters it is, and what they make of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Verb:
    """One of those commands.

    Attributes
    ----------
    name
        Of the command.
    clip, last, out
        The parameters that name the clip, what stands behind the clips, and where that which is
        made goes; empty where there is none. `last` and `out` may be one.
    metavar, help
        Of the list of clips.
    suffix
        Of what is made; empty where the options say it.
    asks_models
        Whether the result depends on the models.
    spoken
        Whether the command prints its result as JSON.
    """

    name: str
    clip: str
    out: str = ""
    last: str = ""
    metavar: str = "CLIP..."
    help: str = ""
    suffix: str = ""
    asks_models: bool = True
    spoken: bool = False

    def arguments(
        self, source: Path, last: dict[str, Any], output: Path, options: list[str]
    ) -> tuple[str, ...]:
        """Write the command for one clip."""
        behind = [str(path.absolute()) for path in last.values()]
        if self.spoken:
            return (self.name, str(source), *options, "--json")
        return (self.name, str(source), *behind, "--out", str(output), *options)


_CLIPS = (
    "A clip: folder of frames, array file, session clip. Several, a pattern in quotes or a folder "
    "of clips: each by itself, what is made in a folder."
)
VERBS = {
    each.name: each
    for each in (
        Verb("recognize", "path", help=_CLIPS, spoken=True),
        Verb(
            "convert",
            "source",
            out="target",
            last="target",
            metavar="IN... OUT",
            help=f"{_CLIPS} OUT: a file, or a folder for frames or many clips.",
            asks_models=False,
        ),
        Verb(
            "transfer",
            "clip",
            out="out",
            last="face",
            metavar="CLIP... FACE",
            help=f"{_CLIPS} FACE: whose face: a mesh, or a clip of the person.",
        ),
        Verb("neutralize", "clip", out="out", help=_CLIPS),
        Verb("units", "clip", out="out", help=_CLIPS, suffix=".csv"),
        Verb(
            "register",
            "mesh",
            out="out",
            metavar="MESH...",
            help="A mesh of any triangulation, or a clip of one. Several, a pattern in quotes or a "
            "folder of them: each by itself, what is found in a folder.",
            suffix=".npz",
            asks_models=False,
        ),
    )
}
