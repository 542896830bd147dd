"""What a clip is, as `info FILE` says it: its format, its numbers, and where each comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from studio.core import Given, MeshSequence, Progress
from studio.document.state import ClipState
from studio.face.known import known
from studio.io import FORMATS, sniff
from studio.takes.reading import clip_of_session, read_clip

from .output import print_json, progress_line, reading_facts


def describe(path: Path, given: Given, *, json: bool) -> None:
    """Print what a clip is, as lines or as one object.

    Raises
    ------
    InputError
        Where it cannot be read.
    """
    with progress_line() as progress:
        # What there is to remark is said with the rest.
        quiet = Progress(progress.listener)
        played = clip_of_session(path, quiet, given)
        if played is None:
            clip, beside = read_clip(path, quiet, given), None
        else:
            clip, beside = played.named(), played.clip
    if json:
        print_json(clip_facts(path, clip, beside))
    else:
        print("\n".join(clip_lines(path, clip, beside)))


def clip_facts(path: Path, clip: MeshSequence, beside: ClipState | None = None) -> dict[str, Any]:
    """Say what `info FILE --json` prints; `size` and `center` are of the first frame, in mm.

    Parameters
    ----------
    path, clip
        The place and what plays.
    beside
        The clip of a session, for what lies beside its frames.
    """
    first = clip.in_world(clip.vertices[0]).astype(np.float64)
    low, high = first.min(axis=0), first.max(axis=0)
    face = known(clip.topology)
    return {
        "path": str(path),
        "format": _format(path),
        "frames": clip.n_frames,
        "vertices": clip.n_vertices,
        "faces": len(clip.faces),
        "seconds": clip.duration,
        **reading_facts(clip),
        "size": (high - low).tolist(),
        "center": ((low + high) / 2).tolist(),
        "origin": clip.origin.tolist(),
        "topology": clip.topology,
        "known_face": face is not None,
        "frame_names": list(clip.frame_names),
        "remarks": list(clip.told),
        "markers": [
            {"frame": place.frame, "seconds": place.frame / clip.fps, "note": place.note}
            for place in (beside.marked if beside is not None else ())
        ],
    }


def clip_lines(path: Path, clip: MeshSequence, beside: ClipState | None = None) -> list[str]:
    """Say the same in lines."""
    facts, read = clip_facts(path, clip, beside), clip.read_as
    frames = "1 frame" if clip.n_frames == 1 else f"{clip.n_frames:,} frames"
    other = "not known: it can be viewed, and a face be registered"
    surface = "the studio's face" if facts["known_face"] else other
    rows = {
        "format": facts["format"],
        "length": f"{frames}, {clip.duration:.2f} s",
        "rate": read.rate_told(clip.fps),
        "unit": read.unit_told or "none in the file",
        "size": f"{_numbers(facts['size'], ' x ')} mm",
        "place": f"around ({_numbers(facts['center'], ', ')}) mm",
        "surface": f"{clip.n_vertices:,} vertices, {len(clip.faces):,} triangles; {surface}",
    }
    lines = [f"  {name:9}{text}" for name, text in rows.items()]
    marked = [f"{one['frame']} ({one['seconds']:.2f} s) {one['note']}" for one in facts["markers"]]
    more = (("marker", marked), ("remark", facts["remarks"]))
    return [str(path), *lines, *(f"  {name:9}{text}".rstrip() for name, of in more for text in of)]


def _numbers(values: list[float], between: str) -> str:
    return between.join(f"{value:,.1f}" for value in values)


def _format(path: Path) -> str:
    name = sniff(path)
    return FORMATS[name].label if name is not None else "A clip of a session"
