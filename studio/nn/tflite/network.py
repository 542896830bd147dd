"""A .tflite network that runs in torch."""

from __future__ import annotations

import torch
from torch import Tensor

from studio.core.errors import CheckpointError

from .graph import Graph, Operator, read_graph
from .operators import STEPS


class Network:
    """A network read from the bytes of a .tflite file, on the CPU.

    Parameters
    ----------
    data
        The bytes.
    name
        What the file is called in a refusal.

    Raises
    ------
    CheckpointError
        Where the file is damaged, or holds an operator that is not known here.
    """

    def __init__(self, data: bytes, name: str) -> None:
        graph = read_graph(data, name)
        self.name = name
        self.input_shape = graph.shapes[graph.inputs[0]]
        self._inputs, self._outputs = graph.inputs, graph.outputs
        self._values = {
            number: torch.from_numpy(value.copy()) for number, value in graph.constants.items()
        }
        self._steps: list[Operator] = []
        for operator in graph.operators:
            # What depends on nothing that comes in is worked out once.
            if set(operator.inputs) <= self._values.keys():
                self._apply(operator, self._values)
            else:
                self._steps.append(operator)
        self._last = _last_readers(self._steps, graph)

    @torch.inference_mode()
    def __call__(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Run the network.

        Parameters
        ----------
        inputs
            In the shapes that the file gives them, the first is `input_shape`.

        Returns
        -------
        outputs in the order of the file
        """
        values = {**self._values, **dict(zip(self._inputs, inputs, strict=True))}
        for place, operator in enumerate(self._steps):
            self._apply(operator, values)
            for number in self._last[place]:
                del values[number]
        return tuple(values[number] for number in self._outputs)

    def _apply(self, operator: Operator, values: dict[int, Tensor]) -> None:
        read = (values[number] for number in operator.inputs)
        try:
            made = STEPS[operator.name](operator.options, *read)
        except (RuntimeError, TypeError, ValueError, IndexError, KeyError) as error:
            raise CheckpointError(
                f"{self.name}: expected a network whose steps fit each other, "
                f"found one ({operator.name}) that does not"
            ) from error
        values[operator.outputs[0]] = made


def _last_readers(steps: list[Operator], graph: Graph) -> list[list[int]]:
    """For each step the tensors that none after it reads, so that their memory is free again."""
    kept = set(graph.outputs) | set(graph.constants)
    last: list[list[int]] = []
    for operator in reversed(steps):
        free = [n for n in dict.fromkeys((*operator.inputs, *operator.outputs)) if n not in kept]
        kept.update(free)
        last.append(free)
    return last[::-1]
