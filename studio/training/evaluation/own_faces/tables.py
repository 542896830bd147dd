"""The figures of clips on faces of any triangulation as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

Figures = dict[str, Any]

_KINDS = {"torn_edges": "torn edges", "lid_edges": "in a blink"} | {
    "lip_vertices": "lips",
    "lip_mm": "mm",
    "lid_vertices": "lids in eyes",
    "lid_mm": "mm",
    "moved_mm": "moved mm",
}
_SHOWN = ("theirs", "fitted", "own_head")


def own_face_tables(part: Figures) -> list[Table]:
    """Make the table: a row a clip, each figure on their mesh / the fit / the studio's own head."""
    title = f"Clips of {part['frames']} frames: their mesh / the fitted face / the studio's own"
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in ("face", "clip", "begins as theirs", *_KINDS.values()):
        table.add_column(name, justify="left" if name in ("face", "clip") else "right")
    for row in part["clips"]:
        said = "to the bit" if row["exact"] else "no"
        table.add_row(row["face"], row["maker"], said, *(_cell(row, kind) for kind in _KINDS))
    return [table]


def own_face_aims(part: Figures) -> list[tuple[str, str, str, bool]]:
    """List (what, reached, aim, met) of edges torn and first frames."""
    torn = sum(row["theirs"]["torn_edges"] for row in part["clips"])
    other = sum(not row["exact"] for row in part["clips"])
    return [
        ("edges torn on other faces", str(torn), "0", torn == 0),
        ("clips that begin otherwise than the face", str(other), "0", other == 0),
    ]


def _cell(row: Figures, kind: str) -> str:
    values = [row[shown][kind] for shown in _SHOWN]
    return " / ".join(f"{value:.1f}" if kind.endswith("mm") else str(value) for value in values)
