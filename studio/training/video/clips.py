"""Videos of takes whose weights are known, on people that nothing was trained on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from studio.core.progress import Progress
from studio.core.sequence import Doubles, Floats
from studio.face.facs import LABELS
from studio.face.rig import ARKIT, head_rotation, load_rig
from studio.io import read_weights
from studio.io.weights.take import in_order
from studio.render.formats.ffmpeg import exact_rate
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.people import ORIGINS
from studio.training.evaluation.motion import motion_folder

from .camera import Camera
from .look import Rng, draw_shot, worn

SIZE = (640, 360)
_SECONDS = 8.0  # of a captured take that are filmed, at most
_SPANS = 3  # places of it
_SENT = {"crf": "30", "preset": "fast"}  # as poor as what chat programs send


@dataclass(frozen=True, eq=False)
class Acted:
    """A take on a person, to be filmed.

    Attributes
    ----------
    name
        Of the take.
    rig
        The one that the person moves by, as in `ORIGINS`.
    label
        What the take shows, empty where nobody says.
    weights, head
        (T, 52), and (T, 3) degrees.
    fps
        Frames a second.
    meshes
        (T, V, 3) mm, upright.
    """

    name: str
    rig: str
    label: str
    weights: Floats
    head: Doubles
    fps: float
    meshes: Floats

    @property
    def turned(self) -> Floats:
        """(T, V, 3) mm with the turns of the head."""
        pivot, turns = load_rig().pivot, head_rotation(self.head).astype(np.float32)
        return np.asarray((self.meshes - pivot) @ turns.transpose(0, 2, 1) + pivot)


def captured(corpus: Corpus, people: Sequence[int], seed: int) -> Iterator[Acted]:
    """Give spans of the captured takes there are, each on one of these people of a corpus."""
    rng = np.random.default_rng([seed, 1])
    for path in sorted(motion_folder().glob("*.csv")):
        take = read_weights(path)
        weights, length = in_order(take, ARKIT), round(_SECONDS * take.fps)
        last = max(len(weights) - length, 0)
        for number, start in enumerate(np.linspace(0, last, _SPANS if last else 1).astype(int)):
            rows = slice(start, start + length)
            person = int(rng.choice(list(people)))
            yield Acted(
                f"{path.stem} {number + 1}",
                ORIGINS[corpus.origin[person]],
                "",
                weights[rows],
                take.head[rows].astype(np.float64),
                take.fps,
                corpus.pose(person, np.clip(weights[rows], 0, None)),
            )


def corpus_takes(corpus: Corpus, takes: Sequence[int]) -> Iterator[Acted]:
    """Give takes of a corpus on their own people."""
    for take in takes:
        person, weights = int(corpus.subject[take]), corpus.seen_weights(take)
        yield Acted(
            f"take {take}",
            ORIGINS[corpus.origin[person]],
            LABELS[corpus.label[take]],
            weights,
            corpus.head[corpus.rows(take)].astype(np.float64),
            30.0,
            corpus.pose(person, weights),
        )


def film(acted: Acted, path: Path, camera: Camera, rng: Rng, progress: Progress) -> None:
    """Film a take by a camera of its own, and write what it sees as an H.264 video."""
    shot = draw_shot(rng)
    camera.film(acted.meshes[0], shot)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=exact_rate(acted.fps), options=_SENT)
        stream.pix_fmt = "yuv420p"
        for frame in progress.each(list(acted.turned), f"Filming {acted.name}"):
            picture = worn(camera.picture(frame), shot, rng)
            if not stream.codec_context.is_open:
                stream.height, stream.width = picture.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
