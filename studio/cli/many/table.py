"""What `recognize` says of many clips as a table: a row a clip, or a row a frame.

Columns, in this order:

path
    The clip, as it was named.
frame, time
    With ``--frames`` alone: the number of the frame, from 0, and its second.
label
    The expression of the clip, or of the frame.
one for each expression
    Its probability, 0 to 1, under ``p_`` and its name; with ``--reader``, one for each track under
    its own name, and no label.
intensity
    How strongly it acts, 1 a full expression; of a clip its strongest frame.
unfamiliar
    Above 0.5 the clip or frame is too unlike the training data for its numbers to be trusted.
frames, fps
    Of the clip.
remarks
    What was guessed, filled or repaired, and frames that stand still or jump.
error
    Why there is no answer; all columns but the path are empty then.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studio.io.files import whole_file
from studio.takes.many.manifest import Item

from .telling import Told

Row = dict[str, Any]
_BEHIND = ("intensity", "unfamiliar", "frames", "fps", "remarks", "error")


def write_table(path: Path, told: Told, *, frames: bool) -> None:
    """Write the rows of all clips that ended, in their order.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    ended = [item for item in told.items if item.id in told.states]
    columns = ["path", *(("frame", "time") if frames else ()), *_named(told, ended), *_BEHIND]
    with whole_file(path) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        for item in ended:
            error = told.states[item.id].error
            if error:
                writer.writerow({"path": item.source, "error": error})
            else:
                writer.writerows(_rows(item.source, _answer(item), frames=frames))


def _answer(item: Item) -> Row:
    answer: Row = json.loads(Path(item.output).read_text(encoding="utf-8"))
    return answer


def _named(told: Told, ended: list[Item]) -> list[str]:
    """Name the columns that depend on the models, by the first clip that has them."""
    for item in ended:
        if not told.states[item.id].error:
            answer = _answer(item)
            if "names" in answer:
                return list(answer["names"])
            return ["label", *(f"p_{label}" for label in answer["labels"])]
    return ["label"]


def _rows(path: str, answer: Row, *, frames: bool) -> Iterator[Row]:
    """Make the row of a clip, or those of its frames."""
    remarks = " | ".join(answer["remarks"])
    both = {"path": path, "frames": answer["frames"], "fps": answer["fps"], "remarks": remarks}
    if not frames:
        yield both | _of_clip(answer)
        return
    for number, values in enumerate(answer["per_frame"]):
        at = {"frame": number, "time": round(number / answer["fps"], 6)}
        yield both | at | _of_frame(answer, number, values)


def _of_clip(answer: Row) -> Row:
    if "names" in answer:
        return dict(zip(answer["names"], answer["clip"], strict=True))
    known = answer["unfamiliar"] or {}
    clip = answer["clip"]
    facts = {"intensity": clip["intensity"], "unfamiliar": known.get("score")}
    return {"label": clip["label"]} | _shares(answer, clip["probabilities"]) | facts


def _of_frame(answer: Row, number: int, values: list[float]) -> Row:
    if "names" in answer:
        return dict(zip(answer["names"], values, strict=True))
    known, strengths = answer["unfamiliar"], answer["intensity"]
    best = max(range(len(values)), key=values.__getitem__)
    facts = {
        "intensity": None if strengths is None else strengths[number],
        "unfamiliar": None if known is None else known["per_frame"][number],
    }
    return {"label": answer["labels"][best]} | _shares(answer, values) | facts


def _shares(answer: Row, values: list[float]) -> Row:
    names = (f"p_{label}" for label in answer["labels"])
    return dict(zip(names, values, strict=True))
