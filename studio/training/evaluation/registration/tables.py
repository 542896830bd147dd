"""The figures of registration as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

Figures = dict[str, Any]

_MILLIMETERS = ("mean_mm", "p95_mm", "error_mm", "error_p95_mm")
_HEADS = ("fit mean", "fit p95", "error mean", "error p95")


def registration_tables(part: Figures) -> list[Table]:
    """Make the tables: the fits, beside the peers, by clicks, and who is taken."""
    fits = _table("Fit and correspondence in mm, front of the face", "face", *_HEADS, "seconds")
    for row in part["faces"]:
        fits.add_row(row["name"], *_cells(row), _number(row.get("seconds"), 1))
    peers = _table("Beside trimesh, same landmarks", "face", "method", *_HEADS, "seconds")
    for row in part["peers"]:
        for name, found in row.items():
            if isinstance(found, dict):
                seconds = _number(found["seconds"], 1)
                peers.add_row(row["name"], name, *_cells(found), seconds)
    clicks = _table("By seven clicks", "face", *_HEADS)
    for row in part["clicked"]:
        clicks.add_row(row["name"], *_cells(row))
    return [fits, peers, clicks, _rigs(part), _carried(part), _taken(part)]


def registration_aims(part: Figures) -> list[tuple[str, str, str, bool]]:
    """List (what, reached, aim, met) of what is taken, refused, and where vertices lie."""
    taken = sum(row["accepted"] for row in part["wrong"])
    refused = sum(not row["accepted"] for row in part["good"])
    count = len(part["good"])
    errors = [row["error_mm"] for row in part["faces"] if "error_mm" in row]
    error = sum(errors) / max(len(errors), 1)
    played = [take["mean_mm"] for row in part["rigs"] for take in row.get("takes", {}).values()]
    worst = max(played, default=0.0)
    away = max((row.get("mean_mm", 0.0) for row in part["carried"]), default=0.0)
    return [
        ("own shapes there and back, the worst", f"{away:.2f} mm", "0.15 mm", away <= 0.15),
        ("wrong inputs taken", f"{taken} of {len(part['wrong'])}", "0", taken == 0),
        ("good faces refused", f"{refused} of {count}", "2 of 55", 55 * refused <= 2 * count),
        ("correspondence error", f"{error:.2f} mm", "1.5 mm", error <= 1.5),
        ("takes by 52 shapes", f"{worst:.2f} mm", "0.3 mm", worst <= 0.3),
    ]


def _rigs(part: Figures) -> Table:
    """Show how takes are played by rigged shapes, and how far these are from a head's own."""
    away = "mean", "p99", "worst mm", "torn", "carried", "fitted"
    table = _table("Takes by 52 rigged shapes, beside the same carried", "head", "take", *away)
    for row in part["rigs"]:
        for name, take in row.get("takes", {}).items():
            cells = [_number(take[key]) for key in ("mean_mm", "p99_mm", "worst_mm")]
            torn = (str(take[f"torn_{key}"]) for key in ("edges", "carried", "fitted"))
            table.add_row(row["name"], name, *cells, *torn)
        if "own_mm" in row:
            said = f"{row['own_mm']:.1f} of {row['own_moved_mm']:.1f} mm, {row['own_alike']:.2f}"
            table.add_row(row["name"], f"from its own shapes: {said} alike", *[""] * len(away))
    return table


def _carried(part: Figures) -> Table:
    title = "Own shapes there and back: off in mm, edges torn and lips crossed / by the shapes too"
    heads = "in s", "back s", "mean", "p95", "torn", "lips"
    table = _table(title, "face", *heads)
    for row in part["carried"]:
        if "skipped" not in row:
            torn = f"{row['torn_edges']} / {row['own_torn_edges']}"
            lips = f"{row['lip_vertices']} / {row['own_lip_vertices']}"
            seconds = [_number(row[name]) for name in ("in_seconds", "back_seconds")]
            off = [_number(row[name]) for name in ("mean_mm", "p95_mm")]
            table.add_row(row["name"], *seconds, *off, torn, lips)
    return table


def _taken(part: Figures) -> Table:
    table = _table("Taken or refused", "face", "", "why")
    for kind in ("wrong", "good"):
        for row in part[kind]:
            if kind == "wrong" or not row["accepted"]:
                said = "taken" if row["accepted"] else "refused"
                table.add_row(f"{kind}: {row['name']}", said, row["reason"])
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right")
    return table


def _cells(row: Figures) -> list[str]:
    return [_number(row.get(name)) for name in _MILLIMETERS]


def _number(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
