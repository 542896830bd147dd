"""What can be asked of a model, by the role it plays in a set: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from studio.core import GenerationRequest, Limits, MeshSequence, Progress, Tracks
from studio.core.alignment import Rotations
from studio.core.identity.people import Identified, KnownPeople
from studio.core.sequence import Floats

Show = Callable[[Floats], object]


@runtime_checkable
class Codec(Protocol):
    """Faces as D numbers, and back."""

    def encode(self, sequence: MeshSequence, progress: Progress) -> Floats:
        """Encode a clip's frames, in any pose, as latents (T, D).

        Raises
        ------
        InputError
            For another face.
        """
        ...

    def decode(self, latents: Floats, progress: Progress) -> Floats:
        """Decode latents (T, D) into meshes (T, V, 3) in mm, in the template's pose."""
        ...

    def posed(self, face: Floats) -> tuple[Rotations, Floats]:
        """Turn a face (V, 3) into the template's pose: the rotation (3, 3), and its latent (D,)."""
        ...


@runtime_checkable
class Reader(Protocol):
    """Says something of each frame of a clip."""

    def read(self, sequence: MeshSequence, neutral: Floats | None, progress: Progress) -> Tracks:
        """Say what a clip shows.

        Parameters
        ----------
        sequence : MeshSequence
            Frames in any pose.
        neutral : (V, 3) float32 or None
            The person's face at rest in mm; None leaves it to the reader.
        progress : Progress
            Told how far the work is.

        Raises
        ------
        InputError
            If the reader cannot read this clip.
        """
        ...


class Made(NamedTuple):
    """A new clip.

    Attributes
    ----------
    vertices
        (T, V, 3) float32 in mm, in the pose of the face that moves.
    draws
        How often its seed was drawn, see `redraw`.
    """

    vertices: Floats
    draws: int = 1


@runtime_checkable
class Generator(Protocol):
    """Makes motion that begins with a given face."""

    @property
    def limits(self) -> Limits:
        """What it was trained on, and how it samples unless told otherwise."""
        ...

    def generated(
        self,
        request: GenerationRequest,
        seeds: Sequence[int],
        face: Floats,
        progress: Progress,
        show: Show | None = None,
    ) -> Iterator[Made]:
        """Make one clip a seed.

        Parameters
        ----------
        request : GenerationRequest
            What is asked for, within the limits; its seed does not count.
        seeds : sequence of int
            One a clip.
        face : (V, 3) float32
            The first frame in mm, kept bit for bit.
        progress : Progress
            Told how far the work is.
        show : callable or None
            Given, a few times, the vertices (T, V, 3) of what a clip looks like so far.
        """
        ...


@runtime_checkable
class Surface(Protocol):
    """Makes a dense face follow its landmarks."""

    def dense(self, curve: Floats, landmarks: Floats, progress: Progress) -> Floats:
        """Make displacements (T, V, 3) in mm of a face whose landmarks (M, 3) move by (T, M, 3)."""
        ...


@runtime_checkable
class Identifier(Protocol):
    """Tells people apart."""

    def vector(self, sequence: MeshSequence, progress: Progress) -> Floats:
        """Describe the person of a clip by a vector (E,), whatever the face expresses."""
        ...

    def identified(
        self, sequence: MeshSequence, known: KnownPeople, progress: Progress
    ) -> Identified:
        """Compare a clip with people who are known.

        Raises
        ------
        InputError
            For another face, and where nobody is known.
        """
        ...


@runtime_checkable
class LandmarkMover(Generator, Protocol):
    """A generator whose motion is that of landmarks, so that it moves any surface."""

    def curve(self, request: GenerationRequest, seed: int, landmarks: Floats) -> Floats:
        """Make displacements (T, M, 3) in mm of landmarks (M, 3), seen in the template's pose."""
        ...


AnyRole = Codec | Generator | Identifier | Reader | Surface
