"""Pairs of clips of one person and of two, and what a limit between them comes to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from torch import Tensor

from studio.core.sequence import Doubles
from studio.nn.identity.head import IdentityHead
from studio.training.datasets.identity.views import Views


@dataclass(frozen=True, eq=False)
class Shown:
    """Vectors of takes by which people are known, and of takes that are asked about.

    Attributes
    ----------
    people
        (S,) who they are.
    known
        (S, E) the mean of the takes each is known by, of unit length.
    asked, person
        (N, E) and (N,) takes that are asked about, and the row of their person.
    """

    people: NDArray[np.int64]
    known: Doubles
    asked: Doubles
    person: NDArray[np.int64]

    def cosines(self) -> Doubles:
        """Compare what is asked about with everybody: (N, S)."""
        return np.asarray(self.asked @ self.known.T)


@torch.inference_mode()
def shown_to(head: IdentityHead, views: Views, frames: int = 1) -> Shown:
    """Know everybody by the first half of the takes, and ask about the others.

    Parameters
    ----------
    frames
        How many of a take that is asked about are looked at; the first is the apex.
    """
    z = views.z.float()
    known, _ = head.eval()(z)
    asked, _ = head(z[:, :frames])
    return split_takes(known, asked, views.person)


def split_takes(known: Tensor, asked: Tensor, person: Tensor, *, unit: bool = True) -> Shown:
    """Split descriptions (N, E) of takes of people (N,): as many takes of each.

    With `unit` the means are brought to unit length.
    """
    people, row, counts = person.unique(return_inverse=True, return_counts=True)
    each = int(counts[0])
    order = torch.argsort(row, stable=True).reshape(len(people), each)
    first, rest = order[:, : each // 2], order[:, each // 2 :]
    mean = known[first].mean(1)
    mean = F.normalize(mean, dim=-1) if unit else mean
    return Shown(
        people.numpy(),
        mean.double().numpy(),
        asked[rest.flatten()].double().numpy(),
        row[rest.flatten()].numpy(),
    )


def pairs(shown: Shown) -> tuple[Doubles, Doubles]:
    """Give the cosines of all pairs: of one person (N,), and of two (M,)."""
    cosines = shown.cosines()
    own = np.arange(cosines.shape[1])[None] == shown.person[:, None]
    return cosines[own], cosines[~own]


def equal_error(same: Doubles, other: Doubles) -> tuple[float, float]:
    """Find the error where as many pairs of one person (N,) are missed as of two (M,) are taken.

    Returns
    -------
    error, limit : float
        The equal error rate, and the limit at which it is met.
    """
    limits = np.sort(np.concatenate([same, other]))
    missed = np.searchsorted(np.sort(same), limits, side="left") / len(same)
    taken = 1.0 - np.searchsorted(np.sort(other), limits, side="left") / len(other)
    at = int(np.argmin(np.abs(missed - taken)))
    return float((missed[at] + taken[at]) / 2), float(limits[at])


def fitted_scale(logits: Doubles, truth: NDArray[np.bool_]) -> float:
    """Find the scale of logits (N,) by which they are most likely for what is true (N,).

    At most 1: where all are right, none would be sure enough.
    """
    sign = np.where(truth, 1.0, -1.0)

    def wrong(power: float) -> float:
        return float(np.logaddexp(0.0, -sign * logits * np.exp(power)).mean())

    return float(np.exp(minimize_scalar(wrong, bounds=(-3.0, 0.0), method="bounded").x))
