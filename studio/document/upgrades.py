"""Sessions of older versions and programs, as the present one would have stored them.

Works on the JSON alone: what does not fit the fields is left for the decoder to refuse.
"""

from __future__ import annotations

import sys

from studio.core.errors import printable, shortened
from studio.core.timing import FASTEST, SLOWEST

from .edits.landmarks import LandmarkEdit
from .encoding import KIND


def upgraded(document: object, version: int) -> object:
    """Bring the JSON of a document up to the present version.

    Parameters
    ----------
    document
        What the session holds as its document, whatever that is.
    version
        The version that wrote it.

    Returns
    -------
    object
        The same, with the names and places that the fields have now.
    """
    if version < 2 and isinstance(document, dict):
        return _with_request(_with_edits(document))
    return document


def with_known_rates(document: object) -> tuple[object, tuple[str, ...]]:
    """Bring frame rates that older programs let pass to the nearest of those that there are.

    Returns
    -------
    document : object
        The same, with these rates.
    notes : tuple of str
        A sentence for each clip that plays at another pace now.
    """
    clips = document.get("clips") if isinstance(document, dict) else None
    notes = []
    for clip in clips if isinstance(clips, list) else ():
        recording = clip.get("sequence") if isinstance(clip, dict) else None
        if not isinstance(recording, dict):
            continue
        fps = recording.get("fps")
        if not isinstance(fps, int | float) or SLOWEST <= fps <= FASTEST:
            continue
        if 0 < fps <= sys.float_info.max:
            recording["fps"] = float(min(max(fps, SLOWEST), FASTEST))
            name = shortened(printable(str(clip.get("name"))), 60)
            taken = f"{recording['fps']:g}"
            notes.append(f"{name}: its {fps:g} frames a second are taken as {taken}.")
    return document, tuple(notes)


def _with_edits(document: dict[str, object]) -> dict[str, object]:
    """Give clips of version 1, which had one edit of landmarks, the stack that stands for it."""
    clips = document.get("clips")
    for clip in clips if isinstance(clips, list) else ():
        edit = clip.pop("edit", None) if isinstance(clip, dict) else None
        if edit is not None:
            clip["edits"] = [{**edit, KIND: LandmarkEdit.kind}]
    return document


def _with_request(document: dict[str, object]) -> dict[str, object]:
    """Rename what version 1 called settings, the request and the face in it.

    It kept the seed's lock and three fields of the face in them.
    """
    settings = document.get("generation")
    if not isinstance(settings, dict):
        return document
    request, upgrade = dict(settings), dict(document)
    if "locked" in request:
        upgrade["seed_locked"] = request.pop("locked")
    if "length" in request:
        request["frames"] = request.pop("length")
    names = {"neutral": "source", "face": "numbers", "face_file": "path"}
    face = {new: request.pop(old) for old, new in names.items() if old in request}
    if face.get("source") == "made":
        face["source"] = "numbers"
    return {**upgrade, "generation": {**request, "face": face}}
