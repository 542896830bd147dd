"""The models of a set on a device that may turn out to be too small for them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import torch

from .device import cannot_serve, no_room
from .models import Models

Answer = TypeVar("Answer")
Notice = Callable[[str], None]


class Host:
    """Puts questions to models, from several threads, and moves them to the CPU where it must.

    Parameters
    ----------
    models : Models
        On the device where they begin.
    notice : callable
        Called with a sentence when the models had to move.
    """

    def __init__(self, models: Models, notice: Notice) -> None:
        self.models = models
        self._notice = notice
        self._moving = threading.Lock()

    @property
    def device(self) -> str:
        """Where the models run: cuda, mps or cpu."""
        return self.models.device.type

    def ask(self, question: Callable[[Models], Answer]) -> Answer:
        """Put a question to the models; once more on the CPU if the device cannot answer it.

        Raises
        ------
        MemoryError
            Where the CPU has no room either.
        """
        models = self.models
        try:
            return question(models)
        except (RuntimeError, NotImplementedError) as error:
            if models.device.type == "cpu" and no_room(error):
                raise MemoryError(str(error)) from error
            if models.device.type == "cpu" or not cannot_serve(error):
                raise
        # Here the traceback, and with it the tensors it held on the device, is gone.
        self._fall_back(models)
        return self.ask(question)

    def move(self, device: torch.device) -> None:
        """Take the models to a device, or say that they do not fit there."""
        if device == self.models.device:
            return
        try:
            self.models = self.models.to(device)
        except (RuntimeError, NotImplementedError) as error:
            if not cannot_serve(error):
                raise
            self._notice(f"The models do not fit on {device.type}; they run on the CPU.")

    def _fall_back(self, failed: Models) -> None:
        """Move to the CPU, once, however many threads failed."""
        with self._moving:
            if self.models is not failed:
                return
            self.models = failed.to(torch.device("cpu"))
        if failed.device.type == "cuda":
            torch.cuda.empty_cache()
        self._notice(f"{failed.device.type} has no room for the models; they run on the CPU.")
