"""What fitting a face does in the background: plain functions of immutable inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from studio.core import MeshSequence, Progress, Registered
from studio.core.sequence import Doubles, Floats, Ints
from studio.document import Played
from studio.face.known import known
from studio.face.registration.correspondence import Correspondence
from studio.io import registrations
from studio.takes.calm import calm_frames
from studio.takes.maker import Registrar
from studio.takes.reading import frame_of
from studio.takes.registered import register

SMALLEST, LARGEST = 120.0, 800.0  # mm, of what may be a face or a head with shoulders
FEWEST = 200  # triangles that show a face


def is_foreign(recording: MeshSequence) -> bool:
    """Whether a clip has triangles, and not those of a face that the studio knows."""
    return len(recording.faces) > 0 and known(recording.topology) is None


def may_be_face(recording: MeshSequence) -> bool:
    """Whether a foreign clip is as large as a head and shows enough of one to fit."""
    sized = SMALLEST <= recording.size <= LARGEST
    return sized and len(recording.faces) >= FEWEST and is_foreign(recording)


def rest_mesh(played: Played) -> MeshSequence:
    """Take the frame that is fitted: the one called neutral as it plays, else the calmest one read.

    Raises
    ------
    InputError
        Where an edit cannot be made of the recording.
    """
    clip = played.clip
    if clip.neutral_frame is None:
        calm = calm_frames(clip.recording)[0]
        return clip.recording.sliced(calm, calm + 1)
    frame = played.evaluator.frame(clip, clip.neutral_frame)
    if frame is None:
        return frame_of(played.sequence(), clip.neutral_frame)
    return replace(clip.recording, vertices=frame[None], frame_names=())


def known_fit(played: Played, mesh: MeshSequence) -> Correspondence | None:
    """Give the fit that a clip has, unless another frame was called neutral since.

    Parameters
    ----------
    mesh
        As `rest_mesh` gives it.
    """
    clip, found = played.clip, played.clip.registration
    if found is None or clip.neutral_frame is None:
        return found
    return found if np.array_equal(found.neutral, mesh.vertices[0]) else None


def fit_face(registrar: Registrar, played: Played, *, progress: Progress) -> Correspondence:
    """Fit the studio's face to that of a clip at rest, by landmarks found on pictures of it.

    A face that somebody has fitted by points is known by that fit. Where no frame is called neutral
    and the calmest shows an expression, others are tried as `register` says.
    """
    mesh = rest_mesh(played)
    chosen = registrations.load(_chosen(mesh.vertices[0], mesh.faces, mesh.origin))
    if chosen is not None:
        return chosen
    clip = mesh if played.clip.neutral_frame is not None else played.clip.recording
    return register(registrar, clip, None, progress=progress)


def keep_chosen(found: Correspondence, *, progress: Progress) -> None:
    """Know a face from now on by a fit that somebody has accepted."""
    progress.check()
    name = _chosen(found.neutral, found.foreign_faces, found.origin)
    registrations.save(name, found, anew=True)


def _chosen(neutral: Floats, faces: Ints, origin: Doubles) -> str:
    return registrations.key(neutral, faces, {"chosen by hand": np.zeros(3)}, origin)


def fit_mesh(
    registrar: Registrar,
    mesh: MeshSequence,
    points: Mapping[str, Doubles],
    *,
    progress: Progress,
) -> Correspondence:
    """Fit the studio's face to the first frame of a mesh, or look up what was found before.

    Parameters
    ----------
    points
        (3,) mm on that frame in its own pose, by name; none to find landmarks on pictures of it.
    """
    # What is said of places says them where the mesh lies in the world.
    places = {name: place + mesh.origin for name, place in points.items()}
    given = Registered(tuple((name, (x, y, z)) for name, (x, y, z) in places.items()))
    return register(registrar, mesh, 0, given, progress=progress)
