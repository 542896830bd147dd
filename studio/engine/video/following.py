"""A video as what is seen of one face in it, frame by frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, Progress
from studio.core.sequence import Doubles, Floats, Ints
from studio.engine.loading.device import ONE_THREAD
from studio.face.rig import ARKIT
from studio.io.video.film import Film, Pixels
from studio.nn.tflite.face_landmarker import COUNT

from .watching import Sighting, Watcher

_CENSUS = 60  # pictures after which the faces are counted again


@dataclass(frozen=True, eq=False)
class Followed:
    """What is seen of a face in the T pictures of a video.

    Attributes
    ----------
    seconds
        (T,) when each picture is shown.
    landmarks
        (T, 478, 3) float32 pixels, as in `Sighting`; NaN where there is no face.
    scores
        (T, 52) float32, NaN where there is no face.
    presence
        (T,) float32, 0 where there is no face.
    sizes
        (T, 2) int32 width and height of the pictures.
    faces
        How many were seen at once, at most, where faces were looked for.
    remarks
        What was left out or changed on the way.
    """

    seconds: Doubles
    landmarks: Floats
    scores: Floats
    presence: Floats
    sizes: Ints
    faces: int = 1
    remarks: tuple[str, ...] = ()

    @property
    def seen(self) -> NDArray[np.bool_]:
        """(T,) whether there is a face."""
        return np.asarray(self.presence > 0)


def follow(path: Path, face: int, progress: Progress) -> Followed:
    """Follow a face through a video file.

    Parameters
    ----------
    face
        Which of several, counted from 1, the largest.

    Raises
    ------
    InputError
        Where it is no video, or shows no such face.
    """
    with Film(path) as film:
        found = follow_pictures(path, film, face, film.seconds, progress)
        return replace(found, remarks=film.remarks)


def follow_pictures(
    path: Path,
    pictures: Iterable[tuple[float, Pixels]],
    face: int,
    seconds: float,
    progress: Progress,
) -> Followed:
    """Follow a face through pictures.

    Parameters
    ----------
    path
        What a refusal speaks of.
    pictures
        Seconds, and what is to be seen then.
    seconds
        How long it takes, 0 where nobody knows.

    Raises
    ------
    InputError
        Where no such face is seen.
    """
    times, rows, sizes = list[float](), list[Sighting | None](), list[tuple[int, int]]()
    watcher = Watcher(face)
    with ONE_THREAD:
        for moment, picture in pictures:
            done = moment / seconds if seconds else 0.0
            progress.report(done, f"Following the face in {path.name}")
            times.append(moment)
            if rows and len(rows) % _CENSUS == 0:
                watcher.count(picture)
            rows.append(watcher(picture))
            sizes.append((picture.shape[1], picture.shape[0]))
    if not any(rows):
        raise InputError.of(path, *_missing(face, watcher.most, len(rows)))
    nothing = Sighting(
        np.full((COUNT, 3), np.nan, np.float32), np.full(len(ARKIT), np.nan, np.float32), 0.0
    )
    seen = [row or nothing for row in rows]
    return Followed(
        np.array(times),
        np.stack([one.landmarks for one in seen]),
        np.stack([one.scores for one in seen]),
        np.array([one.presence for one in seen], dtype=np.float32),
        np.array(sizes, dtype=np.int32),
        watcher.most,
    )


def _missing(face: int, most: int, pictures: int) -> tuple[str, str]:
    """Say which face was wanted, and what was found in its place."""
    looked = "its picture" if pictures == 1 else f"its {pictures} pictures"
    if face == 1 or not most:
        return "a face as large as a fifth of the picture", f"none in {looked}"
    return f"{face} faces at once", f"{most} in {looked}"
