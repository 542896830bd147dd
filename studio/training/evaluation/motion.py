"""What the recognizer says of real captured motion, two seconds at a time."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from studio.core.progress import Progress
from studio.core.sequence import Floats, MeshSequence
from studio.face.rig import ARKIT
from studio.io import read_sequence, read_weights

from .study import Study

SECONDS = 2.0
SMILE = [ARKIT.index("mouthSmileLeft"), ARKIT.index("mouthSmileRight")]
SMILING = 0.35


def motion_folder() -> Path:
    """Find where captured takes lie: beside the checkout, or where STUDIO_TEST_DATA says."""
    beside = Path(__file__).resolve().parents[4] / "shared" / "data"
    return Path(os.environ.get("STUDIO_TEST_DATA", beside)) / "motion"


def captured_paths(study: Study) -> list[Path]:
    """List the captured takes there are by name; quick: the shortest alone."""
    paths = sorted(motion_folder().glob("*.csv"))
    return sorted(paths, key=lambda path: path.stat().st_size)[:1] if study.quick else paths


def captured_figures(study: Study, progress: Progress) -> dict[str, Any]:
    """Read every take in the folder of captured motion, and give the verdicts."""
    study.need("recognizer")
    paths = captured_paths(study)
    if not paths:
        return {"skipped": "no captured takes: set STUDIO_TEST_DATA to the folder that holds them"}
    out: dict[str, Any] = {"seconds": SECONDS, "takes": {}}
    for path in progress.each(paths, "captured takes"):
        out["takes"][path.name] = take_figures(study, path)
    return out


def take_figures(study: Study, path: Path) -> dict[str, Any]:
    """Judge a take window by window, two ways.

    Returns
    -------
    dict
        Under "windows" each window judged as a clip of its own, on the resting face estimated from
        the whole take, and under "window_share" how they share out; under "live_share" the causal
        rows of the whole take, averaged over the window; under "smiles" the windows whose own
        weights smile, and how many of them read as happiness.
    """
    sequence = read_sequence(path)
    rest = study.engine.resting_face(sequence)
    whole = study.engine.recognize(sequence)
    smile = read_weights(path).weights[:, SMILE].mean(axis=1)
    windows = [
        _window(study, sequence, rest, slice(start, stop)) for start, stop in spans(sequence)
    ]
    live = [
        whole.labels[int(whole.per_frame[start:stop].mean(axis=0).argmax())]
        for start, stop in spans(sequence)
    ]
    smiling = [smile[start:stop].mean() > SMILING for start, stop in spans(sequence)]
    return {
        "frames": sequence.n_frames,
        "fps": sequence.fps,
        "clip": {"label": whole.label, "probability": whole.confidence},
        "windows": windows,
        "window_share": _shares([w["label"] for w in windows], whole.labels),
        "live_share": _shares(live, whole.labels),
        "smiles": {
            "windows": int(sum(smiling)),
            "read_as_happiness": sum(
                w["label"] == "happiness" for w, on in zip(windows, smiling, strict=True) if on
            ),
            "live_as_happiness": sum(
                name == "happiness" for name, on in zip(live, smiling, strict=True) if on
            ),
        },
    }


def spans(sequence: MeshSequence) -> list[tuple[int, int]]:
    """Cut whole windows from the start; a rest shorter than half of one is left out."""
    length = round(SECONDS * sequence.fps)
    starts = range(0, max(sequence.n_frames - length // 2, 1), length)
    return [(start, min(start + length, sequence.n_frames)) for start in starts]


def _window(study: Study, sequence: MeshSequence, rest: Floats, span: slice) -> dict[str, Any]:
    said = study.engine.recognize(sequence.sliced(span.start, span.stop), rest)
    return {
        "from_s": round(span.start / sequence.fps, 2),
        "label": said.label,
        "probability": round(said.confidence, 3),
    }


def _shares(found: list[str], labels: tuple[str, ...]) -> dict[str, float]:
    count = Counter(found)
    return {label: float(np.round(count[label] / max(len(found), 1), 3)) for label in labels}
