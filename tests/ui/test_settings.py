"""Preferences come back as they were put, and what is spoilt reads as the default."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

import studio.ui
from studio.core.system.paths import shipped
from studio.document.playback import MAX_SPEED, MIN_SPEED
from studio.ui.kit.places import nearest_folder
from studio.ui.kit.store import Stored
from studio.ui.settings.settings import MAX_RECENT, Settings
from studio.ui.view3d.empty_state import samples


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


def test_choices_survive_a_restart(path: Path) -> None:
    settings = Settings(path)
    settings.theme, settings.device, settings.loop = "dark", "cpu", "ping-pong"
    settings.mode, settings.speed, settings.shading = "every frame", 0.25, "flat"
    settings.export_format, settings.export_unit = "ply", "m"
    settings.remember_place("export", path.parent)
    settings.save()
    again = Settings(path)
    assert (again.theme, again.device, again.loop) == ("dark", "cpu", "ping-pong")
    assert (again.mode, again.speed, again.shading) == ("every frame", 0.25, "flat")
    assert (again.export_format, again.export_unit) == ("ply", "m")
    assert again.place("export") == path.parent


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
    assert settings.place("open") == path.parent
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
    for place in (*settings.recent, settings.place("open"), settings.place("export")):
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


def test_a_dialog_begins_where_the_user_last_was_for_that_kind(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = Settings(path)
    assert settings.place("open") == tmp_path, "at first the user's own folder"
    faces, movies = tmp_path / "a" / "faces", tmp_path / "b" / "movies"
    for folder in (faces, movies):
        folder.mkdir(parents=True)
    settings.remember_place("face", faces)
    settings.remember_place("export mp4", movies)
    settings.save()
    again = Settings(path)
    assert again.place("face") == faces
    assert again.place("export gif", "export mp4") == movies
    assert again.place("models") == movies, "nowhere yet: where anything was last"
    movies.rmdir()
    assert again.place("export mp4") == tmp_path / "b", "it is gone; what it lay in is there"
    movies.parent.rmdir()
    assert again.place("export mp4", "face") == faces
    assert again.place("export mp4") == tmp_path


def test_no_dialog_begins_in_what_comes_with_the_studio(path: Path) -> None:
    settings = Settings(path)
    settings.remember_place("face", path.parent)
    for sample in samples():
        settings.add_recent(sample)
    assert samples() and settings.place("open") == path.parent
    settings.put("folders/open", str(shipped("resources") / "samples"))
    settings.put("folders/last", str(Path(studio.ui.__file__).parent))
    assert settings.place("open", "face") == path.parent


def test_a_typed_folder_that_is_not_there_begins_where_it_would_be_made(tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert nearest_folder(str(tmp_path / "new" / "newer"), other) == tmp_path
    assert nearest_folder(f" {tmp_path} ", other) == tmp_path
    assert nearest_folder("", other) == nearest_folder("new", other) == other
