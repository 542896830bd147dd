"""Load once, ask many times: what the studio's models can do, as arrays in and arrays out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Unpack

import numpy as np

from studio.core import (
    CheckpointError,
    Familiarity,
    InputError,
    Limits,
    MeshSequence,
    Motion,
    Options,
    Probabilities,
    Progress,
)
from studio.core.alignment import displaced
from studio.core.sequence import Floats, read_only
from studio.face.template import load_template
from studio.nn.diffusion import SAMPLERS
from studio.nn.familiarity import MEASURES

from . import checks, foreign
from .applications import neutralised, transferred
from .blending import blended, mixed
from .cache import LatentCache
from .cards import Figures, card_figures
from .coding import decoded, encoded, pose_and_latent
from .device import choose_device
from .familiarity import ratios, reconstruction_errors
from .generation import Recipe, sampled
from .host import Host, Notice
from .landmark_models import GENERATORS as LANDMARK_GENERATORS
from .landmark_models import LandmarkModels
from .landmark_motion import LandmarkMotion
from .models import Models
from .pose import FaceTemplate, to_template_pose
from .recognition import judged, recognized, resting
from .sets import GENERATORS, default_set, load_set

ALL_GENERATORS = (*GENERATORS, *LANDMARK_GENERATORS)


def _silent(sentence: str) -> None:
    """The notice of an engine nobody listens to."""


class Engine:
    """The models of one set. Safe to ask from several threads.

    Meshes go in and come out as (..., V, 3) float32 in mm on the studio's topology, in any pose.
    Long work takes a `Progress` and raises `Cancelled`; everything else that a user can cause
    is a `StudioError` with one sentence, or a `MemoryError` where the CPU has no room either.

    notice : called with a sentence when the engine had to change its ways, e.g. to the CPU
    cache_bytes : latents of clips kept, so that asking again costs nothing
    """

    def __init__(
        self,
        models: Models,
        template: FaceTemplate,
        labels: Sequence[str],
        *,
        name: str = "models",
        problems: Mapping[str, str] | None = None,
        digests: Mapping[str, str] | None = None,
        landmarks: LandmarkModels | None = None,
        figures: Figures | None = None,
        notice: Notice = _silent,
        cache_bytes: int = 64 * 2**20,
    ) -> None:
        self.template = template
        self.labels = tuple(labels)
        self.name = name
        self._problems = dict(problems or {})
        self._digests = dict(digests or {})
        self._figures = dict(figures or {})
        self._host = Host(models, notice)
        self._cache = LatentCache(cache_bytes)
        self._landmark_models = landmarks or LandmarkModels()
        self.landmarks = LandmarkMotion(self._landmark_models, template)

    @classmethod
    def open(
        cls,
        folder: Path | str | None = None,
        device: str = "auto",
        progress: Progress | None = None,
        *,
        template: FaceTemplate | None = None,
        notice: Notice = _silent,
    ) -> Engine:
        """The models of a folder (None: the set that ships) on "auto", "cuda", "mps" or "cpu".

        Raises `CheckpointError` if there is no usable autoencoder in it, and `InputError` for a
        device that is not there. Another model that cannot be loaded is missing from `kinds`,
        its sentence is in `problems` and is raised when it is asked for.
        """
        path = default_set() if folder is None else Path(folder)
        wanted = choose_device(device)
        face = load_template() if template is None else template
        loaded = load_set(path, face.topology, progress or Progress())
        landmarks = LandmarkModels.beside(path, face.topology, loaded.labels)
        engine = cls(
            loaded.models,
            face,
            loaded.labels,
            name=path.resolve().name,
            problems=loaded.problems,
            digests=loaded.digests,
            landmarks=landmarks,
            figures=landmarks.figures | card_figures(path),
            notice=notice,
        )
        engine._host.move(wanted)
        return engine

    @property
    def device(self) -> str:
        """Where the models run: cuda, mps or cpu."""
        return self._host.device

    @property
    def topology(self) -> str:
        """Hash of the triangulation that clips must have."""
        return self.template.topology

    @property
    def kinds(self) -> frozenset[str]:
        """The models that are there: autoencoder, recognizer, diffusion, motion-gan, ..."""
        return self._host.models.kinds | self._landmark_models.kinds

    @property
    def problems(self) -> Mapping[str, str]:
        """A sentence for each model that is there and cannot be used."""
        return self._problems | self._landmark_models.problems

    @property
    def generators(self) -> tuple[str, ...]:
        """The models that can generate, the usual one first."""
        return tuple(name for name in ALL_GENERATORS if name in self.kinds)

    @property
    def samplers(self) -> tuple[str, ...]:
        """The ways to sample that every diffusion model knows."""
        return SAMPLERS

    def checkpoint(self, model: str = "diffusion") -> str:
        """12 hex digits of the files that a generator's clips depend on."""
        self._need(model)
        if model in LANDMARK_GENERATORS:
            parts = [self._landmark_models.digest(name) for name in (model, "sparse-to-dense")]
        else:
            parts = [self._digests.get(name, "") for name in ("autoencoder", model)]
        return hashlib.sha256("".join(parts).encode()).hexdigest()[:12]

    def limits(self, model: str = "diffusion") -> Limits:
        """Lengths a generator was trained on and its sampling defaults."""
        if model not in ALL_GENERATORS:
            raise InputError.of("model", f"one of {', '.join(ALL_GENERATORS)}", model)
        self._need(model)
        if model in LANDMARK_GENERATORS:
            return self._landmark_models.limits(model)
        return self._host.models.generators[model].config

    def figures(self, model: str) -> Mapping[str, float]:
        """What the card says of a model, see `cards`; empty where it says nothing."""
        return self._figures.get(model, {})

    def encode(self, sequence: MeshSequence, progress: Progress | None = None) -> Floats:
        """Latents (T, D) of a clip, each frame laid on the template first. Read-only, cached.

        Raises `InputError` if the clip has another topology.
        """
        checks.topology(sequence, self.template, "encoded")
        kept = self._cache.get(sequence)
        if kept is None:
            kept = encoded(self._host, self.template, sequence.vertices, progress or Progress())
            read_only(kept)
            self._cache.put(sequence, kept)
        return kept

    def decode(self, latents: Floats, progress: Progress | None = None) -> Floats:
        """Meshes (T, V, 3) of latents (T, D), in the template's pose."""
        latents = checks.latents(latents, self._host.models.autoencoder.config.latent)
        return decoded(self._host, latents, progress or Progress())

    def recognize(
        self,
        sequence: MeshSequence,
        neutral: Floats | None = None,
        progress: Progress | None = None,
        *,
        causal: bool = True,
    ) -> Probabilities:
        """Which expression a clip shows, at each frame and as a whole.

        neutral : (V, 3) the person's resting face; None: estimated from the clip
        causal : row t has seen no later frame, its estimate of the resting face included; False
            lets the rows use the estimate from the whole clip
        Raises `InputError` for another topology or fewer than four frames, `CheckpointError`
        if the set has no recognizer.
        """
        latents, rest = self._readable(sequence, neutral, progress)
        ask = partial(recognized, latents=latents, fps=sequence.fps, rest=rest, causal=causal)
        per_frame, clip = self._host.ask(ask)
        return Probabilities(self.labels, per_frame, clip)

    def judge(
        self,
        sequence: MeshSequence,
        start: int,
        stop: int,
        neutral: Floats | None = None,
        progress: Progress | None = None,
    ) -> Floats:
        """Probabilities (L,) of what frames start..stop-1 of a clip show as a whole.

        The frames are judged alone; the resting face, unless given, is estimated from the whole
        clip. Raises like `recognize`.
        """
        checks.enough_frames(sequence.sliced(start, stop))
        latents, rest = self._readable(sequence, neutral, progress)
        ask = partial(judged, latents=latents, fps=sequence.fps, rest=rest, frames=(start, stop))
        return self._host.ask(ask)

    def _readable(
        self, sequence: MeshSequence, neutral: Floats | None, progress: Progress | None
    ) -> tuple[Floats, Floats | None]:
        """Latents (T, D) of a clip that can be recognised, and the (D,) of a given neutral."""
        self._need("recognizer")
        checks.topology(sequence, self.template, "recognised")
        checks.enough_frames(sequence)
        latents = self.encode(sequence, progress)
        if neutral is None:
            return latents, None
        face = checks.face(neutral, self.template)
        return latents, pose_and_latent(self._host, self.template, face)[1]

    def familiarity(
        self,
        sequence: MeshSequence,
        neutral: Floats | None = None,
        progress: Progress | None = None,
    ) -> Familiarity | None:
        """How far each frame of a clip lies from what the models were trained on.

        None if the set does not know. Raises like `recognize`.
        """
        if "familiarity" not in self.kinds:
            return None
        whole = progress or Progress()
        latents, rest = self._readable(sequence, neutral, whole.part(0.0, 0.5))
        errors = self.reconstruction_errors(sequence, whole.part(0.5, 1.0))
        ask = partial(ratios, latents=latents, errors=errors, fps=sequence.fps, rest=rest)
        found = self._host.ask(ask)
        return None if found is None else Familiarity(MEASURES, found)

    def reconstruction_errors(
        self, sequence: MeshSequence, progress: Progress | None = None
    ) -> Floats:
        """(T,) mm, how far the vertices of each frame lie from what its latent decodes to.

        Of a long clip some frames are measured, evenly, the others taking the nearest one's.
        """
        whole = progress or Progress()
        latents = self.encode(sequence, whole.part(0.0, 0.5))
        left = whole.part(0.5, 1.0)
        return reconstruction_errors(self._host, self.template, latents, sequence.vertices, left)

    def resting_face(self, sequence: MeshSequence, progress: Progress | None = None) -> Floats:
        """The person's estimated neutral (V, 3) in mm, in the pose of the quietest frame.

        That frame's own vertices, less the expression they show, so that what the latent does
        not hold of a face stays. Raises like `recognize`.
        """
        self._need("recognizer")
        latents = self.encode(sequence, progress)
        rest, quietest = self._host.ask(partial(resting, latents=latents))
        frame = sequence.vertices[quietest]
        _, rotation = to_template_pose(frame[None], self.template)
        faces = self.decode(np.stack([rest, latents[quietest]]))
        moved = displaced(frame, faces[:1] - faces[1:], rotation[0])
        return np.asarray(moved[0])

    def generate(self, label: str, seed: int, **options: Unpack[Options]) -> MeshSequence:
        """One new clip; everything else as in `generate_many`."""
        return self.generate_many(label, (seed,), **options)[0]

    def generate_many(
        self, label: str, seeds: Sequence[int], **options: Unpack[Options]
    ) -> list[MeshSequence]:
        """New clips of a label, which begin with the neutral bit for bit and keep its pose.

        seeds : one a clip, 0 to 2**31 - 1; the rest of the arguments: see `Options`
        The same arguments and models give the same clip, alone or among others up to the
        rounding of batched arithmetic; chance is drawn on the CPU. Raises `InputError` for an
        argument out of its range, `CheckpointError` if the set has no such model.
        """
        model, neutral = options.get("model", "diffusion"), options.get("neutral")
        limits = self.limits(model)
        index = checks.label_index(label, self.labels)
        recipe = Recipe.checked(model, index, seeds, limits, options)
        face = checks.face(self.template.vertices if neutral is None else neutral, self.template)
        progress, on_estimate = options.get("progress") or Progress(), options.get("on_estimate")

        def clip(vertices: Floats, name: str) -> MeshSequence:
            return MeshSequence(vertices, self.template.faces, limits.fps, name)

        if model in LANDMARK_GENERATORS:
            made = self.landmarks.generated(recipe, seeds, face, progress)
        else:
            show = None if on_estimate is None else lambda now: on_estimate(clip(now, label))
            made = sampled(self._host, self.template, recipe, seeds, face, show, progress)
        return [clip(each, f"{label} {seed}") for each, seed in zip(made, seeds, strict=True)]

    def generate_on(
        self,
        mesh: MeshSequence,
        landmarks: Sequence[int],
        label: str,
        seeds: Sequence[int],
        **options: Unpack[Options],
    ) -> list[MeshSequence]:
        """New clips on a mesh of any triangulation, which begin with its first frame.

        landmarks : 68 of its vertices, in the order of iBUG
        By a landmark model, and by RBF; raises like `generate_many`.
        """
        return foreign.generated(self, mesh, landmarks, label, seeds, options)

    def transfer(
        self,
        source: MeshSequence,
        face: Floats,
        rest: Floats | None = None,
        progress: Progress | None = None,
        *,
        way: str = "dense",
    ) -> MeshSequence:
        """Another face (V, 3) showing what a clip shows; its head stays still.

        rest : (V, 3) the clip's person at rest; None: estimated, of a single face by the rig
        way : see `applications.transferred`
        Raises `InputError` for another topology, `CheckpointError` without a recognizer.
        """
        return transferred(self, source, face, rest, progress or Progress(), way)

    def neutralised(
        self,
        sequence: MeshSequence,
        rest: Floats | None = None,
        progress: Progress | None = None,
    ) -> MeshSequence:
        """A clip, or a single face, without the expression it shows; the head moves as before.

        rest : as in `transfer`, and so is what is raised
        """
        return neutralised(self, sequence, rest, progress or Progress())

    def interpolated(
        self,
        one: Motion,
        other: Motion,
        shares: Sequence[float],
        *,
        neutral: Floats | None = None,
        progress: Progress | None = None,
    ) -> list[MeshSequence]:
        """Clips on the way from one generated motion to another, on one face (V, 3).

        shares : 0..1, how far each clip is on the way; see `curves.between`
        Raises like `generate_many`.
        """
        return blended(self, one, other, shares, neutral, progress or Progress())

    def mixed(
        self,
        motions: Sequence[Motion],
        *,
        neutral: Floats | None = None,
        progress: Progress | None = None,
    ) -> MeshSequence:
        """A clip as long as the first motion that goes from apex to apex of several; see
        `curves.passing`. Raises like `generate_many`, and for less than two motions."""
        return mixed(self, motions, neutral, progress or Progress())

    def _need(self, kind: str) -> None:
        if kind in self.kinds:
            return
        if kind in self.problems:
            raise CheckpointError(self.problems[kind])
        raise CheckpointError(f"{self.name}: the model set has no {kind} model")
