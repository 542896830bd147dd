"""From landmarks of a face to the weights of the studio's rig, against the face at rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor, nn

from studio.core.request import Range

WEIGHTS, ANGLES = 52, 3
_TURN = 20.0  # degrees that count as one

Size = Annotated[int, Range(1, 4096, whole=True)]


@dataclass(frozen=True)
class SeenFaceConfig:
    """Sizes of the model: S numbers that are seen of a face, the places of its landmarks."""

    seen: Size = 1434


class SeenFace(nn.Module):
    """Weights and turns of the head, linear in what is seen now beside what was seen at rest.

    Attributes
    ----------
    anybody
        (S,) the face at rest of an average person, for one who was never seen at rest.
    """

    anybody: Tensor

    def __init__(self, config: SeenFaceConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("anybody", torch.zeros(config.seen))
        self.straight = nn.Linear(config.seen + ANGLES, WEIGHTS + ANGLES)

    def forward(self, seen: Tensor, rest: Tensor, head: Tensor) -> tuple[Tensor, Tensor]:
        """Tell weights (T, 52), and the turn of the head (T, 3) in degrees.

        Parameters
        ----------
        seen, rest
            (T, S), and (T, S) or (S,) of the person at rest.
        head
            (T, 3) degrees, as the landmarks tell it.
        """
        out = self.straight(self.inputs(seen, rest, head))
        return out[:, :WEIGHTS], head + _TURN * out[:, WEIGHTS:]

    def inputs(self, seen: Tensor, rest: Tensor, head: Tensor) -> Tensor:
        """Lay what is told of in rows (T, S + 3)."""
        return torch.cat([seen - rest, head / _TURN], dim=1)

    def fit(
        self, inputs: Tensor, weights: Tensor, turns: Tensor, head: Tensor, ridge: float
    ) -> SeenFace:
        """Find the linear map by least squares, with a cost on its numbers.

        Parameters
        ----------
        inputs
            (N, S + 3) of examples.
        weights, turns, head
            (N, 52) and (N, 3) degrees that it shall tell, and (N, 3) that the landmarks tell.
        ridge
            Cost of the square of a number of the map.
        """
        goal = torch.cat([weights, (turns - head) / _TURN], dim=1).double()
        rows = torch.cat([inputs, torch.ones(len(inputs), 1)], dim=1).double()
        cost = ridge * torch.eye(rows.shape[1], dtype=torch.float64)
        found = torch.linalg.solve(rows.T @ rows + cost, rows.T @ goal).float()
        with torch.no_grad():
            self.straight.weight.copy_(found[:-1].T)
            self.straight.bias.copy_(found[-1])
        return self
