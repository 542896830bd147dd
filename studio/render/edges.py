"""Steps along edges smoothed in a finished picture, where several samples a pixel cost too much.

Fast approximate anti-aliasing (Lottes 2009, FXAA, its version for consoles), worked out at the
pixels of edges alone: a processor does that in a tenth of the time it draws the picture in.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats
from studio.render.coloring.eyes import Image

_CONTRAST = np.uint8(12)  # of 255, between neighbors, from which there is an edge to smooth
_REACH = 8.0  # pixels along an edge that are mixed at most
_LEAST, _SHARE = 255 / 128, 1 / 8  # what keeps the direction of a faint edge short

_CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))  # rows down and columns right of a pixel
_CHANNELS = np.arange(3)[:, None]

Places = NDArray[np.float32]
Index = NDArray[np.intp]


def smooth_edges(picture: Image) -> Image:
    """Mix the colors of a picture (h, w, 3) along its edges; what is flat stays bit for bit."""
    height, width, _ = picture.shape
    if min(height, width) < 3:
        return picture.copy()
    light = picture[..., 1].copy()  # the eye takes most of its light from green
    at = _edges(light)
    y, x = np.divmod(at, width)
    corners = [light.ravel()[at + down * width + right] for down, right in _CORNERS]
    along_x, along_y = _directions(*(corner.astype(np.float32) for corner in corners))
    near, far = (
        _mixed(picture, x, y, along_x, along_y, share)
        for share in (np.float32(1 / 6), np.float32(0.5))
    )
    wide = (near + far) / 2
    around = np.stack([*corners, light.ravel()[at]])
    outside = (wide[1] < around.min(axis=0)) | (wide[1] > around.max(axis=0))
    out = picture.copy()
    out.reshape(-1)[_CHANNELS + 3 * at] = np.rint(np.where(outside, near, wide)).astype(np.uint8)
    return out


def _edges(light: NDArray[np.uint8]) -> Index:
    """Find the pixels (N,) on either side of an edge, but for the frame of the picture."""
    found = np.zeros(light.shape, dtype=bool)
    # Bytes go round at 256, so that one comparison finds steps up and steps down.
    across = light[:, 1:] - light[:, :-1] + _CONTRAST > 2 * _CONTRAST
    down = light[1:] - light[:-1] + _CONTRAST > 2 * _CONTRAST
    found[:, 1:] |= across
    found[:, :-1] |= across
    found[1:] |= down
    found[:-1] |= down
    found[[0, -1]] = False
    found[:, [0, -1]] = False
    return np.flatnonzero(found)


def _directions(nw: Floats, ne: Floats, sw: Floats, se: Floats) -> tuple[Places, Places]:
    """Give the way (N,) and (N,) in pixels along the edge at each pixel, by its four corners."""
    x, y = (sw + se) - (nw + ne), (nw + sw) - (ne + se)
    reduce = np.maximum((nw + ne + sw + se) * np.float32(_SHARE / 4), np.float32(_LEAST))
    scale = 1 / (np.minimum(np.abs(x), np.abs(y)) + reduce)
    return np.clip(x * scale, -_REACH, _REACH), np.clip(y * scale, -_REACH, _REACH)


def _mixed(
    picture: Image, x: Index, y: Index, along_x: Places, along_y: Places, share: np.float32
) -> Floats:
    """Average the colors (3, N) at a share of the way to both sides."""
    both = [_color(picture, x + side * along_x, y + side * along_y) for side in (-share, share)]
    return np.asarray((both[0] + both[1]) / 2, dtype=np.float32)


def _color(picture: Image, x: Places, y: Places) -> Floats:
    """Read the colors (3, N) at places between pixels, from the four around."""
    height, width, _ = picture.shape
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    left, top = x.astype(np.intp), y.astype(np.intp)
    right, low = (x - left).astype(np.float32), (y - top).astype(np.float32)
    flat, corner = picture.reshape(-1), _CHANNELS + 3 * (top * width + left)
    below = corner + 3 * width
    upper = flat[corner] * (1 - right) + flat[corner + 3] * right
    lower = flat[below] * (1 - right) + flat[below + 3] * right
    return np.asarray(upper * (1 - low) + lower * low, dtype=np.float32)
