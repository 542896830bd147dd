"""One training loop for every model: Accelerate, resume, moving average, metrics to a file."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ..core.progress import Progress


@dataclass(frozen=True)
class LoopConfig:
    """How long and how fast to learn.

    steps : optimisation steps in all; the learning rate falls to zero over them (cosine)
    minutes : stop after this much time, all resumed runs together; 0: no limit
    ema : decay of the moving average of the weights that is kept; 0: the last weights
    """

    steps: int = 5000
    minutes: float = 0.0
    learning_rate: float = 1e-3
    warmup: int = 100
    weight_decay: float = 1e-4
    clip: float = 1.0
    ema: float = 0.0
    save_every: int = 200
    log_every: int = 50


Loss = Callable[[nn.Module, int], Tensor]


class Trainer:
    """Runs `loss(model, step)` to its end, from where the last run stopped.

    Batches are drawn from the step number, so a resumed run sees what an unbroken one would.
    The state on disk is read with `weights_only`: no code runs on load.
    """

    def __init__(self, model: nn.Module, config: LoopConfig, folder: Path, name: str) -> None:
        self.config, self.folder, self.name = config, folder, name
        self.accelerator = Accelerator()
        # `prepare` leaves a model of an earlier trainer where it is.
        model.to(self.accelerator.device)
        trained = [p for p in model.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(
            trained, lr=config.learning_rate, weight_decay=config.weight_decay, betas=(0.9, 0.99)
        )
        self.model, self.optimizer = self.accelerator.prepare(model, optimizer)
        decay = get_ema_multi_avg_fn(config.ema)  # type: ignore[no-untyped-call]
        self.average = AveragedModel(model, multi_avg_fn=decay) if config.ema else None
        self.step, self.seconds = 0, 0.0
        folder.mkdir(parents=True, exist_ok=True)
        self._resume()

    @property
    def rank(self) -> int:
        return int(self.accelerator.process_index)

    @property
    def device(self) -> torch.device:
        return self.accelerator.device  # type: ignore[no-any-return]

    def run(
        self, loss: Loss, progress: Progress, report: Callable[[], dict[str, float]] | None = None
    ) -> nn.Module:
        """Train to the end and return the weights to keep, in evaluation mode and on the CPU."""
        began, earlier, recent = time.monotonic(), self.seconds, 0.0
        self.model.train()
        while self.step < self.config.steps and not self._out_of_time():
            recent += self._one(loss) / self.config.log_every
            self.seconds = earlier + time.monotonic() - began
            if self.step % self.config.log_every == 0:
                self._log(recent, progress)
                recent = 0.0
            if self.step % self.config.save_every == 0:
                self._save(report)
        self._save(report)
        return self.kept().cpu()

    def kept(self) -> nn.Module:
        model: nn.Module = (
            self.average.module if self.average else self.accelerator.unwrap_model(self.model)
        )
        return model.eval()

    def _one(self, loss: Loss) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.learning_rate * self._rate()
        value = loss(self.model, self.step)
        self.accelerator.backward(value)
        self.accelerator.clip_grad_norm_(self.model.parameters(), self.config.clip)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        if self.average:
            self.average.update_parameters(self.accelerator.unwrap_model(self.model))
        self.step += 1
        return float(value.detach())

    def _rate(self) -> float:
        """Linear warm-up, then a cosine over the steps or the time, whichever is nearer its end."""
        warm = min(1.0, (self.step + 1) / self.config.warmup)
        return warm * 0.5 * (1 + math.cos(math.pi * min(self._done(), 1.0)))

    def _done(self) -> float:
        """Share of the training that is over."""
        done = self.step / self.config.steps
        if self.config.minutes:
            done = max(done, self.seconds / (60.0 * self.config.minutes))
        return done

    def _out_of_time(self) -> bool:
        return bool(self.config.minutes) and self.seconds >= 60.0 * self.config.minutes

    def _log(self, loss: float, progress: Progress) -> None:
        if self.accelerator.is_main_process:
            self._write({"step": self.step, "loss": loss, "seconds": round(self.seconds, 1)})
        progress.report(self._done(), f"{self.name}: step {self.step}, loss {loss:.4f}")

    def _write(self, row: dict[str, float]) -> None:
        with (self.folder / f"{self.name}.jsonl").open("a") as file:
            file.write(json.dumps(row) + "\n")

    def _save(self, report: Callable[[], dict[str, float]] | None) -> None:
        if not self.accelerator.is_main_process:
            return
        if report:
            self._write({"step": self.step, **report()})
            self.model.train()
        state: dict[str, Any] = {
            "step": self.step,
            "seconds": self.seconds,
            "model": self.accelerator.unwrap_model(self.model).state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average.state_dict() if self.average else None,
        }
        partial = self.folder / f"{self.name}.resume.partial"
        torch.save(state, partial)
        partial.replace(self.folder / f"{self.name}.resume.pt")

    def _resume(self) -> None:
        path = self.folder / f"{self.name}.resume.pt"
        if not path.is_file():
            return
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.accelerator.unwrap_model(self.model).load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.average and state["average"]:
            self.average.load_state_dict(state["average"])
        self.step, self.seconds = state["step"], state["seconds"]


def batches(count: int, size: int, seed: int) -> Iterator[Tensor]:
    """Endless shuffled batches of indices below `count`, epoch after epoch."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        order = torch.randperm(count, generator=generator)
        yield from torch.split(order, size)
