"""Where and as what a command writes a clip: geometry, or pictures of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core import InputError, MeshSequence, Progress
from studio.io import Format, write_sequence
from studio.io.files import check_place
from studio.io.sound.sound import Sound
from studio.io.traits import Moved
from studio.render.formats.drawing import Drawing
from studio.render.formats.ffmpeg import movie_rate
from studio.render.look import BACKGROUNDS, Background, Look, parse_size

from .formats.options import Form


@dataclass(frozen=True)
class Target:
    """What the options say, checked before any work is done.

    Attributes
    ----------
    out
        The file or folder.
    form
        The format, its settings and the unit of geometry.
    size
        Of pictures, None for that of the format.
    background
        Of pictures.
    """

    out: Path
    form: Form
    size: tuple[int, int] | None
    background: Background

    @classmethod
    def checked(
        cls,
        out: Path,
        preset: str | None,
        format: str | None,
        unit: str | None,
        option: Sequence[str] | None,
        size: str | None,
        background: str,
        *read: Path | None,
    ) -> Target:
        """Check the options of a command.

        Parameters
        ----------
        out, preset, format, unit, option, size, background
            As the options give them.
        read
            What the command reads, which it may not write over.

        Raises
        ------
        InputError
            For options that do not fit.
        """
        form = Form.told(out, preset, format, unit, option)
        kind = form.kind
        chosen = next((each for each in BACKGROUNDS if each == background), None)
        if chosen is None:
            raise InputError.of("background", f"one of {', '.join(BACKGROUNDS)}", background)
        if chosen == "transparent" and kind.canvas and not kind.canvas.transparent:
            raise InputError.of("background", f"light, dark or white in {kind.noun}", chosen)
        check_place(out)
        target = cls(out, form, None if size is None else parse_size(size), chosen)
        target.check_apart_from(*read)
        return target

    def check_apart_from(self, *read: Path | None) -> None:
        """Refuse to write over what is read, as `check_apart` does."""
        check_apart(self.out, *read, suffix=self.kind.suffix, frames=not self.kind.single)

    @property
    def kind(self) -> Format:
        """The format."""
        return self.form.kind

    def write(
        self,
        sequence: MeshSequence,
        progress: Progress,
        *,
        face: Moved | None = None,
        fittings: bool = False,
        sound: Sound | None = None,
    ) -> Path:
        """Write the clip; the file, or the folder of its frames.

        Parameters
        ----------
        face
            What moves the clip's face, as in `write_sequence`.
        fittings
            Whether teeth and lashes are added.
        sound
            What is heard with the clip, for formats that hold it.

        Raises
        ------
        InputError
            For teeth in pictures or weights, or of another face than the studio's.
        """
        added: dict[str, object] | None = None
        if fittings:
            from studio.face.fittings import load_fittings, with_fittings

            if not self.kind.has_vertices:
                found = self.kind.name + ", which shows them anyway" * self.kind.drawn
                raise InputError.of("fittings", "a format of meshes", found)
            sequence = with_fittings(sequence, progress.part(0.0, 0.0))
            added = {"fittings": load_fittings().counts()}
        written = write_sequence(
            sequence,
            self.out,
            format=self.kind.name,
            unit=self.form.unit,
            settings=self.form.settings,
            options=Drawing(self.size, Look(self.background), sound),
            beside=added,
            face=face,
            progress=progress,
        )
        return written[0] if self.kind.single else self.out

    def note(self, sequence: MeshSequence) -> str:
        """Say what the user should know of the result; empty where it is what was asked for."""
        rate = float(movie_rate(sequence.fps, self.kind))
        slower = self.kind.drawn and rate < 0.999 * sequence.fps
        return f", at {rate:g} frames a second, the most {self.kind.noun} has" if slower else ""


def check_apart(
    out: Path, *read: Path | None, suffix: str | None = None, frames: bool = True
) -> None:
    """Refuse to write over what a command reads.

    Parameters
    ----------
    out
        A file or a folder.
    read
        Files, folders and patterns of files; None for what is not given.
    suffix
        Of the files that are written where `out` is a folder.
    frames
        Whether these are frames, among which those of a folder that is read would be lost.

    Raises
    ------
    InputError
        Where a file or a folder that is read is written, or what is read lies in the folder.
    """
    for path in filter(None, read):
        taken = [path] if frames or not out.is_dir() else []
        if path.suffix.lower() == suffix:
            taken.append(path.parent)
        if any(_same(place, out) for place in taken):
            raise InputError.of(out, "another place than what is read", path.name)


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False
