"""info: what runs here, and what is missing."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer

from studio import __version__
from studio.core import Given, InputError
from studio.core.system.paths import cache_folder, data_folder, shipped
from studio.engine.catalog import ModelKind, known_kinds

from .clips import JsonOption
from .display import display_problem
from .libraries import install_command, missing_libraries
from .reading import (
    FaceNumberOption,
    GapsOption,
    InputFpsOption,
    InputUnitOption,
    SpanOption,
    given,
)

_PACKAGES = (
    *("numpy", "scipy", "torch", "safetensors", "diffusers", "accelerate"),
    *("PySide6-Essentials", "vtk", "pyvista", "pyvistaqt", "anny"),
)


def info(
    path: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A clip; nothing for the program itself.")
    ] = None,
    input_unit: InputUnitOption = None,
    fps: InputFpsOption = None,
    gaps: GapsOption = None,
    face: FaceNumberOption = None,
    neutral: SpanOption = None,
    json: JsonOption = False,
) -> None:
    """Say what a clip is and where its numbers come from; or versions, devices and models."""
    from .output import print_json

    read = given(input_unit, fps, gaps, face, neutral)
    if path is not None:
        from .describing import describe

        describe(path, read, json=json)
        return
    if read != Given():
        raise InputError.of("info", "a FILE for --input-unit and --fps", "none")
    facts = gather()
    if json:
        print_json(facts)
    else:
        _print(facts)


def gather() -> dict[str, Any]:
    """Find what `info --json` prints."""
    missing = missing_libraries()
    return {
        "studio": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "versions": {name: _version(name) for name in _PACKAGES},
        "devices": _devices(),
        "models": [_described(kind) for kind in known_kinds()],
        "checkpoint_sets": _sets(),
        "display": display_problem() is None,
        "missing_libraries": [vars(one) for one in missing],
        "install": install_command(missing) if missing else None,
        "folders": {
            "resources": str(shipped("resources")),
            "checkpoints": str(shipped("checkpoints")),
            "data": str(data_folder()),
            "cache": str(cache_folder()),
        },
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _devices() -> dict[str, Any]:
    """Devices, the one taken first; a torch that does not load is something to report."""
    try:
        from studio.engine import available_devices
    except (ImportError, OSError) as error:
        return {"available": [], "problem": f"torch cannot be loaded: {error}".splitlines()[0]}
    return {"available": list(available_devices()), "problem": None}


def _described(kind: ModelKind) -> dict[str, Any]:
    told = [parameter.name for parameter in kind.parameters]
    return {"name": kind.name, "role": kind.role, "does": kind.does, "parameters": told}


def _sets() -> list[dict[str, Any]]:
    try:
        from studio.engine import find_sets
    except (ImportError, OSError):
        return []
    return [
        {
            "name": one.name,
            "path": str(one.path),
            "kinds": sorted(one.kinds),
            "megabytes": round(_bytes(one.path) / 2**20, 1),
            "problem": one.problem,
        }
        for one in find_sets()
    ]


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))


def _print(facts: dict[str, Any]) -> None:
    print(f"Expression Studio {facts['studio']}")
    print(f"Python {facts['python']}, {facts['platform']}, {facts['cpus']} CPUs")
    for name, found in facts["versions"].items():
        print(f"  {name:20}{found or 'not installed'}")
    devices = facts["devices"]
    print(f"Devices: {', '.join(devices['available']) or devices['problem']}")
    print("Models that can be used:")
    for kind in facts["models"]:
        told = f"; told {', '.join(kind['parameters'])}" if kind["parameters"] else ""
        print(f"  {kind['name']:20}{kind['role']}{told}")
    print("Model sets:" if facts["checkpoint_sets"] else "Model sets: none")
    for one in facts["checkpoint_sets"]:
        kinds = ", ".join(one["kinds"])
        print(f"  {one['name']}: {kinds} ({one['megabytes']} MB) in {one['path']}")
        if one["problem"]:
            print(f"    {one['problem']}")
    print(f"Display: {'yes' if facts['display'] else 'none, the studio runs headless'}")
    for name, folder in facts["folders"].items():
        print(f"  {name:20}{folder}")
    if facts["install"]:
        print("Missing system libraries:")
        for one in facts["missing_libraries"]:
            print(f"  {one['name']} for {one['needed_for']}")
        print(f"On Debian or Ubuntu: {facts['install']}")
    else:
        print("System libraries: all there")
