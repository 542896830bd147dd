"""How a face is held, as far as its registration tells."""

from __future__ import annotations

from collections.abc import Callable

from studio.core import MeshSequence
from studio.core.sequence import Doubles
from studio.document import Document
from studio.document.registration_verbs import is_of
from studio.io import registrations

Upright = Callable[[MeshSequence], Doubles | None]  # how the face of a clip is held


def held(document: Document, sequence: MeshSequence) -> Doubles | None:
    """Find the rows (3, 3) left, up and front of the face of a clip, or of what is made on one.

    Returns
    -------
    None where nothing is known, and where they are about x, y and z.
    """
    known = [clip.registration for clip in document.state.clips if clip.registration is not None]
    known += [found for found in registrations.in_use() if found.verdict.accepted]
    same = [found for found in dict.fromkeys(known) if found.topology == sequence.topology]
    if len(same) > 1:
        same = [found for found in same if is_of(found, sequence)] or same
    return same[0].upright if same else None
