"""Two forms of one convolution, and the sparse products beneath."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from torch import Tensor, nn

from studio.nn.sampling import Entries, Hierarchy, build_hierarchy, spiral_table
from studio.nn.spiral import (
    DownStep,
    SparseMatrix,
    SpiralConv,
    UpStep,
    csr_product,
    entrywise_product,
    pool,
    tap_matrix,
)
from tests.nn.spiral_meshes import csr, head_with_eyes, relabeled

HEAD = head_with_eyes()
BATCHES = (1, 5, 12)  # on both sides of the switch between wide and small products


@pytest.fixture(scope="module")
def hierarchy() -> Hierarchy:
    return build_hierarchy(*HEAD, (4,), (9,))


def random(*shape: int, seed: int = 0) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=draw, dtype=torch.float64)


def entries(matrix: sparse.csr_array) -> Entries:
    """The same matrix by its entries."""
    parts = matrix.tocoo()
    return Entries(parts.row, parts.col, parts.data, parts.shape).ordered()


def down_step(hierarchy: Hierarchy) -> DownStep:
    torch.manual_seed(1)
    return DownStep(3, 8, hierarchy.spirals[0], hierarchy.kept[0]).double()


def up_step(hierarchy: Hierarchy, *, last: bool) -> UpStep:
    torch.manual_seed(2)
    step = UpStep(8, 3, hierarchy.spirals[0], hierarchy.up_matrix(0), last=last)
    return step.double()


def results(step: DownStep | UpStep, x: Tensor, form: str) -> list[Tensor]:
    """Output (B, N, C) and the gradients of one random function of it."""
    step.zero_grad()
    x = x.clone().requires_grad_()
    out = step.plain(x) if form == "plain" else step(x.permute(1, 2, 0)).permute(2, 0, 1)
    (out * random(*out.shape, seed=9)).sum().backward()
    return [out.detach(), x.grad, *(p.grad.clone() for p in step.parameters())]


def assert_alike(first: list[Tensor], second: list[Tensor], tolerance: float) -> None:
    assert len(first) == len(second)
    for a, b in zip(first, second, strict=True):
        assert a.shape == b.shape
        assert (a - b).abs().max() <= tolerance * b.abs().max()
        assert b.abs().max() > 0


@pytest.mark.parametrize("batch", BATCHES)
def test_the_strided_step_equals_the_plain_one(hierarchy: Hierarchy, batch: int) -> None:
    step, x = down_step(hierarchy), random(batch, hierarchy.sizes[0], 3)
    assert_alike(results(step, x, "fast"), results(step, x, "plain"), 1e-12)


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("batch", BATCHES)
def test_the_coarse_step_equals_the_plain_one(hierarchy: Hierarchy, batch: int, last: bool) -> None:
    step, x = up_step(hierarchy, last=last), random(batch, hierarchy.sizes[1], 8)
    assert_alike(results(step, x, "fast"), results(step, x, "plain"), 1e-12)


def test_the_last_step_is_linear_and_the_others_are_not(hierarchy: Hierarchy) -> None:
    x = random(2, hierarchy.sizes[1], 8)
    for last in (False, True):
        step = up_step(hierarchy, last=last)
        nn.init.zeros_(step.conv.linear.bias)
        difference = (step.plain(-x) + step.plain(x)).abs().max()
        assert (difference < 1e-12) == last


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**31))
def test_the_convolution_commutes_with_relabeling(seed: int) -> None:
    vertices, faces = HEAD
    torch.manual_seed(0)
    conv, x = SpiralConv(3, 5, 9).double(), random(2, len(vertices), 3)
    points, renumbered, place = relabeled(vertices, faces, seed)
    here = conv(x, torch.tensor(spiral_table(vertices, faces, 9)))
    order = torch.tensor(np.argsort(place))
    there = conv(x[:, order], torch.tensor(spiral_table(points, renumbered, 9)))
    torch.testing.assert_close(there, here[:, order], rtol=1e-12, atol=1e-12)


def test_a_tap_reads_the_vertex_it_names(hierarchy: Hierarchy) -> None:
    conv, table = SpiralConv(3, 3, 9), torch.tensor(hierarchy.spirals[0])
    x = random(1, hierarchy.sizes[0], 3).float()
    with torch.no_grad():
        conv.linear.weight.zero_()
        conv.linear.bias.zero_()
        conv.linear.weight[:, 12:15] = torch.eye(3)
        torch.testing.assert_close(conv(x, table), x[:, table[:, 4].long()])


def test_the_tap_matrix_is_up_sampling_then_gathering(hierarchy: Hierarchy) -> None:
    up, spirals = hierarchy.up_matrix(0), hierarchy.spirals[0]
    taps = tap_matrix(spirals, up)
    per_tap = random(hierarchy.sizes[1], 9).numpy()
    expected = sum((csr(up) @ per_tap[:, s])[spirals[:, s]] for s in range(9))
    np.testing.assert_allclose(csr(taps) @ per_tap.ravel(), expected, atol=1e-6)
    assert np.diff(taps.starts).max() <= 27


@pytest.mark.parametrize("seed", range(4))
def test_entries_lie_as_scipy_lays_them(seed: int) -> None:
    matrix = sparse.random_array((9, 6), density=0.3, rng=np.random.default_rng(seed))
    ours = Entries(matrix.row, matrix.col, matrix.data, matrix.shape).ordered()
    for part, expected in ((ours, matrix.tocsr()), (ours.transposed(), matrix.T.tocsr())):
        expected.sort_indices()
        assert part.starts.tolist() == expected.indptr.tolist()
        assert part.columns.tolist() == expected.indices.tolist()
        assert part.values.tolist() == expected.data.tolist()


@pytest.mark.parametrize(("row", "column"), [(-1, 0), (3, 0), (0, -1), (0, 2)])
def test_entries_outside_their_matrix_are_refused(row: int, column: int) -> None:
    entry = Entries(np.array([row]), np.array([column]), np.ones(1, dtype=np.float32), (3, 2))
    with pytest.raises(ValueError, match="outside"):
        entry.ordered()


def test_pooling_is_a_product_with_the_matrix_it_lists() -> None:
    matrix = sparse.random_array((11, 7), density=0.4, rng=np.random.default_rng(3))
    x = random(2, 7, 3)
    rows, columns, values = map(torch.tensor, (matrix.row, matrix.col, matrix.data))
    expected = torch.tensor(matrix.toarray()) @ x
    torch.testing.assert_close(pool(x, rows, columns, values, 11), expected)


def test_sparse_products_agree_with_dense_ones_and_so_do_gradients() -> None:
    matrix = sparse.random_array((13, 8), density=0.3, rng=np.random.default_rng(4)).tocsr()
    matrix.data[:] = np.round(matrix.data, 2)
    module, x = SparseMatrix(entries(matrix)).double(), random(8, 6).requires_grad_()
    dense = torch.tensor(matrix.toarray().astype(np.float32)).double()
    torch.testing.assert_close(module(x), dense @ x)
    assert torch.autograd.gradcheck(module, (x,))


def test_rows_without_entries_are_zero() -> None:
    module = SparseMatrix(entries(sparse.csr_array(([2.0], ([1], [0])), shape=(3, 2))))
    assert module(torch.ones(2, 4)).tolist() == [[0] * 4, [2] * 4, [0] * 4]


def test_the_product_for_devices_without_embedding_bags_is_the_same() -> None:
    matrix = sparse.random_array((13, 8), density=0.3, rng=np.random.default_rng(5)).tocsr()
    module = SparseMatrix(entries(matrix))
    parts, x = (module.starts, module.columns, module.values), random(8, 6).float()
    torch.testing.assert_close(entrywise_product(parts, x), csr_product(parts, x))


def test_derived_tables_stay_out_of_the_state_dict(hierarchy: Hierarchy) -> None:
    for step in (down_step(hierarchy), up_step(hierarchy, last=False)):
        assert set(step.state_dict()) == {"conv.linear.weight", "conv.linear.bias"}
