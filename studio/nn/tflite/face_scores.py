"""MediaPipe's blendshape scores, of the shipped bundle: what landmarks show, as 52 weights."""

from __future__ import annotations

import numpy as np

from studio.core.sequence import Floats
from studio.face.rig import ARKIT, ARKIT_INDEX

from .runtime import run

# The landmarks that the network reads, as MediaPipe's face_blendshapes_graph lists them.
READ = (
    *(0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63),
    *(65, 66, 67, 70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133),
    *(136, 144, 145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163),
    *(168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270),
    *(276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317),
    *(318, 321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379),
    *(380, 381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454),
    *(466, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477),
)
# It answers with how neutral the face is, then with ARKit's names in the order of the alphabet.
_PLACES = np.array([ARKIT_INDEX[name] for name in sorted(ARKIT) if name != "tongueOut"])


def scores(places: Floats) -> Floats:
    """Tell the scores (52,), 0..1, in `ARKIT` order; none is known of the tongue.

    Parameters
    ----------
    places
        (478, 2) or (478, 3), the landmarks of `face_landmarker`, in pixels of any picture.
    """
    (found,) = run("face_blendshapes", places[None, list(READ), :2])
    out = np.zeros(len(ARKIT), dtype=np.float32)
    out[_PLACES] = found.reshape(-1)[1:]
    return out
