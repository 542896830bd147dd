"""How a clip was made, enough to make it again: as types, and as the JSON of sessions and files.

The JSON of a generated clip holds the fields of its request by name, of `PARAMETERS` those that
mean something to its generator, and besides

version : of this form, left out in older recipes
set, checkpoint : the model set's name, and 12 hex digits of the files that were used
face : ``from`` is template; numbers, with the `numbers` of a made face by name; file, with its
    `path`; or clip, with its `name`, the `frame` chosen or null for the estimate, and the `path`
    it was read from or null; of a file or clip, the `unit` and `fps` that it is to be read in,
    where they were given; and, of another triangulation, either how it is `registered` to the
    studio's face, `by` pictures of it or by `points` (name -> vertex, or x, y, z in mm) of a
    `frame` of its clip, and in whose `shapes` clips of it are read, or the vertices that are its
    `landmarks`, by which alone it moves

That of a clip made of others says by `made` how: transfer, neutral, blend, mix, pose, or between
and morph, of which `latent.recipe` has more; with

source : of transfer, neutral and pose; ``from`` is recipe, with the `recipe` of the clip; or clip,
    with its `name`, the `frame` called neutral or null, the `path` it was read from or null, and
    how it is `registered`
way : of transfer, left out where it is dense
one, other, share : of blend; parts : of mix
weights : of pose, 0..1 by the names of ARKit's shapes
face, set : as above; name : what the clip is called; label : what all of it shows, if one thing

A generated clip begins with its face bit for bit, so its first frame stands in for any face.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from studio.core import FaceChoice, GenerationRequest, Given, InputError, Registered
from studio.core.request import BEARING, FRAMES, GUIDANCE, INTENSITY, PARAMETERS, SEED, SHARE, STEPS
from studio.face.rig import ARKIT_INDEX

from .given import given_from_dict, given_to_dict
from .recipe_faces import (
    Json,
    face_from_dict,
    face_to_dict,
    frame_of_dict,
    mapping,
    registered_from_dict,
    registered_to_dict,
)

VERSION = 1
FEWEST, MOST = 2, 6  # expressions in a mix
_ASKED = ("label", "seed", "frames", "intensity", "model")
_TEMPLATE = {"from": "template"}


@dataclass(frozen=True)
class GeneratorRecipe:
    """How a generator made a clip.

    Parameters
    ----------
    request
        What was asked for, with the generator's own values where it was left to it; its face is
        the one that was moved.
    parameters
        Those of `PARAMETERS` that mean something to the generator.
    models, checkpoint
        The model set's name, and 12 hex digits of the files that were used.
    """

    request: GenerationRequest
    parameters: tuple[str, ...] = ()
    models: str = ""
    checkpoint: str = ""

    @property
    def name(self) -> str:
        """What the clip is called."""
        return f"{self.request.label} {self.request.seed}"

    @property
    def face(self) -> FaceChoice:
        """Whose face moves."""
        return self.request.face

    @property
    def label(self) -> str:
        """What the clip shows."""
        return self.request.label

    def to_dict(self) -> dict[str, object]:
        """Say the recipe as JSON."""
        names = (*_ASKED, *(name for name in ("bearing", "exact") if getattr(self.request, name)))
        return {
            "version": VERSION,
            **{name: getattr(self.request, name) for name in names},
            "face": face_to_dict(self.face),
            **{name: getattr(self.request, name) for name in self.parameters},
            "set": self.models,
            "checkpoint": self.checkpoint,
        }


@dataclass(frozen=True)
class ClipSource:
    """The clip that another is made of.

    Parameters
    ----------
    name
        What it is called.
    frame
        The frame that shows its face at rest; None where that has to be estimated.
    path
        The file, or the clip of a session, that it was read from; empty where there is none.
    recipe
        How it was made, where it is no recording; then the rest does not count.
    given
        What is said of the file, whatever it says itself.
    registered
        How a clip of another triangulation is fitted to the studio's face; None: it is not.
    """

    name: str = ""
    frame: int | None = None
    path: str = ""
    recipe: Recipe | None = None
    given: Given = field(default_factory=Given)
    registered: Registered | None = None

    def to_dict(self) -> dict[str, object]:
        """Say the source as JSON."""
        if self.recipe is not None:
            return {"from": "recipe", "recipe": self.recipe.to_dict()}
        place = {"name": self.name, "frame": self.frame, "path": self.path or None}
        more = given_to_dict(self.given) | registered_to_dict(self.registered)
        return {"from": "clip", **place, **more}


@dataclass(frozen=True, kw_only=True)
class Derived(ABC):
    """What all recipes of clips made of others say.

    Parameters
    ----------
    name
        What the clip is called; empty for the name of what it is made of.
    label
        What all of it shows; None where that is not one thing.
    face
        Whose face moves.
    models
        The model set's name.
    """

    made: ClassVar[str]
    name: str = ""
    label: str | None = None
    face: FaceChoice = field(default_factory=FaceChoice)
    models: str = ""

    def to_dict(self) -> dict[str, object]:
        """Say the recipe as JSON."""
        label = {} if self.label is None else {"label": self.label}
        return {
            "version": VERSION,
            "made": self.made,
            **self.ingredients(),
            "face": face_to_dict(self.face),
            **label,
            **({"name": self.name} if self.name else {}),
            "set": self.models,
        }

    @abstractmethod
    def ingredients(self) -> dict[str, object]:
        """Say what the clip is made of, as JSON."""

    @classmethod
    @abstractmethod
    def read(cls, data: Json) -> Derived:
        """Read what the clip is made of; raises `InputError`."""


@dataclass(frozen=True, kw_only=True)
class TransferRecipe(Derived):
    """What one clip shows, on another face; `Engine.transfer` has the ways."""

    made = "transfer"
    source: ClipSource
    way: str = "dense"

    def ingredients(self) -> dict[str, object]:
        """Say whose clip and which way, as JSON."""
        way = {} if self.way == "dense" else {"way": self.way}
        return {"source": self.source.to_dict(), **way}

    @classmethod
    def read(cls, data: Json) -> TransferRecipe:
        """Read whose clip and which way."""
        need(data, "face")
        way = str(data.get("way", "dense"))
        return cls(source=source_from_dict(need(data, "source")), way=way)


@dataclass(frozen=True, kw_only=True)
class NeutralizeRecipe(Derived):
    """A clip without its expression."""

    made = "neutral"
    source: ClipSource

    def ingredients(self) -> dict[str, object]:
        """Say whose clip, as JSON."""
        return {"source": self.source.to_dict()}

    @classmethod
    def read(cls, data: Json) -> NeutralizeRecipe:
        """Read whose clip."""
        return cls(source=source_from_dict(need(data, "source")))


@dataclass(frozen=True, kw_only=True)
class BlendRecipe(Derived):
    """A motion that is `share` of the way from one generated motion to another."""

    made = "blend"
    one: GeneratorRecipe
    other: GeneratorRecipe
    share: float

    def __post_init__(self) -> None:
        SHARE.check("share", self.share)

    def ingredients(self) -> dict[str, object]:
        """Say which motions and what share, as JSON."""
        return {"one": self.one.to_dict(), "other": self.other.to_dict(), "share": self.share}

    @classmethod
    def read(cls, data: Json) -> BlendRecipe:
        """Read which motions and what share."""
        one, other = (_generator_recipe(mapping(need(data, name))) for name in ("one", "other"))
        return cls(one=one, other=other, share=SHARE.check("share", need(data, "share")))


@dataclass(frozen=True, kw_only=True)
class MixRecipe(Derived):
    """Two to six generated motions in one, from apex to apex."""

    made = "mix"
    parts: tuple[GeneratorRecipe, ...]

    def __post_init__(self) -> None:
        if not FEWEST <= len(self.parts) <= MOST:
            raise InputError.of("mix", f"{FEWEST} to {MOST} expressions", str(len(self.parts)))

    def ingredients(self) -> dict[str, object]:
        """Say which motions, as JSON."""
        return {"parts": [part.to_dict() for part in self.parts]}

    @classmethod
    def read(cls, data: Json) -> MixRecipe:
        """Read which motions."""
        parts = need(data, "parts")
        if not isinstance(parts, list | tuple):
            raise InputError.of("recipe", "a list of parts", str(parts)[:40])
        return cls(parts=tuple(_generator_recipe(mapping(part)) for part in parts))


@dataclass(frozen=True, kw_only=True)
class PoseRecipe(Derived):
    """A head in a pose of its own shapes, whose weights are 0..1 by their names."""

    made = "pose"
    source: ClipSource
    weights: Mapping[str, float]

    def __post_init__(self) -> None:
        for name in self.weights:
            if name not in ARKIT_INDEX:
                raise InputError.of("pose", "names of ARKit's shapes", name[:40])

    def ingredients(self) -> dict[str, object]:
        """Say whose head and how far each shape goes, as JSON."""
        return {"source": self.source.to_dict(), "weights": dict(self.weights)}

    @classmethod
    def read(cls, data: Json) -> PoseRecipe:
        """Read whose head and how far each shape goes."""
        said = mapping(need(data, "weights"))
        weights = {name: SHARE.check(name, weight) for name, weight in said.items()}
        return cls(source=source_from_dict(need(data, "source")), weights=weights)


Recipe = GeneratorRecipe | Derived


def is_derived(data: Json | None) -> bool:
    """Whether a recipe, as JSON, makes a clip of others."""
    return data is not None and "made" in data


def recipe_from_dict(data: Json) -> Recipe:
    """Read the JSON of a recipe, of this version or without one.

    Parameters
    ----------
    data
        The JSON; what it leaves open takes its default.

    Returns
    -------
    Recipe
        The recipe, every number of it in its range.

    Raises
    ------
    InputError
        Where it cannot be a recipe, or comes from a newer version.
    """
    version = data.get("version", VERSION)
    if type(version) is not int or not 1 <= version <= VERSION:
        found = f"version {version}"
        raise InputError.of("recipe", f"one of version {VERSION} or older", found[:40])
    if not is_derived(data):
        return _generator_recipe(data)
    label = data.get("label")
    return replace(
        _ingredients(data),
        name=str(data.get("name", "")),
        label=None if label is None else str(label),
        face=face_from_dict(data.get("face", _TEMPLATE)),
        models=str(data.get("set", "")),
    )


def _ingredients(data: Json) -> Derived:
    """Read what is particular to a way of making clips of others."""
    from .latent.recipe import InbetweenRecipe, MorphRecipe  # which build on what is above

    kinds: tuple[type[Derived], ...] = (
        *(TransferRecipe, NeutralizeRecipe, BlendRecipe, MixRecipe, PoseRecipe),
        *(InbetweenRecipe, MorphRecipe),
    )
    for kind in kinds:
        if data["made"] == kind.made:
            return kind.read(data)
    made = ", ".join(kind.made for kind in kinds)
    raise InputError.of("recipe", f"a clip made by {made}", str(data["made"])[:40])


def need(data: Json, name: str) -> object:
    """Take what a recipe says under a name.

    Raises
    ------
    InputError
        Where it says nothing.
    """
    if name not in data:
        raise InputError.of("recipe", f"a {name} for {data.get('made', 'a clip')}", "none")
    return data[name]


def _generator_recipe(data: Json) -> GeneratorRecipe:
    if is_derived(data):
        raise InputError.of("recipe", "a generated clip's", "that of a clip made of others")
    guidance, steps, sampler, surface = (data.get(name) for name in PARAMETERS)
    request = GenerationRequest(
        label=str(data.get("label", "")),
        seed=int(SEED.check("seed", data.get("seed", 0))),
        frames=int(FRAMES.check("frames", data.get("frames", 60))),
        intensity=INTENSITY.check("intensity", data.get("intensity", 1.0)),
        model=str(data.get("model", GenerationRequest.model)),
        guidance=None if guidance is None else GUIDANCE.check("guidance", guidance),
        steps=None if steps is None else int(STEPS.check("steps", steps)),
        sampler=None if sampler is None else str(sampler),
        surface=None if surface is None else str(surface),
        bearing=BEARING.check("bearing", data.get("bearing", 0.0)),
        exact=data.get("exact") is True,
        face=face_from_dict(data.get("face", _TEMPLATE)),
    )
    parameters = tuple(name for name in PARAMETERS if name in data)
    models, checkpoint = (str(data.get(name, "")) for name in ("set", "checkpoint"))
    return GeneratorRecipe(request, parameters, models, checkpoint)


def source_from_dict(value: object) -> ClipSource:
    """Read the JSON of the clip that another is made of; raises `InputError`."""
    data = mapping(value)
    if data.get("from") == "recipe":
        return ClipSource(recipe=recipe_from_dict(mapping(data.get("recipe"))))
    name, path = str(data.get("name", "a clip")), data.get("path")
    given, by = given_from_dict(data), registered_from_dict(data)
    place = "" if path is None else str(path)
    return ClipSource(name, frame_of_dict(data), place, given=given, registered=by)
