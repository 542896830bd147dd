"""Makes the small faces of the labels again, from the shipped models and face.

Run with: python -m benchmarks.pictures.labels [--models FOLDER] [--label NAME ...] [--sheet FILE]

Of a dozen seeds a label, the clip is taken whose strongest frame reads best as that label. With
--sheet they go large into one picture instead.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from studio.core import GenerationRequest, MeshSequence
from studio.core.peaks import NEUTRAL
from studio.core.system.paths import shipped
from studio.engine import Engine
from studio.render.stills import TILE, render_frames, tile, write_png
from studio.render.thumbnails import apex, thumbnails

SIZE = (104, 112)  # pixels, twice what a tile shows
COLUMNS = 4
SEEDS = range(1, 13)
FRAMES, INTENSITY = 48, 1.3
LIMIT_BYTES = 270_000  # of the faces of all sets together


def main() -> None:
    """Write the pictures that are asked for, all of them by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--label", action="append", default=None)
    parser.add_argument("--models", type=Path, default=None)
    parser.add_argument("--sheet", type=Path, default=None)
    asked = parser.parse_args()
    engine = Engine.open(asked.models, "cpu")
    # The resting face is that of the usual set.
    own = [label for label in engine.labels if asked.models is None or label != NEUTRAL]
    labels = asked.label or own
    if asked.sheet is not None:
        write_sheet(engine, labels, asked.sheet)
        return
    folder = shipped("resources") / "labels"
    folder.mkdir(exist_ok=True)
    for label in labels:
        seed, clip, frame = clearest(engine, label)
        path = folder / f"{label}.png"
        write_png(thumbnails(clip, [frame], SIZE)[0], path)
        print(f"{path}: seed {seed}, frame {frame}, {path.stat().st_size / 1000:.1f} kB")
    total = sum(path.stat().st_size for path in folder.glob("*.png"))
    print(f"together {total / 1000:.0f} kB")
    if total > LIMIT_BYTES:
        sys.exit(f"over {LIMIT_BYTES / 1000:.0f} kB")


def write_sheet(engine: Engine, labels: Sequence[str], path: Path) -> None:
    """Write one picture with a captioned face a label, four in a row."""
    pictures = []
    for label in labels:
        seed, clip, frame = clearest(engine, label)
        pictures.append(render_frames(clip, [frame], TILE, labels=[label])[0])
        print(f"{label}: seed {seed}, frame {frame}")
    write_png(tile(np.stack(pictures), COLUMNS), path)


def clearest(engine: Engine, label: str) -> tuple[int, MeshSequence, int]:
    """The seed, its clip and its apex among `SEEDS` that read best as the label."""
    request = GenerationRequest(label, frames=FRAMES, intensity=INTENSITY)
    clips = engine.sample(request, SEEDS)
    column = engine.labels.index(label)
    frames = [0 if label == NEUTRAL else apex(clip) for clip in clips]
    scores = [
        engine.recognize(clip, engine.template.vertices).per_frame[frame, column]
        for clip, frame in zip(clips, frames, strict=True)
    ]
    best = int(np.argmax(scores))
    return SEEDS[best], clips[best], frames[best]


if __name__ == "__main__":
    main()
