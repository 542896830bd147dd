"""The figures of `asking` as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

Figures = dict[str, Any]
Aim = tuple[str, str, str, bool]


def asked_tables(part: Figures) -> list[Table]:
    """Make the table of strengths."""
    strength = part["strength"]
    table = Table(title="How far the skin goes, mm, p99", title_justify="left", title_style="bold")
    for column in ("", *(f"{x:g}" for x in strength["intensities"]), "prototype", "1 of it"):
        table.add_column(column, justify="right" if column else "left")
    for label, sizes in strength["apex_mm"].items():
        wanted, share = strength["prototype_mm"][label], strength["of_prototype"][label]
        table.add_row(label, *(f"{x:.1f}" for x in sizes), f"{wanted:.1f}", f"{share:.2f}")
    return [table]


def asked_aims(part: Figures) -> list[Aim]:
    """Say what was reached of what was aimed at."""
    strength, seeds, long = part["strength"], part["seeds"], part["long"]
    shares = strength["of_prototype"].values()
    low, high = min(shares), max(shares)
    rank, dead = strength["rank"], seeds["dead"]
    of = f"{dead} of {seeds['seeds']}, {seeds['drawn_again']} drawn again"
    return [
        ("intensity asked and read, rank", f"{rank:.2f}", "0.9 or more", rank >= 0.9),
        ("apex of prototypes", f"{low:.2f} to {high:.2f}", "0.9 to 1.1", 0.9 <= low <= high <= 1.1),
        ("dead seeds", of, "none", dead == 0),
        (f"{long['frames']} frames, of which alive", f"{100 * long['alive']:.0f} %", "", True),
    ]
