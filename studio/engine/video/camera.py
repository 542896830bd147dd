"""A camera as a source of a live face: its pictures watched one by one, as a phone does itself."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from studio.core.sequence import Floats
from studio.engine.loading.device import ONE_THREAD
from studio.io.live.camera import Camera
from studio.io.live.packet import CHANNELS, HEAD, WEIGHTS, Packet
from studio.io.live.station import Station
from studio.io.video.film import Pixels
from studio.io.weights.writing import eye_turns
from studio.nn.tflite.runtime import runner, usual_runtime

from .watching import Watcher
from .weighing import load_seen_face, seen_of

Answer = TypeVar("Answer")
_NETWORKS = ("face_detector", "face_landmarks_detector", "face_blendshapes")
_TICKS = 1000  # of the clock of a camera, a second
_GUESS = "The face in the first pictures is taken for the face at rest, until another is."
_FIRST = 3  # pictures that are taken for the face at rest until it is told
_CALM = 10  # pictures of which the face at rest is the middle


class LiveWatcher:
    """Tells what a face shows in one picture after the other.

    Attributes
    ----------
    rest
        (S,) what is seen of the person at rest: the middle of the first pictures until it is told.
    guessed
        Whether it is still that.
    """

    def __init__(self) -> None:
        self._watch, self._network = Watcher(), load_seen_face()
        self._last: deque[Floats] = deque(maxlen=_CALM)
        self.rest: Floats = self._network.anybody.numpy()
        self.guessed, self._seen = True, 0
        for name in _NETWORKS:  # read now: the first pictures would be over when they are there
            runner(name, usual_runtime())

    def __call__(self, picture: Pixels) -> Floats | None:
        """Give the values (61,) of a picture (H, W, 3), as of a packet; None without a face."""
        with ONE_THREAD, torch.inference_mode():
            sighting = self._watch(picture)
            if sighting is None:
                return None
            seen, head = seen_of(sighting.landmarks[None])
            self._last.append(seen[0])
            if self.guessed and self._seen < _FIRST:
                self.rest = np.mean(self._last, axis=0)
            self._seen += 1
            told = self._network(*map(torch.from_numpy, (seen, self.rest, head)))
        weights, turns = (each.numpy() for each in told)
        values = np.zeros(CHANNELS, dtype=np.float32)
        values[WEIGHTS] = np.clip(weights[0], 0.0, 1.0)
        values[HEAD] = np.radians(turns[0])
        values[HEAD.stop :] = eye_turns(values[None, WEIGHTS])[0]
        return values

    def calibrate(self, *, on: bool) -> None:
        """Take what was last seen for the person at rest, or the average person."""
        if on and self._last:
            self.rest = np.mean(self._last, axis=0)
        elif not on:
            self.rest = self._network.anybody.numpy()
        self.guessed = False


class CameraSource:
    """Watches a camera in a thread of its own; the newest picture first, those between left out.

    Parameters
    ----------
    name
        Of the camera, or the path of a video that stands in for one.
    heard
        Called in the thread of the source after each pose.

    Raises
    ------
    StudioError
        When there is no such camera, or what watches it cannot be read.
    """

    def __init__(self, name: str, heard: Callable[[], object]) -> None:
        self.place, self.station = name, Station()
        self._lock, self._heard = threading.Lock(), heard
        self._watch = LiveWatcher()
        self._camera = Camera(name)
        self._thread = threading.Thread(target=self._follow, name="studio-watch", daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether it gives no more pictures."""
        return not self._thread.is_alive()

    def ask(self, question: Callable[[Station], Answer]) -> Answer:
        """Ask something of the station, or tell it something, between two poses."""
        with self._lock:
            return question(self.station)

    def calibrate(self, *, on: bool) -> bool:
        """Take the face as it is now for the one at rest, or no more."""
        self._watch.calibrate(on=on)
        return True

    def close(self) -> None:
        """Let go of the camera; what came stays."""
        self._camera.close()
        self._thread.join()

    def _follow(self) -> None:
        label, begun = Path(self.place).name, None
        with self._lock:
            self.station.tell(_GUESS)
        for moment, picture in self._camera:
            begun = moment if begun is None else begun
            values = self._watch(picture)
            frame = round((moment - begun) * _TICKS)
            packet = Packet(self.place, label, frame, 0.0, (_TICKS, 1), values)
            with self._lock:
                newest = self.station.hear(packet, (self.place, 0), moment)
            if newest is not None:
                self._heard()
        with self._lock:
            self.station.tell(f"{label} gives no more pictures; what was recorded stays.")
