"""The landmark warp of a clip, per frame, beside the same interpolant solved frame by frame.

The peer is scipy's RBFInterpolator with the same Gaussian and affine term, set up for each frame
as the published procedure does it: its kernel sees other displacements every time. Ours finds the
map of the rest mesh once; that time has a row of its own. The last row is what a move of the mouse
computes while a landmark and its mirror image are dragged on the template: where they go, the
surface, its normals. Figures are medians of one run.
"""

from __future__ import annotations

import json
from statistics import median
from time import perf_counter

import numpy as np
from scipy.interpolate import RBFInterpolator

from benchmarks.bench_spiral import Row, Work, alternating, open_egg
from studio.core import MeshSequence
from studio.core.sequence import Floats
from studio.document import ClipState, Evaluator
from studio.document.landmark_drag import take_hold
from studio.face.template import load_template
from studio.face.warp import RbfWarp
from studio.render.normals import NormalFilter

VERTICES, LANDMARKS, FRAMES = 10_000, 83, 135
PEER, PEER_FRAMES = "scipy's RBFInterpolator a frame", 3
BAR_MS = 0.1
DRAG_BAR_MS = 1000 / 30
LIP_CORNER = 48


def run(repetitions: int = 9) -> list[Row]:
    """Rows of name, ours_ms, bar_ms and, where there is a peer, peer_ms and ratio."""
    mesh, landmarks = _face()
    clip = np.random.default_rng(0).normal(size=(FRAMES, LANDMARKS, 3)).astype(np.float32)
    warp = RbfWarp.of(mesh, landmarks, kernel="gaussian", affine=True, damped=False)
    ours, peer = alternating([_ours(warp, clip), _peer(warp, mesh, landmarks, clip)], repetitions)
    ours, peer = ours / FRAMES, peer / PEER_FRAMES
    size = f"{len(mesh):,} vertices, {LANDMARKS} landmarks"
    return [
        {
            "name": f"RBF warp a frame of {FRAMES}, {size}",
            "ours_ms": ours,
            "peer": PEER,
            "peer_ms": peer,
            "ratio": peer / ours,
            "bar_ms": BAR_MS,
        },
        {"name": f"the map of a rest mesh, {size}", "ours_ms": _setting_up(mesh, landmarks)},
        {"name": "a move of a landmark drag", "ours_ms": _dragging(), "bar_ms": DRAG_BAR_MS},
    ]


def _ours(warp: RbfWarp, clip: Floats) -> Work:
    return lambda: warp.apply(clip)


def _peer(warp: RbfWarp, mesh: Floats, landmarks: Floats, clip: Floats) -> Work:
    epsilon = 1 / (np.sqrt(2) * warp.sigma)

    def work() -> None:
        for frame in clip[:PEER_FRAMES]:
            RBFInterpolator(landmarks, frame, kernel="gaussian", epsilon=epsilon, degree=1)(mesh)

    return work


def _setting_up(mesh: Floats, landmarks: Floats, repetitions: int = 5) -> float:
    """Milliseconds for a map."""
    times = []
    for _ in range(repetitions):
        start = perf_counter()
        RbfWarp.of(mesh, landmarks, damped=False)
        times.append(1e3 * (perf_counter() - start))
    return median(times)


def _dragging(moves: int = 60) -> float:
    """Milliseconds for a move of a drag on the template."""
    template = load_template()
    clip = ClipState("clip", MeshSequence(template.vertices[None], template.faces))
    drag = take_hold(clip, Evaluator(), 0, LIP_CORNER, {LIP_CORNER}, mirror=True)
    normals = NormalFilter(template.faces, template.n_vertices)
    times = []
    for step in range(moves):
        start = perf_counter()
        normals(drag.surface(np.float32([-step, step, 0]) / 10))
        times.append(1e3 * (perf_counter() - start))
    return median(times)


def _face() -> tuple[Floats, Floats]:
    """A mesh of the size and landmarks spread over its front, each farthest from those before."""
    mesh = open_egg(VERTICES)[0].astype(np.float32)
    front = mesh[mesh[:, 2] > 20]
    chosen = [0]
    far = np.full(len(front), np.inf)
    for _ in range(LANDMARKS - 1):
        far = np.minimum(far, np.linalg.norm(front - front[chosen[-1]], axis=1))
        chosen.append(int(far.argmax()))
    return mesh, front[chosen]


if __name__ == "__main__":
    for row in run():
        print(json.dumps({k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()}))
