"""Opening model sets: whole, partial, broken; devices; a device that runs out of memory."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.core import CheckpointError, InputError, Progress, StudioError
from studio.engine import Engine, available_devices, choose_device, find_sets, leave_a_core
from studio.engine.loading import model_set, sets
from studio.engine.loading.device import cannot_serve
from studio.engine.loading.models import Models
from studio.engine.loading.sets import inspect_set
from studio.face.known import studio_face
from studio.nn.autoencoder import Autoencoder
from studio.nn.checkpoint import Header, load_checkpoint, save_checkpoint
from tests.closed import closed

from .tiny import DIFFUSION, FACE, LABELS, RECOGNIZER, moving_face, open_tiny, write_set

ALL = {"autoencoder", "recognizer", "diffusion", "diffusion-unet2d"}


def opened(folder: Path) -> Engine:
    return Engine.open(folder, "cpu", template=FACE)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def test_a_whole_set_opens(shared: Engine) -> None:
    assert shared.kinds == ALL
    assert shared.labels == LABELS
    assert (shared.name, shared.device, shared.topology) == ("tiny", "cpu", FACE.topology)
    assert shared.problems == {}
    assert shared.limits().max_frames == 80


def test_opening_twice_gives_the_same_answers(tmp_path: Path, shared: Engine) -> None:
    again = open_tiny(tmp_path / "again")
    clip = moving_face(12)
    assert np.array_equal(again.recognize(clip).per_frame, shared.recognize(clip).per_frame)


def test_a_part_of_a_set_does_its_part(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "tiny")
    (folder / "recognizer.safetensors").unlink()
    cut(folder / "diffusion.safetensors")
    engine = opened(folder)
    assert engine.kinds == {"autoencoder", "diffusion-unet2d"}
    assert engine.labels == LABELS
    with pytest.raises(CheckpointError, match="tiny: the model set has no recognizer model"):
        engine.recognize(moving_face(5))
    with pytest.raises(CheckpointError, match=r"diffusion\.safetensors: the file is truncated"):
        engine.generate("anger", 1)
    assert engine.generate("anger", 1, model="diffusion-unet2d").n_frames == 60


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (Path.unlink, "no such file"),
        (cut, "truncated"),
        (lambda path: path.write_bytes(b"\x80\x04junk"), "pickle"),
        (lambda path: torch.save({}, path), "pickle"),
        (
            lambda path: path.write_bytes((path.parent / "recognizer.safetensors").read_bytes()),
            "kind",
        ),
    ],
)
def test_without_an_autoencoder_nothing_opens(
    tmp_path: Path, spoil: Callable[[Path], None], says: str
) -> None:
    folder = write_set(tmp_path / "tiny")
    spoil(folder / "autoencoder.safetensors")
    with pytest.raises(CheckpointError, match=says) as caught:
        opened(folder)
    assert "autoencoder.safetensors" in str(caught.value)
    found = inspect_set(folder)
    assert found.problem is not None
    assert says in found.problem


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="nowhere: no such model set"):
        opened(tmp_path / "nowhere")


def test_a_model_names_its_face_by_the_list_of_triangles_or_however_they_are_listed() -> None:
    face = studio_face()
    for named, fits in ((face.template.listed_topology, True), (face.topology, True), ("f", False)):
        header = Header(Path("a.safetensors"), "a", {}, (), named)
        assert (sets.misfit(header, face.topology, ()) == "") is fits


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"topology": "f" * 16}, "found another face"),
        ({"labels": ("a", "b", "c")}, "expected the labels anger, happiness, neutral"),
        ({"labels": ()}, "expected 3 label names, found 0"),
    ],
)
def test_a_model_of_another_world_is_left_out(
    tmp_path: Path, changes: dict[str, object], says: str
) -> None:
    folder = write_set(tmp_path / "tiny")
    path = folder / "diffusion.safetensors"
    state = load_checkpoint(path).state
    options = {"labels": LABELS, "topology": FACE.topology} | changes
    save_checkpoint(path, "diffusion", DIFFUSION, state, **options)
    engine = opened(folder)
    assert engine.kinds == ALL - {"diffusion"}
    with pytest.raises(CheckpointError, match=says):
        engine.generate("anger", 1)


def test_weights_of_another_config_are_left_out(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "tiny")
    state = load_checkpoint(folder / "diffusion.safetensors").state
    save_checkpoint(
        folder / "recognizer.safetensors", "recognizer", RECOGNIZER, state, labels=LABELS
    )
    assert "do not fit" in opened(folder).problems["recognizer"]


def test_sets_are_found_where_they_ship_and_where_the_user_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (sets, model_set):
        monkeypatch.setattr(place, "shipped", lambda name: tmp_path / name)
    monkeypatch.setattr(sets, "data_folder", lambda: tmp_path / "user")
    assert find_sets() == []
    for folder in ("checkpoints/a-set", "checkpoints/anny-basic", "user/models/own"):
        write_set(tmp_path / folder)
    (tmp_path / "checkpoints" / "notes").mkdir()
    cut(tmp_path / "user" / "models" / "own" / "recognizer.safetensors")
    found = find_sets()
    assert [entry.name for entry in found] == ["anny-basic", "a-set", "own"]
    assert found[0].kinds == ALL
    assert found[0].problem is None
    assert found[2].kinds == ALL - {"recognizer"}
    assert "truncated" in str(found[2].problem)
    assert Engine.open(None, "cpu", template=FACE).name == "anny-basic"


def test_loading_reports_and_can_be_cancelled(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "tiny")
    said: list[str] = []
    Engine.open(folder, "cpu", Progress(lambda _, text: said.append(text)), template=FACE)
    assert set(said) == {"Loading models"}


def test_devices_are_named_and_checked() -> None:
    assert available_devices()[-1] == "cpu"
    assert choose_device("auto").type == available_devices()[0]
    with pytest.raises(InputError, match="device: expected auto, cuda, mps or cpu, found tpu"):
        choose_device("tpu")
    for missing in {"cuda", "mps"} - set(available_devices()):
        with pytest.raises(InputError, match="device: expected one this machine has"):
            choose_device(missing)


class Crowded(Autoencoder):
    """An autoencoder on a device without room: it answers once it has been moved."""

    def __init__(self, inner: Autoencoder) -> None:
        torch.nn.Module.__init__(self)
        self.inner = inner
        self.config = inner.config
        self.moved = False

    def __deepcopy__(self, memo: dict[int, object]) -> Crowded:
        copied = Crowded(self.inner)
        copied.moved = True
        return copied

    def encode(self, vertices: torch.Tensor) -> torch.Tensor:
        if not self.moved:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return self.inner.encode(vertices)


def test_a_full_device_hands_over_to_the_cpu_and_says_so(tmp_path: Path, shared: Engine) -> None:
    told: list[str] = []
    write_set(tmp_path / "tiny")
    own = shared.models.host.models.of("autoencoder", Autoencoder)
    crowded = Models({"autoencoder": Crowded(own)}, torch.device("meta"))
    moved = Engine.open(tmp_path / "tiny", "cpu", template=FACE, notice=told.append)
    moved.models.host.models = crowded
    clip = moving_face(10)
    np.testing.assert_array_equal(moved.encode(clip), shared.encode(clip))
    assert moved.device == "cpu"
    assert told == ["meta has no room for the models; they run on the CPU."]
    moved.encode(moving_face(12))
    assert len(told) == 1


def test_leaving_a_full_device_asks_it_for_no_room(
    shared: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 28 MiB")

    monkeypatch.setattr(torch.Tensor, "__deepcopy__", full)
    monkeypatch.setattr(torch.nn.Parameter, "__deepcopy__", full)
    models = shared.models.host.models
    moved = models.to(torch.device("cpu"))
    for old, new in zip(
        models.modules["autoencoder"].parameters(),
        moved.modules["autoencoder"].parameters(),
        strict=True,
    ):
        assert torch.equal(old, new) and old.data_ptr() != new.data_ptr()


def test_a_folder_nobody_may_look_into_is_one_sentence(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "models")
    with closed(folder), pytest.raises(CheckpointError, match="models: "):
        Engine.open(folder, "cpu", template=FACE)
    with closed(tmp_path), pytest.raises(CheckpointError, match="models: "):
        Engine.open(folder, "cpu", template=FACE)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("out of memory"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"),
    ],
)
def test_where_the_cpu_is_full_too_it_is_a_lack_of_memory(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_vertices: torch.Tensor) -> torch.Tensor:
        raise error

    own = open_tiny(tmp_path / "tiny")
    full = Crowded(own.models.host.models.of("autoencoder", Autoencoder))
    monkeypatch.setattr(full, "encode", refuse)
    own.models.host.models = Models({"autoencoder": full}, torch.device("cpu"))
    with pytest.raises(MemoryError):
        own.encode(moving_face(10))


def test_only_a_lack_of_room_or_of_an_operation_is_a_reason_to_move() -> None:
    assert cannot_serve(RuntimeError("MPS backend out of memory"))
    assert cannot_serve(NotImplementedError("aten::op is not on this device"))
    assert not cannot_serve(RuntimeError("shapes do not match"))
    assert not cannot_serve(StudioError("out of memory"))


@pytest.mark.parametrize(("cores", "there", "left"), [(1, 1, 1), (2, 2, 1), (8, 8, 7), (8, 4, 4)])
def test_a_core_is_left_to_the_window(
    cores: int, there: int, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = torch.get_num_threads()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: range(cores), raising=False)
    try:
        torch.set_num_threads(there)
        for _ in range(2):  # once for each set of models that is opened
            leave_a_core()
            assert torch.get_num_threads() == left
    finally:
        torch.set_num_threads(before)


def test_finite_weights_whose_answer_is_no_number_are_told(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "tiny", paper=False)
    file = load_checkpoint(folder / "recognizer.safetensors")
    state = file.state | {"clip_temperature": torch.zeros(())}
    save_checkpoint(
        file.path, file.kind, RECOGNIZER, state, labels=file.labels, topology=file.topology
    )
    engine = Engine.open(folder, "cpu", template=FACE)
    with pytest.raises(CheckpointError, match=r"^recognizer\.safetensors: expected weights that"):
        engine.recognize(moving_face(5))
