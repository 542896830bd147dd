"""What should not have happened leaves a report that can be attached."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.ui.log.crash import KEPT_REPORTS, BugCatcher, CrashWatch, reports_folder, write_report
from studio.ui.log.messages import MOST_REPORTS
from studio.ui.window.main_window import MainWindow

from .fakes import ball

DIE = """
import faulthandler, sys
from pathlib import Path
from studio.ui.log.crash import CrashWatch
CrashWatch(Path(sys.argv[1])).start()
if sys.argv[2] == "fault":
    faulthandler._sigsegv()
"""


def _raised(number: int) -> Exception:
    try:
        raise RuntimeError(f"bug {number}")
    except RuntimeError as error:
        return error


def test_a_bug_becomes_a_report_without_the_home_folder(
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    window.document.open_clip(ball(4), tmp_path / "secret" / "ball.npz")
    window.messages.error(_raised(1))
    report = window.messages.report
    assert report.parent == reports_folder()
    text = report.read_text()
    for told in ("RuntimeError: bug 1", "Python 3", "NumPy", "OpenGL renderer", "Opened ball"):
        assert told in text
    assert str(tmp_path) not in text
    assert "~/secret/ball.npz" in text
    window.messages.save_report(tmp_path / "copy.txt")
    assert (tmp_path / "copy.txt").read_text() == text


def test_a_bug_that_repeats_does_not_fill_the_disk(
    fresh: MainWindow, capsys: pytest.CaptureFixture[str]
) -> None:
    window = fresh
    same = _raised(0)
    for _ in range(3):
        window.messages.error(same)
    assert len(list(reports_folder().glob("report-*"))) == 1
    for number in range(2 * MOST_REPORTS):
        window.messages.error(_raised(number))
    assert len(list(reports_folder().glob("report-*"))) == MOST_REPORTS


def test_the_menu_shows_the_reports_if_there_are_some(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("studio.ui.menus.help.open_link", opened.append)
    window.registry["help.reports"].trigger()
    assert window.status.notice.text() == "There are no crash reports."
    report = write_report("text")
    window.registry["help.reports"].trigger()
    assert opened == [report.parent.as_uri()]


def test_only_the_newest_reports_are_kept(tmp_path: Path) -> None:
    paths = [write_report(str(number), tmp_path) for number in range(KEPT_REPORTS + 3)]
    assert sorted(tmp_path.iterdir()) == paths[3:]
    if sys.platform != "win32":
        assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    (tmp_path / "file").write_text("")
    assert write_report("x", tmp_path / "file" / "below") is None


def test_what_no_thread_catches_reaches_the_window(
    qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[tuple[Exception, threading.Thread]] = []
    catcher = BugCatcher(lambda error: told.append((error, threading.current_thread())))
    catcher.install()
    try:
        thread = threading.Thread(target=lambda: 1 // 0)
        thread.start()
        thread.join()
        sys.excepthook(RuntimeError, _raised(2), None)
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    finally:
        catcher.remove()
    qtbot.waitUntil(lambda: len(told) == 2)
    assert [type(error) for error, _ in told] == [ZeroDivisionError, RuntimeError]
    assert {thread for _, thread in told} == {threading.main_thread()}
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert sys.excepthook is sys.__excepthook__


@pytest.mark.parametrize(("how", "reported"), [("fault", True), ("killed", False)])
def test_the_next_start_finds_what_a_fault_left(tmp_path: Path, how: str, reported: bool) -> None:
    env = os.environ | {"HOME": str(tmp_path)}
    run = [sys.executable, "-c", DIE, str(tmp_path), how]
    subprocess.run(run, env=env, capture_output=True, timeout=60, check=False)
    assert len(list(tmp_path.glob("running-*"))) == 1
    watch = CrashWatch(tmp_path)
    watch.start()
    found = watch.left_behind()
    assert (found is not None) == reported
    assert found is None or "Segmentation fault" in found.read_text()
    running = tmp_path / f"running-{os.getpid()}.txt"
    assert list(tmp_path.glob("running-*")) == [running]
    assert sys.platform == "win32" or running.stat().st_mode & 0o777 == 0o600
    watch.stop()
    assert list(tmp_path.glob("running-*")) == []
    assert watch.left_behind() is None
