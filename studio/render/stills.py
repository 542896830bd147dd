"""Pictures of frames, and sheets of them, without a window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkIOImage import vtkPNGWriter
from vtkmodules.vtkRenderingCore import vtkTextActor

from studio.core import InputError, MeshSequence, Progress
from studio.face.known import regions_of
from studio.io.files import whole_file
from studio.render.coloring.eyes import Image
from studio.render.coloring.materials import LINES

from .offscreen import OffScreen
from .scene import Regions, Scene
from .vtk_bridge import to_vtk

SIZE = (640, 720)
TILE = (240, 280)
_SILENT = Progress()


def render_frames(
    sequence: MeshSequence,
    indices: Sequence[int],
    size: tuple[int, int] = SIZE,
    regions: Regions | None = None,
    *,
    theme: str = "light",
    labels: Sequence[str] | None = None,
    progress: Progress = _SILENT,
) -> Image:
    """Draw pictures of frames, all from the one front view that fits the first.

    Parameters
    ----------
    size
        Width and height in pixels.
    regions
        Masks of the template; looked up when None and the clip is on the template.
    labels
        N texts for the lower left corners.

    Returns
    -------
    (N, h, w, 3) uint8

    Raises
    ------
    InputError
        For a frame the clip does not have.
    StudioError
        Where nothing can draw.
    """
    for index in indices:
        if not 0 <= index < sequence.n_frames:
            raise InputError.of(sequence.name, f"frames 0 to {sequence.n_frames - 1}", str(index))
    width, height = size
    pictures = np.empty((len(indices), height, width, 3), dtype=np.uint8)
    with OffScreen(width, height) as screen:
        scene = Scene(screen.renderer, theme)
        scene.show_sequence(
            sequence, regions if regions is not None else regions_of(sequence.topology)
        )
        scene.place_camera(screen.aspect)
        caption = add_caption(screen, theme)
        for place, index in enumerate(progress.each(list(indices), "Drawing")):
            scene.show_frame(index)
            caption.SetInput(labels[place] if labels is not None else "")
            pictures[place] = screen.draw()
        scene.clear()
    return pictures


def contact_sheet(
    sequence: MeshSequence,
    path: Path | str,
    columns: int = 6,
    size: tuple[int, int] = TILE,
    *,
    rows: int = 2,
    regions: Regions | None = None,
    theme: str = "light",
    progress: Progress = _SILENT,
) -> list[int]:
    """Write a PNG of frames spread evenly over the clip, numbered; returns the frames shown.

    Parameters
    ----------
    size
        Width and height of one picture; a clip shorter than columns x rows shows every frame.

    Raises
    ------
    StudioError
        Where nothing can draw or the file cannot be written.
    """
    count = min(max(columns, 1) * max(rows, 1), sequence.n_frames)
    frames = np.linspace(0, sequence.n_frames - 1, count).round().astype(int).tolist()
    texts = [f"{frame}   {frame / sequence.fps:.2f} s" for frame in frames]
    tiles = render_frames(
        sequence, frames, size, regions, theme=theme, labels=texts, progress=progress
    )
    write_png(tile(tiles, min(max(columns, 1), count)), path)
    return [int(frame) for frame in frames]


def tile(pictures: Image, columns: int) -> Image:
    """Put pictures (N, h, w, 3) side by side in rows; what is left of the last row is gray."""
    count, height, width, _ = pictures.shape
    rows = math.ceil(count / columns)
    sheet = np.full((rows * columns, height, width, 3), 128, dtype=np.uint8)
    sheet[:count] = pictures
    grid = sheet.reshape(rows, columns, height, width, 3).transpose(0, 2, 1, 3, 4)
    return np.ascontiguousarray(grid.reshape(rows * height, columns * width, 3))


def png_bytes(picture: Image) -> bytes:
    """Write a picture (H, W, 3), top row first, as a PNG file."""
    height, width, channels = picture.shape
    data = vtkImageData()
    data.SetDimensions(width, height, 1)
    rows = np.ascontiguousarray(picture[::-1]).reshape(-1, channels)
    data.GetPointData().SetScalars(to_vtk(rows, copy=True))
    writer = vtkPNGWriter()
    writer.SetInputData(data)
    writer.WriteToMemoryOn()
    writer.Write()
    return bytes(memoryview(writer.GetResult()))


def write_png(picture: Image, path: Path | str) -> None:
    """Write a picture (h, w, 3) or (h, w, 4) whole or not at all.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    with whole_file(Path(path)) as part:
        part.write_bytes(png_bytes(picture))


def add_caption(screen: OffScreen, theme: str) -> vtkTextActor:
    """Add an empty text in the lower left corner."""
    text = vtkTextActor()
    look = text.GetTextProperty()
    look.SetColor(*LINES[theme])
    look.SetFontSize(max(round(screen.height / 20), 9))
    text.SetPosition(0.03 * screen.width, 0.02 * screen.height)
    screen.renderer.AddViewProp(text)
    return text
