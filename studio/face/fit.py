"""What the rig sees in a single face: a person at rest, and an expression on top."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from studio.core.sequence import Doubles, Floats

from .bounded import partly_bounded
from .rig import ARKIT, Rig, proportions

# mm^2 for a unit of an identity direction and of an action: what makes the fit calm. Chosen on
# the corpus's validation people, on whom ten times more or less makes little difference.
_IDENTITY, _ACTION = 1.0, 100.0
_MOST = 1.2  # weight of an action; none is below nothing
_ROUNDS = 2  # the person's proportions scale the actions


def at_rest(face: Floats, rig: Rig) -> Floats:
    """Take the expression that the rig sees in a face off it.

    Identity and action weights are the nearest in least squares, the actions at least zero; what
    neither explains stays in the face.

    Parameters
    ----------
    face : (V, 3) mm, in the template's pose
    rig : the rig whose actions are looked for

    Returns
    -------
    (V, 3) float32 mm, the face at rest
    """
    return person_in(face, rig)[1]


def person_in(
    face: Floats, rig: Rig, calm: float = 1.0, rounds: int = _ROUNDS
) -> tuple[Floats, Floats]:
    """Find the person of the rig who is nearest to a face, and the face at rest, as `at_rest`.

    Parameters
    ----------
    face : (V, 3) mm, in the template's pose
    rig : the rig whose identities and actions are looked for
    calm : how much identity and actions cost, in units of what suits a face that is none of the
        rig's; next to nothing finds those of one that is
    rounds : how often the person's proportions are taken off the face found at rest

    Returns
    -------
    (K,) numbers of the identity directions, and (V, 3) float32 mm
    """
    people, basis, grams = _directions(rig)
    wanted = basis @ (face - rig.rest).T[:, :, None].astype(np.float64)
    cost = calm * np.repeat([_IDENTITY, _ACTION], [people, len(ARKIT)])
    acted = np.arange(len(cost)) >= people
    rest, person = face, np.zeros(people, np.float32)
    for _ in range(rounds):
        sizes = proportions(rest, rig.rest)
        scale = np.where(acted, sizes[:, None], 1.0)
        gram = (scale[:, :, None] * grams * scale[:, None]).sum(axis=0) + np.diag(cost)
        goal = (scale * wanted[:, :, 0]).sum(axis=0)
        found = partly_bounded(gram, goal, acted, 0.0, _MOST).astype(np.float32)
        shown = np.tensordot(found[people:], rig.actions, axes=1) * sizes
        person, rest = found[:people], face - shown
    return person, np.asarray(rest, dtype=np.float32)


@lru_cache(maxsize=2)
def _directions(rig: Rig) -> tuple[int, Doubles, Doubles]:
    """Lay identities and actions below each other, axis by axis, since sizes scale each by itself.

    Returns
    -------
    How many identities there are, the directions (3, K + 52, V), and their products with each other
    (3, K + 52, K + 52).
    """
    directions = np.concatenate([rig.identity, rig.actions]).astype(np.float64)
    basis = np.ascontiguousarray(directions.transpose(2, 0, 1))
    return len(rig.identity), basis, basis @ basis.transpose(0, 2, 1)
