"""Makes docs/edits.md and its pictures again: every kind of edit, and what it does to a smile.

Run with: python -m benchmarks.pictures.edits [--only KIND ...]

A picture shows frames spread over the clip, before above and after below, and under them how far
the surface is from the first frame before, on average, in mm.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter, QPen, QPolygonF

from studio.core import MeshSequence, Progress
from studio.core.system.paths import shipped
from studio.document import ClipState, Evaluator
from studio.document.edits.edit import KINDS, Edit
from studio.render.stills import render_frames

from .edit_examples import Example, Examples

Pixels = NDArray[np.uint8]

COLUMNS, TILE = 6, (120, 140)  # pixels
DRAWN = (168, 188)  # of which the middle is shown, where the face is
LABELS_WIDE, GRAPH_HIGH, PAD = 68, 84, 8
INK, FAINT, BEFORE, AFTER = "#24292F", "#D0D7DE", "#8C959F", "#C2410C"
QUALITY = 82  # of WebP
GROUPS = {"face": "The face", "motion": "The motion", "time": "The time"}


def main() -> None:
    """Write the page, and the pictures that are asked for, all of them by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=tuple(KINDS))
    asked = parser.parse_args()
    app = QGuiApplication.instance() or QGuiApplication([sys.argv[0], "-platform", "offscreen"])
    docs = shipped("resources").parent / "docs"
    (docs / "edits").mkdir(parents=True, exist_ok=True)
    examples = Examples()
    for kind in asked.only or KINDS:
        path = docs / "edits" / f"{kind}.webp"
        picture(examples.of(kind)).save(str(path), quality=QUALITY)
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB")
    (docs / "edits.md").write_text(page(), encoding="utf-8")
    del app


# The page


def page() -> str:
    """Describe every kind of edit, as it describes itself."""
    parts = [
        "# Edits",
        "Each edit is a step of a clip's stack, which stands in the panel Edits. The recording "
        "never changes, and every step can be switched off. `expression-studio edit CLIP --stack "
        "FILE.json -o OUT` does the same, and `edit --list` prints this list. The pictures show "
        "the clip before above and after below, at times spread over both. The curves show how "
        "far the surface is from the first frame before, on average, in mm.",
        "Made by `python -m benchmarks.pictures.edits`.",
    ]
    for group, title in GROUPS.items():
        parts.append(f"## {title}")
        kinds = sorted(KINDS.values(), key=lambda kind: kind.title)
        parts += [_described(kind) for kind in kinds if kind.group == group]
    return "\n\n".join(parts) + "\n"


def _described(kind: type[Edit]) -> str:
    lines = [f"### {kind.title} (`{kind.kind}`)", f"{kind.tip}."]
    lines.append(f"![{kind.title}: before and after](edits/{kind.kind}.webp)")
    told = [f"- `{one.name}`: {one.description}" for one in kind.parameters]
    return "\n\n".join([*lines, *(["\n".join(told)] if told else [])])


# The pictures


def picture(example: Example) -> QImage:
    """Draw what an edit makes of a clip."""
    state = ClipState("clip", example.clip, edits=(example.edit,))
    after = Evaluator().sequence(state, Progress())
    width = LABELS_WIDE + COLUMNS * TILE[0] + PAD
    image = QImage(width, 2 * TILE[1] + GRAPH_HIGH + PAD, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for row, (words, clip) in enumerate((("before", example.clip), ("after", after))):
        _strip(painter, row * TILE[1], words, clip)
    graph = QRectF(LABELS_WIDE, 2 * TILE[1] + PAD, width - LABELS_WIDE - PAD, GRAPH_HIGH - 2 * PAD)
    _graph(painter, graph, example.clip, after)
    painter.end()
    return image


def _strip(painter: QPainter, top: int, words: str, clip: MeshSequence) -> None:
    frames = np.linspace(0, clip.n_frames - 1, COLUMNS).round().astype(int).tolist()
    (width, height), (wide, high) = DRAWN, TILE
    middle = QRectF((width - wide) / 2, (height - high) / 2, wide, high)
    for place, (frame, tile) in enumerate(
        zip(frames, render_frames(clip, frames, DRAWN), strict=True)
    ):
        drawn = QImage(tile.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
        box = QRectF(LABELS_WIDE + place * wide, top, wide, high)
        painter.drawImage(box, drawn, middle)
        _write(painter, box.adjusted(0, high - 18, -PAD / 2, 0), f"{frame / clip.fps:.1f} s", 10)
    _write(painter, QRectF(0, top, LABELS_WIDE - PAD, high), words)


def _write(painter: QPainter, where: QRectF, words: str, size: int = 12) -> None:
    font = QFont()
    font.setPixelSize(size)
    painter.setFont(font)
    painter.setPen(QColor(INK))
    painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)


def _graph(painter: QPainter, box: QRectF, before: MeshSequence, after: MeshSequence) -> None:
    curves = [distances(clip, before.vertices[0]) for clip in (before, after)]
    seconds = max(before.duration, after.duration)
    top = max(float(np.nanmax(curve)) for curve in curves) or 1.0
    painter.setPen(QPen(QColor(FAINT), 1))
    painter.drawLine(box.bottomLeft(), box.bottomRight())
    for clip, curve, color in zip((before, after), curves, (BEFORE, AFTER), strict=True):
        painter.setPen(QPen(QColor(color), 2))
        times = np.arange(clip.n_frames) / clip.fps / seconds
        spots = zip(
            box.left() + times * box.width(), box.bottom() - curve / top * box.height(), strict=True
        )
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in spots]))
    _write(painter, QRectF(0, box.top(), LABELS_WIDE - PAD, box.height()), f"{top:.1f} mm")


def distances(clip: MeshSequence, rest: NDArray[np.float32]) -> NDArray[np.float64]:
    """Tell how far each frame is from a face, on average, in mm."""
    return np.array([float(np.linalg.norm(frame - rest, axis=1).mean()) for frame in clip.vertices])


if __name__ == "__main__":
    main()
