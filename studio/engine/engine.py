"""Load once, ask many times: what the studio's models can do, as arrays in and arrays out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Unpack

from studio.core import (
    GenerationRequest,
    Limits,
    MeshSequence,
    OnEstimate,
    Progress,
)
from studio.core.request import RequestOptions
from studio.core.sequence import Floats
from studio.engine.loading.device import choose_device
from studio.engine.loading.host import Notice
from studio.engine.loading.hub import set_folder
from studio.engine.loading.model_set import ModelSet
from studio.engine.loading.sets import default_set
from studio.engine.motion.blending import blended, mixed
from studio.engine.motion.landmarks import LandmarkMotion
from studio.engine.motion.transfer import neutralized, transferred
from studio.face.known import studio_face

from . import checks, registration
from .catalog import Role, kind_of, known_kinds
from .lively import lively
from .motion import any_mesh, inbetween, morphing
from .pose import FaceTemplate
from .readings import Readings
from .redraw import remarks


def _silent(sentence: str) -> None:
    """Say nothing, where nobody listens to the engine."""


class Engine(Readings):
    """The models of one set. Safe to ask from several threads.

    Meshes go in and come out as (..., V, 3) float32 in mm on the studio's topology, in any pose.
    Long work takes a `Progress` and raises `Cancelled`. Everything else that a user can cause is a
    `StudioError` with one sentence: `InputError` for another topology or an argument out of range,
    `CheckpointError` for a model that the set lacks. A `MemoryError` says that the CPU has no room
    either.
    """

    def __init__(self, models: ModelSet) -> None:
        super().__init__(models)
        self.labels, self.name = models.labels, models.name
        self.landmarks = LandmarkMotion(models, models.template)

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
        """Load a model set: a folder, hf:owner/name@revision, or None for the one that ships.

        Parameters
        ----------
        device : str
            "auto", "cuda", "mps" or "cpu".
        template : FaceTemplate or None
            The face of the models; None: the studio's.
        notice : callable
            Called with a sentence when the engine had to change its ways, e.g. to the CPU.

        Raises
        ------
        CheckpointError
            Where there is no usable autoencoder in it. Another model that cannot be loaded is
            missing from `kinds`; its sentence is in `problems` and is raised when it is asked for.
        InputError
            For a device that is not there.
        """
        path = default_set() if folder is None else set_folder(folder)
        wanted = choose_device(device)
        face = studio_face().template if template is None else template
        models = ModelSet.open(path, face, progress or Progress(), notice)
        models.host.move(wanted)
        return cls(models)

    @property
    def device(self) -> str:
        """Where the models run: cuda, mps or cpu."""
        return self.models.host.device

    @property
    def topology(self) -> str:
        """Hash of the triangulation that clips must have."""
        return self.template.topology

    @property
    def kinds(self) -> frozenset[str]:
        """The models that are there: autoencoder, recognizer, diffusion, motion-gan, ..."""
        return self.models.kinds

    @property
    def problems(self) -> Mapping[str, str]:
        """A sentence for each model that is there and cannot be used."""
        return self.models.problems

    @property
    def readers(self) -> tuple[str, ...]:
        """The models that can read clips, the usual one first."""
        return tuple(kind.name for kind in self.models.of(Role.reader))

    @property
    def generators(self) -> tuple[str, ...]:
        """The models that can generate, the usual one first."""
        return tuple(kind.name for kind in self.models.of(Role.generator))

    def checkpoint(self, model: str = "diffusion") -> str:
        """Hash the files that a model's answers depend on, to 12 hex digits."""
        self.models.need(model)
        files = {model, *kind_of(model).depends}
        parts = [self.models.digest(kind.name) for kind in known_kinds() if kind.name in files]
        return hashlib.sha256("".join(parts).encode()).hexdigest()[:12]

    def limits(self, model: str = "diffusion") -> Limits:
        """Say what lengths a generator was trained on, and its sampling defaults.

        Raises `InputError` for a name that no generator has.
        """
        return self.models.generator(model).limits

    def figures(self, model: str) -> Mapping[str, float]:
        """Look up what the card says of a model, see `cards`; empty where it says nothing."""
        return self.models.figures.get(model, {})

    register = staticmethod(registration.register)
    inbetween = inbetween.inbetween
    morph = morphing.morph

    def generate(
        self,
        label: str,
        seed: int,
        *,
        neutral: Floats | None = None,
        on_estimate: OnEstimate | None = None,
        progress: Progress | None = None,
        **options: Unpack[RequestOptions],
    ) -> MeshSequence:
        """Make one new clip of a label.

        The options are fields of `GenerationRequest`; `neutral` (V, 3) in mm is the face.
        """
        request = GenerationRequest(label, seed, **options)
        return self.sample(request, face=neutral, on_estimate=on_estimate, progress=progress)[0]

    def sample(
        self,
        request: GenerationRequest,
        seeds: Sequence[int] | None = None,
        *,
        face: Floats | None = None,
        on_estimate: OnEstimate | None = None,
        progress: Progress | None = None,
    ) -> list[MeshSequence]:
        """Make new clips, which begin with the face bit for bit and keep its pose.

        The same arguments and models give the same clip, alone or among others up to rounding.
        What does not read as asked is drawn again, see `redraw`.

        Parameters
        ----------
        request : GenerationRequest
            What is asked for; whose face it names does not count here.
        seeds : sequence of int or None
            One a clip, in place of the request's own.
        face : (V, 3) float32 or None
            The face to move, in mm; None: the template's.
        on_estimate : callable or None
            Told by a diffusion model a few times what the first clip looks like so far.
        """
        generator, label = self.models.generator(request.model), request.label
        checks.label(label, self.labels)
        chosen = (request.seed,) if seeds is None else seeds
        checks.request(request, chosen, generator.limits)
        start = checks.face(self.template.vertices if face is None else face, self.template)
        clip = partial(MeshSequence, faces=self.template.faces, fps=generator.limits.fps)
        show = None if on_estimate is None else lambda now: on_estimate(clip(now, name=label))
        progress = progress or Progress()
        made = generator.generated(request, chosen, start, progress, show)
        takes = []
        for (vertices, draws), seed in zip(made, chosen, strict=True):
            said = remarks(label, seed, draws)
            for sentence in said:
                progress.remarked(sentence)
            take = clip(vertices, name=f"{label} {seed}", remarks=said)
            takes.append(lively(take, request, seed))
        return takes

    def sample_on(
        self,
        request: GenerationRequest,
        mesh: MeshSequence,
        landmarks: Sequence[int],
        seeds: Sequence[int] | None = None,
        *,
        progress: Progress | None = None,
    ) -> list[MeshSequence]:
        """Make new clips on a mesh of any triangulation, which begin with its first frame.

        By a landmark model, and by RBF; the rest as in `sample`.

        Parameters
        ----------
        landmarks : sequence of int
            68 of the mesh's vertices, in the order of iBUG.
        """
        chosen = (request.seed,) if seeds is None else seeds
        left = progress or Progress()
        return any_mesh.generated(self.models, request, mesh, landmarks, chosen, left)

    def transfer(
        self,
        source: MeshSequence,
        face: Floats,
        rest: Floats | None = None,
        progress: Progress | None = None,
        *,
        way: str = "dense",
    ) -> MeshSequence:
        """Show on another face (V, 3) what a clip shows; its head stays still.

        Parameters
        ----------
        rest : (V, 3) float32 or None
            The clip's person at rest in mm; None: estimated by the recognizer, of a single face by
            the rig.
        way : str
            See `applications.transferred`.
        """
        return transferred(self.models, source, face, rest, progress or Progress(), way)

    def neutralize(
        self,
        sequence: MeshSequence,
        rest: Floats | None = None,
        progress: Progress | None = None,
    ) -> MeshSequence:
        """Take off a clip, or a single face, the expression it shows; the head moves as before.

        The face at rest (V, 3) and what is raised are as in `transfer`.
        """
        return neutralized(self.models, sequence, rest, progress or Progress())

    neutralised = neutralize  # as scripts have it

    def interpolate(
        self,
        one: GenerationRequest,
        other: GenerationRequest,
        shares: Sequence[float],
        *,
        face: Floats | None = None,
        progress: Progress | None = None,
    ) -> list[MeshSequence]:
        """Make clips on the way from one generated motion to another, on one face (V, 3).

        Each share, 0..1, says how far its clip is on the way; see `curves.between`. Raises like
        `sample`.
        """
        return blended(self.models, one, other, shares, face, progress or Progress())

    def mix(
        self,
        requests: Sequence[GenerationRequest],
        *,
        face: Floats | None = None,
        progress: Progress | None = None,
    ) -> MeshSequence:
        """Make a clip, as long as the first motion, that goes from apex to apex of several.

        It is of one face (V, 3); see `curves.passing`. Raises like `sample`, and for fewer than two
        requests.
        """
        return mixed(self.models, requests, face, progress or Progress())
