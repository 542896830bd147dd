"""Tables of action units for a terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from studio.face.action_units import PRESETS, unit_label

from .part import EASY, HARD

Figures = dict[str, Any]
_NOISES = ("clean", "tracker")
# Real recordings, never to be compared with figures of synthetic ones (paper 004, tables 2 to 4).
_SHORT = {
    "whole clip": "whole",
    "both, briefly": "brief",
    "spatial alone": "space",
    "temporal alone": "time",
    "as printed": "paper",
    "rig solve": "rig",
    "rig solve, One-Euro": "1-Euro",
    "rig solve, Savitzky-Golay": "Sav-Gol",
    "rig solve, gain a unit": "gain",
}
PUBLISHED = (("BP4D, F1 of 12", "66.0"), ("DISFA, F1 of 8", "61.1"), ("Multiface, mm", "1.503"))


def unit_tables(part: Figures) -> list[Table]:
    """Make tables: F1 by unit for each way, agreement, confusion, a rig left out, refinement."""
    out = []
    for noise in _NOISES:
        out += [_f1(part, noise), _agreement(part, noise)]
    out += [_confusion(part), _left_out(part), _refined(part), _published()]
    return out


def unit_aims(part: Figures) -> list[tuple[str, str, str, bool]]:
    """List (what, reached, aim, met): F1 and agreement of the network, and what it refines."""
    clean, tracker = (part[noise]["whole clip"] for noise in _NOISES)
    place = {unit: at for at, unit in enumerate(part["units"])}
    plain = min((tracker["f1"][place[unit]], unit) for unit in EASY)
    faint = min((tracker["f1"][place[unit]], unit) for unit in HARD)
    ratio, jitter = part["refined"]["error_ratio"], part["refined"]["jitter_ratio"]
    mean, agreed = clean["mean_f1"], [row["mean_icc"] for row in (clean, tracker)]
    return [
        ("units, clean, mean F1", f"{mean:.3f}", "0.95", mean >= 0.95),
        ("units, tracker, the least of plain ones", _least(*plain), "0.80", plain[0] >= 0.8),
        ("units, tracker, the least of faint ones", _least(*faint), "0.60", faint[0] >= 0.6),
        ("units, clean, mean ICC(3,1)", f"{agreed[0]:.3f}", "0.8", agreed[0] >= 0.8),
        ("units, tracker, mean ICC(3,1)", f"{agreed[1]:.3f}", "0.8", agreed[1] >= 0.8),
        ("refined over coarse error", f"{ratio:.2f}", "0.7 at most", ratio <= 0.7),
        ("refined over coarse jitter", f"{jitter:.2f}", "0.4 at most", jitter <= 0.4),
    ]


def _least(score: float, unit: int) -> str:
    return f"{score:.3f}, {unit_label(unit)}"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right", no_wrap=True)
    return table


def _ways(part: Figures, noise: str) -> list[str]:
    return [name for name in part[noise] if name != "confusion"]


def _f1(part: Figures, noise: str) -> Table:
    """Lay out F1 by unit and its mean by preset, a column a way: table 4 of the paper, turned.

    `time` is the share of the frames in which a unit occurs.
    """
    ways = _ways(part, noise)
    title = f"F1, {noise}: {part['frames']} frames of {part['people']} unseen people"
    table = _table(title, "unit", "time", *(_SHORT.get(way, way) for way in ways))
    for place, unit in enumerate(part["units"]):
        cells = [f"{100 * part[noise][way]['f1'][place]:.1f}" for way in ways]
        table.add_row(unit_label(unit), f"{100 * part['share'][place]:.0f} %", *cells)
    for name in PRESETS:
        cells = [f"{100 * part[noise][way]['presets'][name]:.1f}" for way in ways]
        table.add_row(name, "", *cells)
    return table


def _agreement(part: Figures, noise: str) -> Table:
    table = _table(f"Intensity 0 to 5, {noise}", "way", "mean ICC(3,1)", "least", "mean error")
    for way in _ways(part, noise):
        row = part[noise][way]
        least = min(row["icc"])
        unit = unit_label(part["units"][row["icc"].index(least)])
        table.add_row(way, f"{row['mean_icc']:.3f}", f"{least:.3f} {unit}", f"{row['off']:.3f}")
    return table


def _confusion(part: Figures) -> Table:
    """Say how often units of one shape are taken for each other."""
    table = _table("Shown without the other, said to be the other", "shown", "said", *_NOISES)
    rows = zip(part["clean"]["confusion"], part["tracker"]["confusion"], strict=True)
    for clean, tracker in rows:
        shares = [f"{100 * one['share']:.0f} %" for one in (clean, tracker)]
        table.add_row(unit_label(clean["shown"]), unit_label(clean["said"]), *shares)
    return table


def _left_out(part: Figures) -> Table:
    table = _table("A rig left out of the training", "people of", "mean F1 without it", "with it")
    for name, rows in part["left_out"].items():
        cells = [f"{100 * rows[way]['mean_f1']:.1f}" for way in ("without it", "with it")]
        table.add_row(name, *cells)
    return table


def _refined(part: Figures) -> Table:
    row = part["refined"]
    table = _table("Refined points of trackers", "", "coarse", "refined", "ratio")
    coarse, fine = (f"{row[name]:.2f}" for name in ("coarse_mm", "refined_mm"))
    table.add_row("error in mm", coarse, fine, f"{row['error_ratio']:.2f}")
    table.add_row("jitter", "", "", f"{row['jitter_ratio']:.2f}")
    return table


def _published() -> Table:
    table = _table("Paper 004, real recordings", "set", "")
    for row in PUBLISHED:
        table.add_row(*row)
    return table
