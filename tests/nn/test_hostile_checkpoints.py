"""Model files that are not what they say: one sentence each, before anything is built."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from studio.core import CheckpointError
from studio.engine.catalog import kind_of
from studio.engine.loading.model_set import _built
from studio.nn.checkpoint import load_checkpoint, read_header, save_checkpoint
from studio.nn.recognizer import Recognizer, RecognizerConfig

CONFIG = RecognizerConfig(latent_dim=8, motion_dim=4, labels=2, width=8, heads=2, layers=1)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "recognizer.safetensors"
    state = Recognizer(CONFIG).state_dict()
    save_checkpoint(path, "recognizer", CONFIG, state, labels=["a", "b"])
    return path


def spoiled(good: Path, folder: Path, **texts: Any) -> Path:
    """Put texts into the header of a copy; ``tensor`` changes the entry of the first tensor."""
    data = good.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    tensor = texts.pop("tensor", {})
    header[next(name for name in header if name != "__metadata__")].update(tensor)
    header["__metadata__"].update(texts)
    text = json.dumps(header).encode()
    path = folder / "recognizer.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + length :])
    return path


def refused(path: Path) -> str:
    kind = kind_of("recognizer")
    with pytest.raises(CheckpointError, match=r"^recognizer\.safetensors: ") as caught:
        _built(kind, read_header(path, kind.file_kind), {})
    assert len(str(caught.value)) <= 300
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_good_one_is_built(good: Path) -> None:
    kind = kind_of("recognizer")
    assert isinstance(_built(kind, read_header(good), {}), Recognizer)


@pytest.mark.parametrize(
    "change",
    [
        {"layers": 1e30}, {"layers": 10**30}, {"layers": "3"}, {"layers": None}, {"layers": True},
        {"layers": 1.0}, {"layers": 0}, {"layers": -1}, {"layers": [1]}, {"layers": {}},
        {"width": 10**9}, {"width": 7}, {"heads": 3}, {"heads": 0}, {"fps": 0}, {"fps": -30},
        {"fps": 1e308}, {"fps": "30"}, {"dropout": 2}, {"dropout": -0.1}, {"window": 0},
        {"labels": 0}, {"labels": 10**12}, {"motion_dim": 16}, {"shrink": 1e300}, {"x" * 5000: 1},
    ],
    ids=str,
)  # fmt: skip
def test_values_a_config_cannot_have(good: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    config = json.loads(json.dumps(CONFIG.__dict__)) | change
    refused(spoiled(good, tmp_path, config=json.dumps(config)))


@pytest.mark.parametrize(
    "change",
    [{"width": 4096, "heads": 32}, {"layers": 64, "width": 4096}, {"ff": 64, "width": 4096}],
)
def test_a_network_far_larger_than_its_weights_is_not_built(
    good: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    config = json.loads(json.dumps(CONFIG.__dict__)) | change
    said = refused(spoiled(good, tmp_path, config=json.dumps(config)))
    assert "it asks for more weights than there are" in said


@pytest.mark.parametrize(
    "texts",
    [
        {"config": "NaN"}, {"config": "[]"}, {"config": "7"}, {"config": "[[1, 2]]"},
        {"config": "[" * 100_000}, {"config": '{"fps": Infinity}'}, {"config": '{"fps": NaN}'},
        {"config": 7}, {"config": None}, {"labels": "[1, 2]"}, {"labels": '{"a": 1}'},
        {"labels": '"ab"'}, {"labels": '["a", "a"]'}, {"labels": '["a", ""]'},
        {"labels": json.dumps(["a", "b" * 5000])}, {"labels": "[" * 100_000},
        {"labels": '[["a"], ["b"]]'}, {"labels": '["a"]'}, {"extra": "[1]"}, {"extra": "[" * 10**5},
        {"topology": 7}, {"version": "x" * 5000}, {"kind": "y" * 5000}, {"kind": 3},
        {"tensor": {"data_offsets": [0, float("inf")]}}, {"tensor": {"data_offsets": [0, 1e308]}},
        {"tensor": {"data_offsets": [-4, 0]}}, {"tensor": {"data_offsets": "ab"}},
        {"tensor": {"data_offsets": None}}, {"tensor": {"dtype": "F1024"}},
        {"tensor": {"shape": [2**62, 4]}}, {"tensor": {"shape": [-1]}}, {"tensor": {"shape": 3}},
    ],
    ids=lambda texts: str(texts)[:40],
)  # fmt: skip
def test_headers_that_cannot_be(good: Path, tmp_path: Path, texts: dict[str, Any]) -> None:
    refused(spoiled(good, tmp_path, **texts))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("stored", ["", "half", "packed"])
def test_weights_that_are_no_numbers(tmp_path: Path, value: float, stored: str) -> None:
    state = Recognizer(CONFIG).state_dict()
    name = next(n for n, t in state.items() if t.ndim == 2 and t.is_floating_point())
    state[name] = state[name].clone()
    state[name][0, 0] = value
    path = tmp_path / "recognizer.safetensors"
    how: dict[str, Any] = {stored: [name]} if stored else {}
    save_checkpoint(path, "recognizer", CONFIG, state, labels=["a", "b"], **how)
    assert refused(path).endswith(f"expected finite weights, found others in {name}")


def test_weights_whose_sum_is_too_large_are_finite(tmp_path: Path) -> None:
    path = tmp_path / "large.safetensors"
    save_checkpoint(path, "recognizer", CONFIG, {"w": torch.full((4,), 3e38)})
    assert load_checkpoint(path).state["w"].shape == (4,)


def test_a_config_as_it_was_written_comes_back(good: Path) -> None:
    assert read_header(good).config_as(RecognizerConfig) == replace(CONFIG)
