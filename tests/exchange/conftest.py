"""What the checks by other programs share: those programs, where they are installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.core import MeshSequence
from studio.core.sequence import Doubles

_HERE = Path(__file__).parent
_TOOLS = Path(os.environ.get("STUDIO_EXCHANGE", _HERE.parents[1] / "build" / "exchange"))
_LACKS = 4  # the status with which scripts in Blender say that it lacks an importer or exporter
Look = Callable[..., Doubles]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every check of this room, so that none runs unless it is asked for."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.exchange)


@pytest.fixture
def blender() -> Callable[..., str]:
    """Run a script of this room in Blender, with words behind it; gives what it prints."""
    program = shutil.which("blender")
    if program is None:
        pytest.skip("Blender is not installed")

    def run(script: str, *words: Path | str) -> str:
        command = [program, "--background", "--factory-startup", "--python-exit-code", "3"]
        command += ["--python", str(_HERE / "in_blender" / script), "--", *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode == _LACKS:
            pytest.skip(f"this Blender is built without what {script} needs")
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    return run


@pytest.fixture
def seen_in_blender(blender: Callable[..., str], tmp_path: Path) -> Look:
    """Open a file in Blender: (T, V, 3) of some frames in mm, y up, as the scene shows them."""

    def look(path: Path, frames: tuple[int, ...] = (0,), fps: float = 30.0) -> Doubles:
        out = tmp_path / "seen.npy"
        blender("look.py", path, out, ",".join(map(str, frames)), str(fps))
        return np.asarray(np.load(out))

    return look


@pytest.fixture
def validated(tmp_path: Path) -> Callable[[Path], dict[str, Any]]:
    """Give what Khronos' glTF validator says of a file."""
    node, validator = shutil.which("node"), _TOOLS / "node_modules" / "gltf-validator"
    if node is None or not validator.is_dir():
        pytest.skip("the glTF validator is not installed")

    def validate(path: Path) -> dict[str, Any]:
        command = [node, str(_HERE / "validate.js"), str(validator), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-3000:]
        return dict(json.loads(done.stdout))

    return validate


@pytest.fixture
def geometry() -> Path:
    """Heads of other triangulations, where they are at hand."""
    beside = _HERE.parents[2] / "shared" / "data"
    folder = Path(os.environ.get("STUDIO_TEST_DATA", beside)) / "geometry"
    if not folder.is_dir():
        pytest.skip("no geometry here")
    return folder


@pytest.fixture
def studio_take() -> MeshSequence:
    """The studio's face, smiling for 100 frames while the head turns."""
    from studio.face.rig import ARKIT_INDEX, load_rig

    t = np.linspace(0.0, 1.0, 100)
    weights, head = np.zeros((100, 52)), np.zeros((100, 3))
    for name, strength in (("mouthSmileLeft", 0.9), ("mouthSmileRight", 0.7), ("jawOpen", 0.4)):
        weights[:, ARKIT_INDEX[name]] = strength * np.sin(np.pi * t) ** 2
    weights[:, ARKIT_INDEX["eyeBlinkLeft"]] = np.maximum(0.0, np.sin(20 * t))
    head[:, 0], head[:, 1] = 12 * np.sin(3 * t), 5 * t
    rig = load_rig()
    vertices = rig.pose(weights, head=head)
    from studio.face.known import studio_face

    return MeshSequence(vertices, studio_face().template.faces, 30.0, "take")
