"""The training loop: a run that was cut and resumed ends where an unbroken one does."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from studio.core import Cancelled, Progress
from studio.training.trainers.loop import LoopConfig, Loss, Trainer, batches


def config(ema: float = 0.0, steps: int = 20) -> LoopConfig:
    return LoopConfig(steps=steps, warmup=3, ema=ema, save_every=4, log_every=5)


def fresh() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))


def loss_until(stop: int | None = None) -> Loss:
    """A regression whose batch depends on the step alone; raises at step `stop`."""

    def loss(model: nn.Module, step: int) -> Tensor:
        if step == stop:
            raise Cancelled
        x = torch.randn(16, 3, generator=torch.Generator().manual_seed(step))
        x = x.to(next(model.parameters()).device)
        error: Tensor = (model(x)[:, 0] - x.sum(1)).square().mean()
        return error

    return loss


def trained(folder: Path, ema: float, stop: int | None = None) -> nn.Module:
    return Trainer(fresh(), config(ema), folder, "toy").run(loss_until(stop), Progress())


@pytest.mark.parametrize("ema", [0.0, 0.9])
@pytest.mark.parametrize("stop", [1, 11, 19])
def test_resumed_equals_unbroken(tmp_path: Path, ema: float, stop: int) -> None:
    whole = trained(tmp_path / "whole", ema)
    with pytest.raises(Cancelled):
        trained(tmp_path / "cut", ema, stop)
    resumed = trained(tmp_path / "cut", ema)
    for mine, theirs in zip(resumed.parameters(), whole.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=0, atol=0)


def test_a_finished_run_does_no_more_steps(tmp_path: Path) -> None:
    first = trained(tmp_path, 0.0)
    again = trained(tmp_path, 0.0, stop=20)  # the next step would raise
    assert Trainer(fresh(), config(), tmp_path, "toy").step == 20
    for mine, theirs in zip(again.parameters(), first.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=0, atol=0)


def test_the_average_is_the_average(tmp_path: Path) -> None:
    """The first update takes the weights as they are, each later one a tenth of them."""
    seen: list[Tensor] = []

    def loss(model: nn.Module, step: int) -> Tensor:
        seen.append(next(model.parameters()).detach().clone())
        return loss_until()(model, step)

    trainer = Trainer(fresh(), config(0.9, steps=6), tmp_path, "toy")
    kept = next(trainer.run(loss, Progress()).parameters())
    own = next(trainer.accelerator.unwrap_model(trainer.model).parameters()).detach()
    expected = seen[1]
    for weights in [*seen[2:], own]:
        expected = 0.9 * expected + 0.1 * weights
    torch.testing.assert_close(kept, expected)
    assert not torch.allclose(kept, own)


def test_it_learns_and_says_so(tmp_path: Path) -> None:
    heard: list[float] = []
    progress = Progress(lambda fraction, _: heard.append(fraction))
    long = LoopConfig(steps=300, learning_rate=1e-2, warmup=10, save_every=100, log_every=50)
    trainer = Trainer(fresh(), long, tmp_path, "toy")
    model = trainer.run(loss_until(), progress, lambda: {"val": 1.5})
    rows = [json.loads(line) for line in (tmp_path / "toy.jsonl").read_text().splitlines()]
    losses = [row["loss"] for row in rows if "loss" in row]
    assert losses[-1] < 0.2 * losses[0]
    assert [row["step"] for row in rows if "val" in row] == [100, 200, 300, 300]
    assert heard == sorted(heard) and heard[-1] == 1.0
    assert not model.training


def test_the_rate_rises_then_falls_to_nothing(tmp_path: Path) -> None:
    trainer = Trainer(fresh(), LoopConfig(steps=100, warmup=10), tmp_path, "toy")
    rates = []
    for step in range(101):
        trainer.step = step
        rates.append(trainer._rate())
    assert max(range(101), key=rates.__getitem__) in (9, 10)
    assert rates[0] < 0.2 and rates[100] == pytest.approx(0.0)


def test_frozen_parameters_stay(tmp_path: Path) -> None:
    model = fresh()
    frozen = next(model.parameters()).requires_grad_(False)
    before = frozen.clone()
    Trainer(model, config(), tmp_path, "toy").run(loss_until(), Progress())
    torch.testing.assert_close(frozen, before, rtol=0, atol=0)


def test_every_epoch_of_batches_is_a_permutation() -> None:
    drawn = list(islice(batches(10, 4, seed=0), 9))
    assert [len(batch) for batch in drawn] == [4, 4, 2] * 3
    epochs = [torch.cat(drawn[k : k + 3]) for k in (0, 3, 6)]
    for epoch in epochs:
        assert sorted(epoch.tolist()) == list(range(10))
    assert not torch.equal(epochs[0], epochs[1])
