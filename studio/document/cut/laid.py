"""Where the parts of a cut lie in it, and the frames that it plays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from studio.core import InputError, MeshSequence, Progress, Timing
from studio.core.joining import passed
from studio.core.sequence import Floats
from studio.document.edits.edit import Edit
from studio.document.edits.time.resample import ResampleEdit
from studio.document.edits.time.trim import TrimEdit
from studio.document.evaluator import Evaluator
from studio.document.state import ClipState, DocumentState

_QUIET = Progress()


@dataclass(frozen=True)
class Span:
    """A part of a cut as it plays.

    Attributes
    ----------
    clip
        The clip, with what takes its frames out and brings them to the rate of the cut.
    start, stop
        Frames start..stop-1 of what plays of the clip itself.
    at, frames
        Where it begins in the cut, and how long it is there.
    overlap
        How many of these lie over the end of the span before.
    """

    clip: ClipState
    start: int
    stop: int
    at: int
    frames: int
    overlap: int


@dataclass(frozen=True)
class Laid:
    """A cut in frames of its own, at the rate of its first clip."""

    spans: tuple[Span, ...]
    fps: float

    @property
    def timing(self) -> Timing:
        """How long it plays, and how fast; one frame where it is empty."""
        last = self.spans[-1:]
        return Timing(sum(span.at + span.frames for span in last) or 1, self.fps)

    def playing(self, frame: int) -> tuple[tuple[Span, float], ...]:
        """Tell which spans are seen in a frame, and how much of each: shares that sum to 1."""
        seen = list[tuple[Span, float]]()
        for span in self.spans:
            since = frame - span.at
            if 0 <= since < span.frames:
                share = float(passed(span.overlap)[since]) if since < span.overlap else 1.0
                seen = [(other, was * (1 - share)) for other, was in seen]
                seen.append((span, share))
        return tuple(seen)


def laid(state: DocumentState) -> Laid:
    """Lay the parts of a document's cut one after the other.

    What a clip does not have any more is left out: ends are taken back to its last frame, and an
    overlap reaches no further than both of its parts have frames that nothing else lies over.
    """
    parts = [(part, state.clip(part.clip)) for part in state.cut.parts]
    fps = parts[0][1].timing.fps if parts else 30.0
    spans, at, free = list[Span](), 0, 0
    for part, clip in parts:
        last = clip.timing.frames
        start = min(part.start, last - 1)
        stop = last if part.stop is None else max(min(part.stop, last), start + 1)
        taken = _taken(clip, start, stop, fps)
        frames = taken.timing.frames
        overlap = min(part.overlap, free, frames)
        at, free = at - overlap, frames - overlap
        spans.append(Span(taken, start, stop, at, frames, overlap))
        at += frames
    return Laid(tuple(spans), fps)


def _taken(clip: ClipState, start: int, stop: int, fps: float) -> ClipState:
    """Give a clip that plays some of its frames alone, at a rate."""
    edits = list[Edit]()
    if (start, stop) != (0, clip.timing.frames):
        edits.append(TrimEdit(start, stop))
    if fps != clip.timing.fps:
        edits.append(ResampleEdit(fps))
    return replace(clip, edits=(*clip.edits, *edits)) if edits else clip


def play(cut: Laid, evaluator: Evaluator, progress: Progress = _QUIET) -> MeshSequence:
    """Compute all frames of a cut.

    Raises
    ------
    InputError
        Where there is nothing to play, or the clips have different triangulations.
    Cancelled
        Where a stop was asked for.
    """
    if not cut.spans:
        raise InputError.of("cut", "one clip or more", "none")
    first = cut.spans[0].clip.recording
    for span in cut.spans:
        check_alike(first, span.clip)
    out = np.empty((cut.timing.frames, first.n_vertices, 3), dtype=np.float32)
    for number, span in enumerate(cut.spans):
        part = progress.part(number / len(cut.spans), (number + 1) / len(cut.spans))
        lay(out, _about(first, span, evaluator.sequence(span.clip, part).vertices), span)
    return replace(first, vertices=out, fps=cut.fps, frame_names=(), remarks=(), footage=None)


def play_frame(cut: Laid, frame: int, evaluator: Evaluator) -> Floats | None:
    """Compute one frame of a cut in a moment, as `play` has it.

    Parameters
    ----------
    cut, frame
        The frame counts from the beginning of the cut.
    evaluator
        That of the document.

    Returns
    -------
    (V, 3) float32 mm; None where it takes what nobody has found yet, which `prepare` does
    """
    out: Floats | None = None
    for span, share in cut.playing(frame):
        found = evaluator.frame(span.clip, frame - span.at)
        if found is None:
            return None
        found = _about(cut.spans[0].clip.recording, span, found)
        out = found if out is None else out + np.float32(share) * (found - out)
    return out


def prepare(cut: Laid, evaluator: Evaluator, progress: Progress = _QUIET) -> None:
    """Find what the edits of a cut's clips find once, so that each frame takes a moment.

    Raises
    ------
    InputError
        Where an edit cannot be made of its recording.
    Cancelled
        Where a stop was asked for.
    """
    for span in progress.each(cut.spans):
        for edit in span.clip.active_edits:
            if edit.basis_key is not None:
                evaluator.basis(span.clip.recording, edit)


def _about(first: MeshSequence, span: Span, vertices: Floats) -> Floats:
    """Lay vertices (..., V, 3) of a span about the origin of the first recording of a cut.

    Coordinates are kept small about an origin, which each recording has of its own.
    """
    origin = span.clip.recording.origin
    if np.array_equal(origin, first.origin):
        return vertices
    return vertices + (origin - first.origin).astype(np.float32)


def lay(out: Floats, frames: Floats, span: Span) -> None:
    """Put the frames (N, V, 3) of a span into those of the cut, which pass into them."""
    shared = out[span.at : span.at + span.overlap]
    shared += passed(span.overlap)[:, None, None] * (frames[: span.overlap] - shared)
    out[span.at + span.overlap : span.at + span.frames] = frames[span.overlap :]


def check_alike(first: MeshSequence, clip: ClipState) -> None:
    """Refuse a clip whose surface is another than that of the first of a cut.

    Raises
    ------
    InputError
        With a sentence that begins with the clip's name.
    """
    found = clip.recording
    if found.topology != first.topology:
        alike = found.n_vertices == first.n_vertices
        other = f"{found.n_vertices} vertices" + (" joined otherwise" if alike else "")
        wanted = f"the {first.n_vertices}-vertex surface of the cut's first clip"
        raise InputError.of(clip.name, wanted, other)
