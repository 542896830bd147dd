"""The face at rest that a clip is read against, as ``recognize --neutral`` names it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from studio.core import Given, InputError, MeshSequence, Progress, Registered
from studio.core.sequence import Floats
from studio.takes.faces import face_in_file
from studio.takes.maker import Generator
from studio.takes.reading import frame_of, read_clip
from studio.takes.registered import Source, Subject
from studio.takes.sources import source_of

from .reading import span_of


@dataclass(frozen=True)
class Rest:
    """A frame of the clip, a span of a video's, a face in a file, or none: then it is estimated."""

    frame: int | None = None
    path: Path | None = None
    span: tuple[int, int] | None = None

    @classmethod
    def named(cls, given: str | None) -> Rest:
        """Read what was given: a number is that of a frame, all else is a place.

        Raises
        ------
        InputError
            For what is neither.
        """
        if given is None:
            return cls()
        try:
            return cls(frame=int(given))
        except ValueError:
            pass
        path = Path(given)
        span = None if os.path.exists(path) else span_of(given)
        if span is not None:
            return cls(span=span)
        if "#" not in given and not os.path.exists(path):  # behind # stands a clip of a session
            raise InputError.of("neutral", "a frame, FROM-TO of a video, or a mesh", given)
        return cls(path=path)

    def clip(
        self, path: Path, given: Given, by: Registered | None, progress: Progress
    ) -> MeshSequence:
        """Read the clip that is to be recognized.

        Parameters
        ----------
        by
            How one of another triangulation is to be registered; None refuses it.

        Raises
        ------
        InputError
            Where it cannot be had, and where it has no frame of that number.
        """
        given = replace(given, rest=self.span) if self.span is not None else given
        reorder, foreign = by is None or not by.points, by is not None
        sequence = read_clip(
            path, progress, given, purpose="to recognize", foreign=foreign, reorder=reorder
        )
        if self.frame is not None:
            frame_of(sequence, self.frame)
        return sequence

    def against(
        self,
        engine: Generator,
        clip: MeshSequence,
        name: str,
        by: Registered | None,
        progress: Progress,
    ) -> Against:
        """Get the face at rest, and the clip of a file of this name as it is read.

        Raises
        ------
        InputError
            Where they cannot be had.
        """
        if self.path is None:
            source = source_of(engine, clip, self.frame, by, progress=progress, name=name)
            return Against(self, source, source.rest)
        part, left = progress.part(0.0, 0.5), progress.part(0.5, 1.0)
        mesh = face_in_file(
            engine, self.path, progress=part, purpose="to read against", registered=by
        )
        source = source_of(engine, clip, None, by, found=mesh.found, progress=left, name=name)
        return Against(self, source, mesh.vertices, mesh)


@dataclass(frozen=True, eq=False)
class Against:
    """A clip as it is read, and what it is read against.

    Attributes
    ----------
    named
        What was asked for.
    source
        The clip, on the studio's face.
    face
        (V, 3) mm, the face at rest; None for the estimate.
    mesh
        The mesh that was named for it.
    """

    named: Rest
    source: Source
    face: Floats | None
    mesh: Subject | None = None

    @property
    def registrations(self) -> dict[str, Subject | Source | None]:
        """What may have been registered: the clip, and the mesh that was named as its neutral."""
        return {"clip": self.source, "neutral": self.mesh}

    def words(self) -> str:
        """Say what it is read against in a few words."""
        if self.named.frame is not None:
            return f"frame {self.named.frame}"
        if self.named.span is not None:
            return "frames {} to {} of the video".format(*self.named.span)
        if self.named.path is not None:
            return f"that of {self.named.path}"
        if self.face is None:
            return "estimated from the clip"
        frame = self.source.frame
        return "the face that was registered" + ("" if frame is None else f", frame {frame}")

    def facts(self) -> dict[str, object]:
        """Say what it is read against as JSON."""
        if self.named.frame is not None:
            return {"from": "frame", "frame": self.named.frame}
        if self.named.span is not None:
            return {"from": "frames", "frames": [*self.named.span]}
        if self.named.path is not None:
            return {"from": "file", "path": str(self.named.path)}
        if self.face is None:
            return {"from": "estimate"}
        return {"from": "registration", "frame": self.source.frame}
