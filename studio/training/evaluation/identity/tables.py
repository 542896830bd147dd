"""Tables of who is told from whom, for a terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from .part import SIGHTS

Figures = dict[str, Any]
_ONE = "head, one frame at the apex"
# Paper 000, table 1: recordings of people, never to be compared with synthetic faces.
_PUBLISHED = "98.21 and 88.33 %"


def identity_tables(part: Figures) -> list[Table]:
    """Make tables: people told apart by how hard that is, the limit, and the slider."""
    return [_people(part), _limit(part), _slider(part)]


def identity_aims(part: Figures) -> list[tuple[str, str, str, bool]]:
    """List (what, reached, aim, met): people at the apex, and the slider."""
    right = part["tracker"]["ways"][_ONE]["right"]
    slider = part["slider"]["ways"][_ONE]["right"]
    return [
        ("identity, apex, tracker", f"{100 * right:.1f} %", "98.2 %", right >= 0.982),
        ("gender slider, apex, tracker", f"{100 * slider:.1f} %", "88.3 %", slider >= 0.883),
    ]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    return table


def _percent(value: float | None, around: tuple[float, float] | None = None) -> str:
    if value is None:
        return "-"
    text = f"{100 * value:.1f} %"
    return text if around is None else f"{text} ({100 * around[0]:.1f} to {100 * around[1]:.1f})"


def _people(part: Figures) -> Table:
    """Lay out closed sets, a row a way: known by half of the takes, asked about by the others."""
    title = "Identity: test people whom the head has not seen, split by takes"
    table = _table(title, "seen", "people", "way", "right (95 %)", "chance", "equal error")
    rows = {name: part[name] for name in SIGHTS if name in part}
    rows["tracker, seen by no model"] = part["unseen"]
    for name, row in rows.items():
        for way, found in row["ways"].items():
            cells = str(row["people"]), way, _percent(found["right"], found["interval"])
            chance, error = _percent(found["chance"]), f"{100 * found['equal_error']:.2f} %"
            table.add_row(name, *cells, chance, error)
    slid = part["scanned"]
    table.caption = (
        f"tracker, takes on which a registration slides: {_percent(slid['slid'])}, others "
        f"{_percent(slid['not'])}. Each synthetic face has a shape of its own, which gives a "
        "person away."
    )
    return table


def _limit(part: Figures) -> Table:
    row = part["limit"]
    table = _table("At the limit of the head, set on validation people", "what", "share")
    table.add_row("takes of the same person missed", f"{100 * row['missed']:.2f} %")
    table.add_row("pairs of two people taken for one", f"{100 * row['taken']:.2f} %")
    strangers = f"strangers taken for one of {row['known']} known people"
    table.add_row(strangers, f"{100 * row['strangers_taken']:.2f} %")
    return table


def _slider(part: Figures) -> Table:
    row = part["slider"]
    title = (
        f"Gender slider of the body model, below 0.35 or above 0.65: {row['people']} people, of "
        f"whom {row['unseen']} no model has seen"
    )
    table = _table(title, "way", "right (95 %)", "of those")
    table.add_row("the more frequent side", _percent(row["floor"]), "")
    for way, found in row["ways"].items():
        table.add_row(way, _percent(found["right"], found["interval"]), _percent(found["unseen"]))
    table.caption = (
        "A slider of a synthetic model, not what a person is. Paper 000, of recordings: identity "
        f"and gender {_PUBLISHED}."
    )
    return table
