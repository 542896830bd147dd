"""Memory that recognition adds to the loaded models, each length in a process of its own.

Run as a module with a model set and a number of frames, it prints one JSON object.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from studio.core.progress import Progress
from studio.core.sequence import MeshSequence

from .study import Study

LENGTHS = (12, 120, 480, 960)
_MIB = 1024.0
_STATUS = Path("/proc/self/status")


def memory_figures(study: Study, progress: Progress) -> dict[str, Any]:
    """Measure for each length the MiB added at the peak, and those of the clip itself."""
    study.need("recognizer")
    if not _STATUS.is_file():
        return {"skipped": "peak memory is read from /proc, which this system does not have"}
    lengths = (LENGTHS[0], LENGTHS[-1]) if study.quick else LENGTHS
    rows = [_apart(study.folder, frames) for frames in progress.each(lengths, "memory")]
    return {"lengths": rows}


def _apart(folder: Path, frames: int) -> dict[str, float]:
    root = str(Path(__file__).resolve().parents[3])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(folder), str(frames)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return {key: float(value) for key, value in json.loads(done.stdout).items()}


def measure(folder: Path, frames: int) -> dict[str, float]:
    """Recognize a clip of so many frames in this process and say what it took, in MiB."""
    from studio.engine import Engine
    from studio.face.known import studio_face
    from studio.face.rig import ARKIT, load_rig

    rng = np.random.default_rng(0)
    weights = np.clip(rng.normal(0.1, 0.1, (frames, len(ARKIT))), 0.0, 1.0)
    engine = Engine.open(folder, "cpu")
    vertices = load_rig().pose(weights)
    sequence = MeshSequence(vertices, studio_face().template.faces)
    before = _status("VmRSS")
    _forget_peak()
    engine.recognize(sequence)
    added = _status("VmHWM") - before
    return {"frames": frames, "added_mib": added, "clip_mib": vertices.nbytes / 2**20}


def _forget_peak() -> None:
    """Let the peak start anew from what is held now."""
    Path("/proc/self/clear_refs").write_text("5")


def _status(field: str) -> float:
    for line in _STATUS.read_text().splitlines():
        if line.startswith(field + ":"):
            return float(line.split()[1]) / _MIB
    raise KeyError(field)


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
