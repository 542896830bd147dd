"""Plays a clip in aitviewer's own window; run by the peer's Python, which has no studio.

Usage: python peer_aitviewer.py CLIP.npz. Prints JSON: seconds from the start of the process to the
first frame, milliseconds a frame, and the GL renderer. The viewer is as it comes, but on the CPU,
with glfw and without waiting for the screen.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np


def main() -> None:
    began = _born()
    from aitviewer.configuration import CONFIG

    asked = {"device": "cpu", "window_type": "glfw", "vsync": False}
    CONFIG.update_conf({**asked, "window_width": 1280, "window_height": 800})
    from aitviewer.renderables.meshes import Meshes
    from aitviewer.viewer import Viewer

    clip = np.load(sys.argv[1])
    # The studio counts in millimeters, aitviewer in meters.
    meshes = Meshes(clip["vertices"] / 1000.0, clip["faces"])
    viewer = Viewer(size=(1280, 800))
    viewer.scene.add(meshes)
    viewer.center_view_on_node(meshes)
    viewer._init_scene()
    viewer.timer.start()
    frames: list[float] = []
    first = 0.0
    for turn in range(1 + 2 * len(clip["vertices"])):
        start = time.perf_counter()
        viewer.scene.current_frame_id = turn % len(clip["vertices"])
        now, passed = viewer.timer.next_frame()
        viewer.window.clear()
        viewer.window.render(now, passed)
        viewer.window.swap_buffers()
        if turn == 0:
            first = time.clock_gettime(time.CLOCK_BOOTTIME) - began
        else:
            frames.append(1000 * (time.perf_counter() - start))
    half = frames[len(frames) // 2 :]
    name = viewer.window.ctx.info["GL_RENDERER"]
    facts = {"first_s": first, "frame_ms": statistics.median(half), "renderer": name}
    print(json.dumps(facts), flush=True)
    # Its window does not always close by itself.
    os._exit(0)


def _born() -> float:
    fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
