"""Poses that are kept as files: a folder of ``NAME.pose.json``, each a table of weights.

``{"jawOpen": 0.4, "mouthSmileLeft": 0.7}``; a channel that is left out is not touched by the pose.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

from studio.core import InputError
from studio.core.system.disk import read_json
from studio.core.system.paths import data_folder
from studio.face.rig import ARKIT_INDEX
from studio.io.files import whole_file
from studio.io.naming import safe_name

from .curves import within
from .poses import Pose

SUFFIX = ".pose.json"
_DIGITS = 4


def poses_folder() -> Path:
    """Find where the poses of the user lie."""
    return data_folder() / "poses"


def list_poses(folder: Path) -> list[Path]:
    """List the poses of a folder, by name; none where there is no folder."""
    found = folder.glob(f"*{SUFFIX}") if folder.is_dir() else ()
    return sorted(found, key=lambda path: path.name.casefold())


def pose_name(path: Path) -> str:
    """Tell what people call the pose of a file."""
    return path.name.removesuffix(SUFFIX)


def pose_path(folder: Path, name: str) -> Path:
    """Tell the file of a pose that has a name."""
    return folder / f"{safe_name(name)}{SUFFIX}"


def write_pose(path: Path, pose: Pose) -> None:
    """Write a pose, in place of one that is there.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    weights = {name: round(float(value), _DIGITS) for name, value in pose.items()}
    with whole_file(path) as part:
        part.write_text(json.dumps(weights, indent=1), encoding="utf-8")


def read_pose(path: Path) -> dict[str, float]:
    """Read a pose.

    Raises
    ------
    InputError
        Where the file holds something else.
    """
    found = read_json(path, "a pose")
    if not isinstance(found, dict):
        raise InputError.of(path, "a table of weights by channel", f"a {type(found).__name__}")
    odd = next((name for name in found if name not in ARKIT_INDEX), None)
    if odd is not None:
        raise InputError.of(path, "names of ARKit's 52 shapes", odd)
    return {name: _weight(path, name, value) for name, value in found.items()}


def _weight(path: Path, name: str, value: object) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, int | float) or not number or not math.isfinite(value):
        raise InputError.of(path, f"a number for {name}", str(value)[:40])
    if within(name, float(value)) != value:
        raise InputError.of(path, f"a weight that {name} may have", f"{value:g}")
    return float(value)
