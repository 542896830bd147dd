"""The sample takes that ship: drawn as the corpus is, written as face tracking takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.face.rig import ARKIT, ARKIT_INDEX
from studio.io.files import whole_file

from .acting.course import FPS
from .acting.take import Take, draw_take
from .subjects import draw_manner

SAMPLES = ("happiness", "sadness", "surprise")
FRAMES = (84, 96)
STRONG = 0.8
_ANGLES = ("HeadYaw", "HeadPitch", "HeadRoll")
_EYES = tuple(
    f"{side}Eye{angle}" for side in ("Left", "Right") for angle in ("Yaw", "Pitch", "Roll")
)


def write_samples(folder: Path) -> list[Path]:
    """Write a CSV an expression; the files, the same at every call."""
    paths = []
    for number, label in enumerate(SAMPLES):
        path = folder / f"{label}.csv"
        write_take(draw_sample(label, number), path)
        paths.append(path)
    return paths


def draw_sample(label: str, seed: int) -> Take:
    """Draw a clear take of about three seconds: strong, from rest and back, without speech."""
    rng = np.random.default_rng([seed, 90])
    while True:
        take = draw_take(rng, draw_manner(rng), label)
        if _is_clear(take):
            return take


def _is_clear(take: Take) -> bool:
    back_at_rest = take.activation[-1] < 0.1 * take.intensity
    plain = not take.speech and not take.blend
    length = FRAMES[0] <= len(take.weights) <= FRAMES[1]
    awake = take.whole[0, ARKIT_INDEX["eyeBlinkLeft"]] < 0.2
    return bool(length and plain and back_at_rest and awake and take.intensity >= STRONG)


def write_take(take: Take, path: Path) -> None:
    """Write a take as the Live Link Face app does: weights by name, angles in radians."""
    names = [name[0].upper() + name[1:] for name in ARKIT]
    columns = (*names, *_ANGLES, *_EYES)
    head = ",".join(("Timecode", "BlendshapeCount", *columns))
    lines = [
        ",".join((timecode(frame), str(len(columns)), *_cells(take, frame)))
        for frame in range(len(take.weights))
    ]
    with whole_file(path) as part:
        part.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8", newline="\n")


def timecode(frame: int) -> str:
    """Write ``HH:MM:SS:FF.mmm``; frames count 60 to a second, so every other one is there."""
    ticks = frame * round(60 / FPS)
    return f"12:{ticks // 3600:02d}:{ticks // 60 % 60:02d}:{ticks % 60:02d}.000"


def _cells(take: Take, frame: int) -> list[str]:
    angles = np.radians(take.bearing.head[frame])
    weights = np.clip(take.whole[frame], 0.0, 1.0)
    values = np.concatenate([weights, angles, np.zeros(len(_EYES))])
    return [f"{value + 0.0:.4f}" for value in np.round(values, 4)]
