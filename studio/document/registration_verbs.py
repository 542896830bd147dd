"""The verb of the document that says how the face of a clip lies on the studio's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.core import InputError, MeshSequence
from studio.core.alignment import apply_rigid, head_points, rigid_alignment
from studio.core.sequence import Ints
from studio.face.known import studio_face
from studio.face.landmarks import IBUG_68
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.shapes import FaceShapes
from studio.io import registrations
from studio.io.shapes import has_shapes, own_shapes

from .edit_verbs import EditVerbs
from .state import ClipState, DocumentState

_SAME_MM = 0.4  # median over the still part of a head; two people are farther apart
_FIRM = (27, 28, 29, 30, 36, 39, 42, 45)  # of iBUG: the nose's ridge and the corners of the eyes
_FIRM_MM = 2.0  # that an expression moves them at most
_FEWEST = 12  # points that show a head
_ROUNDS = 3


class RegistrationVerbs(EditVerbs):
    """What a document can do with the registrations of its clips; see `Document`."""

    def set_registration(
        self, clip_id: str, found: Correspondence | None, *, key: str | None = None
    ) -> None:
        """Say how the face of a clip lies on the studio's; None takes that off.

        The other clips of the same person on the same triangulation share it.

        Parameters
        ----------
        clip_id
            The clip.
        found
            What registration found, and accepted.
        key
            Calls in a row that share it undo as one step.

        Raises
        ------
        InputError
            For the registration of another triangulation, and for one that was refused.
        """
        clip = self.state.clip(clip_id)
        if found is not None and not found.verdict.accepted:
            raise InputError.of(clip.name, "a fit that was accepted", found.verdict.reason)
        check_registration(replace(clip, registration=found))
        own = None if found is None else shapes_for(self.state, found)
        if found is not None and own is not None and found.shapes is None:
            found = found.with_shapes(own)
        name = f"Fit {clip.name}" if found is not None else f"Take the fit off {clip.name}"
        self._share(clip, found, name, key)

    def read_in_shapes(self, clip_id: str, *, on: bool) -> None:
        """Have the clips of a registered face read in the shapes that it brings, or by its surface.

        Raises
        ------
        InputError
            For a clip whose face brings none, neither in its registration nor as a head beside.
        """
        clip = self.state.clip(clip_id)
        found = clip.registration
        own = None if found is None else shapes_for(self.state, found)
        if found is None or (on and own is None):
            wanted = "a head with its own ARKit shapes, of the same vertices, open beside it"
            raise InputError.of(clip.name, wanted, "none")
        if on == (found.shapes is not None):
            return
        name = f"Read {clip.name} {'in its own shapes' if on else 'by its surface'}"
        self._share(clip, found.with_shapes(own if on else None), name)

    def _share(
        self, clip: ClipState, found: Correspondence | None, name: str, key: str | None = None
    ) -> None:
        """Give a clip a registration, and the others of the same person that shared its own."""
        sharing = {one.id for one in self.state.clips if _goes_along(clip, found, one)}
        clips = tuple(
            replace(one, registration=found) if one.id in sharing else one
            for one in self.state.clips
        )
        self._write(replace(self.state, clips=clips), name, key)


def shapes_for(state: DocumentState, found: Correspondence) -> FaceShapes | None:
    """Find the shapes that clips of a registered face can be read in, its own or a head's beside.

    Of several heads with shapes on its triangulation the first is taken.
    """
    heads = () if found.shapes is not None else heads_of(state, found)
    shapes = (own_shapes(head.recording, head.source) for head in heads)
    return found.shapes or next((own for own in shapes if own is not None), None)


def heads_of(state: DocumentState, found: Correspondence) -> list[ClipState]:
    """List the clips that are heads with shapes on the triangulation of a registered face."""
    heads = (clip for clip in state.clips if has_shapes(clip.frame_names))
    return [head for head in heads if head.recording.topology == found.topology]


def joined(clips: tuple[ClipState, ...], clip: ClipState) -> tuple[ClipState, ...]:
    """Add a clip to others; a head with its own shapes lends them to the clips of its face."""
    found, everything = clip.registration, (*clips, clip)
    if found is None or found.shapes is not None:
        return everything
    own = own_shapes(clip.recording, clip.source)
    if own is None:
        return everything
    lent = found.with_shapes(own)
    return tuple(
        replace(one, registration=lent) if one.registration is found else one for one in everything
    )


def check_registration(clip: ClipState) -> None:
    """Refuse a clip whose registration is of another triangulation.

    Raises
    ------
    InputError
        With a sentence that begins with the clip's name.
    """
    found = clip.registration
    if found is not None and found.topology != clip.recording.topology:
        wanted = f"the registration of its {clip.recording.n_vertices:,} vertices"
        raise InputError.of(clip.name, wanted, f"one of {len(found.neutral):,} vertices")


def registration_for(
    state: DocumentState, recording: MeshSequence, *, made: bool = False
) -> Correspondence | None:
    """Find what is known of the face of a recording that joins the clips of a document.

    Parameters
    ----------
    made
        Whether it was made just now, perhaps on a registered face that is no clip's.
    """
    known = [clip.registration for clip in state.clips if clip.registration is not None]
    known += [one for one in registrations.in_use() if made and one.verdict.accepted]
    return next((one for one in dict.fromkeys(known) if is_of(one, recording)), None)


def is_of(found: Correspondence, recording: MeshSequence) -> bool:
    """Whether a recording shows the person that was registered, whatever the first frame shows."""
    if found.topology != recording.topology:
        return False
    points, firm = _still_points(found), _firm_points(found)
    first = np.asarray(recording.vertices[:1])
    pose = rigid_alignment(first[:, points], found.neutral[points], rounds=_ROUNDS)
    away = np.linalg.norm(apply_rigid(first, *pose)[0] - found.neutral, axis=1) * found.scale
    still, moved = np.median(away[points]), away[firm].max(initial=0.0)
    return bool(still <= _SAME_MM and moved <= _FIRM_MM)


def _still_points(found: Correspondence) -> Ints:
    """Choose the foreign vertices (P,) that no expression moves; all where they are too few."""
    rigid = studio_face().template.regions["rigid"]
    chosen = np.zeros(len(found.neutral), dtype=bool)
    if len(rigid) == len(found.triangle):
        chosen[found.foreign_faces[found.triangle[rigid & found.has_partner]]] = True
    if chosen.sum() < _FEWEST:
        chosen[:] = True
    return head_points(chosen).astype(np.int32)


def _firm_points(found: Correspondence) -> Ints:
    """Find the foreign vertices (P,) of what an expression moves little, and people differ in."""
    marks = studio_face().landmarks(IBUG_68.name)[list(_FIRM)]
    if len(found.triangle) <= marks.max():
        return np.zeros(0, dtype=np.int32)
    marks = marks[found.has_partner[marks]]
    corner = found.barycentric[marks].argmax(axis=1)
    return np.asarray(found.foreign_faces[found.triangle[marks], corner])


def _goes_along(clip: ClipState, found: Correspondence | None, other: ClipState) -> bool:
    """Whether another clip takes the registration of a clip, or loses it with that."""
    if other.id == clip.id:
        return True
    if other.registration is not clip.registration:
        return False
    return found is None or is_of(found, other.recording)
