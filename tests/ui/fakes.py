"""A small engine for the tests of the window: real arrays, no networks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Unpack

import numpy as np

from studio.core import (
    CheckpointError,
    Familiarity,
    GenerationRequest,
    InputError,
    MeshSequence,
    OnEstimate,
    Probabilities,
    Progress,
    Tracks,
    UnitTracks,
)
from studio.core.identity.people import Identified, KnownPeople
from studio.core.request import InbetweenRequest, MorphRequest, RequestOptions
from studio.core.sequence import Doubles, Floats
from studio.engine.catalog import Role, known_kinds
from studio.face.registration.correspondence import Correspondence
from studio.ui.models.protocol import Notice, OpenEngine
from tests.face.foreign import Fitter, foreign_mesh

LANDMARKS = ("motion-gan", "landmark-lstm")
LABELS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
QUIET = Progress()


def ball(
    n_frames: int = 8, *, name: str = "ball", fps: float = 30.0, size: int = 12
) -> MeshSequence:
    """A ball of 50 mm that bulges towards +z and back."""
    polar = np.linspace(0.05, np.pi - 0.05, size)
    round_ = np.arange(size)[:, None] * 2 * np.pi / size
    x, z = np.sin(polar) * np.sin(round_), np.sin(polar) * np.cos(round_)
    unit = np.stack([x, np.broadcast_to(np.cos(polar), x.shape), z], axis=-1).reshape(-1, 3)
    corner = (np.arange(size)[:, None] * size + np.arange(size - 1)).ravel()
    beside = (corner + size) % (size * size)
    upper = np.stack([corner, corner + 1, beside], 1)
    lower = np.stack([corner + 1, beside + 1, beside], 1)
    bulge = 0.3 * np.sin(np.linspace(0, np.pi, n_frames))[:, None] * np.maximum(unit[:, 2], 0)
    vertices = 50 * (1 + bulge[..., None]) * unit
    return MeshSequence(
        vertices.astype(np.float32), np.concatenate([upper, lower]), fps=fps, name=name
    )


@dataclass(frozen=True)
class SmallLimits:
    """Sampling defaults of the small generator."""

    guidance: float = 2.0
    steps: int = 20
    sampler: str = "dpm"
    fps: float = 30.0
    min_frames: int = 16
    max_frames: int = 240
    train_steps: int = 1000
    intensities: tuple[float, float] = (0.3, 1.0)
    parameters: frozenset[str] = frozenset({"guidance", "steps", "sampler"})


def check_face(face: Floats, like: MeshSequence) -> None:
    """Refuses a face of another triangulation, as the engine does."""
    if face.shape != like.vertices.shape[1:]:
        raise InputError.of("face", f"{like.n_vertices} vertices", f"{len(face)}")


@dataclass
class SmallEngine:
    """Reads how far the surface bulges as happiness, and generates balls.

    pause : seconds each of ten steps takes, so that a test can act in between
    """

    device: str = "cpu"
    pause: float = 0.0
    labels: tuple[str, ...] = LABELS
    name: str = "small"
    problems: dict[str, str] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset({"recognizer", "diffusion", "autoencoder", "familiarity"})
    topology: str = field(default_factory=lambda: ball().topology)
    person_model: str = "small"
    asked: list[tuple[str, Floats | None]] = field(default_factory=list)

    @property
    def generators(self) -> tuple[str, ...]:
        return self._of(Role.generator)

    @property
    def readers(self) -> tuple[str, ...]:
        return self._of(Role.reader)

    def _of(self, role: Role) -> tuple[str, ...]:
        return tuple(kind.name for kind in known_kinds(role) if kind.name in self.kinds)

    def read(
        self,
        reader: str,
        sequence: MeshSequence,
        neutral: Floats | None = None,
        progress: Progress = QUIET,
    ) -> Tracks:
        """One of the two that there are."""
        if reader == "units":
            return self.read_units(sequence, neutral, progress)
        known = self.familiarity(sequence, neutral, progress) if reader == "familiarity" else None
        return known or self.recognize(sequence, neutral, progress)

    def read_units(
        self,
        sequence: MeshSequence,
        neutral: Floats | None = None,
        progress: Progress = QUIET,
        *,
        causal: bool = False,
    ) -> UnitTracks:
        """Two units: 12 as far as the surface bulges, and 4 that goes down while it does."""
        self.asked.append((f"units of {sequence.name}", neutral))
        self._work(progress, "Reading")
        bulge = np.abs(sequence.vertices - sequence.vertices[0]).max(axis=(1, 2))
        share = bulge / max(bulge.max(), 1e-6)
        values = (5.0 * np.stack([1.0 - share, share], axis=1)).astype(np.float32)
        return UnitTracks(("AU04", "AU12"), values, values.max(axis=0))

    def recognize(
        self, sequence: MeshSequence, neutral: Floats | None = None, progress: Progress = QUIET
    ) -> Probabilities:
        self.asked.append((sequence.name, neutral))
        self._work(progress, "Reading")
        if sequence.n_frames < 4:
            raise InputError.of(sequence.name, "4 frames or more", f"{sequence.n_frames}")
        start = sequence.vertices[0] if neutral is None else neutral
        bulge = np.abs(sequence.vertices - start).max(axis=(1, 2)) / 20
        rows = np.full((sequence.n_frames, len(LABELS)), 0.05, dtype=np.float32)
        rows[:, 3] += bulge
        rows[:, 6] += np.maximum(0.6 - bulge, 0)
        rows /= rows.sum(axis=1, keepdims=True)
        return Probabilities(LABELS, rows, rows.mean(axis=0))

    def person_vector(self, sequence: MeshSequence, progress: Progress = QUIET) -> Floats:
        """How large the first frame is along each axis, beside the usual ball."""
        self._work(progress, "Reading")
        size = np.ptp(sequence.vertices[0], axis=0) - np.float32([90.0, 90.0, 90.0])
        return np.asarray(size / np.linalg.norm(size), dtype=np.float32)

    def identify(
        self, sequence: MeshSequence, known: KnownPeople, progress: Progress = QUIET
    ) -> Identified:
        """How much that is like somebody's, in every frame alike."""
        close = np.clip(known.cosines(self.person_vector(sequence, progress)[None]), 0.0, 1.0)
        return Identified(known.names, np.repeat(close, sequence.n_frames, axis=0), close[0])

    def gender_slider(
        self, sequence: MeshSequence, progress: Progress = QUIET
    ) -> tuple[Floats, float]:
        return np.full(sequence.n_frames, 0.5, dtype=np.float32), 0.5

    def judge(
        self,
        sequence: MeshSequence,
        start: int,
        stop: int,
        neutral: Floats | None = None,
        progress: Progress = QUIET,
    ) -> Floats:
        rest = sequence.vertices[0] if neutral is None else neutral
        return self.recognize(sequence.sliced(start, stop), rest, progress).clip

    def familiarity(
        self, sequence: MeshSequence, neutral: Floats | None = None, progress: Progress = QUIET
    ) -> Familiarity | None:
        """A clip whose name says so is twice too far away in its second half."""
        if "familiarity" not in self.kinds:
            return None
        far = np.full((sequence.n_frames, 2), 0.5, dtype=np.float32)
        if "strange" in sequence.name:
            far[sequence.n_frames // 2 :, 1] = 2.0
        return Familiarity(("motion", "face"), far)

    def resting_face(self, sequence: MeshSequence, progress: Progress = QUIET) -> Floats:
        self._work(progress, "Reading")
        return np.asarray(sequence.vertices[0])

    def register(
        self,
        mesh: MeshSequence,
        *,
        frame: int = 0,
        points: Mapping[str, Doubles] | None = None,
        progress: Progress | None = None,
    ) -> Correspondence:
        """Nothing but balls is known here."""
        raise InputError.of(mesh.name, "a face", "none")

    def limits(self, model: str = "diffusion") -> SmallLimits:
        if model not in self.generators:
            raise CheckpointError(f"{self.name}: the model set has no {model} model")
        landmarks = frozenset({"surface"})
        return SmallLimits(parameters=landmarks) if model in LANDMARKS else SmallLimits()

    def figures(self, model: str) -> dict[str, float]:
        return {"seconds": 0.25, "accuracy": 0.9} if model == "motion-gan" else {}

    def checkpoint(self, model: str = "diffusion") -> str:
        return f"{len(self.name + model):012x}"

    def generate(
        self,
        label: str,
        seed: int,
        *,
        face: Floats | None = None,
        **options: Unpack[RequestOptions],
    ) -> MeshSequence:
        return self.sample(GenerationRequest(label, seed, **options), face=face)[0]

    def sample(
        self,
        request: GenerationRequest,
        seeds: Sequence[int] | None = None,
        *,
        face: Floats | None = None,
        on_estimate: OnEstimate | None = None,
        progress: Progress = QUIET,
    ) -> list[MeshSequence]:
        """A bulge that grows with intensity and guidance; half of it is the estimate."""
        if request.label not in LABELS:
            raise InputError.of("label", "one of the seven", request.label)
        made = ball(request.frames, name=request.label)
        start = made.vertices[0] if face is None else face
        check_face(start, made)
        strength = request.intensity * (2.0 if request.guidance is None else request.guidance) / 2.0
        chosen, clips = (request.seed,) if seeds is None else seeds, []
        for place, seed in enumerate(chosen):
            moved = start + strength * (made.vertices - made.vertices[0])
            moved[1:] += np.float32(seed % 3)
            clip = replace(made, vertices=moved)
            part = progress.part(place / len(chosen), (place + 1) / len(chosen))
            self._work(part.part(0.0, 0.5), "Sampling", 5)
            if on_estimate is not None:
                on_estimate(replace(clip, vertices=(clip.vertices + clip.vertices[:1]) / 2))
            self._work(part.part(0.5, 1.0), "Sampling", 5)
            clips.append(clip)
        return clips

    def sample_on(
        self,
        request: GenerationRequest,
        mesh: MeshSequence,
        landmarks: Sequence[int],
        seeds: Sequence[int] | None = None,
        *,
        progress: Progress = QUIET,
    ) -> list[MeshSequence]:
        """The mesh grows about its middle, if it has two landmarks."""
        if request.model not in LANDMARKS or len(landmarks) != 2:
            raise InputError.of("landmarks", "2 vertices", f"{len(landmarks)}")
        self._work(progress, "Sampling")
        grown = 0.1 * request.intensity * np.linspace(0, 1, request.frames, dtype=np.float32)
        vertices = (1 + grown[:, None, None]) * mesh.vertices[0]
        return [replace(mesh, vertices=vertices) for _ in seeds or (request.seed,)]

    def transfer(
        self,
        source: MeshSequence,
        face: Floats,
        rest: Floats | None = None,
        progress: Progress = QUIET,
        *,
        way: str = "dense",
    ) -> MeshSequence:
        check_face(face, source)
        self._work(progress, "Reading")
        start = source.vertices[0] if rest is None else rest
        return replace(source, vertices=face + (source.vertices - start))

    def neutralize(
        self, sequence: MeshSequence, rest: Floats | None = None, progress: Progress = QUIET
    ) -> MeshSequence:
        self._work(progress, "Reading")
        start = sequence.vertices[0] if rest is None else rest
        return replace(sequence, vertices=np.tile(start, (sequence.n_frames, 1, 1)))

    def interpolate(
        self,
        one: GenerationRequest,
        other: GenerationRequest,
        shares: Sequence[float],
        *,
        face: Floats | None = None,
        progress: Progress = QUIET,
    ) -> list[MeshSequence]:
        """The first motion, with an intensity on the way to the other's."""
        between = [(1 - share) * one.intensity + share * other.intensity for share in shares]
        wishes = [replace(one, intensity=intensity) for intensity in between]
        return [self.sample(wish, face=face, progress=progress)[0] for wish in wishes]

    def mix(
        self,
        requests: Sequence[GenerationRequest],
        *,
        face: Floats | None = None,
        progress: Progress = QUIET,
    ) -> MeshSequence:
        return self.sample(replace(requests[0], intensity=1.0), face=face, progress=progress)[0]

    def inbetween(
        self,
        before: MeshSequence,
        after: MeshSequence,
        frames: int,
        request: InbetweenRequest,
        *,
        rests: tuple[Floats | None, Floats | None] = (None, None),
        progress: Progress = QUIET,
    ) -> Floats:
        """Straight from end to end, and to the side by the seed."""
        self._work(progress, "Sampling")
        share = np.linspace(0, 1, frames + 2, dtype=np.float32)[1:-1, None, None]
        way = before.vertices[-1] + share * (after.vertices[0] - before.vertices[-1])
        return np.asarray(way + 0.001 * request.seed * share * (1 - share), dtype=np.float32)

    def morph(
        self,
        one: MeshSequence,
        other: MeshSequence,
        request: MorphRequest,
        *,
        rests: tuple[Floats | None, Floats | None] = (None, None),
        progress: Progress = QUIET,
    ) -> MeshSequence:
        """As long as the shorter, with the share of the first key all along."""
        self._work(progress, "Blending")
        count = min(one.n_frames, other.n_frames)
        first, second = (each.vertices[:count] for each in (one, other))
        vertices = first + np.float32(request.keys[0][1]) * (second - first)
        return replace(one, vertices=vertices, name=f"{one.name} to {other.name}", frame_names=())

    def _work(self, progress: Progress, message: str, steps: int = 10) -> None:
        for _ in progress.each(range(steps), message):
            if self.pause:
                time.sleep(self.pause)


@dataclass
class SmallRegistrar(Fitter):
    """Registers a `foreign_mesh` by construction, and finds no face on anything else."""

    def register(
        self,
        mesh: MeshSequence,
        *,
        frame: int = 0,
        points: Mapping[str, Doubles] | None = None,
        progress: Progress | None = None,
    ) -> Correspondence:
        if mesh.topology != foreign_mesh().topology:
            raise InputError(f"{mesh.name}: no face was found on it; set its points.")
        (progress or QUIET).report(0.5, "Fitting")
        return super().register(mesh, frame=frame, points=points, progress=progress)


def work_on(*, progress: Progress) -> None:
    """A job that ends only when it is told to."""
    while True:
        progress.check()
        time.sleep(0.002)


def opener(engine: SmallEngine, *, before: Callable[[], object] | None = None) -> OpenEngine:
    """How a test hands its engine to the window; `before` may raise or wait."""

    def open_small(
        folder: Path | None, device: str, notice: Notice, *, progress: Progress
    ) -> SmallEngine:
        progress.report(0.5, "Loading models")
        if before is not None:
            before()
        engine.device = "cpu" if device == "auto" else device
        return engine

    return open_small
