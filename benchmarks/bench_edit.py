"""How long edits take: the frame in view, the clip behind it, undo, and clips of 10,000 frames.

A kind is changed as by a control that is dragged, on a clip of the template of 200 frames: the
frame in view is computed at once, and the whole clip behind it. What an edit finds once for a
recording is there, as it is from the second step of a drag on. The floor of a frame is copying its
vertices.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.bench_playback import template_clip
from studio.core import MeshSequence
from studio.document import ClipState, Document
from studio.document.edits.channels.curves import ChannelCurve, ChannelKey
from studio.document.edits.curve import CurveKey
from studio.document.edits.edit import KINDS, Edit
from studio.document.edits.intensity import IntensityEdit, IntensityKey
from studio.document.edits.joining.other_clip import OtherClip
from studio.document.edits.parts.gains import ChannelGain
from studio.document.edits.smoothing import SmoothingEdit
from studio.document.edits.time.speed import SpeedEdit
from studio.document.evaluator import Evaluator

Row = dict[str, object]
FRAMES, LONG, STEPS = 200, 10_000, 300
ROUNDS = 5  # of each measurement, of which the median counts


def run() -> list[Row]:
    """Rows of name, ours_ms and bar_ms."""
    clip = _clip(FRAMES)
    found = {kind: _change(clip, _example(kind, clip)) for kind in _kinds()}
    slow = max(found, key=lambda kind: found[kind][0])
    whole = max(found, key=lambda kind: found[kind][1])
    return [
        _row(f"an edit, frame in view, slowest of {len(found)} kinds: {slow}", found[slow][0], 16),
        _row(f"an edit, {FRAMES} frames behind it, slowest: {whole}", found[whole][1], 300),
        *_stack(clip),
        *_undo(clip),
        *_long(),
    ]


def _row(name: str, ours: float, bar: float, **more: object) -> Row:
    return {"name": name, "ours_ms": ours, "bar_ms": bar, **more}


def _clip(frames: int) -> MeshSequence:
    """The template in motion, for as long as is asked."""
    clip = template_clip()
    turns = np.arange(frames) % clip.n_frames
    return replace(clip, vertices=clip.vertices[turns], frame_names=())


def _kinds() -> list[str]:
    """List the kinds that are changed by parameters or keys, each of which needs an example."""
    made_elsewhere = {"baked", "landmarks"}  # by a model, and by drags in the view
    return [kind for kind in KINDS if kind not in made_elsewhere]


def _example(kind: str, clip: MeshSequence) -> Edit:
    """Make an edit of a kind that changes the clip; the other clip of those that need one is it."""
    middle = clip.n_frames // 2
    keys = (CurveKey(0, 0.7), CurveKey(middle, 1.3))
    told: dict[str, dict[str, object]] = {
        "intensity": {"keys": (IntensityKey(0, 0.7), IntensityKey(middle, 1.3))},
        "region-intensity": {"keys": keys},
        "speed": {"keys": keys},
        "channel-gain": {"channels": (ChannelGain("jawOpen", 1.4),)},
        "channels": {
            "curves": (ChannelCurve("jawOpen", (ChannelKey(0, 0.0), ChannelKey(9, 0.4))),)
        },
        "delete": {"start": 20, "stop": 60},
        "trim": {"start": 5, "stop": clip.n_frames - 5},
    }
    given = told.get(kind, {})
    if any(entry.name == "clip" for entry in fields(KINDS[kind])):
        given = {"clip": OtherClip.of(clip), **given}
    edit = KINDS[kind](**given)  # type: ignore[arg-type]
    edit.check(clip, clip.timing, "clip")
    if not edit.changes:
        raise ValueError(f"the example of {kind} changes nothing")
    return edit


def _change(clip: MeshSequence, edit: Edit) -> tuple[float, float]:
    """Time the frame in view and the whole clip behind it, in ms."""
    state = ClipState("clip", clip, edits=(edit,))
    evaluator, number = _warmed(state), state.timing.frames // 2
    frame_ms = [_timed(partial(evaluator.frame, state, number)) for _ in range(ROUNDS)]
    whole_ms = [_timed(partial(_warmed(state).sequence, state)) for _ in range(ROUNDS)]
    return statistics.median(frame_ms), statistics.median(whole_ms)


def _twelve(clip: MeshSequence) -> tuple[Edit, ...]:
    """Twelve edits of as many kinds as there are, one on the other, in the order of lists."""
    edits = [_example(kind, clip) for kind in _kinds()]
    fitting = [
        edit for edit in edits if edit.kind not in ("loop", "ping-pong", "repeat", "resample")
    ]
    return tuple(fitting[:12])


def _stack(clip: MeshSequence) -> list[Row]:
    state = ClipState("clip", clip, edits=_twelve(clip))
    evaluator = _warmed(state)
    dragged = [replace(state, edits=(_strong(step), *state.edits[1:])) for step in range(ROUNDS)]
    fresh = [_timed(partial(evaluator.frame, each, 90)) for each in dragged]
    frames = [37 * step % state.timing.frames for step in range(60)]
    scrubbed = [_timed(partial(evaluator.frame, state, number)) for number in frames]
    evaluator.sequence(state)
    known = [_timed(partial(evaluator.frame, state, number)) for number in frames]
    copied = [_timed(clip.vertices[number % FRAMES].copy) for number in frames]
    return [
        _row("12 edits, the lowest dragged, frame in view", statistics.median(fresh), 25),
        _row("12 edits, scrubbed before it is computed, p95", _p95(scrubbed), 33),
        _row(
            "12 edits, scrubbed once it is, p95",
            _p95(known),
            33,
            peer="copying the frame",
            peer_ms=_p95(copied),
        ),
    ]


def _strong(step: int) -> IntensityEdit:
    """Make the intensity of a step of a drag, over which nothing is as it was."""
    return IntensityEdit((IntensityKey(0, 0.7), IntensityKey(90, 1.0 + step / STEPS)))


def _warmed(state: ClipState) -> Evaluator:
    """Make an evaluator that knows what the edits find once, and no frame."""
    evaluator = Evaluator()
    for edit in state.active_edits:
        if edit.basis_key is not None:
            evaluator.basis(state.recording, edit)
    return evaluator


def _undo(clip: MeshSequence) -> list[Row]:
    document = Document()
    clip_id = document.open_clip(clip)
    for edit in _twelve(clip):
        document.add_edit(clip_id, edit)
    document.evaluator.sequence(document.state.clip(clip_id))
    before = _resident()
    for step in range(STEPS):
        document.replace_edit(clip_id, 0, _strong(step))
    grown = _resident() - before
    undone = [_timed(document.undo) for _ in range(STEPS)]
    redone = [_timed(document.redo) for _ in range(STEPS)]
    return [
        _row("undo of an edit, the slowest of 300", max(undone), 20),
        _row("redo of an edit, the slowest of 300", max(redone), 20),
        {
            "name": f"memory of {STEPS} steps of undo",
            "ours": grown,
            "unit": "MB",
            "bar_most": 200.0,
        },
    ]


def _long() -> list[Row]:
    clip = _clip(LONG)
    keys = (IntensityKey(0, 0.7), IntensityKey(LONG // 2, 1.3))
    edits: tuple[Edit, ...] = (
        IntensityEdit(keys),
        SmoothingEdit(),
        KINDS["mirror"](),
        SpeedEdit(keys=(CurveKey(0, 1.0), CurveKey(LONG // 2, 1.4))),
    )
    state = ClipState("clip", clip, edits=edits)
    first = _timed(partial(_warmed(state).frame, state, 0))
    evaluator = _warmed(state)
    frames = [3571 * step % state.timing.frames for step in range(60)]
    scrubbed = [_timed(partial(evaluator.frame, state, number)) for number in frames]
    gc.collect()
    return [
        _row(f"{LONG:,} frames and 4 edits, first frame", first, 1000),
        _row(f"{LONG:,} frames and 4 edits, scrubbed, p95", _p95(scrubbed), 50),
        {
            "name": f"{LONG:,} frames and 4 edits, remembered after that",
            "ours": evaluator.held_bytes / 2**20,
            "unit": "MiB",
            "bar_most": 1024.0,
        },
    ]


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - start)


def _p95(spent: list[float]) -> float:
    return float(np.percentile(spent, 95))


def _resident() -> float:
    """Tell the megabytes that the process has in memory."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    for row in run():
        print(row)
