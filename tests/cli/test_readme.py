"""The commands that README and the models' cards name: each is one, and those for figures run."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import typer

from studio.cli.app import app
from studio.nn.autoencoder import AutoencoderConfig
from studio.nn.denoisers import DiffusionConfig
from studio.nn.judge import JudgeConfig
from studio.nn.recognizer import RecognizerConfig
from studio.training.datasets.corpus import _write
from studio.training.datasets.motion_points import COORDINATES
from studio.training.trainers import autoencoder, diffusion, judge, recognizer
from studio.training.trainers.loop import LoopConfig
from tests.training.conftest import tiny_corpus

from .conftest import Command

ROOT = Path(__file__).parents[2]
TEXTS = [ROOT / "README.md", *sorted((ROOT / "checkpoints").glob("*/README.md"))]
NAMED = re.compile(
    r"(?:^|`)((?:python -m (?:studio|benchmarks)|make)\b[^`\n]*)(?=`|$)", re.MULTILINE
)
BUILT = NAMED.findall(TEXTS[0].read_text(encoding="utf-8").partition("## Training them again")[2])


def named(text: Path) -> list[str]:
    """The commands of a text, as printed; what it leaves to choose, in brackets, is taken."""
    found = NAMED.findall(text.read_text(encoding="utf-8"))
    return [re.sub(r"[\[\]]", "", command).strip() for command in found]


def of_make(target: str) -> list[str]:
    """The lines of a target of the Makefile."""
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)*)", rules, re.MULTILINE)
    assert found, target
    return [line.strip() for line in found[1].splitlines()]


@cache
def commands() -> typer.core.TyperGroup:
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    return group


def parsed(arguments: list[str]) -> None:
    """Refuse what the command line would refuse, and run nothing."""
    command: typer.core.TyperGroup | typer.core.TyperCommand | None = commands()
    context, rest = None, arguments
    while isinstance(command, typer.core.TyperGroup) and rest:
        context = command.make_context(rest[0], list(rest), parent=context)
        name, command, rest = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        if isinstance(command, typer.core.TyperCommand):
            command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.parent.name)
def test_every_command_that_is_named_is_one(text: Path) -> None:
    commands = named(text)
    assert commands
    for command in commands:
        words = command.split()
        if words[0] == "make":
            of_make(words[1])
        elif words[2].startswith("benchmarks"):
            assert importlib.util.find_spec(words[2]) is not None, command
        else:
            parsed(words[3:])
    for line in of_make("corpus"):
        parsed(line.split()[3:])


def test_a_command_that_is_none_is_found() -> None:
    with pytest.raises(Exception, match="No such option"):
        parsed(["train", "judge", "--quickly"])
    with pytest.raises(Exception, match="No such command"):
        parsed(["train", "oracle"])


def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each training be of a small model, for two steps."""
    loop = LoopConfig(steps=2, warmup=1, save_every=10)
    size = {"latent_dim": 16, "motion_dim": 8}
    spiral = AutoencoderConfig(channels=(4, 4, 4), latent=16, spiral=5)
    reader = RecognizerConfig(latent_dim=16, motion_dim=COORDINATES, width=16, heads=2)
    motion = DiffusionConfig(**size, width=16, heads=2, layers=2, steps=3)
    made: dict[str, tuple[object, Callable[[], object]]] = {
        "AutoencoderTraining": (autoencoder, lambda: _auto(spiral, loop, loop, 4, 60, 60)),
        "RecognizerTraining": (recognizer, lambda: _reader(reader, loop, 4)),
        "JudgeTraining": (judge, lambda: _judge(JudgeConfig(**size, width=8), loop, 4)),
        "DiffusionTraining": (diffusion, lambda: _motion(motion, loop, batch=4)),
    }
    _auto, _reader, _judge, _motion = (getattr(module, name) for name, (module, _) in made.items())
    for name, (module, settings) in made.items():
        monkeypatch.setattr(module, name, settings)
    monkeypatch.setattr(autoencoder, "POOL", 100)


@pytest.mark.slow
def test_the_models_are_trained_and_measured_as_printed(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    small(monkeypatch)
    assert BUILT[0] == "make corpus"
    Path("data/corpus").mkdir(parents=True)
    _write(tiny_corpus(), Path("data/corpus/corpus.npz"))
    for line in BUILT[1:6]:
        ended = command(*line.split()[3:])
        assert ended.status == 0, (line, ended.err)
    models = {path.stem for path in Path("runs/anny-basic/out").glob("*.safetensors")}
    assert models == {"autoencoder", "recognizer", "diffusion"}
    figures = json.loads(Path("out/evaluation.json").read_text())
    for part in ("autoencoder", "recognition", "generation"):
        assert "skipped" not in figures[part]


def test_the_tables_of_formats_are_those_that_are_printed(command: Command) -> None:
    printed = command("formats", "--markdown").out.strip().split("\n\n")
    readme = TEXTS[0].read_text(encoding="utf-8")
    missing = [table for table in printed if table not in readme]
    assert len(printed) == 2 and not missing, "put in what `formats --markdown` prints"
    block, facts = command("formats").out, json.loads(command("formats", "--json").out)
    for kind in facts["formats"]:
        assert f"\n{kind['name']:<10}" in f"\n{block}" and f"| {kind['name']} |" in printed[0]
        assert all(option["name"] in block for option in kind["options"])
    assert [preset["name"] for preset in facts["presets"]] == [
        line.split(" | ")[1] for line in printed[1].splitlines()[2:]
    ]
