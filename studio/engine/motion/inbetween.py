"""Frames between two motions: by the diffusion model, and joined to both without a jolt.

The model makes a window of motion of which all but the gap is known. What is known replaces what it
expects at every step of its way (Lugmayr et al. 2022, https://arxiv.org/abs/2201.09865, section
4.1), and the gap is joined to it in value and in velocity at every step too. So the model goes on
from what fits, and needs no resampling for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from studio.core import InputError, MeshSequence, Progress
from studio.core.joining import ends_of, joined, joint, passed
from studio.core.request import InbetweenRequest
from studio.core.sequence import Floats
from studio.engine import checks
from studio.engine.generation import DiffusionGenerator
from studio.engine.kinds.diffusion import DIFFUSION
from studio.engine.loading.model_set import ModelSet
from studio.engine.loading.models import Models
from studio.engine.readings import Readings
from studio.nn.denoisers import MotionDiffusion
from studio.nn.diffusion import sample

from .heads import Posed, passage
from .transfer import known_rest

LEAST = 4  # frames of the model's that are known on each side, where there are as many
Rests = tuple[Floats | None, Floats | None]


def inbetween(
    engine: Readings,
    before: MeshSequence,
    after: MeshSequence,
    frames: int,
    request: InbetweenRequest,
    *,
    rests: Rests = (None, None),
    progress: Progress | None = None,
) -> Floats:
    """Make frames that lead from the end of one clip to the beginning of another.

    Both clips stay as they are. The frames begin and end in value and velocity as these do there;
    the face, where the clips show two, passes from one to the other, and so does the head.

    Parameters
    ----------
    before, after : MeshSequence
        Of the studio's face, of one frame rate; of a gap in a clip what lies on both sides, of a
        loop the same clip twice.
    frames : int
        N, how many.
    request : InbetweenRequest
        What they show.
    rests : (V, 3) float32 or None, of both
        The persons' faces at rest in mm; None: estimated.
    progress : Progress or None
        Told how far the work is.

    Returns
    -------
    (N, V, 3) float32
        In mm. The same arguments and models give the same frames.

    Raises
    ------
    InputError
        For another face, two frame rates, and a label, length or intensity that the model does not
        know.
    CheckpointError
        For a model that the set lacks.
    """
    models, progress = engine.models, progress or Progress()
    template = models.template
    for clip in (before, after):
        checks.topology(clip, template, "continued")
    if before.fps != after.fps:
        raise InputError.of(after.name, f"{before.fps:g} frames a second", f"{after.fps:g}")
    if frames < 1:
        raise InputError.of("frames", "at least 1 in between", str(frames))
    posed = Posed.of(ends_of(before.vertices, after.vertices), template)
    way = passage(posed, frames, template)
    faces = way.vertices
    if request.strength:
        gap = _Gap.of(models, before, after, frames, rests, progress.part(0.0, 0.3))
        made = gap.faces(models, request, posed.vertices, progress.part(0.3, 1.0))
        made = joined(made, posed.vertices)
        faces = faces + np.float32(request.strength) * (made - faces)
    return way.held(faces)


@dataclass(frozen=True, eq=False)
class _Gap:
    """What the model is told of a gap.

    Attributes
    ----------
    frames
        N of the clips' between the known ones.
    inner
        M of the model's in the gap.
    motion
        Latents (A, D) and (B, D) away from rest of what is known on both sides, at the model's
        frame rate.
    rests
        Latents (D,) of the faces at rest.
    """

    frames: int
    inner: int
    motion: tuple[Floats, Floats]
    rests: tuple[Floats, Floats]

    @classmethod
    def of(
        cls,
        models: ModelSet,
        before: MeshSequence,
        after: MeshSequence,
        frames: int,
        rests: Rests,
        progress: Progress,
    ) -> _Gap:
        limits = models.generator(DIFFUSION.name).limits
        pace = before.fps / limits.fps  # frames of the clips to one of the model's
        inner = max(round((frames + 1) / pace) - 1, 1)
        room = limits.max_frames - inner
        if room < 2 * LEAST:
            most = int((limits.max_frames - 2 * LEAST) * pace)
            raise InputError.of("frames", f"at most {most} in between", str(frames))
        first, last = (max(int((len(clip.vertices) - 1) / pace), 0) + 1 for clip in (before, after))
        last = min(last, max(room - first, room // 2))
        first = min(first, room - last)
        left, right = progress.part(0.0, 0.5), progress.part(0.5, 1.0)
        # Known rows run away from the gap on both sides, so that both are read alike.
        known = [
            _read(models, before, -1, first, pace, rests[0], left),
            _read(models, after, 1, last, pace, rests[1], right),
        ]
        short = limits.min_frames - inner - first - last
        motion = known[0][0][::-1].copy()
        if short > 0:  # the model knows no clip this short; it holds still before
            motion = np.concatenate([np.repeat(motion[:1], short, axis=0), motion])
        return cls(frames, inner, (motion, known[1][0]), (known[0][1], known[1][1]))

    def faces(
        self, models: ModelSet, request: InbetweenRequest, ends: Floats, progress: Progress
    ) -> Floats:
        """Make faces (N, V, 3) in mm, in the template's pose, between ends (4, V, 3) in it.

        What latents do not hold of the faces passes from one end to the other.
        """
        moved, told = self.drawn(models, request, progress.part(0.0, 0.7))
        share = passed(self.frames)[:, None]
        rest = self.rests[0] + share * (self.rests[1] - self.rests[0])
        latents = np.concatenate([rest + moved, np.stack(self.rests) + told])
        decoded = models.codec.decode(latents, progress.part(0.7, 1.0))
        first, last = ends[1:3] - decoded[self.frames :]
        return np.asarray(decoded[: self.frames] + first + share[..., None] * (last - first))

    def drawn(
        self, models: ModelSet, request: InbetweenRequest, progress: Progress
    ) -> tuple[Floats, Floats]:
        """Draw what is in the gap: latents (N, D) away from rest, and (2, D) of its ends.

        The latter are the last known on both sides as far as the model can tell them.
        """
        generator = models.generator(DIFFUSION.name)
        if not isinstance(generator, DiffusionGenerator):
            raise TypeError(f"{DIFFUSION.name} draws no latents")
        checks.label(request.label, models.labels)
        low, high = generator.limits.intensities
        if not low <= request.intensity <= high:
            learned = f"{low:g} to {high:g}, what this model was trained on"
            raise InputError.of("intensity", learned, f"{request.intensity:g}")
        label = models.labels.index(request.label)
        ask = partial(self._sampled, request=request, label=label, progress=progress)
        grid, told = models.host.ask(ask)
        return _retimed(grid, told, self.frames), told

    @torch.inference_mode()
    def _sampled(
        self, models: Models, request: InbetweenRequest, label: int, progress: Progress
    ) -> tuple[Floats, Floats]:
        network = models.of(DIFFUSION.name, MotionDiffusion)
        rest, reach = models.tensor(self.rests[0]), network.reach[label]
        before, after = (
            network.space.projection(models.tensor(known) / reach) for known in self.motion
        )
        steer = partial(_known, before=before, after=after, inner=self.inner)
        length = len(before) + self.inner + len(after)
        latents = sample(
            network,
            label,
            rest,
            length,
            (request.seed,),
            intensity=request.intensity,
            steer=steer,
            progress=progress,
        )[0]
        ends = torch.stack([before[-1], after[0]])
        told = network.space.projection.inverse(ends) * reach
        inside = latents[len(before) : len(before) + self.inner] - rest
        found = torch.cat([inside, told]).float().cpu().numpy()
        return found[: self.inner], found[self.inner :]


def _known(motion: Tensor, before: Tensor, after: Tensor, inner: int) -> Tensor:
    """Put what is known (A, K) and (B, K) into motion (1, T, K), and join the gap to it."""
    own, given = (torch.from_numpy(each).to(motion) for each in map(np.array, joint(inner)))
    start = len(before)
    gap = motion[0, start : start + inner]
    ends = torch.cat([before[-2:][:1], before[-1:], after[:1], after[:2][-1:]])
    return torch.cat([before, own @ gap + given @ ends, after])[None]


def _read(
    models: ModelSet,
    clip: MeshSequence,
    side: int,
    count: int,
    pace: float,
    rest: Floats | None,
    progress: Progress,
) -> tuple[Floats, Floats]:
    """Read the `count` known frames nearest to a gap, at the model's rate.

    Returns
    -------
    motion : (count, D)
        Latents away from rest, from the gap outwards.
    rest : (D,)
        The latent of the face at rest.
    """
    face, left = known_rest(models, clip, rest, progress)
    at = np.arange(count) * pace
    needed = int(np.ceil(at[-1])) + 1
    needed = min(needed, clip.n_frames)
    start = clip.n_frames - needed if side < 0 else 0
    latents = models.codec.encode(clip.sliced(start, start + needed), left)[::side]
    low = np.minimum(at.astype(int), needed - 1)
    high, share = np.minimum(low + 1, needed - 1), (at - low).astype(np.float32)[:, None]
    _, resting = models.codec.posed(face)
    return latents[low] + share * (latents[high] - latents[low]) - resting, resting


def _retimed(grid: Floats, ends: Floats, frames: int) -> Floats:
    """Take a gap (M, D) between its ends (2, D) to N frames (N, D), as smooth as it is."""
    if len(grid) == frames:
        return grid
    from scipy.interpolate import CubicSpline

    rows = np.concatenate([ends[:1], grid, ends[1:]])
    spline = CubicSpline(np.linspace(0.0, 1.0, len(rows)), rows, axis=0)
    return np.asarray(spline(np.linspace(0.0, 1.0, frames + 2)[1:-1]), dtype=np.float32)
