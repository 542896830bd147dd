"""The face at rest that a clip is read against, as ``recognize --neutral`` names it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.core import InputError, MeshSequence, Progress
from studio.core.sequence import Floats
from studio.takes.faces import face_in_file
from studio.takes.maker import Generator
from studio.takes.reading import frame_of


@dataclass(frozen=True)
class Rest:
    """A frame of the clip, a face in a file, or neither, which leaves it to the estimate."""

    frame: int | None = None
    path: Path | None = None

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
        if "#" not in given and not os.path.exists(path):  # behind # stands a clip of a session
            raise InputError.of("neutral", "the number of a frame, or a mesh", given)
        return cls(path=path)

    def check(self, sequence: MeshSequence) -> None:
        """Refuse the number of a frame that a clip does not have."""
        if self.frame is not None:
            frame_of(sequence, self.frame)

    def face(self, engine: Generator, sequence: MeshSequence, progress: Progress) -> Floats | None:
        """Get the face (V, 3) in mm, None for the estimate.

        Raises
        ------
        InputError
            Where it cannot be had.
        """
        if self.frame is not None:
            return np.asarray(frame_of(sequence, self.frame).vertices[0])
        if self.path is None:
            return None
        read = face_in_file(engine, self.path, progress=progress, purpose="to read against")
        return np.asarray(read.vertices[0])

    def words(self) -> str:
        """Say it in a few words."""
        if self.frame is not None:
            return f"frame {self.frame}"
        return "estimated from the clip" if self.path is None else f"that of {self.path}"

    def facts(self) -> dict[str, object]:
        """Say it as JSON."""
        if self.frame is not None:
            return {"from": "frame", "frame": self.frame}
        if self.path is None:
            return {"from": "estimate"}
        return {"from": "file", "path": str(self.path)}
