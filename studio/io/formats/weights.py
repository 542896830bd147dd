"""Takes of face tracking: 52 weights by name over time, which move the studio's face."""

from __future__ import annotations

from studio.core import MeshSequence
from studio.io.format import FORMATS, Format, Source
from studio.io.weights.names import names_weights
from studio.io.weights.take import clip_of, in_order, read_weights


def pose_take(source: Source) -> MeshSequence:
    """Move the studio's face by the weights and the head of a take."""
    path = source.place
    take = read_weights(path, fps=source.fps, default_fps=source.default_fps)
    # Loaded here only: parsing a take needs no face.
    from studio.face.known import studio_face
    from studio.face.rig import ARKIT, load_rig

    source.progress.report(0.3, f"Posing {path.name}")
    template = studio_face().template
    source.check_room(36 * len(take.weights) * len(template.vertices))
    vertices = load_rig().pose(in_order(take, ARKIT), head=take.head)
    return clip_of(take, vertices, template.faces, source.name, source.fps)


TAKES = {"csv": (".csv", ".tsv"), "txt": (".txt",), "json": (".json",)}  # suffixes by format
for name, suffixes in TAKES.items():
    FORMATS.add(
        Format(
            name=name,
            label="Face tracking weights",
            noun="face tracking weights",
            suffixes=suffixes,
            read=pose_take,
            sniff=names_weights,
        )
    )
