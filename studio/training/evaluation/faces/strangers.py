"""Faces from elsewhere: sculpted apexes, and a take that was captured on its own head."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from studio.core.progress import Progress
from studio.face.rig import ARKIT, load_rig
from studio.io.weights.names import places
from studio.training.datasets.acting.course import FPS, eased
from studio.training.evaluation.elsewhere import Captured, Sculpted, on_template
from studio.training.evaluation.study import Study

from .clips import brought_in, registered

# Names of the apexes that one of the seven labels stands for; the others say no emotion of them.
APEXES = {
    "Afraid": "fear",
    "Disgust": "disgust",
    "Irritated1": "anger",
    "Pleased": "happiness",
    "Smile2": "happiness",
    "Sad1": "sadness",
}


def apex_figures(study: Study, path: Path, progress: Progress) -> dict[str, Any]:
    """Read sculpted apexes on the FLAME triangulation; no face of them is at rest.

    The rest is what the recognizer makes of all the apexes of a person.
    """
    heads = Sculpted.read(path)
    vertices, people = heads.vertices.astype(np.float32), np.array(heads.people)
    fitted = np.stack(
        [
            registered(mesh, heads.faces, f"{person} {name}").fitted
            for mesh, person, name in progress.each(
                list(zip(vertices, heads.people, heads.names, strict=True)), "sculpted apexes"
            )
        ]
    )
    rows: list[dict[str, Any]] = []
    curve = eased(np.minimum(np.arange(2 * FPS) / FPS, 1.0)).astype(np.float32)[:, None, None]
    for person in np.unique(people):
        own = np.flatnonzero(people == person)
        rest = study.engine.resting_face(on_template(fitted[own]))
        for place in own.tolist():
            said = study.engine.recognize(on_template(rest + curve * (fitted[place] - rest)), rest)
            name = heads.names[place]
            rows.append(
                {
                    "person": str(person),
                    "name": name,
                    "wanted": APEXES.get(name),
                    "read": said.label,
                    "probability": round(said.confidence, 3),
                }
            )
    told = [row for row in rows if row["wanted"] is not None]
    errors = study.engine.reconstruction_errors(on_template(fitted))
    return {
        "apexes": rows,
        "right": sum(row["read"] == row["wanted"] for row in told),
        "of": len(told),
        "autoencoder_mm": float(np.mean(errors)),
    }


def capture_figures(study: Study, path: Path) -> dict[str, Any]:
    """Compare a captured take on its own head with the same weights on the studio's rig."""
    head = Captured.read(path)
    weights = head.weights
    neutral = head.neutral.astype(np.float32)
    found = registered(neutral, head.faces, path.name)
    own = neutral + np.einsum("tk,kvc->tvc", weights, head.shapes)
    carried = study.engine.recognize(brought_in(found, own, path.name), found.fitted)
    rig = load_rig()
    ours = np.zeros((len(weights), len(ARKIT)), dtype=np.float32)
    for place, column in places(head.names).items():
        ours[:, place] = weights[:, column]
    posed = study.engine.recognize(on_template(rig.pose(ours)), rig.rest)
    one, two = carried.per_frame.argmax(axis=1), posed.per_frame.argmax(axis=1)
    return {
        "frames": len(weights),
        "agree": float((one == two).mean()),
        "carried": _shares(one, carried.labels),
        "rig": _shares(two, posed.labels),
    }


def _shares(found: np.ndarray, labels: tuple[str, ...]) -> dict[str, float]:
    return {label: round(float((found == k).mean()), 3) for k, label in enumerate(labels)}
