"""The networks of the bundle, run by LiteRT where it is installed, else by torch."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import torch

from studio.core.sequence import Floats

from .bundle import member
from .network import Network

Outputs = tuple[Floats, ...]
Runner = Callable[..., Outputs]
Runtime = Literal["litert", "torch"]


def run(name: str, *inputs: Floats) -> Outputs:
    """Run a network on the runtime of this machine.

    Parameters
    ----------
    name
        face_landmarks_detector, face_detector or face_blendshapes.
    inputs
        In the shapes that the file gives them.

    Returns
    -------
    outputs in the order of the file

    Raises
    ------
    CheckpointError
        Where the bundle is not there, or damaged.
    """
    return runner(name, usual_runtime())(*inputs)


@lru_cache(maxsize=1)
def usual_runtime() -> Runtime:
    """Say by what networks are run here: LiteRT has no wheel for every machine."""
    try:
        from ai_edge_litert import interpreter  # noqa: F401
    except (ImportError, OSError):
        return "torch"
    return "litert"


@lru_cache(maxsize=6)
def runner(name: str, runtime: Runtime) -> Runner:
    """Read a network for a runtime, once.

    Raises
    ------
    CheckpointError
        Where the bundle is not there, or damaged.
    """
    data = member(f"{name}.tflite")
    if runtime == "litert":
        Network(data, name)  # refuses what is damaged, on which LiteRT may crash
        return _Interpreted(data)
    return _in_torch(Network(data, name))


def _in_torch(network: Network) -> Runner:
    def run_it(*inputs: Floats) -> Outputs:
        tensors = (torch.from_numpy(np.ascontiguousarray(each)) for each in inputs)
        return tuple(out.numpy() for out in network(*tensors))

    return run_it


class _Interpreted:
    """A network in LiteRT, one interpreter a thread: two threads must not share one."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._own = threading.local()

    def __call__(self, *inputs: Floats) -> Outputs:
        if not hasattr(self._own, "made"):
            self._own.made = _interpreter(self._data)
        made = self._own.made
        for detail, value in zip(made.get_input_details(), inputs, strict=True):
            made.set_tensor(detail["index"], np.ascontiguousarray(value, dtype=np.float32))
        made.invoke()
        return tuple(made.get_tensor(detail["index"]) for detail in made.get_output_details())


_MAKING = threading.Lock()


def _interpreter(data: bytes) -> Any:
    from ai_edge_litert.interpreter import Interpreter

    with _MAKING, _unsaid():
        made = Interpreter(model_content=data, num_threads=1)
        made.allocate_tensors()
    return made


@contextmanager
def _unsaid() -> Iterator[None]:
    """Keep LiteRT from telling, on the program's stderr, by what it multiplies."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
