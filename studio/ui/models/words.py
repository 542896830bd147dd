"""What can be said of the models: loading, missing, incomplete, or where they run."""

from __future__ import annotations

from studio.core import MeshSequence
from studio.core.hub_name import short_name
from studio.document import ClipState
from studio.engine.catalog import Role, kind_of, known_kinds

from .protocol import Models


def other_surface(clip: MeshSequence) -> str:
    """Say why the models do not know a clip whose triangles are not those of their face."""
    count = f"{clip.n_vertices:,}"
    if not len(clip.faces):
        return (
            f"This clip has {count} points, and no surface to read; it can be viewed and exported."
        )
    return (
        f"This clip has a triangulation of its own ({count} vertices), which the models have not "
        "learned; fit it to the studio's face (Edit menu) to read and move it."
    )


def knows(engine: Models | None, clip: ClipState) -> bool:
    """Whether the models know the face of a clip: its triangulation, or how it lies on theirs."""
    if engine is None:
        return False
    return clip.registration is not None or clip.recording.topology == engine.topology


def short_state(engine: Models | None, *, loading: bool) -> str:
    """Describe the state of the models in a few words, for the status bar."""
    if engine is None:
        return "models: loading…" if loading else "models: none"
    usual = [known_kinds(role)[0].name for role in (Role.reader, Role.generator)]
    missing = [f"no {name}" for name in usual if name not in engine.kinds]
    without = f" ({', '.join(missing)})" if missing else ""
    return f"{short_name(engine.name)}{without} · {engine.device.upper()}"


def missing_model(engine: Models, kind: str) -> str:
    """Say why a set cannot do what this kind of model does; empty when it can."""
    if kind in engine.kinds:
        return ""
    missing = f"The model set {short_name(engine.name)} has no {kind} model."
    return engine.problems.get(kind, missing)


def without_landmarks(engine: Models | None) -> bool:
    """Whether models are loaded and no generator of landmark motion is among them."""
    return engine is not None and not any(kind_of(name).beside for name in engine.generators)
