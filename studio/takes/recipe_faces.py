"""The faces, and the files, that recipes name, as JSON; `recipe` says what it holds."""

from __future__ import annotations

import math
from collections.abc import Mapping

from studio.core import FaceChoice, InputError, Registered
from studio.core.request import Place
from studio.face.identity import face_numbers, named_numbers

from .given import given_from_dict, given_to_dict

Json = Mapping[str, object]


def face_to_dict(face: FaceChoice) -> dict[str, object]:
    """Say the face of a recipe as JSON; only what belongs to its source."""
    said: dict[str, object] = {"from": face.source}
    if face.source == "numbers":
        said["numbers"] = named_numbers(face.numbers)
    elif face.source == "file":
        said["path"] = face.path
    elif face.source == "clip":
        said |= {"name": face.name, "frame": face.frame, "path": face.path or None}
    if face.landmarks:
        said["landmarks"] = list(face.landmarks)
    return said | given_to_dict(face.given) | registered_to_dict(face.registered)


def face_from_dict(value: object) -> FaceChoice:
    """Read the face of a recipe.

    Raises
    ------
    InputError
        Where it cannot be one.
    """
    # Edits take long to import, and a face that is named by its file has no recipe.
    from studio.document.edits.landmarks import vertex_numbers

    data = mapping(value)
    marks = tuple(vertex_numbers(data.get("landmarks", [])))
    path, source = data.get("path"), data.get("from")
    place = "" if path is None else str(path)
    if source == "template":
        return FaceChoice(landmarks=marks)
    if source == "numbers":
        numbers = face_numbers(mapping(data.get("numbers", {})))
        return FaceChoice("numbers", numbers, landmarks=marks)
    if source == "file":
        given, by = given_from_dict(data), registered_from_dict(data)
        return FaceChoice("file", path=place, landmarks=marks, given=given, registered=by)
    if source == "clip":
        name, given = str(data.get("name", "a clip")), given_from_dict(data)
        by = registered_from_dict(data)
        return FaceChoice("clip", (), place, name, frame_of_dict(data), marks, given, by)
    wanted = "a face from template, numbers, file or clip"
    raise InputError.of("recipe", wanted, str(source)[:40])


def registered_to_dict(by: Registered | None) -> dict[str, object]:
    """Say by what a face is registered, nothing of one that is not."""
    if by is None:
        return {}
    more: dict[str, object] = {} if by.frame is None else {"frame": by.frame}
    if by.shapes is not None:
        more["shapes"] = by.shapes
    if not by.points:
        return {"registered": {"by": "pictures", **more}}
    places = {name: p if isinstance(p, int) else list(p) for name, p in by.points}
    return {"registered": {"by": "points", "points": places, **more}}


def registered_from_dict(data: Json) -> Registered | None:
    """Read by what a face is registered; None for one that is not.

    Raises
    ------
    InputError
        For points that are none.
    """
    if data.get("registered") is None:
        return None
    said = mapping(data["registered"])
    points = mapping(said.get("points", {}))
    places = tuple((name, place_of(name, value)) for name, value in points.items())
    shapes = said.get("shapes")
    return Registered(places, frame_of_dict(said), shapes if isinstance(shapes, str) else None)


def place_of(name: str, value: object) -> Place:
    """Take a vertex, or x, y, z in mm.

    Raises
    ------
    InputError
        For anything else, with the name of the point.
    """
    if type(value) is int:
        return value
    if isinstance(value, list | tuple) and len(value) == 3:
        numbers = [float(number) for number in value if type(number) in (int, float)]
        if len(numbers) == 3 and all(map(math.isfinite, numbers)):
            return numbers[0], numbers[1], numbers[2]
    raise InputError.of(name, "a vertex, or x, y and z in mm", str(value)[:40])


def frame_of_dict(data: Json) -> int | None:
    """Read the number of a frame, None where there is none."""
    frame = data.get("frame")
    return frame if type(frame) is int else None


def mapping(value: object) -> Json:
    """Take names with values, and refuse anything else by `InputError`."""
    if not isinstance(value, Mapping):
        raise InputError.of("recipe", "names with values", str(value)[:40])
    return value
