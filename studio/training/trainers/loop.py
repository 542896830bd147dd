"""One training loop for every model: resume, moving average, metrics to a file."""

from __future__ import annotations

import json
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from studio.core.progress import Progress

Part = nn.Module | torch.optim.Optimizer


@dataclass(frozen=True)
class Pace:
    """How long to learn, and how often to say so.

    Attributes
    ----------
    steps
        Optimization steps in all.
    minutes
        Stop after this much time, all resumed runs together; 0: no limit.
    save_every, log_every
        Steps from one saved state, or line of metrics, to the next.
    """

    steps: int = 5000
    minutes: float = 0.0
    save_every: int = 200
    log_every: int = 50


@dataclass(frozen=True)
class LoopConfig(Pace):
    """How long and how fast to learn.

    Attributes
    ----------
    learning_rate
        At its highest; it falls to zero over the steps (cosine).
    ema
        Decay of the moving average of the weights that is kept; 0: the last weights.
    """

    learning_rate: float = 1e-3
    warmup: int = 100
    weight_decay: float = 1e-4
    clip: float = 1.0
    ema: float = 0.0


Loss = Callable[[nn.Module, int], Tensor]
Figures = dict[str, float]


class Loop(ABC):
    """Repeats a step until the pace is done, from where the last run stopped.

    Batches are drawn from the step number, so a resumed run sees what an unbroken one would.
    The state on disk is read with `weights_only`: no code runs on load.

    Parameters
    ----------
    pace : when to stop, log and save
    folder, name : the state goes to `name.resume.pt` in the folder, metrics to `name.jsonl`
    clock : seconds that count for the limit in minutes
    """

    def __init__(
        self, pace: Pace, folder: Path, name: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.pace, self.folder, self.name, self.clock = pace, folder, name, clock
        self.step, self.seconds = 0, 0.0
        folder.mkdir(parents=True, exist_ok=True)

    @abstractmethod
    def parts(self) -> Mapping[str, Part]:
        """Give all that has a state, by its name in the file."""

    @abstractmethod
    def advance(self) -> Figures:
        """Learn from one step; its losses by name."""

    def repeat(self, progress: Progress, report: Callable[[], Figures] | None = None) -> None:
        """Train to the end.

        Parameters
        ----------
        report : figures that are written whenever the state is saved
        """
        began, earlier, recent = self.clock(), self.seconds, Figures()
        while self.step < self.pace.steps and self.done() < 1.0:
            for name, value in self.advance().items():
                recent[name] = recent.get(name, 0.0) + value / self.pace.log_every
            self.step += 1
            self.seconds = earlier + self.clock() - began
            if self.step % self.pace.log_every == 0:
                self._log(recent, progress)
                recent = Figures()
            if self.step % self.pace.save_every == 0:
                self._save(report)
        self._save(report)

    def done(self) -> float:
        """Find the share of the training that is over: of steps or time, whichever is more."""
        limit = 60.0 * self.pace.minutes
        return max(self.step / self.pace.steps, self.seconds / limit if limit else 0.0)

    def resume(self) -> None:
        """Load the state of the last run, where there is one."""
        path = self.folder / f"{self.name}.resume.pt"
        if not path.is_file():
            return
        state = torch.load(path, map_location="cpu", weights_only=True)
        for name, part in self.parts().items():
            if state.get(name) is not None:
                part.load_state_dict(state[name])
        self.step, self.seconds = state["step"], state["seconds"]

    @property
    def _writes(self) -> bool:
        """Whether this process writes files; of several that train together one does."""
        return True

    def _log(self, recent: Figures, progress: Progress) -> None:
        if self._writes:
            self._write({"seconds": round(self.seconds, 1)} | recent)
        said = ", ".join(f"{name} {value:.4f}" for name, value in recent.items())
        progress.report(self.done(), f"{self.name}: step {self.step}, {said}")

    def _write(self, row: Figures) -> None:
        with (self.folder / f"{self.name}.jsonl").open("a") as file:
            file.write(json.dumps({"step": self.step} | row) + "\n")

    def _save(self, report: Callable[[], Figures] | None) -> None:
        if not self._writes:
            return
        if report:
            self._write(report())
        state = {name: part.state_dict() for name, part in self.parts().items()}
        partial = self.folder / f"{self.name}.resume.partial"
        torch.save({"step": self.step, "seconds": self.seconds} | state, partial)
        partial.replace(self.folder / f"{self.name}.resume.pt")


class Trainer(Loop):
    """Runs `loss(model, step)` to its end, on whatever Accelerate finds."""

    def __init__(self, model: nn.Module, config: LoopConfig, folder: Path, name: str) -> None:
        super().__init__(config, folder, name)
        self.config = config
        self.accelerator = Accelerator()
        # `prepare` leaves a model of an earlier trainer where it is.
        model.to(self.accelerator.device)
        trained = [p for p in model.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(
            trained, lr=config.learning_rate, weight_decay=config.weight_decay, betas=(0.9, 0.99)
        )
        self.model, self.optimizer = self.accelerator.prepare(model, optimizer)
        self.average = averaged(model, config.ema) if config.ema else None
        self.resume()

    @property
    def rank(self) -> int:
        return int(self.accelerator.process_index)

    @property
    def device(self) -> torch.device:
        device: torch.device = self.accelerator.device
        return device

    @property
    def _writes(self) -> bool:
        return bool(self.accelerator.is_main_process)

    def parts(self) -> Mapping[str, Part]:
        parts = {"model": self._own(), "optimizer": self.optimizer}
        return parts | ({"average": self.average} if self.average else {})

    def run(
        self, loss: Loss, progress: Progress, report: Callable[[], Figures] | None = None
    ) -> nn.Module:
        """Train to the end and return the weights to keep, in evaluation mode and on the CPU."""
        self.loss = loss

        def seen() -> Figures:
            figures = report() if report else {}
            self.model.train()
            return figures

        self.model.train()
        self.repeat(progress, seen if report else None)
        return self.kept().cpu()

    def kept(self) -> nn.Module:
        """Give the weights to keep, in evaluation mode."""
        model: nn.Module = self.average.module if self.average else self._own()
        return model.eval()

    def _own(self) -> nn.Module:
        model: nn.Module = self.accelerator.unwrap_model(self.model)
        return model

    def advance(self) -> Figures:
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.learning_rate * self._rate()
        value = self.loss(self.model, self.step)
        self.accelerator.backward(value)
        self.accelerator.clip_grad_norm_(self.model.parameters(), self.config.clip)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        if self.average:
            self.average.update_parameters(self._own())
        return {"loss": float(value.detach())}

    def _rate(self) -> float:
        """Linear warm-up, then a cosine over the steps or the time, whichever is nearer its end."""
        warm = min(1.0, (self.step + 1) / self.config.warmup)
        return warm * cosine(self.done())


def averaged(model: nn.Module, decay: float) -> AveragedModel:
    """Keep a moving average of the model's weights.

    The decay is the share it keeps at each step.
    """
    average = get_ema_multi_avg_fn(decay)
    return AveragedModel(model, multi_avg_fn=average)


def cosine(done: float) -> float:
    """Fall from 1 at the beginning of a training to 0 at its end."""
    return 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


def batches(count: int, size: int, seed: int) -> Iterator[Tensor]:
    """Give endless shuffled batches (B,) of indices below `count`, epoch after epoch."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        order = torch.randperm(count, generator=generator)
        yield from torch.split(order, size)
