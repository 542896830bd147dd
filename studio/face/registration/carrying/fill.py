"""Motion spread from the vertices of a surface where it is known to those where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Doubles, Floats
from studio.face.registration.sparse import factor

from .edges import Edges

if TYPE_CHECKING:
    from scipy import sparse
    from scipy.sparse.linalg import SuperLU

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]

_CALM = 1e-9  # of the diagonal, for parts that nothing holds
_EXACT = 1e-3  # mm, by which a course of the motion that is spread may be simplified
_TOGETHER = 4  # courses solved for at once; with more, threads wake and wait for each other


@dataclass(frozen=True, eq=False)
class Fill:
    """What unknown vertices take from known ones, factored once.

    Attributes
    ----------
    unknown : (U,) vertices that are filled; those in one piece with a known one
    rim : (R,) the known ones beside them
    """

    unknown: Index
    rim: Index
    _between: sparse.csr_array
    _solver: SuperLU | None

    @classmethod
    def of(
        cls,
        edges: Edges,
        known: Mask,
        *,
        bends: bool,
        held: Doubles | None = None,
    ) -> Fill:
        """Prepare to fill a surface.

        Parameters
        ----------
        edges : of the surface
        known : (V,) where the motion is known
        bends : whether the slope is carried on too (bi-harmonic) or the value alone (harmonic)
        held : (V,) at least 0, how strongly a vertex is kept where it is
        """
        from scipy import sparse

        laplace, mass = edges.laplacian
        energy = laplace @ sparse.diags_array(1.0 / mass) @ laplace if bends else laplace
        if held is not None:
            energy = energy + sparse.diags_array(held * mass)
        reached = np.isin(edges.piece, np.unique(edges.piece[known]))
        unknown = np.flatnonzero(reached & ~known)
        rows = sparse.csc_array(sparse.csr_array(energy)[unknown])
        rim = np.flatnonzero(known & (np.diff(rows.indptr) > 0))
        inner = rows[:, unknown]
        calm = _CALM * sparse.diags_array(inner.diagonal())
        solver = factor(inner + calm) if len(unknown) else None
        return cls(unknown, rim, sparse.csr_array(rows[:, rim]), solver)

    def __call__(self, field: Floats) -> None:
        """Fill in the unknown rows of (V, C) from the known ones."""
        if self._solver is None or not len(self.rim):
            return
        courses, mix = _simplified(field[self.rim])
        there = self._between @ -courses
        for start in range(0, there.shape[1], _TOGETHER):
            part = slice(start, start + _TOGETHER)
            there[:, part] = self._solver.solve(np.ascontiguousarray(there[:, part]))
        field[self.unknown] = there.astype(np.float32) @ mix.astype(np.float32)


def _simplified(values: Floats) -> tuple[Doubles, Doubles]:
    """Write (R, C) as a product of (R, K) and (K, C): K of its own courses tell the others.

    They are chosen one by one, each time that which is told worst (pivoted Cholesky): fewer by
    eigenvectors, which take many small steps, for each of which threads wait for each other.
    """
    from scipy.linalg import solve_triangular
    from scipy.linalg.lapack import dpstrf

    whole = values.astype(np.float64)
    found, order, count, _ = dpstrf(whole.T @ whole, tol=_EXACT**2 * len(values))
    order -= 1  # LAPACK counts from one
    rows = np.triu(found[:count])
    mix = np.empty_like(rows)
    mix[:, order] = solve_triangular(rows[:, :count], rows)
    return whole[:, order[:count]], mix
