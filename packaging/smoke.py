"""Try the built program: commands, a process of its own that draws, and a window with a clip.

`python packaging/smoke.py PROGRAM OUT` leaves a screenshot in the folder OUT. The window is tried
where there is Xvfb, whose picture of the screen lies in a file.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SCREEN = (1600, 1000)
OPENING_S = 240  # on a busy machine; the window is looked at as soon as it is drawn
VIEW = slice(100, 600), slice(350, 1000)  # rows and columns of the screen that the face lies in
COLORS = 2000  # more than the view has before the face is there, fewer than with it


def main(program: Path, out: Path) -> None:
    """Run every check; the first that fails ends it."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        environment = {**os.environ, "HOME": name, "PYTHONPATH": "", "PYTHONHOME": ""}
        environment = {key: value for key, value in environment.items() if value}
        facts = json.loads(run(program, home, environment, "info", "--json"))
        sample = str(Path(facts["folders"]["resources"]) / "samples" / "happiness.csv")
        print(f"version {run(program, home, environment, '--version').strip()}")
        read = json.loads(run(program, home, environment, "recognize", sample, "--json"))
        check(read["clip"]["label"] == "happiness", f"the sample reads as {read['clip']['label']}")
        asked = ("generate", "--label", "surprise", "--seed", "7", "--frames", "30", "--out")
        for file in ("take.npz", "take.mp4"):
            run(program, home, environment, *asked, file)
            check((home / file).stat().st_size > 10_000, f"{file} is empty")
        if shutil.which("Xvfb") is None:
            print("no Xvfb: the window was not tried")
            return
        try_window(program, home, environment, sample, out / "bundle.png")


def run(program: Path, here: Path, environment: dict[str, str], *words: str) -> str:
    """Run a command, which must go well; what it prints."""
    begun = time.monotonic()
    done = subprocess.run(
        [program, *words], cwd=here, env=environment, capture_output=True, text=True, check=False
    )
    check(done.returncode == 0, f"{words[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    print(f"{words[0]}: {time.monotonic() - begun:.1f} s")
    return done.stdout


def try_window(
    program: Path, here: Path, environment: dict[str, str], clip: str, picture: Path
) -> None:
    """Open a clip in the window and take a picture of the screen once the face is there."""
    read, write = os.pipe()
    screen = "x".join(map(str, (*SCREEN, 24)))
    display = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", screen, "-fbdir", str(here)],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    number = os.fdopen(read).readline().strip()
    window = subprocess.Popen(
        [program, clip], cwd=here, env={**environment, "DISPLAY": f":{number}"}
    )
    try:
        until = time.monotonic() + OPENING_S
        while len(np.unique(screen_of(here)[VIEW].reshape(-1, 3), axis=0)) < COLORS:
            check(window.poll() is None, f"the window ended with {window.returncode}")
            check(time.monotonic() < until, "no face was drawn in time")
            time.sleep(2)
        time.sleep(20)  # until it is read too
        save(screen_of(here), picture)
        check(window.poll() is None, f"the window ended with {window.returncode}")
        print(f"window: {picture}")
    finally:
        window.kill()
        window.wait()
        display.terminate()
        display.wait()


def screen_of(folder: Path) -> np.ndarray:
    """Read the picture of the screen, (rows, columns, 3) uint8, as XWD has it."""
    data = (folder / "Xvfb_screen0").read_bytes()
    head = struct.unpack(">25I", data[:100])
    size, width, height, line, colors = head[0], head[4], head[5], head[12], head[19]
    rows = np.frombuffer(data, np.uint8, line * height, size + 12 * colors).reshape(height, line)
    return rows[:, : 4 * width].reshape(height, width, 4)[:, :, 2::-1]


def save(pixels: np.ndarray, path: Path) -> None:
    """Write a picture of the screen as a PNG."""
    from PIL import Image

    Image.fromarray(np.ascontiguousarray(pixels)).save(path)


def check(holds: bool, otherwise: str) -> None:
    """End the run with a sentence where something does not hold."""
    if not holds:
        sys.exit(f"the bundle does not work: {otherwise}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
