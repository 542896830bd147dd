"""Takes of several expressions and seeds straight into files, each whole as soon as it is made."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from studio.core import GenerationRequest, InputError, Progress
from studio.document.evaluator import Played
from studio.io import FORMATS, write_sequence
from studio.io.files import whole_file
from studio.io.naming import safe_name

from .maker import Generator
from .many_takes import GROUP, Take, generate_takes
from .recipe import Face, Recipe, make_recipe, start_of
from .text import finite, plain

RECIPES = "recipes.json"
_SAMPLING = 0.8  # share of the time that goes into sampling, the rest into writing


class Engine(Generator, Protocol):
    """What a batch asks of an engine."""

    @property
    def labels(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Batch:
    """What to make: every label with every seed.

    request : what the takes share; its label and seed do not count
    folder : where ``<label>_<seed>`` is put: a folder of frames, or one file
    format_name : of one of `FORMATS.geometry`; unit : mm, cm or m
    """

    request: GenerationRequest
    labels: tuple[str, ...]
    seeds: tuple[int, ...]
    folder: Path
    format_name: str = "obj"
    unit: str = "mm"

    def __len__(self) -> int:
        return len(self.labels) * len(self.seeds)

    def places(self) -> Iterator[Path]:
        """Where each take goes, in the order in which they are made."""
        for label in self.labels:
            for seed in self.seeds:
                yield self.place(label, seed)

    def place(self, label: str, seed: int) -> Path:
        name, kind = f"{safe_name(label)}_{seed}", FORMATS[self.format_name]
        return self.folder / (f"{name}{kind.suffix}" if kind.single else name)


def run_batch(
    engine: Engine,
    batch: Batch,
    face: Face | None = None,
    *,
    progress: Progress,
    show: Callable[[Path], object] = lambda _path: None,
) -> list[Path]:
    """Make and write the takes, and `recipes.json` beside them; where they lie.

    face : as in `generate_clip`
    show : told each take that is written
    A stop, a failure or a kill leaves the takes written so far, whole, with their recipes; recipes
    of an earlier batch in the folder stay. Raises `InputError` for a label or a format that is not
    known, for a `recipes.json` that is none, and where the model cannot move the face, before
    anything is made.
    """
    _check(engine, batch)
    notes = Notes(batch.folder / RECIPES)
    paths: list[Path] = []
    for take, part in _takes(engine, batch, face, progress):
        paths.append(_write(batch, take, part))
        notes.add(paths[-1].name, take[1])
        show(paths[-1])
    return paths


def _check(engine: Engine, batch: Batch) -> None:
    unknown = [label for label in batch.labels if label not in engine.labels]
    if unknown:
        raise InputError.of("labels", f"some of {', '.join(engine.labels)}", unknown[0])
    if not len(batch):
        raise InputError.of("batch", "labels and seeds", "none")
    known = [kind.name for kind in FORMATS.geometry]
    if batch.format_name not in known:
        raise InputError.of("format", f"one of {', '.join(known)}", batch.format_name)


def _takes(
    engine: Engine, batch: Batch, face: Face | None, progress: Progress
) -> Iterator[tuple[Take, Progress]]:
    """Each take, and the progress of writing it."""
    clip = face.clip if isinstance(face, Played) else None
    recipe = make_recipe(batch.request, engine, clip)
    start, left = start_of(engine, recipe, face, progress)
    groups = [
        (label, batch.seeds[place : place + GROUP])
        for label in batch.labels
        for place in range(0, len(batch.seeds), GROUP)
    ]
    done = 0
    for label, seeds in groups:
        part = left.part(done / len(batch), (done + len(seeds)) / len(batch))
        done += len(seeds)
        asked, sampling = {**recipe, "label": label}, part.part(0.0, _SAMPLING)
        made = [
            take
            for takes in generate_takes(engine, asked, seeds, start, progress=sampling)
            for take in takes
        ]
        writing = part.part(_SAMPLING, 1.0)
        for place, take in enumerate(made):
            yield take, writing.part(place / len(made), (place + 1) / len(made))


def _write(batch: Batch, take: Take, progress: Progress) -> Path:
    sequence, recipe = take
    path = batch.place(str(recipe["label"]), int(str(recipe["seed"])))
    write_sequence(
        replace(sequence, name=path.stem),
        path,
        format=batch.format_name,
        unit=batch.unit,
        progress=progress,
    )
    return path


def _read_recipes(path: Path) -> dict[str, Recipe]:
    """What an earlier batch noted in the folder, empty where there was none."""
    if not os.path.exists(path):
        return {}
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text, parse_float=finite, parse_constant=finite)
    except (OSError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(item, dict) for item in found.values()):
        raise InputError.of(path, "the recipes of an earlier batch", "something else")
    return found


class Notes:
    """The recipes of a folder, in a readable file that is whole after each.

    The text of each is kept, because spelling out thousands anew would take longer than a take.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._texts = {name: _spelt(name, recipe) for name, recipe in _read_recipes(path).items()}

    def add(self, name: str, recipe: Recipe) -> None:
        self._texts[name] = _spelt(name, recipe)
        with whole_file(self._path) as part:
            text = ",\n".join(self._texts.values())
            part.write_text(f"{{\n{text}\n}}\n", encoding="utf-8")


def _spelt(name: str, recipe: Recipe) -> str:
    """The lines of a recipe in the file, without the braces round all."""
    lines = json.dumps(plain({name: recipe}), indent=1, allow_nan=False).splitlines()
    return "\n".join(lines[1:-1])
