"""Reading clips frame after frame, each frame told what the network said of those before."""

from __future__ import annotations

import torch
from torch import Tensor

from .au_transformer import Answer, AuTransformer, Seen

_CHUNK = 256  # frames that are looked at together


class Decoding:
    """The decoder of a network at work on a stream of frames.

    Parameters
    ----------
    model
        Whose decoder.

    Attributes
    ----------
    frame
        How many frames were read.
    """

    def __init__(self, model: AuTransformer) -> None:
        self.model, self.frame = model, 0
        self._told = torch.zeros(1, 1, model.config.units, device=model.units.device)
        self._own: list[Tensor] = []

    def step(self, spatial: Tensor, memories: list[Tensor]) -> Answer:
        """Read the next frame.

        Parameters
        ----------
        spatial : (1, 1, N, C)
            What the spatial module says of it.
        memories : list of (2, 1, H, W, C / H)
            For each layer, keys and values of the frames of the mesh it may look at.
        """
        model, reach = self.model, self.model.config.reach
        h = model.placed(model.begun(self._told), self.frame % model.config.period)
        for place, layer in enumerate(model.decoders):
            own = layer.own.remembered(h)
            if self.frame:
                own = torch.cat([self._own[place][:, :, :, 1 - reach :], own], dim=3)
                self._own[place] = own
            else:
                self._own.append(own)
            h = layer(h, own, memories[place])
        answer = model.fuse(spatial, h)
        self._told = model.told(answer)
        self.frame += 1
        return answer


@torch.inference_mode()
def read_clip(model: AuTransformer, moved: Tensor, fps: float, *, causal: bool) -> Answer:
    """Read a clip.

    Parameters
    ----------
    model
        In evaluation mode.
    moved : (T, K, 3)
        Displacements of its points from the face at rest, in mm of the average face.
    fps
        Frames a second.
    causal
        Whether no frame may see a later one, as in a live stream.

    Returns
    -------
    Answer
        With B = 1.
    """
    rate = torch.tensor([fps], device=moved.device)
    parts = [model.look(part[None], rate, causal=causal) for part in moved.split(_CHUNK)]
    seen = Seen(*(torch.cat(pair, dim=1) for pair in zip(*parts, strict=True)))
    if not model.config.temporal:
        return model.fuse(seen.spatial, torch.zeros_like(seen.mesh))
    mesh, reach = model.placed(seen.mesh, 0), model.config.reach
    memories = [layer.cross.remembered(mesh) for layer in model.decoders]
    decoding, answers = Decoding(model), []
    for frame in range(len(moved)):
        ahead = frame + 1 if causal else frame + reach
        window = slice(max(frame - reach + 1, 0), ahead)
        near = [memory[:, :, :, window] for memory in memories]
        answers.append(decoding.step(seen.spatial[:, frame : frame + 1], near))
    return Answer(*(torch.cat(parts, dim=1) for parts in zip(*answers, strict=True)))


class Live:
    """A face that is read while it comes: `read_clip` with ``causal``, one frame at a time.

    Parameters
    ----------
    model
        In evaluation mode.
    fps
        Frames a second.
    """

    def __init__(self, model: AuTransformer, fps: float) -> None:
        self._model, self._decoding = model, Decoding(model)
        self._rate = torch.tensor([fps], device=model.units.device)
        self._memories: list[Tensor] = []

    @torch.inference_mode()
    def __call__(self, moved: Tensor) -> Answer:
        """Read the next frame, displacements (K, 3) in mm of the average face."""
        model, frame = self._model, self._decoding.frame
        seen = model.look(moved[None, None], self._rate, causal=True)
        if not model.config.temporal:
            return model.fuse(seen.spatial, torch.zeros_like(seen.mesh))
        mesh = model.placed(seen.mesh, frame % model.config.period)
        new = [layer.cross.remembered(mesh) for layer in model.decoders]
        if frame:
            last = slice(1 - model.config.reach, None)
            new = [
                torch.cat([old[:, :, :, last], one], dim=3)
                for old, one in zip(self._memories, new, strict=True)
            ]
        self._memories = new
        return self._decoding.step(seen.spatial, new)
