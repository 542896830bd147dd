"""People made known by the clips of a folder: one subfolder, or one first word, for each."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np

from studio.core import Cancelled, InputError, MeshSequence, Progress, Registered, StudioError
from studio.core.identity.people import Identified, KnownPeople
from studio.core.sequence import Floats
from studio.io.people import SUFFIX, read_people
from studio.takes.maker import Generator
from studio.takes.many.finding import Found, clips_in, is_run
from studio.takes.reading import read_clip
from studio.takes.sources import source_of


class Identifies(Generator, Protocol):
    """What is asked of an engine; `Engine` says more."""

    @property
    def person_model(self) -> str:
        """Digest of what vectors of people depend on."""
        ...

    def person_vector(self, sequence: MeshSequence, progress: Progress | None = ...) -> Floats:
        """Describe the person of a clip by a unit vector (E,)."""
        ...

    def identify(
        self, sequence: MeshSequence, known: KnownPeople, progress: Progress | None = ...
    ) -> Identified:
        """Tell which of some known people a clip shows."""
        ...

    def gender_slider(
        self, sequence: MeshSequence, progress: Progress | None = ...
    ) -> tuple[Floats, float]:
        """Read the body model's gender slider: by frame (T,), and of the clip."""
        ...


def known_at(
    engine: Identifies, path: Path, by: Registered | None, progress: Progress
) -> KnownPeople:
    """Know the people of a folder of clips, or of a file that was kept.

    Parameters
    ----------
    path
        A folder of clips, or what `write_people` wrote.
    by
        How clips of other triangulations are registered; None refuses them.

    Raises
    ------
    InputError
        Where nobody can be made known of it.
    """
    if path.suffix.lower() == SUFFIX and not path.is_dir():
        return read_people(path)
    return enrolled(engine, path, by, progress)


def enrolled(
    engine: Identifies, folder: Path, by: Registered | None, progress: Progress
) -> KnownPeople:
    """Describe everybody of a folder of clips.

    A clip in a subfolder is of the person that is called like it; one in the folder itself of the
    person whom its name begins with, up to the first ``_``. A clip that cannot be read is left out
    and remarked.

    Raises
    ------
    InputError
        Where there are no clips, or none that can be read.
    """
    if not folder.is_dir():
        raise InputError.of(folder, "a folder of clips of known people", "none")
    if is_run(folder):
        wanted = "a folder of clips, one subfolder or first word of a name for each person"
        raise InputError.of(folder, wanted, "the frames of one clip")
    clips = [found for found in clips_in([folder]).found if not found.still]
    if not clips:
        raise InputError.of(folder, "clips of known people", "none")
    people: dict[str, list[Floats]] = {}
    for at, found in enumerate(clips):
        part = progress.part(at / len(clips), (at + 1) / len(clips))
        try:
            vector = engine.person_vector(_read(engine, found.path, by, part))
        except Cancelled:
            raise
        except StudioError as error:
            progress.remarked(f"{found.path.name} is left out: {error}")
            continue
        people.setdefault(person_of(found, folder), []).append(vector)
    if not people:
        wanted = "clips of known people that can be read"
        raise InputError.of(folder, wanted, f"none among {len(clips)}")
    known = KnownPeople.nobody(engine.person_model)
    for name, vectors in sorted(people.items()):
        known = known.joined(name, np.stack(vectors))
    alone = [name for name, count in zip(known.names, known.clips, strict=True) if count == 1]
    if alone:
        names = ", ".join(alone[:5]) + (" and others" if len(alone) > 5 else "")
        progress.remarked(
            f"{names}: known by one clip alone; more of each tell people apart better"
        )
    return known


def person_of(found: Found, folder: Path) -> str:
    """Say whom a clip of a folder is of."""
    parts = found.path.absolute().relative_to(folder.absolute()).parts
    if len(parts) > 1:
        return parts[0]
    return found.name.partition("_")[0] or found.name


def _read(
    engine: Identifies, path: Path, by: Registered | None, progress: Progress
) -> MeshSequence:
    clip = read_clip(
        path, progress.part(0.0, 0.4), purpose="to know somebody by", foreign=by is not None
    )
    left = progress.part(0.4, 1.0)
    return source_of(engine, clip, None, by, progress=left, name=path.name).sequence
