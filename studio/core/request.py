"""What a new clip is asked to be, and what a generator says of the requests it can serve.

One request is what the panel edits, the command line parses, a recipe stores and the engine takes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import Literal, Protocol, TypedDict

import numpy as np

from .errors import InputError
from .read_as import Given
from .sequence import MeshSequence

FaceSource = Literal["template", "clip", "file", "numbers"]
# A vertex as the file numbers them, or x, y, z in mm where the file has the mesh.
Place = int | tuple[float, float, float]
OnEstimate = Callable[[MeshSequence], object]


@dataclass(frozen=True)
class Range:
    """The numbers that are allowed, both ends included.

    Parameters
    ----------
    low, high
        The ends.
    whole
        Whether only whole numbers are allowed.
    """

    low: int | float
    high: int | float
    whole: bool = False

    def __contains__(self, number: object) -> bool:
        kinds = (int, np.integer) if self.whole else (int, float, np.integer, np.floating)
        if isinstance(number, bool) or not isinstance(number, kinds):
            return False
        return bool(self.low <= number <= self.high)

    def __str__(self) -> str:
        """Say the numbers in words, as error sentences and the help of the command line do."""
        return f"a {'whole ' if self.whole else ''}number from {self.low} to {self.high}"

    def check(self, name: str, number: object) -> int | float:
        """Take a number, and refuse one outside.

        Parameters
        ----------
        name
            What the number is called in the sentence.
        number
            The number, or whatever stands in its place.

        Returns
        -------
        int or float
            The number.

        Raises
        ------
        InputError
            Where it is not one of the numbers allowed.
        """
        if number not in self or not isinstance(number, int | float | np.integer | np.floating):
            raise InputError.of(name, str(self), str(number))
        return number.item() if isinstance(number, np.generic) else number


SEED = Range(0, 2**31 - 1, whole=True)
FRAMES = Range(16, 240, whole=True)
FEWEST_FRAMES = 4  # of which an expression, or a face at rest, can be told
INTENSITY = Range(0, 1.5)
BEARING = Range(0, 2)
GUIDANCE = Range(0, 20)
STEPS = Range(1, 1000, whole=True)
FACE_NUMBER = Range(-4, 4)
SHARE = Range(0, 1)


@dataclass(frozen=True)
class Registered:
    """That a face of another triangulation is fitted to the studio's, and by what.

    Parameters
    ----------
    points
        Those that the fit begins from, by name; none where they are found on pictures of the face.
    frame
        The frame of its clip that is fitted; None: the one that is named for its face at rest, or
        the calmest.
    shapes
        The file or folder of a head with its own ARKit shapes, in which clips of it are read; empty
        for none, whatever shapes the face brings. None: those that it brings.
    """

    points: tuple[tuple[str, Place], ...] = ()
    frame: int | None = None
    shapes: str | None = None


@dataclass(frozen=True)
class FaceChoice:
    """Whose face is to move.

    Only what belongs to the source counts; the rest is kept for when the source changes back.

    Parameters
    ----------
    source
        The template; a clip, whose face at rest is meant; a mesh file; or numbers, as set with
        the sliders.
    numbers
        One number a direction of `face.identity.NAMES`, zeros at the end left out.
    path
        The mesh file, or the file that the clip was read from; empty where there is none.
    name
        The name of the clip.
    frame
        The frame that shows the face at rest; None where it has to be estimated.
    landmarks
        The vertices that are the landmarks of a mesh of another triangulation, which moves by
        them; otherwise none.
    given
        What is said of the file, whatever it says itself.
    registered
        How a mesh of another triangulation is fitted to the studio's face, to move as that does;
        None: it is not.

    Raises
    ------
    InputError
        Where a number is out of range.
    """

    source: FaceSource = "template"
    numbers: tuple[float, ...] = ()
    path: str = ""
    name: str = ""
    frame: int | None = None
    landmarks: tuple[int, ...] = ()
    given: Given = field(default_factory=Given)
    registered: Registered | None = None

    def __post_init__(self) -> None:
        for number in self.numbers:
            FACE_NUMBER.check("face", number)
        object.__setattr__(self, "numbers", tuple(float(number) for number in self.numbers))

    @property
    def by_landmarks(self) -> bool:
        """Whether it moves by landmarks of its own, and not as the studio's face does."""
        return bool(self.landmarks) and self.registered is None


@dataclass(frozen=True)
class GenerationRequest:
    """What a new clip is asked to be.

    Parameters
    ----------
    label
        The expression, by one of the names that the models know.
    seed
        The chance that is drawn; the same seed gives the same clip.
    frames
        The length, at the frame rate of the generator.
    intensity
        How strong the expression gets; 1 is as recorded.
    model
        Which generator of the model set makes the motion.
    guidance
        How strongly the label steers a diffusion model; None takes the model's own.
    steps, sampler
        How finely and in which way a diffusion model samples; None takes the model's own.
    surface
        How landmark motion becomes a surface, "s2d" (learned) or "rbf"; None takes the learned
        way where it is there.
    bearing
        How much the head moves, the eyes wander and blink, as goes with the expression; 1 as
        people do, 0 not at all.
    exact
        Whether every landmark of a landmark model lies just where its motion says.
    face
        Whose face moves.

    Raises
    ------
    InputError
        Where a number is out of its range, see `RANGES`.
    """

    label: str = "happiness"
    seed: int = 1
    frames: int = 60
    intensity: float = 1.0
    model: str = "diffusion"
    guidance: float | None = None
    steps: int | None = None
    sampler: str | None = None
    surface: str | None = None
    bearing: float = 0.0
    exact: bool = False
    face: FaceChoice = field(default_factory=FaceChoice)

    def __post_init__(self) -> None:
        for name, allowed in RANGES.items():
            number = getattr(self, name)
            if number is not None or name not in PARAMETERS:
                allowed.check(name, number)


@dataclass(frozen=True)
class InbetweenRequest:
    """What frames between two motions are asked to be.

    Parameters
    ----------
    label
        The expression that they show, by one of the names that the models know.
    seed
        The chance that is drawn; the same seed gives the same frames.
    intensity
        How strong the expression gets; 1 is as recorded.
    strength
        What share is the model's; the rest is a cubic from end to end.

    Raises
    ------
    InputError
        Where a number is out of its range.
    """

    label: str = "neutral"
    seed: int = 1
    intensity: float = 1.0
    strength: float = 1.0

    def __post_init__(self) -> None:
        SEED.check("seed", self.seed)
        INTENSITY.check("intensity", self.intensity)
        SHARE.check("strength", self.strength)


@dataclass(frozen=True)
class MorphRequest:
    """How one clip passes into another.

    Parameters
    ----------
    keys
        The share of the second clip, 0..1, at places 0..1 of the way, in their order; it eases from
        key to key.
    align
        Whether what the clips do alike is brought to the same moment; else both are stretched.

    Raises
    ------
    InputError
        Where a number is out of its range, or a key is not behind the one before it.
    """

    keys: tuple[tuple[float, float], ...] = ((0.0, 0.0), (1.0, 1.0))
    align: bool = True

    def __post_init__(self) -> None:
        for at, share in self.keys:
            SHARE.check("place of a share", at)
            SHARE.check("share", share)
        places = [at for at, _ in self.keys]
        if not places or any(here >= there for here, there in pairwise(places)):
            raise InputError.of("shares", "one or more, each behind the one before", str(places))


RANGES = {
    "seed": SEED,
    "frames": FRAMES,
    "intensity": INTENSITY,
    "bearing": BEARING,
    "guidance": GUIDANCE,
    "steps": STEPS,
}
# The fields that mean something to some generators only; None takes the generator's own way.
PARAMETERS = tuple(entry.name for entry in fields(GenerationRequest) if entry.default is None)


class RequestOptions(TypedDict, total=False):
    """The fields of `GenerationRequest` besides label, seed and face, of which some are given."""

    frames: int
    intensity: float
    model: str
    guidance: float | None
    steps: int | None
    sampler: str | None
    surface: str | None
    bearing: float
    exact: bool


class RequestChanges(RequestOptions, total=False):
    """The fields of `GenerationRequest`, of which some are given."""

    label: str
    seed: int
    face: FaceChoice


class Trained(Protocol):
    """What a generator was trained on."""

    @property
    def fps(self) -> float:
        """Frames a second."""
        ...

    @property
    def min_frames(self) -> int:
        """Of the shortest clips."""
        ...

    @property
    def max_frames(self) -> int:
        """Of the longest clips."""
        ...

    @property
    def intensities(self) -> tuple[float, float]:
        """The lowest and the highest that it learned."""
        ...


class Limits(Trained, Protocol):
    """What a generator was trained on, and which fields of a request it uses."""

    @property
    def parameters(self) -> frozenset[str]:
        """Those of `PARAMETERS` that mean something to it.

        A field of the same name says what it takes of one unless told otherwise.
        """
        ...
