"""What the timeline's readout says, as one list."""

from __future__ import annotations

from studio.ui.timeline.timeline import Timeline


def hover_text(timeline: Timeline, frame: int) -> list[str]:
    lines = (f"{name} {value}" for name, value in timeline.hover_lines(frame))
    return [*timeline.hover_heads(frame), *lines]
