"""The figures of videos as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

Figures = dict[str, Any]
_GROUPS = ("all", "captured", "corpus")
_CORRELATIONS = (
    *("correlation_by_take", "correlation_by_channel", "scores_by_take", "scores_by_channel"),
)


def video_tables(part: Figures) -> list[Table]:
    """Lay the figures of `video_figures` out."""
    title = f"{part['takes']} takes filmed and read from the video"
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in (
        *("takes", "number", "correlation by take", "by channel"),
        *("scores alone by take", "by channel"),
        *("skin mm", "scores mm", "still mm", "yaw, pitch, roll off", "emotion read"),
    ):
        table.add_column(name, justify="left" if name == "takes" else "right")
    groups = {name: part[name] for name in _GROUPS} | part["rigs"]
    for name, group in groups.items():
        if group:
            table.add_row(name, *_cells(group))
    return [table, _channels(part["channels"])]


def _cells(group: Figures) -> list[str]:
    emotion = group["emotion"]
    return [
        str(group["takes"]),
        *(f"{group[name]:.2f}" for name in _CORRELATIONS),
        *(f"{group[name]:.2f}" for name in ("mm", "scores_mm", "rest_mm")),
        ", ".join(f"{degrees:.1f}" for degrees in group["head_off"]),
        "-" if emotion is None else f"{100 * emotion:.0f} %",
    ]


def _channels(channels: Figures) -> Table:
    table = Table(title="Correlation by channel", title_justify="left", title_style="bold")
    for name in ("channel", "takes", "read", "scores alone"):
        table.add_column(name, justify="left" if name == "channel" else "right")
    for name, row in sorted(channels.items(), key=lambda item: -item[1]["read"]):
        table.add_row(name, str(row["takes"]), f"{row['read']:.2f}", f"{row['scores']:.2f}")
    return table


def video_aims(part: Figures) -> list[tuple[str, str, str, bool]]:
    """List (what, reached, aim, met)."""
    whole = part["all"]
    rows = [
        ("weights from video, mean over takes", ">= 0.75", whole["correlation_by_take"], 0.75),
        ("weights from video, over channels", ">= 0.75", whole["correlation_by_channel"], 0.75),
        *(
            (f"weights from video, {stem}", ">= 0.9", value, 0.9)
            for stem, value in whole["well_seen"].items()
        ),
    ]
    out = [(what, f"{value:.2f}", aim, value >= least) for what, aim, value, least in rows]
    emotion = whole["emotion"]
    if emotion is not None:
        out.append(("emotion from video", f"{100 * emotion:.0f} %", ">= 90 %", emotion >= 0.9))
    return out
