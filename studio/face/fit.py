"""What the rig sees in a single face: a person at rest, and an expression on top."""

from __future__ import annotations

import numpy as np

from studio.core.sequence import Floats

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
    people, wanted = len(rig.identity), (face - rig.rest).ravel().astype(np.float64)
    identity = rig.identity.reshape(people, -1)
    cost = np.repeat([_IDENTITY, _ACTION], [people, len(ARKIT)])
    acted = np.arange(len(cost)) >= people
    calm = face
    for _ in range(_ROUNDS):
        actions = (rig.actions * proportions(calm, rig.rest)).reshape(len(ARKIT), -1)
        basis = np.concatenate([identity, actions]).astype(np.float64)
        gram = basis @ basis.T + np.diag(cost)
        found = partly_bounded(gram, basis @ wanted, acted, 0.0, _MOST)
        shown = found[people:].astype(np.float32) @ actions
        calm = face - shown.reshape(face.shape)
    return np.asarray(calm, dtype=np.float32)
