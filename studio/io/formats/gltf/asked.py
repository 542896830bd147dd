"""What a GLB can be told, and how large it becomes."""

from __future__ import annotations

from collections.abc import Mapping

from studio.core.parameters import Choice, Parameter, Value
from studio.core.request import Range
from studio.io.traits import Shape

AUTO, ARKIT_WAY, PCA, FRAMES = "auto", "arkit", "pca", "frames"
PARAMETERS = (
    Parameter(
        "morphs",
        "&Targets",
        "arkit: the 52 shapes that ARKit names, of clips of the studio's face; pca: the fewest "
        "that keep the bound; frames: one for each frame, exact; auto: arkit within the bound, "
        "else pca.",
        choices=(
            Choice(AUTO, "ARKit's shapes where they fit, else the fewest"),
            Choice(ARKIT_WAY, "ARKit's 52 shapes"),
            Choice(PCA, "The fewest that keep the bound"),
            Choice(FRAMES, "One for each frame, exact"),
        ),
        default=AUTO,
    ),
    Parameter(
        "bound",
        "&Bound in mm",
        "How far a vertex may be from where it was, in mm.",
        Range(0.001, 10.0),
        step=0.01,
        default=0.05,
    ),
)
_FEW = 0.26  # of the vertices, that a shape of ARKit takes the room of
_USUAL = 16  # targets that keep the usual bound, of most clips


def measure(shape: Shape, told: Mapping[str, Value]) -> int:
    """Estimate the bytes of a file."""
    from studio.face.known import studio_face
    from studio.face.rig import ARKIT

    way, vertex, ours = told.get("morphs", AUTO), 12 * shape.vertices, studio_face().template
    targets, weights = min(_USUAL, shape.frames), min(_USUAL, shape.frames)
    if way == FRAMES:
        targets = weights = shape.frames - 1
    elif way == ARKIT_WAY or (way == AUTO and shape.vertices == ours.n_vertices):
        targets, weights = round(len(ARKIT) * _FEW), len(ARKIT)
    if shape.frames == 1:
        targets = weights = 0
    return (2 + targets) * vertex + 6 * shape.faces + 4 * shape.frames * weights + 2000
