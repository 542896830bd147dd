"""Faces from elsewhere: sculpted apexes, and a take that was captured on its own head."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from studio.core.progress import Progress
from studio.core.sequence import MeshSequence
from studio.face.known import studio_face
from studio.face.rig import ARKIT, load_rig
from studio.io.weights.names import places
from studio.training.datasets.acting.course import FPS, eased
from studio.training.evaluation.study import Study

from .clips import brought_in, registered

_MM = {"emovoca": 1000.0, "facecap": 10.0}
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
    with np.load(path, allow_pickle=False) as data:
        vertices = data["vertices"].astype(np.float32) * _MM["emovoca"]
        faces = data["faces"].astype(np.int32)
        people, names = data["person"].astype(str), data["expression"].astype(str)
    fitted = np.stack(
        [
            registered(mesh, faces, f"{person} {name}").fitted
            for mesh, person, name in progress.each(
                list(zip(vertices, people, names, strict=True)), "sculpted apexes"
            )
        ]
    )
    rows: list[dict[str, Any]] = []
    curve = eased(np.minimum(np.arange(2 * FPS) / FPS, 1.0)).astype(np.float32)[:, None, None]
    for person in np.unique(people):
        own = np.flatnonzero(people == person)
        rest = study.engine.resting_face(_clip(fitted[own]))
        for place in own.tolist():
            said = study.engine.recognize(_clip(rest + curve * (fitted[place] - rest)), rest)
            name = str(names[place])
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
    errors = study.engine.reconstruction_errors(_clip(fitted))
    return {
        "apexes": rows,
        "right": sum(row["read"] == row["wanted"] for row in told),
        "of": len(told),
        "autoencoder_mm": float(np.mean(errors)),
    }


def capture_figures(study: Study, path: Path) -> dict[str, Any]:
    """Compare a captured take on its own head with the same weights on the studio's rig."""
    with np.load(path, allow_pickle=False) as data:
        neutral = data["neutral"].astype(np.float32) * _MM["facecap"]
        deltas = data["deltas"].astype(np.float32) * _MM["facecap"]
        weights, names = data["weights"].astype(np.float32), data["names"].astype(str).tolist()
        faces = data["faces"].astype(np.int32)
    found = registered(neutral, faces, path.name)
    own = neutral + np.einsum("tk,kvc->tvc", weights, deltas)
    carried = study.engine.recognize(brought_in(found, own, FPS, path.name), found.fitted)
    rig = load_rig()
    ours = np.zeros((len(weights), len(ARKIT)), dtype=np.float32)
    for place, column in places(names).items():
        ours[:, place] = weights[:, column]
    posed = study.engine.recognize(_clip(rig.pose(ours)), rig.rest)
    one, two = carried.per_frame.argmax(axis=1), posed.per_frame.argmax(axis=1)
    return {
        "frames": len(weights),
        "agree": float((one == two).mean()),
        "carried": _shares(one, carried.labels),
        "rig": _shares(two, posed.labels),
    }


def _clip(vertices: np.ndarray) -> MeshSequence:
    return MeshSequence(np.asarray(vertices, dtype=np.float32), studio_face().template.faces, FPS)


def _shares(found: np.ndarray, labels: tuple[str, ...]) -> dict[str, float]:
    return {label: round(float((found == k).mean()), 3) for k, label in enumerate(labels)}
