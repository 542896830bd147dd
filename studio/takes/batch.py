"""Takes of several expressions and seeds straight into files, each whole as soon as it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from studio.core import GenerationRequest, InputError, MeshSequence, Progress
from studio.core.parameters import Value
from studio.document.evaluator import Played
from studio.face.registration.correspondence import Correspondence
from studio.io import FORMATS, write_sequence
from studio.io.files import check_place
from studio.io.naming import safe_name

from .faces import Face, settled
from .generate import GROUP, generate_takes, make_recipe, start_of, with_face
from .maker import Generator
from .recipe import GeneratorRecipe
from .text import RECIPES, Notes

_SAMPLING = 0.8  # share of the time that goes into sampling, the rest into writing


class Engine(Generator, Protocol):
    """What a batch asks of an engine."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The expressions that its models know."""
        ...


@dataclass(frozen=True)
class Batch:
    """What to make: every label with every seed.

    Attributes
    ----------
    request
        What the takes share; its label and seed do not count.
    labels, seeds
        Of the takes.
    folder
        Where ``<label>_<seed>`` is put: a folder of frames, or one file.
    format_name
        Of one of `FORMATS.geometry`.
    unit
        mm, cm or m.
    settings
        What the format is told, by the names of its parameters.
    recipes
        The file for the recipes; None: `recipes.json` in the folder.
    """

    request: GenerationRequest
    labels: tuple[str, ...]
    seeds: tuple[int, ...]
    folder: Path
    format_name: str = "obj"
    unit: str = "mm"
    settings: Mapping[str, Value] = field(default_factory=dict)
    recipes: Path | None = None

    @property
    def notes(self) -> Path:
        """The file for the recipes."""
        return self.recipes or self.folder / RECIPES

    def __len__(self) -> int:
        return len(self.labels) * len(self.seeds)

    def places(self) -> Iterator[Path]:
        """List where each take goes, in the order in which they are made."""
        for label in self.labels:
            for seed in self.seeds:
                yield self.place(label, seed)

    def place(self, label: str, seed: int) -> Path:
        """Find where a take goes."""
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

    A stop, a failure or a kill leaves the takes written so far, whole, with their recipes; recipes
    of an earlier batch in the folder stay.

    Parameters
    ----------
    engine, batch
        What makes them, and what to make.
    face
        As in `generate_clip`.
    progress
        Told how far the work is.
    show
        Told each take that is written.

    Raises
    ------
    InputError
        For a label or a format that is not known, for a `recipes.json` that is none, and where the
        model cannot move the face, before anything is made.
    """
    check_batch(engine, batch)
    check_place(batch.notes)
    notes = Notes(batch.notes)
    paths: list[Path] = []
    for sequence, recipe, found, part in _takes(engine, batch, face, progress):
        paths.append(_write(batch, sequence, recipe.request, found, part))
        notes.add(paths[-1].name, recipe)
        show(paths[-1])
    return paths


def check_batch(engine: Engine, batch: Batch) -> None:
    """Refuse by `InputError` what is not known, not installed, or a batch of nothing."""
    unknown = [label for label in batch.labels if label not in engine.labels]
    if unknown:
        raise InputError.of("labels", f"some of {', '.join(engine.labels)}", unknown[0])
    if not len(batch):
        raise InputError.of("batch", "labels and seeds", "none")
    known = [kind.name for kind in FORMATS.geometry]
    if batch.format_name not in known:
        raise InputError.of("format", f"one of {', '.join(known)}", batch.format_name)
    kind = FORMATS[batch.format_name]
    kind.settled(batch.settings)
    kind.check(batch.folder)


def _takes(
    engine: Engine, batch: Batch, face: Face | None, progress: Progress
) -> Iterator[tuple[MeshSequence, GeneratorRecipe, Correspondence | None, Progress]]:
    """Make each take; also its recipe, how its face was registered, and the progress of writing."""
    clip = face.clip if isinstance(face, Played) else None
    recipe = make_recipe(batch.request, engine, clip)
    start, left = start_of(engine, recipe, face, progress)
    recipe = with_face(recipe, settled(recipe.face, start))
    groups = [
        (label, batch.seeds[place : place + GROUP])
        for label in batch.labels
        for place in range(0, len(batch.seeds), GROUP)
    ]
    done = 0
    for label, seeds in groups:
        part = left.part(done / len(batch), (done + len(seeds)) / len(batch))
        done += len(seeds)
        asked = replace(recipe, request=replace(recipe.request, label=label))
        sampling = part.part(0.0, _SAMPLING)
        made = [
            take
            for takes in generate_takes(engine, asked, seeds, start, progress=sampling)
            for take in takes
        ]
        writing = part.part(_SAMPLING, 1.0)
        for place, take in enumerate(made):
            found = None if start is None else start.found
            yield *take, found, writing.part(place / len(made), (place + 1) / len(made))


def _write(
    batch: Batch,
    sequence: MeshSequence,
    request: GenerationRequest,
    face: Correspondence | None,
    progress: Progress,
) -> Path:
    path = batch.place(request.label, request.seed)
    write_sequence(
        replace(sequence, name=path.stem),
        path,
        format=batch.format_name,
        unit=batch.unit,
        settings=batch.settings,
        face=face,
        progress=progress,
    )
    return path
