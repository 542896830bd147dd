"""Faces of other triangulations, on which the studio works as on its own once they are registered.

Registration fits the studio's face to theirs, once for a face; it is kept by what the face holds,
so that the same face costs nothing the next time. Motion is made on the fitted face and carried
back onto their own vertices; motion of theirs is carried onto the fitted face to be read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from studio.core import InputError, MeshSequence, Progress, Registered
from studio.core.errors import shortened
from studio.core.sequence import Doubles, Floats
from studio.face.known import studio_face
from studio.face.registration.carrying import carried_back, carried_in
from studio.face.registration.carrying.solving import Solved, on_rig
from studio.face.registration.correspondence import Correspondence
from studio.io import registrations

from .calm import calm_frames, frame_of_face
from .maker import Registrar
from .own_shapes import OwnHead
from .reading import frame_of


def register(
    engine: Registrar,
    clip: MeshSequence,
    frame: int | None = None,
    by: Registered | None = None,
    *,
    progress: Progress,
    name: str = "",
) -> Correspondence:
    """Fit the studio's face to a clip's, or look up what was found of that very face before.

    Parameters
    ----------
    engine
        Finds the landmarks and fits.
    clip
        Of any triangulation.
    frame
        The one that shows the face at rest; a face that shows an expression is fitted as it is.
        None: the calmest of `calm_frames`, where the first of them shows an expression that which
        shows least of it.
    by
        The points that the fit begins from; None or none of them: the engine finds its own. A frame
        that it names goes before `frame`. Where it names a head with its own shapes, and the clip
        shows that very head, this is fitted, at rest, in the place of a frame.
    progress
        Told how far the work is.
    name
        Of its file, for sentences; by default the clip's.

    Returns
    -------
    Correspondence
        Also where the fit is poor, which its verdict says; see `accepted`.

    Raises
    ------
    InputError
        Where nothing can be fitted, for a frame that is not there and for points that are none.
    """
    clip, by = clip.renamed(name or clip.name), by or Registered()
    frame = frame if by.frame is None else by.frame
    if frame is None and any(not isinstance(place, int) for _, place in by.points):
        frame = 0  # a place is one of the first frame, where none is named
    head = None
    if by.shapes:
        head = OwnHead.read(by.shapes, clip, progress)
        if frame is None and head.moves(clip):
            found = _registered(engine, head.mesh.renamed(clip.name), 0, by, progress)
            return head.beside(found, clip)
    tried = calm_frames(clip) if frame is None else (frame,)
    found = _registered(engine, clip, tried[0], by, progress)
    for place, more in enumerate(tried[1:], start=1):
        if not found.verdict.remark:
            break
        progress.report(place / len(tried), "Looking for a calmer frame")
        found = min(found, _registered(engine, clip, more, by, progress), key=_unrest)
    progress.report(1.0, "Fitting the face")
    return found if head is None else found.with_shapes(head.shapes)


def _unrest(found: Correspondence) -> tuple[bool, float]:
    return not found.verdict.accepted, found.verdict.expression


def _registered(
    engine: Registrar, clip: MeshSequence, frame: int, by: Registered, progress: Progress
) -> Correspondence:
    """Register one frame of a clip, or look it up."""
    mesh = frame_of(clip, frame)
    world = places(by, mesh)
    key = registrations.key(mesh.vertices[0], mesh.faces, world, mesh.origin)
    found = registrations.load(key)
    if found is None:
        points = {name: place - mesh.origin for name, place in world.items()}
        found = engine.register(mesh, points=points or None, progress=progress)
        found = replace(found, points=world, origin=mesh.origin)
        registrations.save(key, found)
    return found


def places(by: Registered, mesh: MeshSequence) -> dict[str, Doubles]:
    """Find where points that are named by vertices or places lie in the world, (3,) mm by name.

    Raises
    ------
    InputError
        For a vertex that is not there.
    """
    found: dict[str, Doubles] = {}
    for name, place in by.points:
        if not isinstance(place, int):
            found[name] = np.array(place, dtype=np.float64)
        elif 0 <= place < mesh.n_vertices:
            found[name] = mesh.vertices[0, place] + mesh.origin
        else:
            raise InputError.of(name, f"a vertex below {mesh.n_vertices}", str(place))
    return found


def said(found: Correspondence, frame: int | None = None) -> Registered:
    """Say by what a face was registered, and by which frame of a clip, as a recipe does."""
    points = {name: place.tolist() for name, place in found.points.items()}
    shapes = None if found.shapes is None else found.shapes.path or None
    return Registered(tuple((name, (x, y, z)) for name, (x, y, z) in points.items()), frame, shapes)


def accepted(
    found: Correspondence,
    name: str,
    progress: Progress | None = None,
    frame: int | None = None,
) -> Correspondence:
    """Let pass a face that motion can be carried by.

    Parameters
    ----------
    found
        How the face lies on the studio's.
    name
        Of its file, for sentences.
    progress
        Told, where there is one, how near the fit is and what is to be said of the face.
    frame
        The one that was registered, of a clip.

    Raises
    ------
    InputError
        For any other.
    """
    if not found.verdict.accepted:
        reason = found.verdict.reason.rstrip(".")
        why = reason[:1].lower() + reason[1:]
        raise InputError(f"{shortened(name, 60)}: not registered to the studio's face: {why}")
    if progress is not None:
        for sentence in filter(None, (told(found, frame), found.verdict.remark)):
            progress.remarked(f"{shortened(name, 60)}: {sentence}")
    return found


def told(found: Correspondence, frame: int | None = None) -> str:
    """Say in a few words how near the fit is, and what it began from, of a clip at which frame."""
    fit, by = found.verdict, f"{len(found.points)} points" if found.points else "pictures of it"
    by += "" if frame is None else f" at frame {frame}"
    return (
        f"registered to the studio's face by {by}: {fit.fit_mean_mm:.2f} mm away on average, "
        f"{fit.fit_p95_mm:.2f} mm at 95 % of the front"
    )


def face_of(found: Correspondence, name: str = "") -> MeshSequence:
    """Give the studio's face fitted to theirs, a single frame that motion is made on."""
    return MeshSequence(found.fitted[None], studio_face().template.faces, name=name)


def rest_of(found: Correspondence) -> Floats | None:
    """Give what motion of theirs is read against, the studio's face fitted to theirs: (V, 3) mm.

    None where the face was registered in an expression: then their rest has to be estimated.
    """
    return None if found.verdict.remark else np.asarray(found.fitted)


def own_face(found: Correspondence, name: str = "") -> MeshSequence:
    """Give their own face at rest, a single frame on their own triangulation."""
    mesh = MeshSequence(found.neutral[None], found.foreign_faces, name=name)
    return mesh.at(found.origin)


def on_template(
    found: Correspondence, clip: MeshSequence, progress: Progress | None = None
) -> MeshSequence:
    """Carry a clip of theirs onto the studio's face, where it can be read and edited.

    It is about the origin, in the pose of the studio's face but for what the head does.

    Raises
    ------
    InputError
        For a clip of another triangulation than the face that was registered.
    """
    if clip.topology != found.topology:
        wanted = f"the {len(found.neutral):,} vertices of the face that was registered"
        other = f"{clip.n_vertices:,} vertices"
        if clip.n_vertices == len(found.neutral):
            other = "as many joined by other triangles"
        raise InputError.of(clip.name, wanted, other)
    carried = carried_in(found, clip.vertices, progress)
    faces = studio_face().template.faces
    return replace(clip, vertices=carried, faces=faces, origin=np.zeros(3))


def on_own_mesh(
    found: Correspondence, clip: MeshSequence, progress: Progress | None = None
) -> MeshSequence:
    """Carry a clip of the studio's face fitted to theirs back onto their own mesh.

    It has their vertices and triangles in their order, size and place; where the fitted face is as
    it was fitted, their face is as it was registered, bit for bit.
    """
    carried = carried_back(found, clip.vertices, progress)
    return replace(clip, vertices=carried, faces=found.foreign_faces, origin=found.origin)


@dataclass(frozen=True, eq=False)
class Subject:
    """Whose face moves.

    Attributes
    ----------
    still
        A single frame of what motion is made on: their face, or the studio's fitted to it.
    found
        How their own mesh lies on the studio's face; None where it is not registered.
    frame
        The frame of a clip of it that was registered; None where it is no clip's.
    """

    still: MeshSequence
    found: Correspondence | None = None
    frame: int | None = None

    @classmethod
    def of(cls, found: Correspondence, name: str = "", frame: int | None = None) -> Subject:
        """Take a face that was registered."""
        return cls(face_of(found, name), found, frame)

    @property
    def vertices(self) -> Floats:
        """(V, 3) mm, of what motion is made on."""
        return np.asarray(self.still.vertices[0])

    def own(self, clip: MeshSequence, progress: Progress) -> MeshSequence:
        """Show on their own mesh, where that lies in the world, a clip made on `still`."""
        if self.found is None:
            return clip.at(self.still.origin)
        return on_own_mesh(self.found, clip, progress)


@dataclass(frozen=True, eq=False)
class Source:
    """A clip that something is read from.

    Attributes
    ----------
    sequence
        The clip on the studio's triangulation, as it came or carried in.
    rest
        (V, 3) mm, the person's face at rest; None where it has to be estimated.
    own
        The clip as it came, where it was carried in.
    found
        How its face lies on the studio's, where it was carried in.
    solution
        How it was solved in the shapes that its face brings; None where its surface was carried.
    said
        What these shapes came to, a few words; empty where there are none.
    """

    sequence: MeshSequence
    rest: Floats | None = None
    own: MeshSequence | None = None
    found: Correspondence | None = None
    solution: Solved | None = None
    said: str = ""

    @property
    def frame(self) -> int | None:
        """The frame of the clip that was registered, None where it was none of them."""
        if self.own is None or self.found is None:
            return None
        return frame_of_face(self.own, self.found)

    def facts(self) -> dict[str, object]:
        """Say as JSON what a clip of another triangulation was read in, and what that left of it.

        `shapes_left_mm` of the `shapes_moved_mm` that the vertices go, root mean square.
        """
        if self.found is None:
            return {}
        if self.solution is None:
            return {"reading_in": "carried"}
        left, moved = self.solution.left, self.solution.moved
        return {"reading_in": "own shapes", "shapes_left_mm": left, "shapes_moved_mm": moved}

    def changed(self, clip: MeshSequence, progress: Progress) -> MeshSequence:
        """Show on the clip's own mesh what was made of `sequence`, frame by frame.

        What of the mesh carrying does not hold stays as it was in each frame.
        """
        if self.found is None or self.own is None:
            return clip
        left = progress.part(0.0, 0.5)
        if self.solution is None:
            before = carried_back(self.found, self.sequence.vertices, left)
        else:  # what shapes of its own show, they take off to the bit
            still = on_rig(self.found, self.solution, still=True)
            before = carried_back(self.found, still, left) + self.solution.shown
        after = carried_back(self.found, clip.vertices, progress.part(0.5, 1.0))
        return replace(self.own, vertices=self.own.vertices + (after - before), name=clip.name)
