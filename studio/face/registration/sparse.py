"""Symmetric sparse systems, factored once for many right sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scipy import sparse
    from scipy.sparse.linalg import SuperLU


def factor(system: sparse.sparray) -> SuperLU:
    """Factor a symmetric positive definite matrix (P, P); `solve` of it takes (P, K)."""
    from scipy import sparse
    from scipy.sparse.linalg import splu

    matrix = sparse.csc_array(system)
    return splu(matrix, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
