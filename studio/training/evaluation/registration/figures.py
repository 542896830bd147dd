"""Every figure of registration: the fit, the correspondence, and what is taken and refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from studio.core.errors import InputError
from studio.core.progress import Progress
from studio.core.sequence import Doubles, Floats, Ints
from studio.engine.registration.landmarks import find_landmarks
from studio.engine.registration.registering import believed
from studio.face.registration.clicked import LEAST, POINTS, clicked
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.fitting import fit
from studio.face.registration.head import load_head
from studio.face.registration.landmarks import Landmarks
from studio.face.registration.surface import Surface
from studio.training.evaluation.motion import motion_folder

from .carried import Clip, carried_clips, there_and_back
from .cases import Case, drawn, good_faces, real_faces
from .peers import amberg, sumner
from .rigs import own_shapes_of, rig_row
from .wrong import wrong_inputs

_CLICK = 1.0  # mm, the deviation of a click
_SIGNALS = "doubt", "presence", "covered", "inside_out", "hollow"  # of landmarks


def registration_figures(progress: Progress, *, quick: bool) -> dict[str, Any]:
    """Measure registration, ready for JSON.

    Parameters
    ----------
    progress : hears how far it is, and can stop it
    quick : a third of what is wrong, a fifth of the good faces, and the peers on one of them
    """
    folder = motion_folder().parent
    real = list(real_faces(folder))
    known = [drawn(seed, expressive=seed % 2 == 1) for seed in range(2 if quick else 10)]
    beside = known[:1] if quick else [*real[:1], *real[-1:], *known[:2]]
    wrong = [Case(*each) for each in wrong_inputs()][:: 3 if quick else 1]
    good, rigging = list(good_faces(folder, quick=quick)), progress.part(0.47, 0.5)
    return {
        "faces": _each([*real, *known], _row, progress.part(0.0, 0.2), "Registering"),
        "peers": _each(beside, _peer_row, progress.part(0.2, 0.47), "Asking the peers"),
        "rigs": _each(_rigged(real, quick=quick) or known[:1], _rig_row, rigging, "Rigging"),
        "clicked": _each(known, _clicked_row, progress.part(0.5, 0.55), "Clicking"),
        "carried": [
            {"name": clip.head.name, **_carried_row(clip)}
            for clip in carried_clips(folder, quick=quick)
        ],
        "wrong": _each(wrong, _verdict, progress.part(0.55, 0.7), "Refusing"),
        "good": _each(good, _verdict, progress.part(0.7, 1.0), "Taking"),
    }


def _each(
    cases: list[Case], figures: Callable[[Case], dict[str, Any]], progress: Progress, message: str
) -> list[dict[str, Any]]:
    return [{"name": case.name, **figures(case)} for case in progress.each(cases, message)]


def _seen(case: Case) -> tuple[Landmarks | None, dict[str, Any]]:
    """Find landmarks by pictures, None where there is no face, and tell what speaks for them."""
    found = find_landmarks(case.vertices, case.faces)
    signals = {} if found is None else {name: getattr(found, name) for name in _SIGNALS}
    try:
        return believed(case.name, found), signals
    except InputError as error:
        return None, {**signals, "accepted": False, "reason": str(error)}


def _row(case: Case) -> dict[str, Any]:
    """Register a face by its pictures."""
    began = time.monotonic()
    marks, signals = _seen(case)
    if marks is None:
        return signals
    found = fit(case.vertices, case.faces, marks)
    taken = time.monotonic() - began
    return {**_told(found), "seconds": taken, **_apart(case, found.unlaid(found.fitted))}


def _told(found: Correspondence) -> dict[str, Any]:
    return asdict(found.verdict)


def _rigged(real: list[Case], *, quick: bool) -> list[Case]:
    """Choose the heads that are rigged: the first of each triangulation; quick: the last alone."""
    first = {case.faces.shape: case for case in reversed(real)}
    chosen = list(first.values())[::-1]
    return chosen[-1:] if quick else chosen


def _rig_row(case: Case) -> dict[str, Any]:
    """Rig a face that is registered by its pictures."""
    marks, signals = _seen(case)
    if marks is None:
        return signals
    found = fit(case.vertices.astype(np.float32), case.faces, marks)
    return rig_row(found, own_shapes_of(case, motion_folder().parent))


def _clicked_row(case: Case) -> dict[str, Any]:
    """Register a face by seven clicks, and by its pictures."""
    if case.truth is None:
        raise ValueError("clicks are drawn about the truth")
    rng = np.random.default_rng(0)
    vertices = load_head().template.landmarks
    names = list(POINTS)[:LEAST]
    points = {
        name: case.truth[vertices[POINTS[name]]] + rng.normal(0.0, _CLICK, 3) for name in names
    }
    found = fit(case.vertices, case.faces, clicked(points))
    return {**_told(found), **_apart(case, found.unlaid(found.fitted))}


def _carried_row(clip: Clip) -> dict[str, Any]:
    """Register a head that moves, and carry its motion there and back."""
    marks, signals = _seen(clip.head)
    if marks is None:
        return {"skipped": signals["reason"]}
    found = fit(clip.head.vertices.astype(np.float32), clip.head.faces, marks)
    return there_and_back(found, clip)


def _peer_row(case: Case) -> dict[str, Any]:
    """Fit a face by the studio and by its peers, from the same landmarks."""
    marks, signals = _seen(case)
    if marks is None:
        return {"skipped": signals["reason"]}
    out: dict[str, Any] = {}
    for name, method in METHODS.items():
        began = time.monotonic()
        fitted = method(case.vertices, case.faces, marks)
        taken = time.monotonic() - began
        out[name] = {"seconds": taken, **_apart(case, fitted)}
    return out


def _apart(case: Case, fitted: Doubles | Floats) -> dict[str, float]:
    """Measure how far the front of a fit (V, 3) is from the surface, and from the truth.

    A peer fits no vertex outside of a whole triangle: a few at the rims.
    """
    front = load_head().front & np.isfinite(fitted).all(axis=1)
    if not front.any():
        return {}
    points = np.asarray(fitted, dtype=np.float64)[front]
    away = Surface(case.vertices, case.faces, np.arange(len(case.faces))).nearest(points).distance
    out = {"mean_mm": float(away.mean()), "p95_mm": float(np.percentile(away, 95))}
    if case.truth is not None:
        error = np.linalg.norm(points - case.truth[front], axis=1)
        out |= {"error_mm": float(error.mean()), "error_p95_mm": float(np.percentile(error, 95))}
    return out


def _verdict(case: Case) -> dict[str, Any]:
    """Say whether a face is taken, and if not why."""
    began = time.monotonic()
    marks, signals = _seen(case)
    if marks is not None:
        signals |= _told(fit(case.vertices, case.faces, marks))
    return {**signals, "seconds": time.monotonic() - began}


def _ours(vertices: Doubles, faces: Ints, landmarks: Landmarks) -> Floats:
    found = fit(vertices.astype(np.float32), faces, landmarks)
    return found.unlaid(found.fitted)


METHODS: dict[str, Callable[[Doubles, Ints, Landmarks], Doubles | Floats]] = {
    "studio": _ours,
    "nricp_amberg": amberg,
    "nricp_sumner": sumner,
}
