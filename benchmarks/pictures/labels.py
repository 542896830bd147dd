"""Makes the small faces of the labels again, from the shipped models and face.

Run with: python -m benchmarks.pictures.labels [--label NAME ...]

Of a dozen seeds a label, the clip is taken whose strongest frame reads best as that label.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np

from studio.core import GenerationRequest, MeshSequence
from studio.core.system.paths import shipped
from studio.engine import Engine
from studio.render.stills import write_png
from studio.render.thumbnails import apex, thumbnails

SIZE = (104, 112)  # pixels, twice what a tile shows
SEEDS = range(1, 13)
FRAMES, INTENSITY = 48, 1.3
LIMIT_BYTES = 100_000


def main() -> None:
    """Write the pictures that are asked for, all of them by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--label", action="append", default=None)
    asked = parser.parse_args()
    folder = shipped("resources") / "labels"
    folder.mkdir(exist_ok=True)
    engine = Engine.open(None, "cpu")
    for label in asked.label or engine.labels:
        seed, clip, frame = clearest(engine, label)
        path = folder / f"{label}.png"
        write_png(thumbnails(clip, [frame], SIZE)[0], path)
        print(f"{path}: seed {seed}, frame {frame}, {path.stat().st_size / 1000:.1f} kB")
    total = sum(path.stat().st_size for path in folder.glob("*.png"))
    print(f"together {total / 1000:.0f} kB")
    if total > LIMIT_BYTES:
        sys.exit(f"over {LIMIT_BYTES / 1000:.0f} kB")


def clearest(engine: Engine, label: str) -> tuple[int, MeshSequence, int]:
    """The seed, its clip and its apex among `SEEDS` that read best as the label."""
    request = GenerationRequest(label, frames=FRAMES, intensity=INTENSITY)
    clips = engine.sample(request, SEEDS)
    column = engine.labels.index(label)
    frames = [0 if label == "neutral" else apex(clip) for clip in clips]
    scores = [
        engine.recognize(clip, engine.template.vertices).per_frame[frame, column]
        for clip, frame in zip(clips, frames, strict=True)
    ]
    best = int(np.argmax(scores))
    return SEEDS[best], clips[best], frames[best]


if __name__ == "__main__":
    main()
