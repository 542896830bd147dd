"""An example of every kind of edit on a captured smile, that shows what the kind is for."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from studio.core import MeshSequence, Progress
from studio.core.request import InbetweenRequest
from studio.core.sequence import Floats
from studio.core.system.paths import shipped
from studio.document import ClipState, Evaluator
from studio.document.edits.channels.curves import ChannelCurve, ChannelKey
from studio.document.edits.curve import CurveKey
from studio.document.edits.edit import KINDS, Edit
from studio.document.edits.intensity import IntensityKey
from studio.document.edits.joining.other_clip import OtherClip
from studio.document.edits.landmarks import Landmark, LandmarkKey
from studio.document.edits.parts.gains import ChannelGain
from studio.face.identity import random_face
from studio.face.landmarks import IBUG_68
from studio.face.rig import load_rig
from studio.face.template import load_template
from studio.render.thumbnails import apex
from studio.takes.reading import read_clip

NOISE, SPIKE = 0.35, 25.0  # mm that a capture trembles, and that a lost marker jumps
HOLE = (8, 36)  # frames that are filled
SEED = 2


@dataclass(frozen=True, eq=False)
class Example:
    """A clip, and an edit of it."""

    clip: MeshSequence
    edit: Edit


class Examples:
    """The examples, and the clips that they are made from, each read once."""

    def of(self, kind: str) -> Example:
        """Give the example of a kind."""
        clip = self._clips.get(kind, self.smile)
        if kind == "baked":
            return Example(clip, self._baked(clip))
        told = self._told(kind, clip)
        if any(entry.name == "clip" for entry in fields(KINDS[kind])):
            told = {"clip": OtherClip.of(self.surprise)} | told
        edit = KINDS[kind](**told)  # type: ignore[arg-type]
        edit.check(clip, clip.timing, clip.name)
        return Example(clip, edit)

    @cached_property
    def captured(self) -> MeshSequence:
        """The smile that the studio brings."""
        return _sample("happiness")

    @cached_property
    def smile(self) -> MeshSequence:
        """The smile with the head held, so that the curves show the face alone."""
        return _held(self.captured)

    @cached_property
    def surprise(self) -> MeshSequence:
        """The surprise that the studio brings, with the head held."""
        return _held(_sample("surprise"))

    @cached_property
    def person(self) -> MeshSequence:
        """Another person at rest."""
        face = load_rig().neutral(np.array(random_face(5)))
        return replace(self.smile, vertices=np.float32(face)[None], frame_names=(), name="person")

    @cached_property
    def noisy(self) -> MeshSequence:
        """The smile as a cheap tracker sees it."""
        rng = np.random.default_rng(SEED)
        coarse = rng.normal(0, NOISE, (self.smile.n_frames, 1, 3))
        rough = rng.normal(0, NOISE, self.smile.vertices.shape)
        return replace(self.smile, vertices=np.float32(self.smile.vertices + coarse + rough))

    @cached_property
    def spiked(self) -> MeshSequence:
        """The smile with some frames in which the mouth was lost."""
        vertices = self.smile.vertices.copy()
        mouth = load_template().regions["mouth"]
        for frame in np.linspace(0, self.smile.n_frames - 1, 6).round().astype(int)[1:-1]:
            vertices[frame, mouth] += np.float32([0, -SPIKE, 0])
        return replace(self.smile, vertices=vertices)

    @cached_property
    def lost(self) -> MeshSequence:
        """The smile, frozen for a while."""
        vertices = self.smile.vertices.copy()
        vertices[HOLE[0] : HOLE[1]] = vertices[HOLE[0] - 1]
        return replace(self.smile, vertices=vertices)

    @cached_property
    def _clips(self) -> dict[str, MeshSequence]:
        noisy = dict.fromkeys(("smoothing", "one-euro"), self.noisy)
        others = {"despike": self.spiked, "fill": self.lost, "head-motion": self.captured}
        return noisy | others

    def _told(self, kind: str, clip: MeshSequence) -> dict[str, object]:
        frames, top = clip.n_frames, apex(clip)
        third = frames // 3
        told: dict[str, dict[str, object]] = {
            "intensity": {"keys": (IntensityKey(0, 1.0), IntensityKey(top, 1.8))},
            "region-intensity": {"keys": (CurveKey(0, 1.0), CurveKey(top, 0.0)), "mask": "mouth"},
            "hold-region": {"frame": top, "mask": "mouth", "start": top},
            "channels": {"curves": _raised_brows(top)},
            "channel-gain": {"channels": (ChannelGain("mouthSmileLeft", 0.0),)},
            "landmarks": _one_corner(top),
            "mix": {"mask": "brows+eyes"},
            "identity": {"clip": OtherClip.of(self.person)},
            "bearing": {"label": "happiness", "head": 2.0, "gaze": 2.0},
            "head-motion": {"amount": 0.0},
            "smoothing": {"seconds": 0.4},
            "fill": {"start": HOLE[0], "stop": HOLE[1]},
            "trim": {"start": third, "stop": 2 * third},
            "delete": {"start": third, "stop": 2 * third},
            "repeat": {"start": third, "stop": 2 * third},
            "insert": {"frame": third, "overlap": 8},
            "join": {"overlap": 8},
            "hold": {"frame": top, "frames": third},
            "speed": {"keys": (CurveKey(0, 1.0), CurveKey(top, 0.3))},
            "ease": {"into": 0.5, "out": 0.5},
        }
        return told.get(kind, {})

    def _baked(self, clip: MeshSequence) -> Edit:
        """Make the middle of the smile anew, with the shipped models."""
        from studio.engine import Engine
        from studio.takes.latent.making import bake
        from studio.takes.latent.recipe import InbetweenRecipe
        from studio.takes.recipe import ClipSource
        from studio.takes.registered import Source

        recipe = InbetweenRecipe(
            source=ClipSource(clip.name),
            start=HOLE[0],
            stop=HOLE[1],
            request=InbetweenRequest("surprise", SEED),
        )
        engine = Engine.open(None, "cpu")
        return bake(engine, recipe, Source(clip, clip.vertices[0]), None, Progress())


def _sample(name: str) -> MeshSequence:
    return read_clip(shipped("resources") / "samples" / f"{name}.csv", Progress())


def _held(clip: MeshSequence) -> MeshSequence:
    still = KINDS["head-motion"](amount=0.0)  # type: ignore[call-arg]
    return Evaluator().sequence(ClipState("clip", clip, edits=(still,)), Progress())


def _raised_brows(top: int) -> tuple[ChannelCurve, ...]:
    keys = (ChannelKey(0, 0.0), ChannelKey(top, 0.9))
    names = ("browInnerUp", "browOuterUpLeft", "browOuterUpRight")
    return tuple(ChannelCurve(name, keys) for name in names)


def _one_corner(top: int) -> dict[str, object]:
    """Pull the left corner of the mouth up and out."""
    template = load_template()
    names = [str(number) for number in range(len(IBUG_68.mirror))]
    landmarks = tuple(
        Landmark(name, int(vertex)) for name, vertex in zip(names, template.landmarks, strict=True)
    )
    offsets: Floats = np.zeros((len(landmarks), 3), dtype=np.float32)
    offsets[54] = (9, 13, 0)
    return {"landmarks": landmarks, "keys": (LandmarkKey(top, offsets, turning=True),), "fade": 40}
