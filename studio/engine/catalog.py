"""All kinds of models that the studio knows. A new family is a file in `kinds` and a name here."""

from __future__ import annotations

from studio.core import InputError, Tracks

from .kind import Domain, ModelKind, ModelParameter, Role
from .kinds import (
    autoencoder,
    diffusion,
    familiarity,
    identity,
    landmark_lstm,
    motion_gan,
    recognizer,
    sparse_to_dense,
    units,
)

# In this order they are loaded, after those they depend on, and offered, the usual one first.
_FAMILIES = (
    autoencoder.KINDS,
    recognizer.KINDS,
    diffusion.KINDS,
    familiarity.KINDS,
    units.KINDS,
    identity.KINDS,
    motion_gan.KINDS,
    landmark_lstm.KINDS,
    sparse_to_dense.KINDS,
)
_kinds: dict[str, ModelKind] = {kind.name: kind for kinds in _FAMILIES for kind in kinds}


def register(kind: ModelKind) -> None:
    """Add a kind at the end of the catalog; one of the same name gives way to it."""
    _kinds[kind.name] = kind


def unregister(name: str) -> None:
    """Take a kind out of the catalog again."""
    del _kinds[name]


def known_kinds(role: Role | None = None, *, beside: bool | None = None) -> tuple[ModelKind, ...]:
    """List the kinds of a role (None: of any), the usual one first.

    Parameters
    ----------
    role : Role or None
        What is asked of them.
    beside : bool or None
        Only those that serve beside any set, or only those that do not; None: both.
    """
    return tuple(
        kind
        for kind in _kinds.values()
        if (role is None or kind.role is role) and (beside is None or kind.beside == beside)
    )


def kind_of(name: str) -> ModelKind:
    """Find a kind by its name.

    Raises
    ------
    InputError
        Where it is not known.
    """
    if name not in _kinds:
        raise InputError.of("model", f"one of {', '.join(_kinds)}", name)
    return _kinds[name]


def is_known(name: str) -> bool:
    """Whether there is a kind of this name."""
    return name in _kinds


def reader_giving(answer: type[Tracks]) -> ModelKind:
    """Find the usual kind of reader that answers with tracks of a class.

    Raises
    ------
    InputError
        Where no reader answers with that class.
    """
    for kind in known_kinds(Role.reader):
        if kind.gives is answer:
            return kind
    raise InputError.of("reader", f"one that gives {answer.__name__}", "none")


def what_files_do(header: str) -> str:
    """Say what models do whose files name this kind in their header; the kind itself otherwise."""
    return next((kind.does for kind in _kinds.values() if kind.file_kind == header), header)


def known_parameters() -> tuple[ModelParameter, ...]:
    """List all that some generator can be told and others cannot, once a name."""
    found: dict[str, ModelParameter] = {}
    for kind in known_kinds(Role.generator):
        for parameter in kind.parameters:
            found.setdefault(parameter.name, parameter)
    return tuple(found.values())


__all__ = [
    "Domain",
    "ModelKind",
    "ModelParameter",
    "Role",
    "is_known",
    "kind_of",
    "known_kinds",
    "known_parameters",
    "reader_giving",
    "register",
    "unregister",
    "what_files_do",
]
