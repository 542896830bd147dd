"""What a format says of itself: how large its files are, what it needs, what it draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from studio.core import MissingExtraError
from studio.core.parameters import Value
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.shapes import FaceShapes

Moved = FaceShapes | Correspondence  # a face by its own shapes, or by how it lies on the studio's


_SPOKEN_WITH_A_VOWEL = "AEFHILMNORSX"  # letters whose names begin with one: an OBJ, an STL


def with_article(letters: str) -> str:
    """Put a or an before what is spoken letter by letter."""
    return f"{'an' if letters[0] in _SPOKEN_WITH_A_VOWEL else 'a'} {letters}"


@dataclass(frozen=True)
class Shape:
    """How large a clip is, for an estimate.

    Attributes
    ----------
    frames, vertices, faces
        Of the clip.
    pixels
        Of a frame, of pictures.
    """

    frames: int
    vertices: int
    faces: int
    pixels: int = 0


Measure = Callable[[Shape, Mapping[str, Value]], int]


@dataclass(frozen=True)
class BytesPer:
    """About how many bytes of a file each vertex, face and pixel of a frame takes."""

    vertex: float = 0.0
    face: float = 0.0
    pixel: float = 0.0

    def of(self, shape: Shape) -> int:
        """Add up what a clip takes."""
        frame = self.vertex * shape.vertices + self.face * shape.faces + self.pixel * shape.pixels
        return round(shape.frames * frame)


@dataclass(frozen=True)
class Extra:
    """A library that a format needs and the studio does not bring.

    Attributes
    ----------
    name
        Of the extra with which the studio is installed, as ``usd``.
    module
        What the library is imported as.
    """

    name: str
    module: str

    @property
    def command(self) -> str:
        """What installs it."""
        return f"pip install 'expression-studio[{self.name}]'"

    @property
    def installed(self) -> bool:
        """Whether the library is there; it is not imported."""
        return find_spec(self.module) is not None

    def check(self, what: str) -> None:
        """Let pass where the library is there.

        Raises
        ------
        MissingExtraError
            Where it is not, with the command that installs it.
        """
        if not self.installed:
            wanted = f"needs a library that is not installed; run {self.command}"
            raise MissingExtraError(f"{what}: {wanted}")


@dataclass(frozen=True)
class Canvas:
    """What a format of pictures can hold.

    Attributes
    ----------
    size
        Name of the size, as in `studio.render.look.SIZES`, unless another is asked for.
    transparent
        Whether what lies beside the face may be clear.
    fastest
        The most frames a second, None where there is no limit.
    """

    size: str = "720p"
    transparent: bool = False
    fastest: int | None = None
