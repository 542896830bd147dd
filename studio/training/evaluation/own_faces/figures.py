"""Clips of every label by every model on faces of any triangulation, and what is wrong in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from studio.core import GenerationRequest, InputError, MeshSequence, Progress
from studio.core.sequence import Floats
from studio.engine import Engine
from studio.face.known import studio_face
from studio.face.registration.correspondence import (
    Correspondence,
    is_correspondence,
    read_correspondence,
)
from studio.takes.reading import read_clip
from studio.takes.registered import accepted, on_own_mesh, register
from studio.training.evaluation.motion import motion_folder
from studio.training.evaluation.registration.cases import real_faces

from .flaws import Index, Watched, source_of

FRAMES, SEED = 30, 3
STEP = 3  # frames from one that is looked at to the next
FIRST, SECOND = "happiness", "surprise"  # of a take that is transferred, and of a blend
Clips = Callable[[Floats], list[MeshSequence]]


def own_face_figures(
    progress: Progress, *, quick: bool, paths: Sequence[Path] = ()
) -> dict[str, Any]:
    """Measure clips on faces of any triangulation, ready for JSON.

    Parameters
    ----------
    progress : hears how far it is, and can stop it
    quick : diffusion alone
    paths : meshes, or what `register` wrote; none: the real faces of the data folder

    Raises
    ------
    InputError
        For a face that cannot be read or registered, and where there is none.
    """
    engine = Engine.open()
    faces = list(_given(engine, paths, progress.part(0.0, 0.3)))
    if not faces:
        raise InputError("evaluate own-faces: name the meshes of faces to move; none are here.")
    makers = dict(_makers(engine, engine.generators[:1] if quick else engine.generators))
    template = studio_face().template.vertices
    watched, own = Watched.studio(template), {}
    part = progress.part(0.3, 0.4)
    for name in part.each(list(makers), "Moving the studio's own head"):
        own[name] = _worst(watched, makers[name](template))
    rows = []
    for face, found in progress.part(0.4, 1.0).each(faces, "Moving faces"):
        for row in moved(found, makers, progress):
            rows.append({"face": face, **row, "own_head": own[row["maker"]]})
    return {"frames": FRAMES, "seed": SEED, "clips": rows}


def moved(
    found: Correspondence, makers: Mapping[str, Clips], progress: Progress
) -> Iterator[dict[str, Any]]:
    """Make clips on a registered face, and measure them on its own mesh and on the fitted one.

    Returns
    -------
    iterator of dict
        "maker", its name; "theirs" and "fitted", flaws as of `Watched.flaws`; "exact", whether each
        clip begins with the face as it came, bit for bit.
    """
    own, fitted, source = Watched.foreign(found), Watched.studio(found.fitted), source_of(found)
    for name, make in makers.items():
        progress.check()
        made = make(found.fitted)
        theirs = [on_own_mesh(found, clip) for clip in made]
        laid = [replace(clip, vertices=found.laid(clip.vertices)) for clip in theirs]
        yield {
            "maker": name,
            "exact": all(np.array_equal(clip.vertices[0], found.neutral) for clip in theirs),
            "theirs": _worst(own, laid, source),
            "fitted": _worst(fitted, made),
        }


def _worst(
    watched: Watched, clips: Sequence[MeshSequence], source: Index | slice = slice(None)
) -> dict[str, Any]:
    """Find the worst of each flaw in clips, of which `source` are the vertices to look at."""
    found = [watched.flaws(clip.vertices[::STEP, source]) for clip in clips]
    return {name: max(flaws[name] for flaws in found) for name in found[0]}


def _given(
    engine: Engine, paths: Sequence[Path], progress: Progress
) -> Iterator[tuple[str, Correspondence]]:
    """Read and register faces."""
    if paths:
        for path in progress.each(paths, "Registering"):
            if is_correspondence(path):
                found = read_correspondence(path)
            else:
                found = register(engine, read_clip(path, Progress()), progress=Progress())
            yield path.stem, accepted(found, path.name)
        return
    for case in progress.each(list(real_faces(motion_folder().parent)), "Registering"):
        mesh = MeshSequence(case.vertices[None].astype(np.float32), case.faces, name=case.name)
        yield case.name, accepted(register(engine, mesh, progress=Progress()), case.name)


def _makers(engine: Engine, models: Sequence[str]) -> Iterator[tuple[str, Clips]]:
    """List what makes clips on a face (V, 3), by name."""
    for model in models:
        for label in engine.labels:
            request = GenerationRequest(label, SEED, frames=FRAMES, model=model)
            yield f"{model} {label}", partial(_sampled, engine, request, (SEED,))
    one, other = (GenerationRequest(label, SEED, frames=FRAMES) for label in (FIRST, SECOND))
    yield "batch of two", partial(_sampled, engine, one, (SEED, SEED + 1))
    yield "transfer", lambda face: [_transferred(engine, other, face)]
    yield "interpolate", lambda face: engine.interpolate(one, other, (0.5,), face=face)
    yield "mix", lambda face: [engine.mix((one, other), face=face)]


def _sampled(
    engine: Engine, request: GenerationRequest, seeds: Sequence[int], face: Floats
) -> list[MeshSequence]:
    return engine.sample(request, seeds, face=face)


def _transferred(engine: Engine, request: GenerationRequest, face: Floats) -> MeshSequence:
    """Show on a face what a take of the template shows."""
    (take,) = engine.sample(request)
    return engine.transfer(take, face, take.vertices[0])
