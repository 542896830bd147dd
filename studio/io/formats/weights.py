"""Takes of face tracking: 52 weights by name over time, which move the studio's face; and back."""

from __future__ import annotations

from studio.core import MeshSequence
from studio.io.format import FORMATS, Format, Source
from studio.io.weights.names import names_weights
from studio.io.weights.solved import REST
from studio.io.weights.take import clip_of, in_order, read_weights
from studio.io.weights.writing import write_arkit_json, write_live_link


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


_CARRIES = "52 weights a frame, and how the head turns"
_LOSES = "The person, and what the 52 weights cannot show, are lost; how much is told in mm."
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
            weighs=True,
            carries=f"{_CARRIES}; they are played on the studio's face",
        )
    )

FORMATS.add(
    Format(
        name="livelink",
        label="Live Link Face CSV, weights",
        noun="a Live Link Face CSV",
        suffixes=(".csv",),
        write=write_live_link,
        weighs=True,
        measure=lambda shape, _told: 985 + 813 * shape.frames,
        parameters=(REST,),
        carries=_CARRIES,
        loses=_LOSES,
    )
)
FORMATS.add(
    Format(
        name="arkit",
        label="ARKit JSON, weights",
        noun="an ARKit JSON file",
        suffixes=(".json",),
        write=write_arkit_json,
        weighs=True,
        measure=lambda shape, _told: 40 + 1410 * shape.frames,
        parameters=(REST,),
        carries=_CARRIES,
        loses=_LOSES,
    )
)
