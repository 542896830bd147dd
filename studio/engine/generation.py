"""From a request to latents, and from those to a moving face, by diffusion models."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor

from studio.core import GenerationRequest, Progress
from studio.core.alignment import Rotations, displaced
from studio.core.sequence import Floats, Ints
from studio.engine.loading.models import Models
from studio.nn.denoisers import DiffusionConfig, MotionDiffusion
from studio.nn.diffusion import sample
from studio.nn.recognizer import Recognizer

from .kind import Workplace
from .kinds.recognizer import RECOGNIZER
from .recognition import on_grid
from .redraw import taken
from .roles import Codec, Made, Show

GROUP = 8  # clips sampled at a time
KEYS = 12  # frames of a sketch that are decoded; the others lie between them
SHARE = 0.15  # of the time of sampling that sketches may take


class Sketch:
    """What a clip looks like while it is being sampled, from a few decoded frames.

    After the first sketch no more than `SHARE` of the time goes into them.

    Parameters
    ----------
    codec : Codec
        Decodes latents.
    face : (V, 3) float32
        The first frame in mm, in its own pose.
    rotation : (3, 3) float64
        Into the template's pose.
    show : callable
        Given the vertices (T, V, 3) in mm.
    """

    def __init__(self, codec: Codec, face: Floats, rotation: Rotations, show: Show) -> None:
        self._codec, self._face, self._rotation, self._show = codec, face, rotation, show
        self._begun, self._spent = time.perf_counter(), 0.0

    def draw(self, latents: Floats) -> None:
        """Show latents (T, D), if there is time for it."""
        start = time.perf_counter()
        if self._spent > SHARE * (start - self._begun):
            return
        keys = np.unique(np.linspace(0, len(latents) - 1, KEYS).round().astype(int))
        decoded = self._codec.decode(latents[keys], Progress())
        moved = displaced(self._face, decoded - decoded[0], self._rotation)
        frames = _between(keys, len(latents)) @ moved.reshape(len(keys), -1)
        self._show(frames.reshape(len(latents), *self._face.shape))
        self._spent += time.perf_counter() - start


def _between(keys: Ints, frames: int) -> Floats:
    """Weigh the keys (K,) so that every frame is on the line between those beside it: (T, K)."""
    rows = [np.interp(np.arange(frames), keys, row) for row in np.eye(len(keys))]
    return np.stack(rows, axis=1).astype(np.float32)


class DiffusionGenerator:
    """A diffusion model of a set: latents that begin at a face's own."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self.limits = place.config_as(DiffusionConfig)

    def generated(
        self,
        request: GenerationRequest,
        seeds: Sequence[int],
        face: Floats,
        progress: Progress,
        show: Show | None = None,
    ) -> Iterator[Made]:
        """Make one clip a seed; see `roles.Generator`.

        Its vertices (T, V, 3) are ``face + decode(z_t) - decode(z_in)`` in mm, in the face's pose.
        """
        codec = self._place.others.codec
        rotation, z_in = codec.posed(face)
        sketch = Sketch(codec, face, rotation, show) if show is not None else None
        for start in range(0, len(seeds), GROUP):
            group = seeds[start : start + GROUP]
            part = progress.part(start / len(seeds), (start + len(group)) / len(seeds))
            latents, draws = self.drawn(request, group, z_in, part.part(0.0, 0.6), sketch)
            making = part.part(0.6, 1.0)
            for place, (clip, drawn) in enumerate(zip(latents, draws.tolist(), strict=True)):
                share = making.part(place / len(group), (place + 1) / len(group))
                faces = codec.decode(clip, share)
                # exactly the face at first
                yield Made(displaced(face, faces - faces[0], rotation), drawn)

    def drawn(
        self,
        request: GenerationRequest,
        seeds: Sequence[int],
        z_in: Floats,
        progress: Progress,
        sketch: Sketch | None = None,
    ) -> tuple[Floats, Ints]:
        """Draw latents (B, T, D) that start at z_in (D,), and say how often each was drawn (B,).

        They read as asked, see `redraw`; without a recognizer in the set, each is drawn once.
        """

        def answer(models: Models) -> tuple[Floats, Ints]:
            def draw(chosen: Sequence[int]) -> Floats:
                first = chosen is seeds  # only then there is something new to tell
                part = progress if first else progress.part(1.0, 1.0)
                return self._draw(models, request, z_in, chosen, part, sketch if first else None)

            if RECOGNIZER.name not in models.modules:
                return draw(seeds), np.ones(len(seeds), dtype=np.int32)
            read = partial(read_latents, models, z_in, self.limits.fps)
            return taken(request, self._place.labels, seeds, draw, read)

        return self._place.host.ask(answer)

    def _draw(
        self,
        models: Models,
        request: GenerationRequest,
        z_in: Floats,
        seeds: Sequence[int],
        progress: Progress,
        sketch: Sketch | None = None,
    ) -> Floats:
        """Draw latents (B, T, D), one clip a seed; each starts at z_in (D,).

        The generator is asked for an intensity it has learned; beyond that, and below it, the
        motion is scaled, down to none at 0.
        """
        learned = float(np.clip(request.intensity, *self.limits.intensities))
        scale = np.float32(request.intensity / learned)

        def scaled(latents: Tensor) -> Floats:
            drawn = np.asarray(latents.float().cpu().numpy())
            return np.asarray(z_in + (drawn - z_in) * scale)

        latents = sample(
            models.of(self._place.name, MotionDiffusion),
            self._place.labels.index(request.label),
            models.tensor(z_in),
            request.frames,
            seeds,
            intensity=learned,
            sampler=request.sampler,
            steps=request.steps,
            guidance=request.guidance,
            on_estimate=None if sketch is None else lambda now: sketch.draw(scaled(now[0])),
            progress=progress,
        )
        return scaled(latents)


@torch.inference_mode()
def read_latents(models: Models, z_in: Floats, fps: float, latents: Floats) -> Floats:
    """Read takes (B, T, D) that begin at rest z_in (D,) as probabilities (B, L)."""
    recognizer = models.of(RECOGNIZER.name, Recognizer)
    grid = np.stack([on_grid(take, fps, recognizer.config.fps)[0] for take in latents])
    _, clips, _ = recognizer.probabilities(models.tensor(grid), models.tensor(z_in[None]))
    return np.asarray(clips.cpu().numpy())
