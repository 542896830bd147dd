"""Files of the studio's own: recipes, edits, landmarks, sessions, autosaves, settings."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from studio.core import GenerationRequest, Progress, StudioError

from .clips import mesh
from .reader import Reader, spelled


def own_readers() -> dict[str, Reader]:
    """List what reads them, by name."""
    return {
        "landmarks": Reader({"marks.txt": spelled("1, 2, [3]\n4 5")}, _landmarks),
        "recipe": Reader(_RECIPES, _recipe),
        "stack": Reader({"stack.json": spelled(json.dumps(_STACK))}, _stack),
        "session": Reader({"good.studio": _session}, _read_session),
        "autosave": Reader({"document.json": _autosave}, _read_autosave),
        "settings": Reader({"settings.ini": _ini}, _settings),
    }


_RECIPE = {
    "version": 1, "label": "fear", "seed": 1, "frames": 60, "intensity": 1.0, "model": "diffusion",
    "guidance": 2.0, "steps": 20, "sampler": "dpm", "set": "a", "checkpoint": "0123456789ab",
    "face": {"from": "clip", "name": "a", "frame": 3, "path": None, "landmarks": [1, 2, 3]},
}  # fmt: skip
_MIX = {
    "version": 1, "made": "mix", "parts": [_RECIPE, _RECIPE], "name": "two", "label": None,
    "face": {"from": "numbers", "numbers": {"age": 1.0}}, "set": "a",
}  # fmt: skip
_BLEND = {
    "made": "blend",
    "one": _RECIPE,
    "other": _RECIPE,
    "share": 0.5,
    "face": {"from": "template"},
}
_TRANSFER = {
    "made": "transfer", "source": {"from": "recipe", "recipe": _RECIPE}, "way": "landmarks",
    "face": {"from": "file", "path": "a.obj"},
}  # fmt: skip
_RECIPES = {
    f"{name}.json": spelled(json.dumps(recipe))
    for name, recipe in (
        ("one", _RECIPE), ("mix", _MIX), ("blend", _BLEND), ("transfer", _TRANSFER),
        ("list", [_RECIPE, _MIX]), ("folder", {"fear_1": _RECIPE, "two": _MIX}),
    )
}  # fmt: skip
_STACK: list[dict[str, Any]] = [
    {"kind": "intensity", "keys": [{"frame": 0, "value": 1.3}, {"frame": 1, "value": 0.5}],
     "between": "linear", "neutral": 0, "on": True},
    {"kind": "intensity", "neutral": [[0.0, 1.0, 2.0]] * 5},
    {"kind": "landmarks", "landmarks": [{"name": "a", "vertex": 1}, {"name": "b", "vertex": 3}],
     "keys": [{"frame": 1, "offsets": [[0, 1, 2], [3.5, 4, 5]], "turning": True}], "fade": 4},
]  # fmt: skip


def _landmarks(path: Path) -> object:
    from studio.takes.points import read_landmarks

    return read_landmarks(path)


def _recipe(path: Path) -> None:
    from studio.takes.text import Notes, read_recipe, recipes_from_text

    refused: list[StudioError] = []
    answered = False
    for read in (
        lambda: read_recipe(path).to_dict(),
        lambda: read_recipe(Path(f"{path}#1")).to_dict(),
        lambda: Notes(path),
        lambda: [one.to_dict() for one in recipes_from_text(path.read_text("utf-8", "replace"))],
    ):
        try:
            read()
            answered = True
        except StudioError as error:
            refused.append(error)
    if not answered:
        raise max(refused, key=lambda error: len(str(error)))


def _stack(path: Path) -> None:
    from studio.document.edit_verbs import check_edits
    from studio.document.edits.stack import read_stack
    from studio.document.state import ClipState

    check_edits(ClipState("a", mesh(), edits=read_stack(path)))


def _state() -> Any:
    from studio.document.edits.intensity import IntensityEdit, IntensityKey
    from studio.document.edits.landmarks import Landmark, LandmarkEdit, LandmarkKey
    from studio.document.state import ClipState, DocumentState

    marks = LandmarkEdit((Landmark("a", 1),), (LandmarkKey(1, np.ones((1, 3), np.float32)),))
    scale = IntensityEdit(keys=(IntensityKey(0, 1.2),), neutral=1)
    opened = ClipState(
        "1", mesh(), Path("/takes/a.npz"), neutral_frame=1, stop=2, edits=(scale, marks)
    )
    made = ClipState("2", mesh(3), recipe=_RECIPE, starred=True, created=1.7e9)
    request = GenerationRequest(guidance=2.0, steps=20)
    return DocumentState((opened, made), "2", generation=request)


_VIEW = {
    "frame": 1, "loop": "once", "mode": "every frame", "speed": 0.5,
    "look": {"azimuth": 20.0, "zoom": 1.5, "shading": "flat", "hidden": ["eyes"]},
}  # fmt: skip


def _session(path: Path) -> None:
    from studio.document.session import Session, write_session

    write_session(Session(_state(), _VIEW, Path("/takes/a.studio")), path)


def _use(session: Any) -> None:
    """Do what opening a session in the window does: show it, and write it again."""
    from studio.document.blobs import Fingerprints
    from studio.document.playback import Playhead
    from studio.document.session import pack
    from studio.document.view import ViewState
    from studio.takes.recipe import recipe_from_dict

    look = session.view.get("look")
    ViewState.of(look if isinstance(look, dict) else {})
    for clip in session.state.clips:
        _ = clip.label, clip.seed, clip.landmarks, clip.range, clip.timing.seconds
        # One that cannot be made again says so when it is asked for.
        with contextlib.suppress(StudioError):
            recipe_from_dict(clip.recipe or {})
    pack(session, Fingerprints(), Progress())
    speed = session.view.get("speed")
    if isinstance(speed, int | float):
        Playhead().set_speed(speed)


def _read_session(path: Path) -> None:
    from studio.document.session import read_session

    _use(read_session(path))


def _autosave(path: Path) -> None:
    from studio.document.autosave import AutosaveFolder
    from studio.document.session import Session

    AutosaveFolder(path.parent).write(Session(_state(), _VIEW, Path("/takes/a.studio")))


def _read_autosave(path: Path) -> None:
    from studio.document.autosave import AutosaveFolder
    from studio.ui.session.recovery_bar import describe

    folder = AutosaveFolder(path.parent)
    leftover = folder.leftover()
    if leftover is not None and len(describe(leftover)) > 500:
        raise ValueError("what was left is described at length")
    _use(folder.read())


def _ini(path: Path) -> None:
    from studio.ui.settings.settings import Settings

    settings = Settings(path)
    for name in _settings_names(Settings):
        value = getattr(settings, name)
        setattr(settings, name, Path("/tmp") if value is None else value)
    settings.keys = {"file.open": ["Ctrl+O"]}
    settings.add_recent(Path("/takes/a.npz"))
    settings.save()


def _settings_names(kind: type) -> list[str]:
    """Name what can be set."""
    from studio.ui.kit.store import Stored

    return [
        name
        for base in kind.__mro__
        for name, value in vars(base).items()
        if isinstance(value, Stored) or getattr(value, "fset", None) is not None
    ]


def _settings(path: Path) -> None:
    """Read every setting; each must be of the type that its default is of."""
    from studio.document.playback import Playhead
    from studio.ui.settings.settings import Settings

    spoiled, usual = Settings(path), Settings(path.with_name("none.ini"))
    for name in _settings_names(Settings):
        value, default = getattr(spoiled, name), getattr(usual, name)
        if default is not None and not isinstance(value, type(default)):
            raise TypeError(f"{name} is {value!r}")
        if isinstance(value, float) and not np.isfinite(value):
            raise ValueError(f"{name} is {value}")
        for place in [value, *value] if isinstance(value, list) else [value]:
            if isinstance(place, Path):
                place.is_dir()
    Playhead().set_speed(spoiled.speed)
    spoiled.add_recent(Path("/takes/b.npz"))
