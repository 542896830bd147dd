"""From latents at a clip's frame rate to the recognizer's verdict on each of its frames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from studio.core import CheckpointError, MeshSequence, Probabilities, Progress
from studio.core.alignment import displaced
from studio.core.sequence import Floats
from studio.engine.loading.models import Models
from studio.nn.recognizer import Recognizer

from . import checks
from .kind import Workplace
from .pose import to_template_pose


def on_grid(latents: Floats, fps: float, grid_fps: float) -> tuple[Floats, NDArray[np.intp]]:
    """Resample latents in time.

    A frame's place is the latest grid point not after it, and a grid point lies between two frames
    of which the later is not after it either: so no row sees a later frame.

    Parameters
    ----------
    latents : (T, D) float32
        One row a frame.
    fps, grid_fps : float
        Frames a second of the clip, and of the grid.

    Returns
    -------
    grid : (G, D) float32
        Latents on the grid.
    places : (T,) int
        For each clip frame its place on the grid.
    """
    frames = len(latents)
    if fps == grid_fps:
        return latents, np.arange(frames)
    nudge = 1e-6  # a grid point on a frame counts as on it, whatever rounding says
    places = np.floor(np.arange(frames) * (grid_fps / fps) + nudge).astype(np.intp)
    at = np.minimum(np.arange(places[-1] + 1) * (fps / grid_fps), frames - 1)
    before = np.floor(at + nudge).astype(np.intp)
    after = np.minimum(before + 1, frames - 1)
    share = np.clip(at - before, 0.0, 1.0).astype(np.float32)[:, None]
    grid = (1 - share) * latents[before] + share * latents[after]
    return np.asarray(grid, dtype=np.float32), places


@torch.inference_mode()
def verdict(
    recognizer: Recognizer, z: torch.Tensor, neutral: torch.Tensor | None, *, causal: bool
) -> tuple[Floats, Floats, Floats]:
    """Read latents: probabilities per row (T, L), of the clip (L,), and intensity per row (T,).

    Parameters
    ----------
    recognizer : Recognizer
        What reads them.
    z : (T, D) tensor
        Latents at its frame rate.
    neutral : (D,) tensor or None
        The latent of the face at rest; None: estimated.
    causal : bool
        Estimate it, for row t, from the rows up to t, as a live stream has to; the clip as a whole
        is judged with the estimate from all rows either way.
    """
    rest = recognizer.estimate_neutral(z) if neutral is None else neutral
    rows, clip, strength = recognizer.probabilities(z[None], rest[None])
    if neutral is None and causal:
        running = recognizer.rest.running(z)[None]
        rows, _, strength = recognizer.probabilities(z[None], running)
    return rows[0].cpu().numpy(), clip[0].cpu().numpy(), strength[0].cpu().numpy()


class Recognition:
    """The recognizer of a set: which expression a clip shows."""

    def __init__(self, place: Workplace) -> None:
        self._place, self._ask = place, Asked(place.name)

    def read(
        self,
        sequence: MeshSequence,
        neutral: Floats | None,
        progress: Progress,
        *,
        causal: bool = True,
    ) -> Probabilities:
        """Read frames and the clip, with a face at rest (V, 3) or not; see `Engine.recognize`."""
        latents, rest = self._readable(sequence, neutral, progress)
        ask = partial(
            self._ask.recognized, latents=latents, fps=sequence.fps, rest=rest, causal=causal
        )
        read = self._place.host.ask(ask)
        if not all(np.isfinite(numbers).all() for numbers in read):
            # Finite weights may still overflow, or divide by zero.
            wanted = "weights that give probabilities, found others"
            raise CheckpointError(f"{self._place.name}.safetensors: expected {wanted}")
        per_frame, clip, intensity = read
        return Probabilities(self._place.labels, per_frame, clip, intensity=intensity)

    def judge(
        self,
        sequence: MeshSequence,
        frames: tuple[int, int],
        neutral: Floats | None,
        progress: Progress,
    ) -> Floats:
        """Read frames start..stop-1 as a whole, as probabilities (L,); see `Engine.judge`."""
        checks.enough_frames(sequence.sliced(*frames))
        latents, rest = self._readable(sequence, neutral, progress)
        ask = partial(self._ask.judged, latents=latents, fps=sequence.fps, rest=rest, frames=frames)
        return self._place.host.ask(ask)

    def resting_face(self, sequence: MeshSequence, progress: Progress) -> Floats:
        """Estimate the person's neutral (V, 3) in mm; see `Engine.resting_face`."""
        codec = self._place.others.codec
        latents = codec.encode(sequence, progress)
        rest, quietest = self._place.host.ask(partial(self._ask.resting, latents=latents))
        frame = sequence.vertices[quietest]
        _, rotation = to_template_pose(frame[None], self._place.template)
        faces = codec.decode(np.stack([rest, latents[quietest]]), Progress())
        moved = displaced(frame, faces[:1] - faces[1:], rotation[0])
        return np.asarray(moved[0])

    def _readable(
        self, sequence: MeshSequence, neutral: Floats | None, progress: Progress
    ) -> tuple[Floats, Floats | None]:
        checks.topology(sequence, self._place.template, "recognized")
        checks.enough_frames(sequence)
        latents = self._place.others.codec.encode(sequence, progress)
        return latents, rest_latent(self._place, neutral)


def rest_latent(place: Workplace, neutral: Floats | None) -> Floats | None:
    """Encode a face at rest (V, 3), if one is given, as its latent (D,)."""
    if neutral is None:
        return None
    return place.others.codec.posed(checks.face(neutral, place.template))[1]


@dataclass(frozen=True)
class Asked:
    """Questions to the recognizer of a name."""

    name: str

    def recognized(
        self, models: Models, latents: Floats, fps: float, rest: Floats | None, *, causal: bool
    ) -> tuple[Floats, Floats, Floats]:
        """Give the `verdict` on a clip's latents (T, D) at its own frame rate."""
        recognizer = models.of(self.name, Recognizer)
        grid, places = on_grid(latents, fps, recognizer.config.fps)
        neutral = None if rest is None else models.tensor(rest)
        rows, clip, strength = verdict(recognizer, models.tensor(grid), neutral, causal=causal)
        return rows[places], clip, strength[places]

    @torch.inference_mode()
    def judged(
        self,
        models: Models,
        latents: Floats,
        fps: float,
        rest: Floats | None,
        frames: tuple[int, int],
    ) -> Floats:
        """Read frames start..stop-1 of a clip's latents (T, D) alone, as probabilities (L,)."""
        recognizer = models.of(self.name, Recognizer)
        if rest is None:
            whole, _ = on_grid(latents, fps, recognizer.config.fps)
            neutral = recognizer.estimate_neutral(models.tensor(whole))
        else:
            neutral = models.tensor(rest)
        part, _ = on_grid(latents[slice(*frames)], fps, recognizer.config.fps)
        _, clip, _ = recognizer.probabilities(models.tensor(part)[None], neutral[None])
        return np.asarray(clip[0].cpu().numpy())

    @torch.inference_mode()
    def resting(self, models: Models, latents: Floats) -> tuple[Floats, int]:
        """Estimate the resting latent (D,) of a clip, and find the frame nearest to rest.

        The latents are (T, D).
        """
        recognizer = models.of(self.name, Recognizer)
        z = models.tensor(latents)
        quietest = int(recognizer.rest.offset(z).norm(dim=-1).argmin())
        return recognizer.estimate_neutral(z).cpu().numpy(), quietest
