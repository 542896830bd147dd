"""Whether a fit is a registration: signals of many kinds, for millimeters alone pass monsters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from studio.core.geometry import face_normals
from studio.core.sequence import Doubles
from studio.face.rig import ARKIT

from .correspondence import Verdict
from .head import Head, Index
from .person import Person, deviations
from .surface import Nearest

_LANDMARKS = 8.0  # mm, after the similarity; the jaw is marked in many ways, and mouths open
_EXPLAINED = 6.0  # mm, of the landmarks when a person and an expression have explained them
_SWAPPED = 0.7  # of the residual, that one with left and right swapped must be below
_INWARD = 0.75  # share of the skin that is wound inward; half of it where files wind by chance
_SIZE = 0.2  # of the logarithm of the scale, besides the unit
_FOLDED = 0.02
_SIGMA = 4.5
_MATCHED, _AREA = 0.7, 0.5  # of the front, and of the area of it that the least is matched of
_FAR_P95, _FAR_MEAN = 3.0, 1.2  # mm
_PERSON = 1.4  # mm, mean distance of the person of the rig from the surface, where there is one
_SHOWN, _NAMED = 0.6, 3  # weight of an action that is an expression, and how many are named
_NOWHERE = 1e3  # mm, of a fit that nothing is near to
_FOLD = 0.0  # cosine between neighboring triangles below which the edge between them is folded


@dataclass(frozen=True, eq=False)
class Signals:
    """What the steps of a fit found on the way.

    Attributes
    ----------
    scale : template mm a foreign one
    residual, swapped : (M,) mm, of the landmarks, by a rotation and by a reflection
    explained : (M,) mm, of the landmarks, from the person
    person_mm : mean distance of the person's front from the surface, where the fit has partners
    inward : share of the skin that the file winds inward, 0..1
    person : the nearest person of the rig
    near : (V,) partners of the fit's vertices
    trust : (V,) how far each partner can be trusted, 0 without one
    """

    scale: float
    residual: Doubles
    swapped: Doubles
    explained: Doubles
    person_mm: float
    inward: float
    person: Person
    near: Nearest
    trust: Doubles

    def shares(self, head: Head) -> dict[str, float]:
        """Measure how much of each area of the front has a partner, 0..1."""
        return {name: float((self.trust[area] > 0).mean()) for name, area in head.areas.items()}


def judged(head: Head, signals: Signals, start: Doubles, fitted: Doubles) -> Verdict:
    """Judge a fit (V, 3) that began from a person (V, 3)."""
    front = head.front
    matched = signals.trust > 0
    counted = signals.near.distance[front & matched]
    unit = 10.0 ** round(np.log10(signals.scale))
    people = len(signals.person.identity)
    verdict = Verdict(
        fit_mean_mm=float(counted.mean()) if len(counted) else _NOWHERE,
        fit_p95_mm=float(np.percentile(counted, 95)) if len(counted) else _NOWHERE,
        landmark_residual_mm=float(np.median(signals.residual)),
        scale=signals.scale,
        unit=unit,
        folded_share=folded_share(head, start, fitted),
        matched_share=float(matched[front].mean()),
        identity_sigma=float(np.abs(signals.person.identity / deviations(people)).max()),
        accepted=True,
        expression=float(signals.person.actions.max()),
    )
    reason = next((said for wrong, said in _reasons(head, verdict, signals) if wrong), "")
    return replace(verdict, accepted=not reason, reason=reason, remark=_remark(signals.person))


def _remark(person: Person) -> str:
    """Name the expression of a face that is taken to be at rest."""
    shown = [
        f"{ARKIT[place]} {person.actions[place]:.1f}"
        for place in np.argsort(-person.actions)[:_NAMED]
        if person.actions[place] > _SHOWN
    ]
    if not shown:
        return ""
    return f"The face is not at rest ({', '.join(shown)}): a calmer frame of it is a better one."


def _reasons(head: Head, found: Verdict, signals: Signals) -> Iterator[tuple[bool, str]]:
    """Say what may be wrong and whether it is, the cause before what follows from it."""
    size = found.scale / found.unit
    yield (
        float(np.median(signals.swapped)) < _SWAPPED * found.landmark_residual_mm,
        "The landmarks fit with left and right swapped, so that the face is mirrored or seen "
        "from behind: mirror it, or mark its own left as left.",
    )
    yield (
        signals.inward > _INWARD,
        f"{signals.inward:.0%} of the face is wound inward, so that it is mirrored or inside out: "
        "mirror it (x to -x), or flip its triangles.",
    )
    yield (
        found.landmark_residual_mm > _LANDMARKS,
        f"The landmarks lie {found.landmark_residual_mm:.1f} mm from those of a face: show a "
        "whole face from the front, or mark the points by hand.",
    )
    yield (
        abs(np.log(size)) > _SIZE,
        f"The face is {1 / size:.2f} times as large as a head in whole units: give its unit, or "
        "correct the landmarks.",
    )
    yield (
        float(np.median(signals.explained)) > _EXPLAINED,
        f"The landmarks lie {float(np.median(signals.explained)):.1f} mm from those of the "
        "nearest person: correct them, or bring a face of a person.",
    )
    area, share = min(signals.shares(head).items(), key=lambda each: each[1])
    yield (
        found.matched_share < _MATCHED or share < _AREA,
        f"{found.matched_share:.0%} of the face's front is there, and {share:.0%} of the {area}: "
        "bring one that is whole from ear to ear and from the brows to the chin.",
    )
    yield (
        found.identity_sigma > _SIGMA or signals.person_mm > _PERSON,
        f"The nearest person is {signals.person_mm:.1f} mm away and {found.identity_sigma:.1f} "
        "deviations from the average: bring a human face, or correct the landmarks.",
    )
    yield (
        found.folded_share > _FOLDED,
        f"{found.folded_share:.0%} of the fit's edges are folded over: correct the landmarks, or "
        "bring a face without loose parts before it.",
    )
    yield (
        found.fit_p95_mm > _FAR_P95 or found.fit_mean_mm > _FAR_MEAN,
        f"The fit stays {found.fit_mean_mm:.1f} mm from the face, and {found.fit_p95_mm:.1f} mm at "
        "its worst twentieth: correct the landmarks, or take away hair and glasses.",
    )


def folded_share(head: Head, start: Doubles, fitted: Doubles) -> float:
    """Measure the share of the front's edges across which a fit folds over and its start does not.

    Parameters
    ----------
    head : the template
    start, fitted : (V, 3) mm
    """
    pairs, triangles = head.hinges
    inside = head.front[pairs].all(axis=1)
    triangles = triangles[inside]
    before, after = (_cosines(head, each, triangles) for each in (start, fitted))
    return float(np.mean((after < _FOLD) & (before >= _FOLD)))


def _cosines(head: Head, vertices: Doubles, triangles: Index) -> Doubles:
    normals = face_normals(vertices, head.template.faces)
    normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return np.asarray(np.einsum("ed,ed->e", normals[triangles[:, 0]], normals[triangles[:, 1]]))
