"""The catalog: what ships, what is registered on top of it, and that none of it costs torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from studio.core import CheckpointError, InputError, Probabilities, Progress
from studio.engine import Engine, catalog
from studio.engine.catalog import Role, known_kinds, known_parameters
from studio.engine.loading.sets import inspect_set
from studio.nn.checkpoint import save_checkpoint
from studio.nn.diffusion import SAMPLERS

from .tiny import moving_face
from .toys import (
    COPIED,
    GENERATOR,
    READER,
    TRACKS,
    Sizes,
    SizesConfig,
    registered,
    write_toys,
)


def test_the_catalog_is_read_without_torch() -> None:
    code = (
        "import sys, studio.ui.models.chooser, studio.cli.app;"
        "from studio.engine.catalog import known_kinds;"
        "sys.exit('torch' in sys.modules or not known_kinds())"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False, timeout=120)
    assert ended.returncode == 0


def test_every_kind_says_what_it_is_and_can_be_loaded() -> None:
    for kind in known_kinds():
        assert kind.title and kind.does and kind.family().config
        assert set(kind.depends) <= {one.name for one in known_kinds()} - {kind.name}
    samplers = next(one for one in known_parameters() if one.name == "sampler")
    assert tuple(choice.value for choice in samplers.choices) == SAMPLERS


def test_what_forms_offer_is_what_generators_take(moving: Engine) -> None:
    for name in moving.generators:
        offered = {parameter.name for parameter in catalog.kind_of(name).parameters}
        assert offered == moving.limits(name).parameters


def test_a_set_of_new_families_is_read_and_asked(tmp_path: Path) -> None:
    folder = write_toys(tmp_path / "toys")
    assert inspect_set(folder).kinds == set(COPIED)
    with registered():
        assert inspect_set(folder).kinds == {*COPIED, READER.name, GENERATOR.name}
        engine = Engine.open(folder, "cpu")
        assert (engine.readers[-1], engine.generators[-1]) == (READER.name, GENERATOR.name)
        assert engine.kinds >= {*COPIED, READER.name, GENERATOR.name} and engine.problems == {}
        clip = engine.generate("fear", 3, frames=20, model=GENERATOR.name, steps=1)
        assert np.array_equal(clip.vertices[0], engine.template.vertices)
        assert np.abs(clip.vertices[10] - clip.vertices[0]).max() > 4
        said = engine.read(READER.name, clip)
        assert said.names == TRACKS and said.values.shape == (20, 2)
        assert not isinstance(said, Probabilities)
    assert READER.name not in {kind.name for kind in known_kinds(Role.reader)}


def test_what_does_not_fit_a_set_is_left_out_with_its_sentence(tmp_path: Path) -> None:
    with registered():
        folder = write_toys(tmp_path / "toys")
        (folder / GENERATOR.file).write_bytes((folder / GENERATOR.file).read_bytes()[:-3])
        engine = Engine.open(folder, "cpu")
        assert GENERATOR.name not in engine.generators
        with pytest.raises(CheckpointError, match=r"toy-nod\.safetensors: the file is truncated"):
            engine.generate("fear", 1, model=GENERATOR.name)
        save_checkpoint(
            folder / READER.file, READER.name, SizesConfig(8), Sizes(SizesConfig(8)).state_dict()
        )
        problem = Engine.open(folder, "cpu").problems[READER.name]
        assert problem == "toy-sizes.safetensors: expected latents of size 512, found 8"


def test_a_reader_is_asked_by_a_name_that_readers_have(shared: Engine) -> None:
    clip = moving_face(8)
    said = shared.read("recognizer", clip, None, Progress())
    assert np.array_equal(said.values, shared.recognize(clip).per_frame)
    with pytest.raises(
        InputError, match="reader: expected one of recognizer, familiarity, units, found"
    ):
        shared.read("diffusion", clip)
    with pytest.raises(CheckpointError, match="tiny: the model set has no familiarity model"):
        shared.read("familiarity", clip)
    with pytest.raises(InputError, match="model: expected one of"):
        catalog.kind_of("nothing")
