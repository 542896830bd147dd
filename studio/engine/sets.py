"""Model sets: folders with a .safetensors file a kind."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import nn

from studio.core import CheckpointError, Progress
from studio.core.paths import data_folder, shipped
from studio.nn.autoencoder import Autoencoder, AutoencoderConfig
from studio.nn.checkpoint import Checkpoint, Header, load_checkpoint, read_header
from studio.nn.denoisers import DiffusionConfig, MotionDiffusion
from studio.nn.familiarity import FamiliarityConfig, FamiliarityModel, stamp
from studio.nn.recognizer import Recognizer, RecognizerConfig

from .models import Models

DEFAULT = "anny-basic"
# What a set may hold, and the kind its header must name.
FILES = {
    "autoencoder": "autoencoder",
    "recognizer": "recognizer",
    "diffusion": "diffusion",
    "diffusion-unet2d": "diffusion",
    "familiarity": "familiarity",
}
# What the models of landmark motion are called; they lie in a set of their own, or beside these.
LANDMARK_FILES = {name: name for name in ("motion-gan", "landmark-lstm", "sparse-to-dense")}
GENERATORS = tuple(name for name, kind in FILES.items() if kind == "diffusion")


@dataclass(frozen=True)
class CheckpointSet:
    """A folder of models, judged by the headers alone.

    kinds : the models that can be used
    problem : why the set, or a part of it, cannot; None if nothing is wrong
    """

    path: Path
    name: str
    kinds: frozenset[str]
    problem: str | None = None


def find_sets() -> list[CheckpointSet]:
    """The sets that ship with the studio, then those the user added; the default one first."""
    places = [shipped("checkpoints"), data_folder() / "models"]
    folders = [folder for place in places for folder in _folders(place)]
    return sorted((inspect_set(folder) for folder in folders), key=lambda s: s.name != DEFAULT)


def default_set() -> Path:
    """The folder of the set that is taken when none is named."""
    return shipped("checkpoints") / DEFAULT


def inspect_set(folder: Path) -> CheckpointSet:
    """What a folder holds, from the headers of its files."""
    headers, problems = read_headers(folder, FILES | LANDMARK_FILES)
    problem = next(iter(problems.values()), None)
    alone = {*headers, *problems} <= set(LANDMARK_FILES)  # those serve beside another set
    if "autoencoder" not in headers and not (alone and headers):
        problem = problems.get("autoencoder") or _missing(folder, "autoencoder")
    return CheckpointSet(folder, folder.name, frozenset(headers), problem)


def read_headers(
    folder: Path, files: Mapping[str, str]
) -> tuple[dict[str, Header], dict[str, str]]:
    """Headers of the files that are there, and a sentence for each that cannot be used.

    files : the kind that the header must name, by the name of the file
    """
    headers: dict[str, Header] = {}
    problems: dict[str, str] = {}
    for name, kind in files.items():
        path = folder / f"{name}.safetensors"
        if not os.path.lexists(path):
            continue
        try:
            headers[name] = read_header(path, kind)
        except CheckpointError as error:
            problems[name] = str(error)
    return headers, problems


@dataclass
class LoadedSet:
    """The models of a folder on the CPU, and a sentence for each that could not be loaded.

    digests : sha256 of the files of the loaded models, in hex
    """

    models: Models
    labels: tuple[str, ...]
    digests: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def load_set(folder: Path, topology: str, progress: Progress) -> LoadedSet:
    """Load what a folder holds for faces of one topology.

    Raises `CheckpointError` if the folder or its autoencoder cannot be used: nothing works
    without. Another model that cannot be used becomes one of the set's problems.
    """
    if not os.path.isdir(folder):
        raise CheckpointError(f"{folder.name}: no such model set in {folder.parent}")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise CheckpointError(f"{folder.name}: no permission to read that folder")
    headers, problems = read_headers(folder, FILES)
    if "autoencoder" not in headers:
        raise CheckpointError(problems.get("autoencoder") or _missing(folder, "autoencoder"))
    loaded: dict[str, nn.Module] = {}
    digests: dict[str, str] = {}
    labels: tuple[str, ...] = ()
    for name in progress.each(list(headers), "Loading models"):
        try:
            checkpoint = load_checkpoint(headers[name].path, FILES[name])
            _check(checkpoint, topology, labels, loaded)
            _check_pair(checkpoint, loaded.get("recognizer"))
            loaded[name] = BUILDERS[FILES[name]](checkpoint)
            digests[name] = digest(checkpoint.path)
            labels = labels or checkpoint.labels
        except CheckpointError as error:
            if name == "autoencoder":
                raise
            problems[name] = str(error)
    return LoadedSet(_models(loaded), labels, digests, problems)


def digest(path: Path) -> str:
    """sha256 of a file, in hex."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CheckpointError(f"{path.name}: cannot be read ({error.strerror})") from error


def _models(loaded: Mapping[str, nn.Module]) -> Models:
    autoencoder, recognizer = loaded["autoencoder"], loaded.get("recognizer")
    familiarity = loaded.get("familiarity")
    generators = {n: m for n, m in loaded.items() if isinstance(m, MotionDiffusion)}
    if not isinstance(autoencoder, Autoencoder):
        raise TypeError("the builders and the files do not agree")
    return Models(
        autoencoder,
        recognizer if isinstance(recognizer, Recognizer) else None,
        generators,
        torch.device("cpu"),
        familiarity if isinstance(familiarity, FamiliarityModel) else None,
    )


def _check(
    checkpoint: Checkpoint, topology: str, labels: tuple[str, ...], loaded: Mapping[str, nn.Module]
) -> None:
    """What the models of a set must share: the face, the classes and the latent size."""
    name = checkpoint.path.name
    if checkpoint.topology and checkpoint.topology != topology:
        raise CheckpointError(f"{name}: expected a model of the studio's face, found another face")
    if labels and checkpoint.labels and checkpoint.labels != labels:
        raise CheckpointError(
            f"{name}: expected the labels {', '.join(labels)}, found {', '.join(checkpoint.labels)}"
        )
    autoencoder = loaded.get("autoencoder")
    if isinstance(autoencoder, Autoencoder):
        wanted, found = autoencoder.config.latent, checkpoint.config.get("latent_dim")
        if found != wanted:
            raise CheckpointError(f"{name}: expected latents of size {wanted}, found {found}")


def _check_pair(checkpoint: Checkpoint, recognizer: nn.Module | None) -> None:
    """Distances from the training data are those of one recognizer."""
    if checkpoint.kind != "familiarity":
        return
    found = stamp(recognizer) if recognizer is not None else "none"
    if checkpoint.extra.get("fitted_on") != found:
        raise CheckpointError(
            f"{checkpoint.path.name}: expected the recognizer it was fitted on, found {found}; "
            "fit it again with `python -m studio train familiarity`"
        )


def _autoencoder(checkpoint: Checkpoint) -> Autoencoder:
    try:
        config = checkpoint.config_as(AutoencoderConfig)
        return Autoencoder.from_state(config, checkpoint.state)
    except CheckpointError as error:
        if str(error).startswith(checkpoint.path.name):
            raise
        raise CheckpointError(f"{checkpoint.path.name}: {error}") from error


def _recognizer(checkpoint: Checkpoint) -> Recognizer:
    config = checkpoint.config_as(RecognizerConfig)
    _check_labels(checkpoint, config.labels)
    return checkpoint.fill(Recognizer(config))


def _diffusion(checkpoint: Checkpoint) -> MotionDiffusion:
    config = checkpoint.config_as(DiffusionConfig)
    _check_labels(checkpoint, config.labels)
    return checkpoint.fill(MotionDiffusion(config))


def _familiarity(checkpoint: Checkpoint) -> FamiliarityModel:
    return checkpoint.fill(FamiliarityModel(checkpoint.config_as(FamiliarityConfig)))


def _check_labels(checkpoint: Checkpoint, outputs: int) -> None:
    if len(checkpoint.labels) != outputs:
        raise CheckpointError(
            f"{checkpoint.path.name}: expected {outputs} label names, "
            f"found {len(checkpoint.labels)}"
        )


BUILDERS: dict[str, Callable[[Checkpoint], nn.Module]] = {
    "autoencoder": _autoencoder,
    "recognizer": _recognizer,
    "diffusion": _diffusion,
    "familiarity": _familiarity,
}


def _folders(place: Path) -> list[Path]:
    if not os.path.isdir(place):
        return []
    return sorted(f for f in place.iterdir() if f.is_dir() and any(f.glob("*.safetensors")))


def _missing(folder: Path, kind: str) -> str:
    return f"{kind}.safetensors: no such file in {folder}"
