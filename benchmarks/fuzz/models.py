"""A set of small models, damaged in one of its files."""

from __future__ import annotations

import json
from pathlib import Path

from studio.core import GenerationRequest, StudioError

from .reader import Reader, Write, spelled


def model_readers() -> dict[str, Reader]:
    """List what reads models."""
    return {"checkpoint": Reader(_models(), _open_set, beside=_write_models)}


# The generator that asks the model of a file; all others are asked by the recognizer.
_GENERATORS = {
    "diffusion": "diffusion", "motion-gan": "motion-gan", "landmark-lstm": "landmark-lstm",
    "sparse-to-dense": "motion-gan",
}  # fmt: skip


def _models() -> dict[str, Write]:
    names = ("autoencoder", "recognizer", *_GENERATORS)
    card = "---\nmotion-gan.seconds: 0.11\nmotion-gan.accuracy: 0.9\n---\n# A card\n"
    files: dict[str, Write] = {f"{name}.safetensors": lambda _path: None for name in names}
    return files | {"README.md": spelled(card)}


def _write_models(folder: Path) -> None:
    from tests.engine.tiny import write_landmarks, write_set

    write_set(folder, paper=False)
    write_landmarks(folder)


def _open_set(path: Path) -> None:
    """Open the set, ask the model of the damaged file, and say what cannot be used."""
    import torch

    from studio.engine import Engine
    from studio.engine.loading.sets import inspect_set
    from tests.engine.tiny import FACE, moving_face

    torch.set_num_threads(1)
    said = inspect_set(path.parent).problem
    engine = Engine.open(path.parent, "cpu", template=FACE)
    refused = [*([said] if said else []), *engine.problems.values()]
    try:
        if path.stem in _GENERATORS:
            request = GenerationRequest("anger", 1, frames=16, model=_GENERATORS[path.stem])
            engine.sample(request)
        else:
            answer = engine.recognize(moving_face(8))
            json.dumps(answer.per_frame.tolist(), allow_nan=False)
    except StudioError as error:
        refused.append(str(error))
    if refused:
        raise StudioError(max(refused, key=len))
