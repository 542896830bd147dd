"""The weights of a clip, for formats that hold these in place of vertices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.core import InputError, MeshSequence
from studio.core.parameters import Choice, Parameter
from studio.core.sequence import Floats
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.shapes import FaceShapes
from studio.io.format import Destination
from studio.io.memory import check_room
from studio.io.traits import Moved

if TYPE_CHECKING:
    from studio.face.registration.carrying.weighing import Weighed

FIRST = "first"
REST = Parameter(
    "rest",
    "Face at &rest",
    "From which face weights are counted, of clips of the studio's face",
    choices=(
        Choice("estimate", "Estimated from the clip"),
        Choice(FIRST, "The first frame"),
    ),
    default="estimate",
)
_GONE = 0.5  # mm that a head may go without a word


def solve(sequence: MeshSequence, to: Destination) -> Weighed:
    """Find the weights of a clip, and tell how far they are from it.

    Raises
    ------
    InputError
        For a face of which nobody knows what moves it.
    """
    # Loaded here only: a table of formats needs no face.
    from studio.face.registration.carrying.weighing import weighed

    # The clip, the clip without the head's motion, and what moves.
    check_room(to.place, 3 * sequence.vertices.nbytes)
    progress = to.progress.part(0.0, 0.9)
    progress.report(0.0, "Looking for the face at rest")
    shapes, vertices, remark = _moved(sequence, to)
    found = weighed(shapes, vertices, progress)
    said = (
        f"its weights put vertices {found.mean_mm:.3f} mm from where they are on average, "
        f"{found.most_mm:.2f} mm at most."
    )
    gone = f"Its head goes up to {found.gone_mm:.1f} mm, and weights say only how it turns."
    for sentence in (said, remark, gone if found.gone_mm > _GONE else ""):
        if sentence:
            to.progress.remarked(f"{to.place.name}: {sentence}")
    return found


def _moved(sequence: MeshSequence, to: Destination) -> tuple[FaceShapes, Floats, str]:
    """Find the shapes of a clip's face, its vertices on that face (T, N, 3), and what to say."""
    from studio.face.known import studio_face
    from studio.face.registration.carrying import carried_in
    from studio.face.registration.carrying.rigging import actions_on
    from studio.face.registration.carrying.weighing import shapes_at_rest
    from studio.io.shapes import own_shapes

    face, template = to.face, studio_face().template
    if sequence.topology == template.topology:
        first = to.settings.get(REST.name) == FIRST
        shapes, estimated = shapes_at_rest(sequence.vertices, first=first)
        guess = "The face at rest that they are counted from is estimated from the clip."
        return shapes, sequence.vertices, guess if estimated else ""
    own = face.shapes if isinstance(face, Correspondence) else face or own_shapes(sequence)
    if own is not None and own.topology == sequence.topology:
        return own, sequence.vertices, ""
    if isinstance(face, Correspondence) and face.topology == sequence.topology:
        frames = carried_in(face, sequence.vertices, to.progress.part(0.0, 0.5))
        shapes = FaceShapes(face.fitted, template.faces, np.asarray(actions_on(face.fitted)))
        return shapes, frames, "They are those of the studio's face fitted to it."
    raise _unknown(sequence, to.place)


def check_known(sequence: MeshSequence, face: Moved | None, place: Path) -> None:
    """Let pass a clip that can become weights, as far as that is known before it is solved.

    Raises
    ------
    InputError
        For a face of which nobody knows what moves it.
    """
    from studio.face.known import studio_face
    from studio.io.shapes import has_shapes

    known = [studio_face().topology, *([] if face is None else [face.topology])]
    if sequence.topology not in known and not has_shapes(sequence.frame_names):
        raise _unknown(sequence, place)


def _unknown(sequence: MeshSequence, place: Path) -> InputError:
    wanted = "a clip of the studio's face, of a face fitted to it, or of a head with --shapes"
    found = f"another triangulation of {sequence.n_vertices} vertices"
    return InputError.of(place, wanted, found)
