"""What a function takes and gives of arrays, its docstring says with shapes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "studio"
ARRAYS = {"Floats", "Ints", "Doubles", "Rotations", "Array", "Mask", "NDArray", "Tensor"}
PACKAGES = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))

Function = ast.FunctionDef | ast.AsyncFunctionDef


def takes_arrays(function: Function) -> bool:
    """Whether an array is among the parameters or the answer; weights by name are none."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    hints = [one.annotation for one in every] + [function.returns]
    return any(_has_array(hint) for hint in hints if hint is not None)


def _has_array(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id in ARRAYS
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) in ("Mapping", "dict"):
        return False
    return any(_has_array(child) for child in ast.iter_child_nodes(node))


def functions_on_arrays(package: str) -> Iterator[tuple[str, str]]:
    """Each public function and method on arrays: its place and its docstring."""

    def below(node: ast.AST, place: str) -> Iterator[tuple[str, str]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
                yield from below(child, f"{place}:{child.name}")
            elif isinstance(child, Function) and child.name[0] != "_" and takes_arrays(child):
                yield f"{place}:{child.name}", ast.get_docstring(child) or ""

    for path in sorted((ROOT / package).rglob("*.py")):
        yield from below(ast.parse(path.read_text(encoding="utf-8")), path.name)


AXIS = r"(?:\.\.\.|\d*[A-Z]\w*|\d+|[a-z])(?: ?[-+*/] ?(?:[A-Z]\w*|\d+))*"
SHAPE = re.compile(rf"\({AXIS}(?:,|(?:, ?{AXIS})+)\)")


def states_a_shape(docstring: str) -> bool:
    """Whether there are axes in brackets, as (T, V, 3), (N,) or (..., S + 1)."""
    return SHAPE.search(docstring) is not None


@pytest.mark.parametrize("package", PACKAGES)
def test_a_public_function_on_arrays_states_their_shapes(package: str) -> None:
    silent = [place for place, text in functions_on_arrays(package) if not states_a_shape(text)]
    assert not silent


def test_what_counts_as_a_shape() -> None:
    assert states_a_shape("Vertices (T, V, 3) in mm.")
    assert states_a_shape("One latent (D,).")
    assert states_a_shape("Points (..., V, 3).")
    assert states_a_shape("The curve (B, S + 1, 2K) in mm.")
    assert not states_a_shape("A mesh (of any kind, in mm).")
    assert not states_a_shape("Points (see above).")
