"""Preferences come back as they were put, and what is spoilt reads as the default."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from studio.document.playback import MAX_SPEED, MIN_SPEED
from studio.ui.kit.store import Stored
from studio.ui.settings.settings import MAX_RECENT, Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


def test_choices_survive_a_restart(path: Path) -> None:
    settings = Settings(path)
    settings.theme, settings.device, settings.loop = "dark", "cpu", "ping-pong"
    settings.mode, settings.speed, settings.shading = "every frame", 0.25, "flat"
    settings.export_format, settings.export_unit = "ply", "m"
    settings.export_folder = path.parent
    settings.save()
    again = Settings(path)
    assert (again.theme, again.device, again.loop) == ("dark", "cpu", "ping-pong")
    assert (again.mode, again.speed, again.shading) == ("every frame", 0.25, "flat")
    assert (again.export_format, again.export_unit) == ("ply", "m")
    assert again.export_folder == path.parent


def test_spoilt_values_read_as_the_default(path: Path) -> None:
    store = QSettings(str(path), QSettings.Format.IniFormat)
    for key in ("theme", "device", "playback/loop", "playback/speed", "window/geometry", "recent"):
        store.setValue(key, "rubbish")
    store.sync()
    settings = Settings(path)
    assert (settings.theme, settings.device, settings.loop) == ("system", "auto", "loop")
    assert settings.speed == 1.0
    assert settings.geometry.isEmpty()
    assert isinstance(settings.recent, list)


def test_recent_files_are_few_new_first_and_unique(path: Path) -> None:
    settings = Settings(path)
    for number in [*range(15), 12]:
        settings.add_recent(path.parent / f"{number}.npz")
        settings.save()
    names = [recent.stem for recent in Settings(path).recent]
    assert len(names) == MAX_RECENT
    assert names[:3] == ["12", "14", "13"]
    assert settings.open_folder == path.parent
    settings.clear_recent()
    assert settings.recent == []


def test_a_single_recent_file_comes_back_as_a_list(path: Path) -> None:
    settings = Settings(path)
    settings.add_recent(path.parent / "only.npz")
    settings.save()
    assert [recent.name for recent in Settings(path).recent] == ["only.npz"]


def test_preferences_are_typed_told_and_put_back_together(path: Path) -> None:
    settings = Settings(path)
    told: list[str] = []
    settings.changed.connect(told.append)
    settings.default_fps, settings.reopen_session, settings.theme = 24.0, True, "dark"
    settings.cache_place, settings.models_folder = path.parent, path.parent
    settings.default_fps = 24.0
    assert told == ["open/fps", "session/reopen", "theme", "cache/folder", "models/folder"]
    settings.save()
    again = Settings(path)
    assert (again.default_fps, again.reopen_session, again.theme) == (24.0, True, "dark")
    assert again.cache_place == path.parent
    again.add_recent(path)
    again.restore_defaults()
    assert (again.default_fps, again.reopen_session, again.theme) == (30.0, False, "system")
    assert again.cache_place is None
    assert again.models_folder == path.parent
    assert again.recent == [path.absolute()]


SPOILED = [
    "nan", "inf", "-1e308", "1e999", "rubbish", "", "a\0b", "@Invalid()", "[" * 5000, "1" * 5000,
    ["a", "b"], [], {"a": 1}, b"x", -1, 1e308, None,
]  # fmt: skip


@pytest.mark.parametrize("value", SPOILED, ids=lambda value: repr(value)[:12])
def test_whatever_lies_in_the_file_every_setting_is_of_its_type(path: Path, value: object) -> None:
    store = QSettings(str(path), QSettings.Format.IniFormat)
    named = {name: each for kind in Settings.__mro__ for name, each in vars(kind).items()}
    stored = {name: each for name, each in named.items() if isinstance(each, Stored)}
    for each in stored.values():
        store.setValue(each.key, value)
    for key in ("window/geometry", "window/docks", "recent", "folders/open", "folders/export"):
        store.setValue(key, value)
    store.sync()
    settings = Settings(path)
    for name, each in stored.items():
        found = getattr(settings, name)
        assert isinstance(found, Path if each.default is None and found else type(each.default))
        assert not isinstance(found, float) or math.isfinite(found)
    assert MIN_SPEED <= settings.speed <= MAX_SPEED
    assert settings.picture_scale in (1, 2, 4)
    settings.add_recent(path)
    for place in (*settings.recent, settings.open_folder, settings.export_folder):
        place.is_dir()
    settings.view = settings.view


@pytest.mark.parametrize(("stored", "read"), [("false", False), ("1", True), ("rubbish", True)])
def test_a_spoiled_flag_is_the_default(path: Path, stored: str, read: bool) -> None:
    settings = Settings(path)
    settings.put("generate/play", stored)
    assert settings.play_generated is read


@pytest.mark.parametrize(
    ("stored", "read"), [("-5", 0.0), ("1e9", 3600.0), ("nan", 60.0), ("rubbish", 60.0), ("", 60.0)]
)
def test_numbers_come_back_within_their_bounds(path: Path, stored: str, read: float) -> None:
    settings = Settings(path)
    settings.put("session/autosave", stored)
    assert settings.autosave_seconds == read
