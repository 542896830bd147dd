"""Laws of the action-unit Transformer, on a tiny one: causal live, the same in one pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from studio.nn.checkpoint import load_checkpoint, save_checkpoint
from studio.nn.units.au_transformer import AuTransformer, AuTransformerConfig, Regions
from studio.nn.units.decoding import Live, read_clip
from studio.nn.units.layers import periodic_positions

pytestmark = pytest.mark.usefixtures("one_thread")
TINY = AuTransformerConfig(
    units=3, points=7, per_unit=4, width=8, heads=2, layers=2, period=9, reach=4
)


def built(config: AuTransformerConfig = TINY) -> AuTransformer:
    torch.manual_seed(3)
    shape = config.units, config.per_unit
    regions = Regions(
        torch.tensor([1, 4, 12]),
        torch.arange(config.points),
        torch.randint(config.points, shape),
        torch.rand(shape),
    )
    return AuTransformer(config, regions).eval()


def clip(frames: int = 13) -> torch.Tensor:
    return 5.0 * torch.randn(frames, TINY.points, 3, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("causal", [True, False])
def test_one_pass_told_its_own_answers_says_the_same_as_frame_by_frame(*, causal: bool) -> None:
    model, moved = built(), clip()
    step_by_step = read_clip(model, moved, 50.0, causal=causal)
    told = model.told(step_by_step)
    before = torch.cat([torch.zeros_like(told[:, :1]), told[:, :-1]], dim=1)
    with torch.inference_mode():
        at_once = model(moved[None], torch.tensor([50.0]), before, causal=causal)
    for one, other in zip(step_by_step, at_once, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


def test_a_live_face_is_read_as_the_clip_of_it() -> None:
    model, moved = built(), clip()
    live = Live(model, 24.0)
    rows = torch.cat([model.intensity(live(frame)) for frame in moved], dim=1)
    wanted = model.intensity(read_clip(model, moved, 24.0, causal=True))
    torch.testing.assert_close(rows, wanted, atol=1e-5, rtol=1e-4)


def test_live_no_frame_sees_a_later_one_and_in_a_whole_clip_it_does() -> None:
    model, moved = built(), clip()
    changed = moved.clone()
    changed[8:] += 3.0
    for causal in (True, False):
        one, other = (
            model.intensity(read_clip(model, one, 30.0, causal=causal))[0, :8]
            for one in (moved, changed)
        )
        assert torch.equal(one, other) == causal
        assert torch.equal(one[:4], other[:4])  # farther than it reaches, in no case


def test_a_unit_alone_is_read_off_its_region_by_the_spatial_module() -> None:
    model = built(replace(TINY, temporal=False))
    outside = sorted(set(range(TINY.points)) - set(model.tokens.points[0].tolist()))
    moved = torch.zeros(1, TINY.points, 3)
    moved[:, outside] = 4.0
    tokens = model.tokens(torch.cat([moved, torch.zeros_like(moved)]))
    assert torch.equal(tokens[0, 0], tokens[1, 0])


def test_each_module_can_be_left_out_and_the_rate_be_kept_from_it() -> None:
    moved = clip()
    for change in ({"spatial": False}, {"temporal": False}, {"ordinal": False}):
        model = built(replace(TINY, **change))
        answer = read_clip(model, moved, 30.0, causal=False)
        assert model.intensity(answer).shape == (1, 13, 3)
    rated, printed = built(), built(replace(TINY, rated=False))
    slow, fast = (
        [model.intensity(read_clip(model, moved, fps, causal=True)) for fps in (15.0, 60.0)]
        for model in (rated, printed)
    )
    assert not torch.equal(*slow)
    assert torch.equal(*fast)


def test_positions_repeat_after_the_period() -> None:
    rows = periodic_positions(0, 20, 9, 8)
    assert torch.equal(rows[:9], rows[9:18])
    assert not torch.equal(rows[0], rows[1])


def test_what_is_saved_reads_as_before(tmp_path: Path) -> None:
    model, moved = built(), clip()
    path = tmp_path / "units.safetensors"
    save_checkpoint(path, "units", TINY, model.state_dict())
    file = load_checkpoint(path, "units")
    again = file.fill(AuTransformer(file.config_as(AuTransformerConfig)))
    one, other = (read_clip(net, moved, 30.0, causal=False) for net in (model, again))
    assert torch.equal(one.occurs, other.occurs)
    assert torch.equal(model.units, again.units)
