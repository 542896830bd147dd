"""Painted regions as `.mask.json`: open text, a weight a vertex.

``{"format": "expression-studio mask", "version": 1, "name": "lips", "topology": "0123456789abcdef",
"weights": [0, 0.25, 1]}``. `topology` is the hash of the triangulation that the weights are for,
which `info CLIP --json` prints.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from studio.core import InputError
from studio.core.system.disk import read_json
from studio.face.regions.painted import PaintedMask

from .files import whole_file

SUFFIX = ".mask.json"
_FORMAT, _VERSION = "expression-studio mask", 1


def write_mask(path: Path, mask: PaintedMask) -> None:
    """Write a mask, in place of a file that is there; reading gives the same bits.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    told = {
        "format": _FORMAT,
        "version": _VERSION,
        "name": mask.name,
        "topology": mask.topology,
        "weights": [float(str(weight)) for weight in mask.weights],
    }
    with whole_file(path) as part:
        part.write_text(json.dumps(told), encoding="utf-8")


def read_mask(path: Path) -> PaintedMask:
    """Read a mask.

    Raises
    ------
    InputError
        Where the file holds something else.
    """
    found = read_json(path, "a mask")
    if not isinstance(found, dict) or found.get("format") != _FORMAT:
        raise InputError.of(path, "a mask of Expression Studio", "another kind of file")
    if found.get("version") != _VERSION:
        wanted = f"a mask of version {_VERSION}"
        raise InputError.of(path, wanted, f"version {str(found.get('version'))[:20]}")
    name, topology = found.get("name", ""), found.get("topology")
    try:
        weights = np.array(found.get("weights"), dtype=np.float32)
        if not isinstance(name, str) or not isinstance(topology, str):
            raise TypeError
        return PaintedMask(name or path.name.removesuffix(SUFFIX), topology, weights)
    except (ValueError, TypeError) as error:
        wanted = "a name, a topology and a weight from 0 to 1 for each vertex"
        raise InputError.of(path, wanted, "others") from error
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from error
