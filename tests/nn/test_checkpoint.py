"""Model files come back as they were, and every broken one is a sentence."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from studio.core import CheckpointError
from studio.nn import checkpoint as module
from studio.nn.checkpoint import load_checkpoint, read_header, save_checkpoint
from studio.nn.denoisers import DiffusionConfig


@dataclass(frozen=True)
class Config:
    width: int = 3
    channels: tuple[int, ...] = (1, 2)
    name: str = "é"


def written(path: Path, **changes: object) -> Path:
    state = {"weight": torch.randn(3, 4), "index": torch.arange(5), "scalar": torch.ones(())}
    options: dict[str, object] = {
        "labels": ("anger", "neutral"),
        "topology": "0123456789abcdef",
        "extra": {"accuracy": 0.5, "note": "x"},
    } | changes
    save_checkpoint(path, "recognizer", Config(), state, **options)
    return path


def test_a_checkpoint_comes_back_whole(tmp_path: Path) -> None:
    state = {"weight": torch.randn(3, 4), "view": torch.randn(4, 4).T, "index": torch.arange(5)}
    path = tmp_path / "new folder" / "a.safetensors"
    save_checkpoint(path, "recognizer", Config(width=9), state, labels=("a", "b"), extra={"f": 1.5})
    got = load_checkpoint(path, "recognizer")
    assert got.kind == "recognizer"
    assert got.labels == ("a", "b")
    assert got.extra == {"f": 1.5}
    assert got.config_as(Config) == Config(width=9)
    assert got.state.keys() == state.keys()
    for name, tensor in state.items():
        assert torch.equal(got.state[name], tensor)
        assert got.state[name].dtype == tensor.dtype


def test_half_precision_is_a_matter_of_the_file_alone(tmp_path: Path) -> None:
    path = written(tmp_path / "a.safetensors", half=("weight",))
    whole = written(tmp_path / "b.safetensors")
    state = load_checkpoint(path).state
    assert {tensor.dtype for tensor in state.values()} == {torch.float32, torch.int64}
    assert path.stat().st_size < whole.stat().st_size
    with pytest.raises(KeyError):
        written(tmp_path / "c.safetensors", half=("no such tensor",))


def test_packed_rows_are_as_small_as_half_precision_and_more_exact(tmp_path: Path) -> None:
    rows = torch.randn(6, 4000, generator=torch.Generator().manual_seed(0)) * torch.tensor(
        [[1e-4], [1.0], [3.0], [1e3], [0.0], [1.0]]
    )
    sizes, errors = [], []
    for way in ("half", "packed"):
        path = tmp_path / f"{way}.safetensors"
        save_checkpoint(path, "recognizer", Config(), {"rows": rows}, **{way: ("rows",)})
        state = load_checkpoint(path).state
        assert state.keys() == {"rows"}
        assert state["rows"].dtype == torch.float32
        sizes.append(path.stat().st_size)
        errors.append((state["rows"] - rows)[[1, 2, 3]].norm())
        assert torch.equal(state["rows"][4], rows[4])
    assert sizes[1] < 1.02 * sizes[0]
    assert errors[1] < errors[0] / 3
    with pytest.raises(KeyError):
        save_checkpoint(path, "recognizer", Config(), {"rows": rows}, packed=("none",))


def test_the_header_is_read_without_the_weights(tmp_path: Path) -> None:
    header = read_header(written(tmp_path / "a.safetensors"))
    assert (header.kind, header.labels) == ("recognizer", ("anger", "neutral"))
    assert header.topology == "0123456789abcdef"
    assert not hasattr(header, "state")


@settings(max_examples=30, deadline=None)
@given(share=st.floats(0.0, 0.999))
def test_every_truncation_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, share: float
) -> None:
    path = written(tmp_path_factory.mktemp("cut") / "a.safetensors")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    for read in (read_header, load_checkpoint):
        with pytest.raises(CheckpointError, match=r"a\.safetensors: "):
            read(path)


def zipped(path: Path) -> None:
    torch.save({"weight": torch.ones(3)}, path)


def pickled(path: Path) -> None:
    path.write_bytes(pickle.dumps({"weight": [1.0] * 100}))


def text(path: Path) -> None:
    path.write_text("v 0 0 0\nv 1 0 0\n" * 50)


def foreign(path: Path) -> None:
    save_file({"weight": torch.ones(3)}, path)


def folder(path: Path) -> None:
    path.mkdir()


def bad_json(path: Path) -> None:
    path.write_bytes((20).to_bytes(8, "little") + b"{" * 20)


def no_list(path: Path) -> None:
    path.write_bytes((12).to_bytes(8, "little") + b'{"a":[1,2] }')


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "found nothing there"),
        (zipped, "pickle"),
        (pickled, "pickle"),
        (text, "safetensors"),
        (foreign, "not one of the studio's"),
        (folder, "a.safetensors"),
        (bad_json, "something else"),
        (no_list, "list of tensors"),
    ],
)
def test_what_is_no_checkpoint_is_one_sentence(
    tmp_path: Path, make: Callable[[Path], None], says: str
) -> None:
    path = tmp_path / "a.safetensors"
    make(path)
    with pytest.raises(CheckpointError, match=says) as caught:
        load_checkpoint(path)
    assert "\n" not in str(caught.value)


def test_another_kind_or_version_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.safetensors")
    with pytest.raises(CheckpointError, match="expected a model of kind diffusion, found recog"):
        load_checkpoint(path, "diffusion")
    monkeypatch.setattr(module, "VERSION", "2")
    with pytest.raises(CheckpointError, match="expected format version 2, found 1"):
        read_header(path)


def test_a_config_or_weights_that_do_not_fit_are_one_sentence(tmp_path: Path) -> None:
    got = load_checkpoint(written(tmp_path / "a.safetensors"))
    with pytest.raises(CheckpointError, match="unknown field"):
        got.config_as(DiffusionConfig)
    with pytest.raises(CheckpointError, match="do not fit"):
        got.fill(torch.nn.Linear(2, 2))


def test_a_model_takes_the_numbers_of_a_file_in_its_own_kind(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    weight, bias = torch.randn(2, 3), torch.randn(2, dtype=torch.float64)
    save_checkpoint(path, "recognizer", Config(), {"weight": weight, "bias": bias})
    got = load_checkpoint(path)
    model = torch.nn.Linear(3, 2)
    model.bias.requires_grad_(False)
    assert got.fill(model) is model
    assert model.weight.data_ptr() == got.state["weight"].data_ptr(), "without a copy"
    assert torch.equal(model.weight, weight) and model.weight.requires_grad
    assert torch.equal(model.bias, bias.float()) and not model.bias.requires_grad


def test_a_failed_save_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = written(tmp_path / "a.safetensors")
    before = path.read_bytes()
    shared = torch.ones(3)
    with pytest.raises((RuntimeError, TypeError)):
        save_checkpoint(path, "recognizer", object(), {"a": shared})
    with pytest.raises(AttributeError):
        save_checkpoint(path, "recognizer", Config(), {"a": None})  # type: ignore[dict-item]
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.safetensors"]
