"""What ``recognize --what identity`` and ``--what gender`` are told, and what they print."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.core import InputError

if TYPE_CHECKING:
    from studio.core import MeshSequence, Progress, Registered, Tracks
    from studio.core.identity.people import KnownPeople
    from studio.core.sequence import Floats
    from studio.engine import Engine


class What(StrEnum):
    """What a clip is recognized for."""

    expression = "expression"
    identity = "identity"
    gender = "gender"


WhatOption = Annotated[
    What,
    typer.Option(
        help="expression; identity: which of the people in --known, or none of them; gender: the "
        "gender slider of the synthetic body model that the training people come from, which is "
        "not what a person is."
    ),
]
KnownOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER|FILE.json",
        help="Known people: a folder of clips, a subfolder or the first word before _ of a name "
        "for each person; or a file that --known-out wrote.",
    ),
]
KnownOutOption = Annotated[
    Path | None,
    typer.Option(
        "--known-out", metavar="FILE.json", help="Keep these people, to know them at once again."
    ),
]
SLIDER_NAMES = ("below the middle", "above the middle")
SLIDER_NOTE = (
    "This is a slider of the synthetic body model that the training people were drawn from, not "
    "what a person is."
)


@dataclass(frozen=True)
class Asked:
    """What is asked of a clip.

    Attributes
    ----------
    what
        What it is recognized for.
    reader
        Whose tracks are wanted in place of the expression.
    known, known_out
        Where known people are, and are kept.
    """

    what: What
    reader: str | None = None
    known: Path | None = None
    known_out: Path | None = None

    @property
    def other(self) -> bool:
        """Whether it is something else than the expression."""
        return self.what is not What.expression or self.reader is not None

    @property
    def name(self) -> str:
        """Of what reads the clip."""
        return self.reader or self.what.value

    def check(self) -> None:
        """Refuse options that do not go together.

        Raises
        ------
        InputError
            One sentence that says which.
        """
        if self.what is not What.expression and self.reader is not None:
            raise InputError.of("--reader", "it with --what expression", f"--what {self.what}")
        if self.what is What.identity and self.known is None:
            raise InputError.of("--what identity", "known people in --known", "none")
        for name, value in (("--known", self.known), ("--known-out", self.known_out)):
            if value is not None and self.what is not What.identity:
                raise InputError.of(name, "it with --what identity", f"--what {self.what}")
        if self.known_out is not None:
            _check_out(self.known_out)

    def answer(
        self,
        engine: Engine,
        clip: MeshSequence,
        face: Floats | None,
        by: Registered | None,
        progress: Progress,
    ) -> Tracks:
        """Read a clip, against a face at rest (V, 3) in mm where the reader needs one."""
        if self.reader is not None:
            return engine.read(self.reader, clip, face, progress)
        if self.what is What.gender:
            return slider_tracks(engine, clip, progress)
        known = self._people(engine, by, progress.part(0.0, 0.7))
        return engine.identify(clip, known, progress.part(0.7, 1.0))

    def _people(self, engine: Engine, by: Registered | None, progress: Progress) -> KnownPeople:
        """Know the people who were named, and keep them where that was asked."""
        from studio.io.people import write_people
        from studio.takes.identity.enrolling import known_at

        assert self.known is not None
        known = known_at(engine, self.known, by, progress)
        if self.known_out is not None:
            write_people(known, self.known_out)
        return known

    def said(self, answer: Tracks) -> list[str]:
        """Say in sentences what an answer comes to; none of a reader's tracks."""
        from studio.core.identity.people import Identified

        if isinstance(answer, Identified):
            return [answer.words()]
        if self.what is not What.gender:
            return []
        high = float(answer.summary[1])
        name, sure = SLIDER_NAMES[int(high >= 0.5)], max(high, 1.0 - high)
        return [f"gender slider of the body model: {name}, {100 * sure:.0f} %", SLIDER_NOTE]

    def facts(self, answer: Tracks) -> dict[str, object]:
        """Say what ``--json`` prints beside the tracks; of people no face at rest is needed."""
        from studio.core.identity.people import LIMIT, Identified

        if isinstance(answer, Identified):
            return {"what": "identity", "who": answer.who, "limit": LIMIT, "neutral": None}
        if self.what is not What.gender:
            return {}
        above = bool(answer.summary[1] >= 0.5)
        return {"what": "gender", "above": above, "note": SLIDER_NOTE, "neutral": None}


def slider_tracks(engine: Engine, clip: MeshSequence, progress: Progress) -> Tracks:
    """Read the body model's gender slider as two tracks that sum to 1."""
    import numpy as np

    from studio.core import Tracks

    frames, whole = engine.gender_slider(clip, progress)
    values = np.stack([1.0 - frames, frames], axis=1)
    return Tracks(SLIDER_NAMES, values, np.array([1.0 - whole, whole], dtype=np.float32))


def _check_out(path: Path) -> None:
    """Refuse a place where known people cannot be kept."""
    from studio.io.files import check_place
    from studio.io.people import SUFFIX

    if path.suffix.lower() != SUFFIX:
        raise InputError.of(path, f"a {SUFFIX} file to write", path.suffix or "no suffix")
    check_place(path)
