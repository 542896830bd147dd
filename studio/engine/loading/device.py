"""Where the models run."""

from __future__ import annotations

import os
import threading

import torch

from studio.core import InputError


def available_devices() -> tuple[str, ...]:
    """List the devices of this machine, the fastest first; the CPU is always there."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return (*(name for name, found in there.items() if found), "cpu")


def choose_device(wanted: str = "auto") -> torch.device:
    """Find the device for "auto", "cuda", "mps" or "cpu".

    Raises
    ------
    InputError
        Where it is another word, or a device that this machine does not have.
    """
    devices = available_devices()
    if wanted == "auto":
        return torch.device(devices[0])
    if wanted not in ("cuda", "mps", "cpu"):
        raise InputError.of("device", "auto, cuda, mps or cpu", wanted)
    if wanted not in devices:
        raise InputError.of("device", f"one this machine has ({', '.join(devices)})", wanted)
    return torch.device(wanted)


def leave_a_core() -> None:
    """Let torch work on one core fewer than there are, where a window needs one to answer.

    On all of them, a thread that is sent away for the window keeps the others waiting for its part.
    """
    # Linux tells of fewer cores where this process may not use all of them.
    known = hasattr(os, "sched_getaffinity")
    cores = len(os.sched_getaffinity(0)) if known else os.cpu_count() or 1
    torch.set_num_threads(max(min(torch.get_num_threads(), cores - 1), 1))


class OneThread:
    """Has torch work on one thread while anybody is in the block: more wait in a small network.

    Beside other busy programs that costs ten times what the network does.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside, self._before = 0, 1

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._before = torch.get_num_threads()
                torch.set_num_threads(1)
            self._inside += 1

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                torch.set_num_threads(self._before)


ONE_THREAD = OneThread()  # of this program, whoever asks


def cannot_serve(error: BaseException) -> bool:
    """Whether an error says that the device is too small, or lacks an operation the CPU has."""
    return isinstance(error, NotImplementedError) or no_room(error)


def no_room(error: BaseException) -> bool:
    """Whether an error says that the memory of a device, the CPU's too, is full."""
    if isinstance(error, torch.OutOfMemoryError):
        return True
    words = ("out of memory", "not enough memory", "can't allocate memory")
    return isinstance(error, RuntimeError) and any(word in str(error).lower() for word in words)
