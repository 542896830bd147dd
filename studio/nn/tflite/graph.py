"""What a .tflite file says: tensors, and the operators that make them of each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import CheckpointError

from .flatbuffer import Table

_TYPES: dict[int, Any] = {0: np.float32, 1: np.float16, 2: np.int32, 4: np.int64}
# The field of each option in the table of an operator, its type, and what it is where left out.
Field = tuple[int, str, int]
_STRIDES: dict[str, Field] = {
    "padding": (0, "b", 0),
    "stride_w": (1, "i", 0),
    "stride_h": (2, "i", 0),
}
_BINARY: dict[str, Field] = {"activation": (0, "b", 0)}
_REDUCER: dict[str, Field] = {"keep": (0, "b", 0)}
OPERATORS: dict[int, tuple[str, dict[str, Field]]] = {
    0: ("add", _BINARY),
    2: ("concatenation", {"axis": (0, "i", 0), "activation": (1, "b", 0)}),
    3: (
        "conv_2d",
        _STRIDES
        | {"activation": (3, "b", 0), "dilation_w": (4, "i", 1), "dilation_h": (5, "i", 1)},
    ),
    4: (
        "depthwise_conv_2d",
        _STRIDES
        | {"activation": (4, "b", 0), "dilation_w": (5, "i", 1), "dilation_h": (6, "i", 1)},
    ),
    6: ("dequantize", {}),
    14: ("logistic", {}),
    17: (
        "max_pool_2d",
        _STRIDES | {"width": (3, "i", 0), "height": (4, "i", 0), "activation": (5, "b", 0)},
    ),
    18: ("mul", _BINARY),
    19: ("relu", {}),
    22: ("reshape", {}),
    34: ("pad", {}),
    39: ("transpose", {}),
    40: ("mean", _REDUCER),
    41: ("sub", _BINARY),
    42: ("div", _BINARY),
    45: (
        "strided_slice",
        {"begin": (0, "i", 0), "end": (1, "i", 0), "ellipsis": (2, "i", 0)}
        | {"new": (3, "i", 0), "shrink": (4, "i", 0)},
    ),
    54: ("prelu", {}),
    59: ("neg", {}),
    74: ("sum", _REDUCER),
    75: ("sqrt", {}),
    76: ("rsqrt", {}),
    99: ("squared_difference", {}),
}


@dataclass(frozen=True)
class Operator:
    """One step of a network.

    Attributes
    ----------
    name
        What it does, one of the names in `OPERATORS`.
    inputs, outputs
        Numbers of the tensors that it reads and makes.
    options
        Its strides, its padding and the like, and the shape of what it makes.
    """

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Graph:
    """A network as its file lists it.

    Attributes
    ----------
    shapes
        Of each tensor.
    constants
        Number of a tensor -> its value, of those that the file holds.
    operators
        In the order in which they run.
    inputs, outputs
        Numbers of the tensors that come in and go out.
    """

    shapes: tuple[tuple[int, ...], ...]
    constants: dict[int, NDArray[Any]]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def read_graph(data: bytes, name: str) -> Graph:
    """Read the first graph of a .tflite file.

    Parameters
    ----------
    data
        The bytes of the file.
    name
        What the file is called in a refusal.

    Raises
    ------
    CheckpointError
        Where it is damaged, or holds an operator that is not known here.
    """
    try:
        if data[4:8] != b"TFL3":
            raise ValueError("its first bytes are not those of one")
        graph = _graph(Table.root(data))
        _check(graph)
    except (ValueError, KeyError, IndexError) as error:
        raise CheckpointError(f"{name}: expected a network as .tflite, but {error}") from error
    return graph


def _graph(model: Table) -> Graph:
    codes = [max(code.number(0, "b"), code.number(3, "i")) for code in model.tables(1)]
    buffers = model.tables(4)
    first = model.tables(2)[0]
    tensors = first.tables(0)
    shapes = tuple(_ids(tensor, 0) for tensor in tensors)
    constants = {}
    for number, tensor in enumerate(tensors):
        raw = buffers[tensor.number(2, "I")].array(0, np.uint8)
        if len(raw):
            constants[number] = _constant(raw, tensor.number(1, "b"), shapes[number])
    operators = tuple(_operator(each, codes, shapes) for each in first.tables(3))
    return Graph(shapes, constants, operators, _ids(first, 1), _ids(first, 2))


def _ids(table: Table, field: int) -> tuple[int, ...]:
    return tuple(table.array(field, np.int32).tolist())


def _constant(raw: NDArray[np.uint8], kind: int, shape: tuple[int, ...]) -> NDArray[Any]:
    if kind not in _TYPES:
        raise ValueError(f"it holds numbers of type {kind}, which are not known here")
    return np.frombuffer(raw.tobytes(), _TYPES[kind]).reshape(shape)


def _operator(table: Table, codes: list[int], shapes: tuple[tuple[int, ...], ...]) -> Operator:
    code = codes[table.number(0, "I")]
    if code not in OPERATORS:
        raise ValueError(f"it needs operator {code}, which is not known here")
    name, fields = OPERATORS[code]
    said = table.table(4)
    options: dict[str, Any] = {
        option: otherwise if said is None else said.number(field, kind, otherwise)
        for option, (field, kind, otherwise) in fields.items()
    }
    outputs = _ids(table, 2)
    return Operator(name, _ids(table, 1), outputs, {"shape": shapes[outputs[0]], **options})


def _check(graph: Graph) -> None:
    """Refuse a graph in which a tensor is asked for before it is made."""
    made = set(graph.constants) | set(graph.inputs)
    for operator in graph.operators:
        if not made.issuperset(operator.inputs):
            raise ValueError(f"a step ({operator.name}) reads what no step before it made")
        made.update(operator.outputs)
    if not graph.inputs or not graph.outputs or not made.issuperset(graph.outputs):
        raise ValueError("it makes nothing that goes out")
