"""A live face in the window, from packets over loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence
from studio.core.sequence import Floats
from studio.face import ARKIT, load_rig, load_template
from studio.io.live.packet import CHANNELS, WEIGHTS, encode
from studio.io.live.phone import Counts
from studio.io.live.receiver import Receiver
from studio.io.live.sending import packets
from studio.io.weights.take import LOWEST
from studio.ui.live.latency import Latency
from studio.ui.live.service import LiveService
from studio.ui.live.words import phone_names, phone_words
from studio.ui.services import Services
from studio.ui.window.main_window import MainWindow

from .accessible import nameless, shared_letters, unreached, without_tip
from .fakes import ball
from .windows import Make, settle


def smile(count: int) -> Floats:
    values = np.zeros((count, CHANNELS), dtype=np.float32)
    values[:, ARKIT.index("mouthSmileLeft")] = np.linspace(0.1, 0.6, count)
    return values


class Phone:
    """Sends rows of values to a service, and waits until the last is on show."""

    def __init__(self, live: LiveService, qtbot: QtBot, name: str = "Ann") -> None:
        self.live, self.qtbot, self.name = live, qtbot, name
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._frame = 1000

    def send(self, values: Floats) -> None:
        known = self._received()
        for one in packets(values, 60, device=self.name, subject=self.name, start=self._frame):
            self._socket.sendto(encode(one), self.live.place)
            self._frame += 1
        self.qtbot.waitUntil(lambda: self._received() == known + len(values))
        self.live._measure()
        self.live._show()

    def _received(self) -> int:
        receiver = self.live._source
        assert receiver is not None
        phones = receiver.ask(lambda station: dict(station.phones))
        return phones[self.name].counts.received if self.name in phones else 0

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def window(again: Make, qtbot: QtBot) -> Iterator[MainWindow]:
    window = again()
    window.build_view()
    yield window
    window.living.close()
    window.services.live.move(None)
    window.services.live._rests.clear()
    settle(qtbot, window)


@pytest.fixture
def phone(window: MainWindow, qtbot: QtBot) -> Iterator[Phone]:
    window.services.live.listen(port=0)
    phone = Phone(window.services.live, qtbot)
    yield phone
    phone.close()


def points(window: MainWindow) -> Floats:
    viewport = window.stage.viewport
    assert viewport is not None and viewport.scene is not None
    assert viewport.scene.surface is not None
    return viewport.scene.surface.points


def posed(values: Floats) -> Floats:
    return load_rig().pose(values[None, WEIGHTS])[0]


def test_the_newest_pose_is_on_show_and_a_clip_takes_its_place(
    window: MainWindow, phone: Phone
) -> None:
    living, values = window.living, smile(5)
    phone.send(values)
    np.testing.assert_allclose(points(window), posed(values[-1]), atol=1e-3)
    assert window.stage.preview.caption.text() == "Live: Ann"
    first = window.document.open_clip(ball())
    assert not living.on and window.stage.shows_current()
    phone.send(smile(3))
    assert window.stage.shows_current()
    window.registry["live.show"].trigger()
    phone.send(values[:1])
    assert living.on and not window.stage.shows_current()
    np.testing.assert_allclose(points(window), posed(values[0]), atol=1e-3)
    living.bar.leave.click()
    assert window.stage.shows_current() and not window.services.live.listening
    assert window.document.state.current == first and living.bar.isHidden()


def test_nothing_listens_until_it_is_asked(window: MainWindow) -> None:
    assert not window.services.live.listening
    window.registry["live.open"].trigger()
    assert window.living.bar.isVisible() and not window.services.live.listening
    assert window.living.bar.address.currentText() == "127.0.0.1"
    assert not window.registry["live.record"].isEnabled()


def test_a_recording_is_one_clip_and_one_step(
    window: MainWindow, phone: Phone, qtbot: QtBot
) -> None:
    document, values = window.document, smile(40)
    phone.send(values[:4])
    window.registry["live.record"].trigger()
    assert window.services.live.recording is not None
    phone.send(values[4:20])
    phone._frame += 3  # lost on the way
    phone.send(values[23:])
    phone.close()  # gone in the middle of it
    window.registry["live.record"].trigger()
    settle(qtbot, window)
    (clip,) = document.state.clips
    assert (clip.name, clip.timing.frames, clip.timing.fps) == ("Ann", 36, 60.0)
    assert len(clip.recording.remarks) == 1 and "3 frames" in clip.recording.remarks[0]
    kept = [*range(4, 20), *range(23, 40)]
    expected = load_rig().pose(values[kept, WEIGHTS])
    at = [frame - 4 for frame in kept]
    np.testing.assert_allclose(clip.recording.vertices[at], expected, atol=1e-3)
    assert document.undo_name == "Record Ann" and document.has_unsaved_work
    assert [one.id for one in document.unsaved.made] == [clip.id]
    assert window.living.on  # the next take follows
    document.undo()
    assert not document.state.clips and document.undo_name is None


def test_the_face_at_rest_is_what_the_user_calls_so(window: MainWindow, phone: Phone) -> None:
    values = smile(4)
    phone.send(values)
    window.registry["live.calibrate"].trigger()
    np.testing.assert_allclose(points(window), load_rig().rest, atol=1e-3)
    phone.send(values[:1])
    less = np.maximum(values[0] - values[-1], LOWEST)
    np.testing.assert_allclose(points(window), posed(less), atol=1e-3)
    window.registry["live.as_sent"].trigger()
    np.testing.assert_allclose(points(window), posed(values[0]), atol=1e-3)


def test_phones_are_chosen_by_name(window: MainWindow, phone: Phone, qtbot: QtBot) -> None:
    live, bar = window.services.live, window.living.bar
    phone.send(smile(2))
    other = Phone(live, qtbot, "Bob")
    other.send(smile(9)[-1:])
    assert [bar.phones.itemText(at) for at in range(bar.phones.count())] == ["Ann", "Bob"]
    assert bar.phones.currentText() == "Ann" and bar.phones.isEnabled()
    np.testing.assert_allclose(points(window), posed(smile(2)[-1]), atol=1e-3)
    bar.phones.activated.emit(1)
    assert live.device == "Bob"
    np.testing.assert_allclose(points(window), posed(smile(9)[-1]), atol=1e-3)
    other.close()


def test_a_head_of_ones_own_moves(window: MainWindow, phone: Phone) -> None:
    bar, rig = window.living.bar, load_rig()
    wide = np.array([1.2, 1.0, 1.0], dtype=np.float32)
    poses = np.stack([rig.rest, *(rig.rest + rig.actions)]) * wide
    faces = load_template().faces[::-1][:2000]
    clip = MeshSequence(poses, faces, name="mine", frame_names=("neutral", *ARKIT))
    window.document.open_clip(clip)
    window.living.set_on(on=True)
    phone.send(smile(3))
    assert [bar.heads.itemText(at) for at in range(bar.heads.count())][1:] == ["mine"]
    bar.heads.setCurrentIndex(1)
    bar.heads.activated.emit(1)
    phone.send(smile(4))
    np.testing.assert_allclose(points(window), posed(smile(4)[-1]) * wide, atol=1e-3)
    window.document.undo()
    assert window.services.live.head_clip is None and bar.heads.count() == 1


def test_what_it_expresses_is_read_as_it_comes(
    window: MainWindow, phone: Phone, qtbot: QtBot
) -> None:
    window.desk.models.load()
    settle(qtbot, window)
    phone.send(smile(30))
    panel = window.recognition
    phone.live.measured.emit()
    qtbot.waitUntil(lambda: panel.reading.text().startswith("Live reads "))
    window.living.set_on(on=False)
    assert panel.reading.text() == ""


def test_painted_frames_are_measured(window: MainWindow, phone: Phone, qtbot: QtBot) -> None:
    phone.send(smile(2))
    qtbot.waitUntil(lambda: len(phone.live.latency) > 0)
    phone.live.measured.emit()
    assert 0 < phone.live.latency.median < 60
    assert " ms" in window.living.bar.line.text()


def test_a_port_that_is_taken_is_told(window: MainWindow) -> None:
    told = list[Exception]()
    window.desk.reported.connect(told.append)
    bar = window.living.bar
    with Receiver(port=0) as receiver:
        bar.port.setValue(receiver.port)
        bar.listening.click()
    assert len(told) == 1 and "expected a free port" in str(told[0])
    assert bar.listening.text() == "Listen" and bar.address.isEnabled()
    window.desk.reported.disconnect(told.append)


def test_the_bar_says_how_a_phone_is_heard(window: MainWindow, phone: Phone) -> None:
    line = window.living.bar.line
    phone.live.measured.emit()
    assert line.text() == f"No phone yet: send to 127.0.0.1 port {phone.live.place[1]}"
    phone.send(smile(3))
    (seen,) = phone.live.phones
    assert phone_words(seen, Latency(), None).endswith(" fps")
    assert phone_names([seen]) == ["Ann"]
    assert phone_names([seen, replace(seen, device="99-4D")]) == ["Ann (Ann)", "Ann (9-4D)"]
    assert "silent" in phone_words(replace(seen, away=True), Latency(), None)
    assert "no face" in phone_words(replace(seen, blind=True), Latency(), 2.0)
    worse = replace(seen, counts=Counts(lost=3, late=1))
    assert phone_words(worse, Latency(), None).endswith(", 3 lost, 1 late")


def test_a_service_that_is_closed_keeps_what_was_being_recorded(
    services: Services, qtbot: QtBot
) -> None:
    live = services.live
    live.listen(port=0)
    phone = Phone(live, qtbot)
    phone.send(smile(5))
    live.record()
    phone.send(smile(10))
    live.finish()
    (clip,) = services.desk.document.state.clips
    assert clip.timing.frames == 10
    live.stop()
    phone.close()


def test_the_bar_is_used_from_the_keyboard_alone(
    window: MainWindow, phone: Phone, qtbot: QtBot
) -> None:
    phone.send(smile(2))
    window.registry["live.open"].trigger()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    bar = window.living.bar
    assert [*nameless(bar), *without_tip(bar), *shared_letters(window)] == []
    assert [fault for fault in unreached(window) if "LiveBar" in fault] == []
    assert window.living.bar.minimumSizeHint().width() < 660


@pytest.mark.slow
def test_a_camera_that_is_none_is_told(window: MainWindow, qtbot: QtBot) -> None:
    told, bar = list[Exception](), window.living.bar
    window.desk.reported.connect(told.append)
    bar.address.setCurrentText("camera: /dev/video77")
    assert not bar.port.isEnabled()
    bar.listening.click()
    assert window.services.live.opening and bar.listening.text() == "Stop"
    settle(qtbot, window)
    assert len(told) == 1 and "expected a camera" in str(told[0])
    assert bar.listening.text() == "Listen" and bar.address.isEnabled()
    bar.address.setCurrentText("127.0.0.1")
    window.desk.reported.disconnect(told.append)
