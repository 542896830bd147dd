"""Frames between motions, beside a cubic from end to end, over clips of which the truth is known.

Of 20 generated clips of 60 frames, the expressions in turn, and of the takes that ship, 18 frames
in the middle are made anew from what lies on both sides: by the model, with another seed than that
of the clip, and by the cubic alone (strength 0). Accelerations and jerks are means over vertices;
they are told as ratios to the clip's own: at a joint the larger of its two frames against the mean
of the clip, in and around the gap against the same frames of the clip. Whether the recognizer reads
the label is told of whole clips and of those with the gap. All on two threads at most.

    python -m studio bench between
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from studio.core import MeshSequence
from studio.core.request import InbetweenRequest
from studio.core.sequence import Floats
from studio.core.system.paths import shipped
from studio.engine import Engine
from studio.io import read_sequence

Row = dict[str, Any]
CLIPS, FRAMES, GAP, THREADS = 20, 60, 18, 2
FIRST_SEED, SEED = 1000, 7
STRENGTHS = {"model": 1.0, "cubic": 0.0}


@dataclass(frozen=True)
class Figures:
    """What is measured of one clip; accelerations and jerk are ratios to its own."""

    joints: float
    worst_joint: float
    inside: float
    jerk: float
    error_mm: float
    seconds: float
    kept: bool
    read: bool
    read_whole: bool


def run(engine: Engine | None = None, clips: int = CLIPS) -> list[Row]:
    """Rows of name, ours, unit, peer, ratio and bar; engine: the shipped models unless given."""
    engine = engine or Engine.open(None, "cpu")
    before = torch.get_num_threads()
    torch.set_num_threads(min(THREADS, before))
    try:
        known = list(takes(engine, clips))
        found = {
            name: [measured(engine, clip, label, share) for clip, label in known]
            for name, share in STRENGTHS.items()
        }
    finally:
        torch.set_num_threads(before)
    return rows(found["model"], found["cubic"])


def takes(engine: Engine, count: int) -> Iterator[tuple[MeshSequence, str]]:
    """Give clips and what they show: generated ones, and those that ship."""
    for place in range(count):
        label = engine.labels[place % len(engine.labels)]
        yield engine.generate(label, FIRST_SEED + place, frames=FRAMES), label
    for path in sorted(Path(shipped("resources"), "samples").glob("*.csv")):
        if path.stem in engine.labels:
            yield read_sequence(path), path.stem


def measured(engine: Engine, clip: MeshSequence, label: str, strength: float) -> Figures:
    """Make the middle of a clip anew, and compare."""
    start = (clip.n_frames - GAP) // 2
    stop, truth = start + GAP, clip.vertices
    rest = engine.resting_face(clip)
    asked = InbetweenRequest(label, SEED, strength=strength)
    sides = clip.sliced(0, start), clip.sliced(stop, clip.n_frames)
    begun = time.perf_counter()
    gap = engine.inbetween(*sides, GAP, asked, rests=(rest, rest))
    seconds = time.perf_counter() - begun
    vertices = np.concatenate([sides[0].vertices, gap, sides[1].vertices])
    bends, own = _size(vertices, 2), _size(truth, 2)
    jolts, calm = (_size(each, 3)[start - 3 : stop] for each in (vertices, truth))
    # The first acceleration is that of frame 1.
    joints = [bends[edge - 2 : edge].max() / own.mean() for edge in (start, stop)]
    inside = slice(start, stop - 2)
    filled = MeshSequence(vertices, clip.faces, clip.fps, clip.name)
    kept = [*range(start), *range(stop, clip.n_frames)]
    return Figures(
        joints=float(np.mean(joints)),
        worst_joint=float(max(joints)),
        inside=float(bends[inside].mean() / own[inside].mean()),
        jerk=float(jolts.mean() / calm.mean()),
        error_mm=float(np.sqrt(((gap - truth[start:stop]) ** 2).sum(axis=2).mean())),
        seconds=seconds,
        kept=vertices[kept].tobytes() == truth[kept].tobytes(),
        read=engine.recognize(filled, rest).label == label,
        read_whole=engine.recognize(clip, rest).label == label,
    )


def _size(vertices: Floats, order: int) -> Floats:
    """Measure differences in time of an order, the mean over the vertices: (T - order,) mm."""
    return np.asarray(np.linalg.norm(np.diff(vertices, n=order, axis=0), axis=2).mean(axis=1))


def rows(model: list[Figures], cubic: list[Figures]) -> list[Row]:
    """Tell the figures, with those of the cubic in the names, and what they have to be."""

    def row(name: str, unit: str, of: str, most: float | None = None, worst: bool = False) -> Row:
        both = [[float(getattr(each, of)) for each in part] for part in (model, cubic)]
        ours, other = (max(part) if worst else float(np.mean(part)) for part in both)
        return {"name": f"{name} (cubic {other:.2f})", "ours": ours, "unit": unit, "bar_most": most}

    shares = [sum(getattr(each, of) for each in model) for of in ("kept", "read", "read_whole")]
    kept, read, whole = shares
    return [
        row("acceleration at the joints", "x", "joints", 1.0),
        row("acceleration at the worst joint", "x", "worst_joint", worst=True),
        row("acceleration inside", "x", "inside"),
        row("jerk, 0.8 at least", "x", "jerk", 1.3),
        row("away from the truth, rms", "mm", "error_mm"),
        row(f"{GAP} frames", "s", "seconds"),
        {"name": "clips whose other frames are changed", "ours": len(model) - kept, "unit": "",
         "bar_most": 0},
        {"name": f"read as asked, of {len(model)} (whole {whole})", "ours": read, "unit": ""},
    ]  # fmt: skip


if __name__ == "__main__":
    for each in run():
        print(json.dumps(each))
