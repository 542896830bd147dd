"""Points that show how a head stands, the same ones on faces of any triangulation."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.alignment import head_points
from studio.core.sequence import Doubles, Floats
from studio.face.known import known, studio_face
from studio.face.registration.correspondence import Correspondence

_FEWEST = 12  # points that tell how a head stands, whatever noise a scan has


@dataclass(frozen=True, eq=False)
class Head:
    """Where points of the studio's rigid region lie on a face.

    Attributes
    ----------
    ids
        (K,) the vertices of the studio's face that they are, in rising order.
    corners, shares
        (K, 3) the vertices of the face that each lies between, and how much of each it has.
    region
        (V,) the vertices of the face that no expression moves, as far as they are known.
    upright
        (3, 3) how the face is held, as in `Correspondence`; None where its y is up.
    """

    ids: NDArray[np.intp]
    corners: NDArray[np.integer]
    shares: Floats
    region: NDArray[np.bool_]
    upright: Doubles | None = None

    def of(self, vertices: Floats) -> Floats:
        """Find the points (..., K, 3) in mm on vertices (..., V, 3)."""
        return np.asarray(
            np.einsum("...kcd,kc->...kd", vertices[..., self.corners, :], self.shares)
        )

    def only(self, ids: NDArray[np.intp]) -> Head:
        """Keep those of the points that are among (N,) vertices of the studio's face."""
        kept = np.isin(self.ids, ids)
        return replace(
            self, ids=self.ids[kept], corners=self.corners[kept], shares=self.shares[kept]
        )


def head_of(topology: str, registration: Correspondence | None = None) -> Head | None:
    """Find how the head of a face is told.

    Parameters
    ----------
    topology
        Hash of its triangulation.
    registration
        How it lies on the studio's face, where that is known.

    Returns
    -------
    None for a face that the studio does not know and that is not registered.
    """
    face = studio_face()
    rigid = face.template.regions["rigid"]
    ids = head_points(rigid)
    if known(topology) is face:
        whole = np.tile(np.array([1, 0, 0], dtype=np.float32), (len(ids), 1))
        return Head(ids, np.repeat(ids[:, None], 3, axis=1), whole, rigid)
    if registration is None or registration.topology != topology:
        return None
    ids = ids[registration.has_partner[ids]]
    corners = registration.foreign_faces[registration.triangle[ids]]
    shares = registration.barycentric[ids]
    region = np.zeros(len(registration.neutral), dtype=bool)
    region[corners[np.arange(len(ids)), shares.argmax(axis=1)]] = True
    return Head(ids, corners, shares, region, registration.upright)


def heads_alike(one: Head | None, other: Head | None) -> tuple[Head, Head] | None:
    """Keep the points that two heads share; None where these are too few to lay one on the other.

    Parameters
    ----------
    one, other
        None for a head of which no point is known.
    """
    if one is None or other is None:
        return None
    both = one.only(other.ids), other.only(one.ids)
    return both if len(both[0].ids) >= _FEWEST else None
