"""Killed at any moment, an export or a batch leaves whole things only, and can be done again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# A server forks children that write without end, kills each at a random moment, and looks.
KILLS = """
import json, sys
from pathlib import Path
import numpy as np
from studio.core import GenerationRequest, MeshSequence, Progress
from studio.takes.batch import Batch, run_batch
from studio.io import read_sequence, write_sequence
from tests.document.kills import Killer
from tests.ui.fakes import SmallEngine

kind, place, rounds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
seen = set()
FRAMES, ENGINE = 12, SmallEngine()
faces = np.stack([np.arange(298), np.arange(1, 299), np.arange(2, 300)], 1)

def clip(number, frames=FRAMES):
    return MeshSequence(np.full((frames, 300, 3), number, np.float32), faces)

def export(number):
    if kind == "npz":
        write_sequence(clip(number), place / "take.npz")
    elif kind == "replaced":
        # Each has one frame more, so one cut short would be told from a whole one.
        write_sequence(clip(number, number), place / "take", format="obj")
    elif kind == "obj":
        write_sequence(clip(number), place / f"take{number}", format="obj")
    else:
        what = Batch(GenerationRequest(frames=16), ("fear",), (number,), place, "obj")
        run_batch(ENGINE, what, progress=Progress())

def number_of(path):
    sequence = read_sequence(path, progress=Progress())
    number = int(sequence.vertices[0, 0, 0])
    frames = number if kind == "replaced" else FRAMES
    assert sequence.n_frames == frames, f"{path}: {sequence.n_frames} frames"
    assert (sequence.vertices == number).all(), f"{path}: a mixture"
    return number

def look():
    "The highest number that is there; each file and folder that has got a name is whole."
    if kind == "npz":
        return number_of(place / "take.npz")
    if kind == "replaced":
        return number_of(place / "take")
    found = [path for path in place.iterdir() if not path.name.startswith(".") and path.is_dir()]
    for path in set(found) - seen:
        if kind == "obj":
            assert number_of(path) == int(path.name.removeprefix("take"))
        else:
            assert read_sequence(path).n_frames == 16
    assert set(found) >= seen, "what was whole has gone"
    seen.update(found)
    if (place / "recipes.json").exists():
        notes = json.loads((place / "recipes.json").read_text())
        assert set(notes) <= {path.name for path in found}, "a recipe of what is not there"
    return max(int("".join(c for c in path.name if c.isdigit())) for path in found)

Killer(export, look, rounds).run()
seen.clear()
look()  # nothing that was whole before has been harmed
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a child process")
@pytest.mark.parametrize("kind", ["obj", "npz", "replaced", "batch"])
def test_killed_at_any_moment_what_has_a_name_is_whole(kind: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLS, kind, str(tmp_path), "25"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
