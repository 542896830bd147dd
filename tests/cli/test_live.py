"""live info, record and send, with a phone of our own over loopback."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest

from studio.core import MeshSequence
from studio.core.sequence import Floats
from studio.core.system.paths import shipped
from studio.face import ARKIT, load_rig, load_template
from studio.face.registration.shapes import FaceShapes
from studio.io import read_sequence, write_sequence
from studio.io.live.devices import numbered
from studio.io.live.packet import CHANNELS, encode
from studio.io.live.receiver import Receiver
from studio.io.live.sending import packets, values_of
from studio.io.shapes import write_shapes_file
from studio.io.weights import read_weights
from studio.render.stills import render_frames

from .conftest import Command

VALUES = np.random.default_rng(1).uniform(0, 0.3, (600, CHANNELS)).astype(np.float32)
SAMPLE = shipped("resources") / "samples" / "happiness.csv"


@pytest.fixture
def port() -> int:
    with socket.socket(type=socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def phone(port: int, name: str = "Ann", values: Floats = VALUES) -> Iterator[None]:
    """Send packets, one after the other, for as long as the command needs."""
    end = threading.Event()

    def send() -> None:
        with socket.socket(type=socket.SOCK_DGRAM) as out:
            for one in packets(values, 240.0, device=name, subject=name):
                if end.wait(0.004):
                    return
                out.sendto(encode(one), ("127.0.0.1", port))
                out.sendto(b"rubbish", ("127.0.0.1", port))

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def test_info_tells_of_every_phone(command: Command, port: int) -> None:
    with phone(port), phone(port, "Bob"):
        ended = command("live", "info", "--port", port, "--seconds", 0.4, "--json")
    assert ended.status == 0
    said = json.loads(ended.out)
    assert {one["phone"] for one in said["phones"]} == {"Ann", "Bob"}
    assert all(one["received"] > 3 and one["jumps"] == 0 for one in said["phones"])
    assert said["refused"]["foreign"] > 3 and len(said["said"]) >= 1
    ended = command("live", "info", "--port", port, "--seconds", 0.05)
    assert (ended.status, ended.out) == (0, "no phone; left aside: nothing\n")


def test_a_phone_is_recorded_as_its_app_would(command: Command, port: int, tmp_path: Path) -> None:
    out = tmp_path / "take.csv"
    with phone(port), phone(port, "Bob", VALUES[::-1]):
        where = ("--port", port, "--seconds", 0.4, "--phone", "Ann", "-o", out)
        ended = command("live", "record", *where)
    assert ended.status == 0 and "poses of Ann" in ended.out
    assert "Bob" in ended.err
    rows = values_of(read_weights(out))
    known = [np.abs(VALUES[:, :52] - row[:52]).max(axis=1).min() for row in rows[:5]]
    assert max(known) < 1e-5


def test_a_phone_moves_a_head_of_its_own(command: Command, port: int, tmp_path: Path) -> None:
    head, out = tmp_path / "head.npz", tmp_path / "take.npz"
    chance = np.random.default_rng(1).uniform(-5, 5, (len(ARKIT) + 1, 4, 3)).astype(np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    shapes = FaceShapes(chance[0], faces, chance[1:])
    write_shapes_file(shapes, head)
    still = np.where(np.arange(CHANNELS) < 52, VALUES, np.float32(0))
    with phone(port, values=still):
        where = ("--port", port, "--seconds", 0.3, "--head", head, "-o", out)
        ended = command("live", "record", *where)
    assert (ended.status, "frames of" in ended.out) == (0, True)
    clip = read_sequence(out)
    moved = shapes.played(still[:, :52])
    known = [np.abs(moved - frame).max(axis=(1, 2)).min() for frame in clip.vertices[:5]]
    assert clip.n_frames > 5 and max(known) < 1e-3


def test_nothing_that_comes_is_one_sentence(command: Command, port: int, tmp_path: Path) -> None:
    out = tmp_path / "take.csv"
    ended = command("live", "record", "--port", port, "--seconds", 0.05, "-o", out)
    assert f"port {port}: expected packets of a phone" in ended.sentence
    assert not out.exists()
    with phone(port):
        where = ("--port", port, "--seconds", 0.1, "--phone", "Zoe", "-o", out)
        assert "packets of Zoe with a face, found Ann" in command("live", "record", *where).sentence


def test_a_port_that_is_taken_is_one_sentence(command: Command) -> None:
    with Receiver(port=0) as receiver:
        ended = command("live", "info", "--port", receiver.port, "--seconds", 0.05)
    assert "expected a free port" in ended.sentence


def test_a_clip_is_sent(command: Command, tmp_path: Path) -> None:
    take = tmp_path / "take.csv"
    take.write_text("".join(SAMPLE.read_text().splitlines(keepends=True)[:8]))
    with Receiver(port=0) as receiver:
        ended = command("live", "send", take, "--port", receiver.port, "--fps", 240, "--name", "Z")
        received = Receiver.ask(receiver, lambda station: list(station.phones.values()))
    sent = int(ended.out.split()[0])
    assert ended.status == 0 and sent > 7
    (heard,) = received
    assert heard.subject == "Z" and heard.counts.received > 0
    assert command("live", "send", take, "--port", 70_000).status == 2
    assert command("live", "send", tmp_path / "none.csv").status == 2


def test_a_mesh_is_sent_as_its_weights(command: Command, tmp_path: Path) -> None:
    from studio.face import ARKIT

    weights = np.zeros((6, len(ARKIT)), dtype=np.float32)
    weights[:, ARKIT.index("jawOpen")] = np.linspace(0, 1, 6)
    clip = MeshSequence(load_rig().pose(weights), load_template().faces, 120.0, "jaw")
    write_sequence(clip, tmp_path / "jaw.npz")
    with Receiver(port=0) as receiver:
        ended = command("live", "send", tmp_path / "jaw.npz", "--port", receiver.port)
        assert (ended.status, ended.out.split()[0]) == (0, "6")
    (phone,) = receiver.phones()
    values = phone.recent.poses().values
    assert np.ptp(values[:, ARKIT.index("jawOpen")]) > 0.3


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of a face that opens its jaw after a second."""
    weights = np.zeros((2, len(ARKIT)), dtype=np.float32)
    weights[1, ARKIT.index("jawOpen")] = 0.8
    clip = MeshSequence(load_rig().pose(weights), load_template().faces)
    closed, opened = render_frames(clip, range(2), (320, 240))
    path = tmp_path_factory.mktemp("camera") / "person.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=12, bit_rate=4_000_000)
        stream.height, stream.width, stream.pix_fmt = 240, 320, "yuv420p"
        for picture in [closed] * 12 + [opened] * 8:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())
    return path


def test_a_camera_is_recorded_until_it_gives_no_more(
    command: Command, person: Path, tmp_path: Path
) -> None:
    out = tmp_path / "take.csv"
    ended = command("live", "record", "--camera", person, "--seconds", 600, "-o", out)
    jaw = read_weights(out).weights[:, ARKIT.index("jawOpen")]
    assert jaw[-1] > jaw[0] + 0.15
    assert "person.mp4 gives no more pictures" in ended.err


def test_a_camera_that_cannot_be_had_is_one_sentence(command: Command, tmp_path: Path) -> None:
    out = tmp_path / "take.csv"
    ended = command("live", "record", "--camera", tmp_path / "none.mp4", "-o", out)
    assert "expected a camera, or a video in its place" in ended.sentence
    where = ("--camera", tmp_path / "none.mp4", "--phone", "Ann", "-o", out)
    assert "expected none beside --camera" in command("live", "record", *where).sentence
    assert not out.exists()


def test_numbers_of_cameras_are_their_names() -> None:
    assert numbered("talk.mp4") == "talk.mp4"
    assert numbered("1") == ("/dev/video1" if sys.platform == "linux" else "1")
