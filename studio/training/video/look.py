"""How rendered faces come to look like those of videos: shots at random, and poor pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from studio.render.filming.shot import Lighting, Shot

Rng = np.random.Generator
Pixels = NDArray[np.uint8]


def draw_shot(rng: Rng) -> Shot:
    """Draw how somebody is filmed: by a window, at a desk, in poor light."""
    warm = rng.uniform(-0.12, 0.12)
    around = rng.uniform(-1.2, 1.2)
    lighting = Lighting(
        (float(np.sin(around)), float(rng.uniform(-0.1, 1.0)), float(np.cos(around) + 0.2)),
        (1.0, 1.0 - 0.4 * abs(warm), 1.0 - warm),
        float(rng.uniform(0.5, 1.0)),
        float(rng.uniform(0.1, 0.45)),
    )
    dark = float(rng.uniform(0.45, 1.0))
    skin = (dark, min(dark * float(rng.uniform(0.97, 1.1)), 1.0), min(dark * 1.08, 1.0))
    back = rng.uniform(0.05, 0.95) * rng.uniform(0.7, 1.0, 3)
    shift = rng.uniform(-0.1, 0.1, 2)
    return Shot(
        lighting,
        skin,
        (float(back[0]), float(back[1]), float(back[2])),
        float(rng.uniform(16.0, 42.0)),
        float(rng.uniform(0.55, 0.95)),
        (float(shift[0]), float(shift[1])),
        float(rng.choice([0.0, rng.uniform(0.0, 1.2)])),
        float(rng.uniform(0.0, 10.0)),
        float(rng.uniform(0.75, 1.15)),
    )


def worn(picture: Pixels, shot: Shot, rng: Rng) -> Pixels:
    """Make a picture (H, W, 3) as poor as the shot's camera does: blurred, noisy, dim."""
    seen = picture.astype(np.float32) * shot.gain
    if shot.blur > 0.1:
        seen = ndimage.gaussian_filter(seen, (shot.blur, shot.blur, 0))
    if shot.noise > 0:
        seen += shot.noise * rng.standard_normal(seen.shape, dtype=np.float32)
    return np.asarray(np.clip(seen, 0, 255), dtype=np.uint8)
