"""Where and as what a command writes a clip: geometry, or a movie of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from studio.core import InputError, MeshSequence, Progress
from studio.io import FORMATS, write_sequence
from studio.io.formats import format_of
from studio.io.writing import file_in
from studio.render.ffmpeg import movie_rate
from studio.render.look import (
    BACKGROUNDS,
    DEFAULT_SIZE,
    GIF_SIZE,
    SIZES,
    Background,
    Look,
    parse_size,
)
from studio.render.movies import MOVIES, write_movie, write_pictures


@dataclass(frozen=True)
class Target:
    """What the options say, checked before any work is done.

    format : a name, or None to go by the suffix
    """

    out: Path
    format: str | None
    unit: str
    size: tuple[int, int]
    background: Background

    @classmethod
    def checked(
        cls, out: Path, format: str | None, unit: str, size: str | None, background: str
    ) -> Target:
        """Raises `InputError` for options that do not fit."""
        suffix = out.suffix.lower()
        known = format or not suffix or out.is_dir() or format_of(out) or suffix in MOVIES
        if not known:
            names = [f.name for f in FORMATS.values() if f.writes]
            wanted = f"one of the formats {', '.join([*names, 'mp4', 'gif'])}"
            raise InputError.of(out, wanted, suffix)
        chosen = next((each for each in BACKGROUNDS if each == background), None)
        if chosen is None:
            raise InputError.of("background", f"one of {', '.join(BACKGROUNDS)}", background)
        target = cls(out, format, unit, SIZES[DEFAULT_SIZE], chosen)
        default = GIF_SIZE if target.drawn == "gif" else DEFAULT_SIZE
        target = replace(target, size=parse_size(default if size is None else size))
        if chosen == "transparent" and target.drawn == "mp4":
            raise InputError.of("background", "light, dark or white in an MP4", chosen)
        return target

    @property
    def drawn(self) -> str:
        """mp4, gif or png; empty for geometry."""
        by_suffix = "" if self.out.is_dir() else self.out.suffix.lower().removeprefix(".")
        name = self.format or by_suffix
        return name if name in ("mp4", "gif") or self.format == "png" else ""

    def write(self, sequence: MeshSequence, progress: Progress) -> Path:
        """Write the clip; the file it went to, or the folder of its frames."""
        look = Look(self.background)
        if self.drawn == "png":
            write_pictures(sequence, self.out, self.size, look=look, progress=progress)
            return self.out
        if self.drawn:
            path = file_in(self.out, sequence, f".{self.drawn}")
            write_movie(sequence, path, size=self.size, look=look, progress=progress)
            return path
        written = write_sequence(
            sequence, self.out, format=self.format, unit=self.unit, progress=progress
        )
        kind = FORMATS[written[0].suffix.lower().removeprefix(".")]
        return written[0] if not kind.frames or written[0] == self.out else self.out

    def note(self, sequence: MeshSequence) -> str:
        """What the user should know of the result; empty where it is what was asked for."""
        rate = float(movie_rate(sequence.fps, f".{self.drawn}"))
        slower = self.drawn == "gif" and rate < 0.999 * sequence.fps
        return f", at {rate:g} frames a second, the most a GIF has" if slower else ""
