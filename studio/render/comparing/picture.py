"""A picture of two clips at one moment, and of their distance."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.core import InputError, MeshSequence
from studio.face.known import regions_of
from studio.render.coloring.eyes import Image
from studio.render.coloring.legend import add_legend
from studio.render.offscreen import OffScreen
from studio.render.scene import Scene
from studio.render.stills import add_caption, tile, write_png

from .apart import Apart
from .difference import moment_beside
from .distance import Distances, written
from .heads import Head

SIZE = (480, 600)  # pixels of one of the three


def draw_comparison(
    between: Apart,
    distances: Distances,
    frame: int,
    path: Path,
    heads: tuple[Head, Head] | None = None,
    size: tuple[int, int] = SIZE,
    theme: str = "light",
) -> None:
    """Write a PNG of a frame: the clip, the other at that moment, and the distance in color.

    Parameters
    ----------
    between, distances
        The two clips, and what was measured of them.
    frame
        Of the clip, while the other lasts.
    path
        The picture.
    heads
        Those of the clips, which say how the faces are held; None where their y is up.
    size
        Width and height in pixels of one of the three.
    theme
        light or dark.

    Raises
    ------
    InputError
        For a frame that is not in both.
    StudioError
        Where nothing can draw or the file cannot be written.
    """
    figures = distances.at(frame)
    moment = moment_beside(frame, between.one.timing, between.other.timing)
    if figures is None or moment is None:
        wanted = f"a frame that both have, 0 to {distances.shared - 1}"
        raise InputError.of(between.one.name, wanted, str(frame))
    one, other = between.one, between.other
    pictures: list[Image] = []
    with OffScreen(*size) as screen:
        scene, caption = Scene(screen.renderer, theme), add_caption(screen, theme)
        caption.GetTextProperty().SetFontSize(round(screen.height / 32))

        def take(clip: MeshSequence, at: float, words: str, against: Apart | None = None) -> None:
            upright = heads[clip is other].upright if heads is not None else None
            scene.show_sequence(clip, regions_of(clip.topology), upright=upright)
            scene.set_against(against)
            scene.show_moment(at)
            scene.place_camera(screen.aspect)
            caption.SetInput(words)
            if against is not None:
                add_legend(screen, theme, scene.limit)
            pictures.append(screen.draw())

        take(one, frame, f"{one.name}, frame {frame}")
        take(other, moment, f"{other.name}, frame {moment:g}")
        take(one, frame, written(figures), between)
        scene.clear()
    write_png(tile(np.stack(pictures), len(pictures)), path)
