"""The action-unit Transformer of paper 004 on meshes: which units a face shows, and how strongly.

A spatial encoder looks at tokens of units, made from the points of each unit's region; a temporal
decoder goes from frame to frame, told which units the frames before showed. What both say is added
and read by one linear head a unit. Beside the paper: the network learns on its own answers
(scheduled sampling), knows the frame rate, reads ordinal intensity, and serves live (no later
frame) as well as on whole clips.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, NamedTuple

import torch
from torch import Tensor, nn

from studio.core.request import Range
from studio.core.unit_tracks import MOST
from studio.face.rig import ARKIT

from .layers import DecoderLayer, EncoderLayer, UnitHeads, UnitTokens, periodic_positions

UNIT_MM = 4.0  # displacements are told in it
_USUAL_FPS = 30.0


@dataclass(frozen=True)
class AuTransformerConfig:
    """Sizes, and what of the network is there.

    Attributes
    ----------
    units, points, per_unit
        Units N, points K of the face, and points P of each unit's region.
    width, heads, layers
        Of both Transformers (N_d of the paper is `layers`).
    period
        Frames after which positions repeat.
    reach
        Frames that one frame looks back, and in whole clips ahead.
    spatial, temporal
        Whether each module is there; without one its part of the sum is nothing.
    ordinal
        Whether intensity is fed back and read as levels; otherwise occurrence alone, as printed.
    rated
        Whether the network is told the frame rate.
    """

    units: int = 24
    points: int = 400
    per_unit: int = 28
    width: int = 64
    heads: int = 4
    layers: Annotated[int, Range(1, 12, whole=True)] = 3
    period: int = 64
    reach: Annotated[int, Range(2, 512, whole=True)] = 32
    spatial: bool = True
    temporal: bool = True
    ordinal: bool = True
    rated: bool = True


class Regions(NamedTuple):
    """Where units show.

    Attributes
    ----------
    units
        (N,) int, numbers of the units.
    vertices
        (K,) int, vertices that are looked at.
    points
        (N, P) int, which of these lie in each unit's region.
    mask
        (N, P) how much each counts.
    """

    units: Tensor
    vertices: Tensor
    points: Tensor
    mask: Tensor

    @classmethod
    def empty(cls, config: AuTransformerConfig) -> Regions:
        """Give regions of the right sizes, to be filled from a file."""
        shape = config.units, config.per_unit
        return cls(
            torch.zeros(config.units, dtype=torch.long),
            torch.zeros(config.points, dtype=torch.long),
            torch.zeros(shape, dtype=torch.long),
            torch.zeros(shape),
        )


class Seen(NamedTuple):
    """What the modules that look at single frames say.

    Attributes
    ----------
    spatial
        (B, T, N, C) embeddings of the units.
    mesh
        (B, T, C) what the decoder looks at.
    """

    spatial: Tensor
    mesh: Tensor


class Answer(NamedTuple):
    """What is read of frames.

    Attributes
    ----------
    occurs
        (B, T, N) logits of occurrence.
    levels
        (B, T, N, 5) logits of reaching each level of intensity.
    weights
        (B, T, 52) what the face does, as actions of the rig.
    """

    occurs: Tensor
    levels: Tensor
    weights: Tensor


class AuTransformer(nn.Module):
    """Action units and refined motion from displacements of points.

    Parameters
    ----------
    config
        Its sizes.
    regions
        Where units show; None: to be filled from a file.

    Attributes
    ----------
    thresholds
        (2, N) intensity from which on a unit is said to occur: live, and in whole clips.
    """

    units: Tensor
    vertices: Tensor
    thresholds: Tensor

    def __init__(self, config: AuTransformerConfig, regions: Regions | None = None) -> None:
        super().__init__()
        regions = regions or Regions.empty(config)
        self.config = config
        width = config.width
        self.register_buffer("units", regions.units)
        self.register_buffer("vertices", regions.vertices)
        self.register_buffer("thresholds", torch.full((2, config.units), 0.5))
        self.tokens = UnitTokens(regions.points, regions.mask, width)
        self.encoder = nn.ModuleList(
            EncoderLayer(width, config.heads) for _ in range(config.layers * config.spatial)
        )
        self.decoder = nn.ModuleList(
            DecoderLayer(width, config.heads) for _ in range(config.layers * config.temporal)
        )
        self.mesh = nn.Linear(3 * config.points, width)  # E^S, eq. 1
        self.embed = nn.Linear(config.units, width)  # eq. 2; its bias is the begin token
        self.manner = nn.Linear(2, width)  # whole or live, and the frame rate
        self.heads = UnitHeads(config.units, width)
        self.motion = nn.Sequential(
            nn.Linear(width, width), nn.GELU(), nn.Linear(width, len(ARKIT))
        )

    @property
    def decoders(self) -> list[DecoderLayer]:
        """The layers of the temporal module."""
        return [layer for layer in self.decoder if isinstance(layer, DecoderLayer)]

    def look(self, moved: Tensor, fps: Tensor, *, causal: bool) -> Seen:
        """Look at frames one by one.

        Parameters
        ----------
        moved : (B, T, K, 3)
            Displacements from the face at rest, in mm of the average face.
        fps : (B,)
            Frames a second.
        causal : bool
            Whether no frame may see a later one.
        """
        batch, frames = moved.shape[:2]
        x = moved / UNIT_MM
        tokens = self.tokens(x.flatten(0, 1))
        for layer in self.encoder:
            tokens = layer(tokens)
        if not self.config.spatial:
            tokens = torch.zeros_like(tokens)
        mesh = self.mesh(x.flatten(2)) + self._manner(fps, causal=causal)[:, None]
        return Seen(tokens.view(batch, frames, -1, self.config.width), mesh)

    def _manner(self, fps: Tensor, *, causal: bool) -> Tensor:
        rate = torch.log2(fps / _USUAL_FPS) * float(self.config.rated)
        return self.manner(torch.stack([torch.full_like(rate, float(causal)), rate], dim=-1))

    def intensity(self, answer: Answer) -> Tensor:
        """Read intensity 0 to 5 off an answer, (B, T, N); as printed it is the probability."""
        if self.config.ordinal:
            return answer.levels.sigmoid().sum(-1)
        return MOST * answer.occurs.sigmoid()

    def told(self, answer: Answer) -> Tensor:
        """Make of an answer what the next frame is told of it: (B, T, N), 0..1."""
        return self.intensity(answer) / MOST

    def decode(self, seen: Seen, before: Tensor, *, causal: bool) -> Answer:
        """Read frames that are told what the ones before them showed, `before` (B, T, N)."""
        if not self.config.temporal:
            return self.fuse(seen.spatial, torch.zeros_like(seen.mesh))
        frames = seen.mesh.shape[1]
        h = self.placed(self.begun(before), 0)
        mesh = self.placed(seen.mesh, 0)
        own, cross = self._bands(frames, causal=causal)
        for layer in self.decoders:
            h = layer(h, layer.own.remembered(h), layer.cross.remembered(mesh), (own, cross))
        return self.fuse(seen.spatial, h)

    def begun(self, before: Tensor) -> Tensor:
        """Embed what frames are told, (B, T, N): the first, which is told nothing, by the bias."""
        return self.embed(before)

    def placed(self, x: Tensor, start: int) -> Tensor:
        """Add the positions of frames from `start` on to x (B, T, C) (eq. 4)."""
        positions = periodic_positions(start, x.shape[1], self.config.period, x.shape[2])
        return x + positions.to(x)

    def fuse(self, spatial: Tensor, temporal: Tensor) -> Answer:
        """Join embeddings (B, T, N, C) and (B, T, C) in the heads (eq. 9 and 10)."""
        occurs, levels = self.heads(spatial + temporal[..., None, :])
        return Answer(occurs, levels, self.motion(temporal + spatial.sum(-2)))

    def _bands(self, frames: int, *, causal: bool) -> tuple[Tensor, Tensor]:
        at = torch.arange(frames, device=self.units.device)
        ahead = at[None] - at[:, None]
        own = (ahead <= 0) & (ahead > -self.config.reach)
        return own, own if causal else ahead.abs() < self.config.reach

    def forward(self, moved: Tensor, fps: Tensor, before: Tensor, *, causal: bool) -> Answer:
        """Read frames (B, T, K, 3) told what the ones before them showed, as in training."""
        return self.decode(self.look(moved, fps, causal=causal), before, causal=causal)
