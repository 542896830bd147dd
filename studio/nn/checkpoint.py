"""Model files: safetensors with kind, config and labels in the header. No code runs on load."""

from __future__ import annotations

import contextlib
import json
import math
import os
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.modules.module import (
    register_module_buffer_registration_hook,
    register_module_parameter_registration_hook,
)

from studio.core import CheckpointError, InputError
from studio.core.system.disk import refusal, regular

from .config import Config, config_of

VERSION = "1"
_FORMAT = "expression-studio"
_SCALE = "/row_scale"  # beside the name of a packed matrix; no module's name has a slash
_LARGEST = 32767  # of an int16
_ODD_HALF = 0x7C00  # bits that are all set in a float16 that is not finite
_SPARE = 1 << 20  # numbers that a network may have besides its weights
_LONGEST_HEADER = 100_000_000
_PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")

Model = TypeVar("Model", bound=nn.Module)


@dataclass(frozen=True)
class Header:
    """What a model file says of itself, read without its weights.

    Attributes
    ----------
    kind
        One of autoencoder, recognizer, diffusion, ...
    config
        The fields of the model's config dataclass.
    labels
        Names of the classes, in the order of the outputs; empty where there are none.
    topology
        Hash of the triangulation the model was trained on; empty if it needs none.
    extra
        Figures and notes of the training.
    """

    path: Path
    kind: str
    config: dict[str, Any]
    labels: tuple[str, ...] = ()
    topology: str = ""
    extra: dict[str, str | float] = field(default_factory=dict)

    def config_as(self, cls: type[Config]) -> Config:
        """Read the config as its dataclass.

        Raises
        ------
        CheckpointError
            If the fields do not fit.
        """
        try:
            return config_of(cls, self.config)
        except (TypeError, ValueError) as error:
            raise _problem(self.path, f"its config is not usable ({error})") from error


@dataclass(frozen=True)
class Checkpoint(Header):
    """A header and the float32 tensors that belong to it."""

    state: dict[str, Tensor] = field(default_factory=dict, repr=False)

    def fill(self, model: Model) -> Model:
        """Put these weights into a model and bring it to evaluation mode.

        Raises
        ------
        CheckpointError
            If a tensor is missing, left over or of another shape.
        """
        try:
            _give(model, self.state)
        except RuntimeError as error:
            raise _problem(self.path, "its weights do not fit the config in its header") from error
        return model.eval()


@contextlib.contextmanager
def no_larger_than(state: Mapping[str, Tensor]) -> Iterator[None]:
    """Stop the building of a network, by a `ValueError`, that gets far larger than its weights.

    It is stopped before memory is taken for numbers that the file does not have.
    """
    left, here = (
        _SPARE + 2 * sum(tensor.numel() for tensor in state.values()),
        threading.get_ident(),
    )

    def count(_module: nn.Module, _name: str, tensor: Tensor | None) -> None:
        nonlocal left
        if tensor is not None and threading.get_ident() == here:
            left -= tensor.numel()
            if left < 0:
                raise ValueError("it asks for more weights than there are")

    hooks = (
        register_module_parameter_registration_hook(count),
        register_module_buffer_registration_hook(count),
    )
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def rebuilt(build: Callable[[], Model], state: Mapping[str, Tensor], what: str) -> Model:
    """Build a model and give it weights.

    Parameters
    ----------
    build : makes the model; it may read sizes from the weights
    state : the weights by name, which become those of the model
    what : the name of the model in sentences

    Returns
    -------
    The model in evaluation mode.

    Raises
    ------
    CheckpointError
        Tensors are missing, left over or of another shape.
    """
    try:
        model = build()
        _give(model, state)
    except (InputError, KeyError, RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise CheckpointError(f"the {what}'s tensors do not fit ({reason})") from error
    return model.eval()


def _give(model: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Make these tensors those of a model, which spares a copy of each.

    Raises
    ------
    RuntimeError
        Tensors are missing, left over or of another shape.
    """
    kinds = {name: tensor.dtype for name, tensor in model.state_dict().items()}
    fitting = {name: tensor.to(kinds.get(name, tensor.dtype)) for name, tensor in state.items()}
    model.load_state_dict(fitting, strict=True, assign=True)


def save_checkpoint(
    path: Path | str,
    kind: str,
    config: object,
    state: Mapping[str, Tensor],
    *,
    labels: Sequence[str] = (),
    topology: str = "",
    extra: Mapping[str, str | float] | None = None,
    half: Collection[str] = (),
    packed: Collection[str] = (),
) -> None:
    """Write a model file whole or not at all; `load_checkpoint` gives float32 back.

    Parameters
    ----------
    config : a dataclass of numbers, strings and tuples of them
    state : tensors by name
    half : names of tensors stored as float16
    packed : names of matrices (N, C) stored as int16 with one scale a row: as small as float16,
        and for rows without outliers about five times as exact
    """
    unknown = sorted({*half, *packed} - set(state))
    if unknown:
        raise KeyError(f"no tensor is named {unknown[0]}")
    tensors = {
        name: _stored(tensor, half=name in half)
        for name, tensor in state.items()
        if name not in packed
    }
    for name in packed:
        tensors[name], tensors[name + _SCALE] = _packed(state[name])
    header = {
        "format": _FORMAT,
        "version": VERSION,
        "kind": kind,
        "config": json.dumps(asdict(config)),  # type: ignore[call-overload]
        "labels": json.dumps(list(labels)),
        "topology": topology,
        "extra": json.dumps(dict(extra or {})),
    }
    with _replacing(Path(path)) as temporary:
        save_file(tensors, temporary, metadata=header)


def load_checkpoint(path: Path | str, kind: str | None = None) -> Checkpoint:
    """Read header and weights of a model file.

    Raises
    ------
    CheckpointError
        The file is missing, truncated, not safetensors (a pickle is never opened), of another
        format version, or not of the wanted kind.
    """
    header = read_header(path, kind)
    try:
        state = load_file(header.path)
    except (SafetensorError, OSError) as error:
        raise _problem(header.path, f"the weights cannot be read ({error})") from error
    values = {entry.name: getattr(header, entry.name) for entry in fields(header)}
    for name, tensor in state.items():
        if not _is_finite(tensor * _LARGEST if name.endswith(_SCALE) else tensor):
            found = f"others in {name.removesuffix(_SCALE)}"
            raise _problem(header.path, f"expected finite weights, found {found}")
    return Checkpoint(**values, state=_floats(state))


def read_header(path: Path | str, kind: str | None = None) -> Header:
    """Read what a model file says of itself; the weights stay on disk.

    Raises
    ------
    CheckpointError
        As `load_checkpoint` does.
    """
    path = Path(path)
    metadata = _metadata(path)
    if metadata.get("format") != _FORMAT:
        raise _problem(path, "it is a safetensors file, but not one of the studio's models")
    if metadata.get("version") != VERSION:
        found = metadata.get("version", "none")
        raise _problem(path, f"expected format version {VERSION}, found {found}")
    header = _parsed(path, metadata)
    if kind is not None and header.kind != kind:
        raise _problem(path, f"expected a model of kind {kind}, found {header.kind}")
    return header


def _parsed(path: Path, metadata: Mapping[str, str]) -> Header:
    try:
        config, labels, extra = (
            json.loads(metadata.get(name, "{}") if name == "extra" else metadata[name])
            for name in ("config", "labels", "extra")
        )
        kind = metadata["kind"]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise _problem(path, f"its header is not complete ({error})") from error
    if not isinstance(config, dict) or not isinstance(extra, dict):
        raise _problem(path, "expected names with values in its header, found something else")
    if not _are_labels(labels):
        raise _problem(path, "expected labels that are different names, found something else")
    notes = {name: note for name, note in extra.items() if isinstance(note, str | int | float)}
    return Header(path, kind, config, tuple(labels), metadata.get("topology", ""), notes)


def _are_labels(labels: object) -> bool:
    if not isinstance(labels, list) or not all(isinstance(name, str) for name in labels):
        return False
    return len(set(labels)) == len(labels) and all(0 < len(name) <= 64 for name in labels)


def _metadata(path: Path) -> dict[str, str]:
    """Read the free-text part of a safetensors header; the file's length is checked against it."""
    try:
        size = regular(path, "a model file", CheckpointError)
        with path.open("rb") as file:
            start = file.read(8)
            length = int.from_bytes(start, "little")
            _check_start(path, start, length)
            text = file.read(length)
    except OSError as error:
        raise _problem(path, refusal(error, "read")) from error
    if len(text) < length:
        raise _truncated(path, 8 + length, size)
    entries = _entries(path, text)
    end = 8 + length + _data_length(path, entries)
    if size < end:
        raise _truncated(path, end, size)
    metadata = entries.get("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise _problem(path, "expected texts in its header, found something else")
    return metadata


def _check_start(path: Path, start: bytes, length: int) -> None:
    if start.startswith(_PICKLES):
        raise _problem(path, "expected a safetensors file, found a pickle, which is never opened")
    if len(start) < 8:
        raise _problem(path, f"expected a safetensors file, found {len(start)} bytes")
    if not 2 <= length <= _LONGEST_HEADER:
        raise _problem(path, "expected a safetensors file, found something else")


def _entries(path: Path, text: bytes) -> dict[str, Any]:
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _problem(path, "expected a safetensors file, found something else") from error
    if not isinstance(entries, dict):
        raise _problem(path, "expected a safetensors file, found something else")
    return entries


def _data_length(path: Path, entries: Mapping[str, Any]) -> int:
    try:
        ends = [v["data_offsets"][1] for name, v in entries.items() if name != "__metadata__"]
        return max((int(end) for end in ends), default=0)
    except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
        raise _problem(path, "its list of tensors cannot be read") from error


def _truncated(path: Path, wanted: int, found: int) -> CheckpointError:
    return _problem(path, f"the file is truncated (expected {wanted} bytes, found {found})")


def _problem(path: Path, sentence: str) -> CheckpointError:
    return CheckpointError(f"{path.name}: {sentence}")


def _stored(tensor: Tensor, *, half: bool) -> Tensor:
    kept = tensor.detach().to("cpu", torch.float16 if half else tensor.dtype)
    return kept.contiguous().clone()


def _packed(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """(R, C) float -> (R, C) int16 and the scale of each row (R,)."""
    rows = matrix.detach().float().cpu()
    scale = rows.abs().amax(1).clamp_min(1e-30) / _LARGEST
    return (rows / scale[:, None]).round().to(torch.int16), scale


def _floats(stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors as they were before they were made small for the file."""
    out: dict[str, Tensor] = {}
    for name, tensor in stored.items():
        if name + _SCALE in stored:
            out[name] = tensor.float() * stored[name + _SCALE][:, None]
        elif not name.endswith(_SCALE):
            # Tensors as they lie in the file would keep it mapped.
            out[name] = tensor.float() if tensor.dtype == torch.float16 else tensor.clone()
    return out


def _is_finite(tensor: Tensor) -> bool:
    """Whether all numbers are finite; NumPy asks on one core, which costs less beside others."""
    if not tensor.is_floating_point():
        return True
    if tensor.dtype == torch.float16:
        return not bool(((tensor.view(torch.int16).numpy() & _ODD_HALF) == _ODD_HALF).any())
    numbers = tensor.float().numpy()
    with np.errstate(all="ignore"):
        # The sum says so at once, unless it overflows.
        return math.isfinite(numbers.sum()) or bool(np.isfinite(numbers).all())


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` that takes its place if the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=path.stem, suffix=".part", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
