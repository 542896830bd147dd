"""Landmark motion on a surface of any triangulation whose landmarks are marked (paper 002)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from studio.core import GenerationRequest, InputError, MeshSequence, Progress
from studio.core.alignment import apply_rigid, rigid_alignment
from studio.core.sequence import Floats, Ints
from studio.engine import checks
from studio.engine.catalog import Domain, Role, known_kinds
from studio.engine.loading.model_set import ModelSet
from studio.engine.pose import FaceTemplate
from studio.engine.roles import LandmarkMover
from studio.face.warp import RbfWarp


def generated(
    models: ModelSet,
    request: GenerationRequest,
    mesh: MeshSequence,
    landmarks: Sequence[int],
    seeds: Sequence[int],
    progress: Progress,
) -> list[MeshSequence]:
    """Make new clips on a mesh, which begin with its first frame; see `Engine.sample_on`."""
    able = [kind.name for kind in known_kinds(Role.generator) if kind.domain is Domain.landmarks]
    mover = models.generator(request.model) if request.model in able else None
    if not isinstance(mover, LandmarkMover):
        raise InputError.of("model", f"{' or '.join(able)} for another surface", request.model)
    checks.label(request.label, models.labels)
    checks.request(request, seeds, mover.limits)
    ids = marked(mesh, landmarks, len(models.template.landmarks))
    made = moved(mover, models.template, request, seeds, mesh, ids, progress)
    fps, origin = mover.limits.fps, mesh.origin
    return [
        MeshSequence(each, mesh.faces, fps, f"{request.label} {seed}", origin=origin)
        for each, seed in zip(made, seeds, strict=True)
    ]


def marked(mesh: MeshSequence, landmarks: Sequence[int], wanted: int) -> Ints:
    """Check which vertices are a mesh's landmarks, and give them as ids (M,).

    Raises
    ------
    InputError
        Where there are more or fewer than the models move, one is not a vertex, or two are the
        same.
    """
    ids = np.asarray(landmarks)
    if ids.ndim != 1 or len(ids) != wanted or not np.issubdtype(ids.dtype, np.integer):
        found = str(len(ids)) if ids.ndim == 1 else str(ids.shape)
        raise InputError.of("landmarks", f"{wanted} vertices in the order of iBUG", found)
    out = ids[(ids < 0) | (ids >= mesh.n_vertices)]
    if len(out):
        raise InputError.of("landmarks", f"vertices below {mesh.n_vertices}", str(out[0]))
    if len(np.unique(ids)) < wanted:
        raise InputError.of("landmarks", f"{wanted} different vertices", "one twice")
    return ids.astype(np.int32)


def moved(
    mover: LandmarkMover,
    template: FaceTemplate,
    request: GenerationRequest,
    seeds: Sequence[int],
    mesh: MeshSequence,
    ids: Ints,
    progress: Progress,
) -> Iterator[Floats]:
    """Move the first frame of a mesh by a landmark model.

    The mesh may be turned, shifted and of another size than the template; its landmarks are laid on
    the template's, the model moves them, and the surface is pulled along.

    Parameters
    ----------
    mover : LandmarkMover
        The model.
    template : FaceTemplate
        On whose landmarks those of the mesh are laid.
    request : GenerationRequest
        What is asked for.
    seeds : sequence of int
        One a clip.
    mesh : MeshSequence
        Of any triangulation.
    ids : (M,) int
        The vertices that are its landmarks.
    progress : Progress
        Told how far the work is.

    Yields
    ------
    (T, V, 3) float32
        Vertices in the mesh's own pose and size; nothing moves in the first frame.
    """
    rest = np.asarray(mesh.vertices[0])
    own, goal = rest[ids], template.vertices[template.landmarks]
    size = np.float32(_size(goal) / _size(own))
    rotation, shift = rigid_alignment(size * own[None], goal)
    laid = apply_rigid(size * own[None], rotation, shift)[0]
    warp = RbfWarp.of(rest, own, faces=mesh.faces)
    back = rotation[0].astype(np.float32) / size
    for seed in progress.each(list(seeds), "Making faces"):
        yield rest + warp.apply(mover.curve(request, seed, laid) @ back)


def _size(points: Floats) -> float:
    """Measure the mean distance of points (M, 3) from their middle, which must be above zero."""
    size = float(np.linalg.norm(points - points.mean(axis=0), axis=1).mean())
    if size <= 0.0:
        raise InputError.of("landmarks", "places apart from each other", "all at one place")
    return size
