"""The figures of `evaluate faces` as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from studio.face.facs import LABELS

Figures = dict[str, Any]
Aim = tuple[str, str, str, bool]

_RIGHT, _ECE, _QUIET, _AGREE, _PROTOTYPES = 0.96, 0.04, 0.85, 0.9, 45
_STRANGERS, _RANK = 0.85, 0.9


def faces_tables(part: Figures) -> list[Table]:
    """Make the tables: people by rig, by intensity, and faces from elsewhere."""
    return [_people(part), _by_intensity(part), *_elsewhere(part)]


def _rows(part: Figures) -> dict[str, Figures]:
    """Give the groups of people that were read, by what they are."""
    rows = {f"held-out, {name}": row for name, row in part["held_out"].items()}
    for name, title in (("scanned", "ICT's head, registered"), ("prototypes", "prototypes on it")):
        if "skipped" not in part[name]:
            rows[title] = part[name]
            rows[f"{title}, rest given"] = part[name]["rest_given"]
    return rows


def _people(part: Figures) -> Table:
    table = _table("Whole clips", "people", "clips", "right", "UAR", "ECE", "speech read neutral")
    for name, row in _rows(part).items():
        table.add_row(
            name,
            str(row["clips"]),
            _percent(row["accuracy"]),
            _percent(row["recall"]),
            f"{row['calibration_error']:.3f}",
            _percent(row.get("speech_neutral")),
        )
    return table


def _by_intensity(part: Figures) -> Table:
    held = part["held_out"]
    bands = list(next(iter(held.values()))["by_intensity"])
    columns = (*bands, "rank of intensity", "autoencoder, mm")
    table = _table("Emotional clips by intensity", "people", *columns)
    for name, row in held.items():
        shares = (_percent(row["by_intensity"][band]["accuracy"]) for band in bands)
        rank, lost = f"{row['intensity_rank']:.2f}", f"{row['autoencoder_mm']:.3f}"
        table.add_row(name, *shares, rank, lost)
    return table


def _elsewhere(part: Figures) -> list[Table]:
    table = _table("Faces from elsewhere", "what", "reached")
    apexes, capture = part["apexes"], part["capture"]
    if "skipped" not in apexes:
        table.add_row("sculpted apexes read right", f"{apexes['right']} of {apexes['of']}")
        table.add_row("autoencoder on them", f"{apexes['autoencoder_mm']:.2f} mm")
    if "skipped" not in capture:
        said = f"{_percent(capture['agree'])} of {capture['frames']} frames"
        table.add_row("a take on its own head against the studio's rig", said)
    for name, take in part["captured"].get("takes", {}).items():
        shares = take["window_share"]
        told = ", ".join(f"{k} {100 * shares[k]:.0f} %" for k in LABELS if shares.get(k))
        table.add_row(f"{name}, {len(take['windows'])} windows", told)
    return [table] if table.row_count else []


def faces_aims(part: Figures) -> list[Aim]:
    """List (what, reached, aim, met)."""
    out: list[Aim] = []
    for name, row in part["held_out"].items():
        out.append(_aim(f"right, {name}", row["accuracy"], _RIGHT))
        ece = row["calibration_error"]
        out.append((f"ECE, {name}", f"{ece:.3f}", f"{_ECE:g} at most", ece <= _ECE))
        out.append(_aim(f"speech read neutral, {name}", row["speech_neutral"], _QUIET))
        rank = row["intensity_rank"]
        out.append((f"rank of intensity, {name}", f"{rank:.2f}", f"{_RANK:g}", rank >= _RANK))
    if "skipped" not in part["scanned"]:
        out.append(_aim("right, ICT's head registered", part["scanned"]["accuracy"], _STRANGERS))
        shown, row = "prototypes on ICT's head", part["prototypes"]
        right = round(row["accuracy"] * row["clips"])
        out.append((shown, f"{right} of {row['clips']}", str(_PROTOTYPES), right >= _PROTOTYPES))
    if "skipped" not in part["capture"]:
        out.append(_aim("a take on its own head", part["capture"]["agree"], _AGREE))
    return out


def _aim(what: str, share: float | None, least: float) -> Aim:
    return what, _percent(share), f"{100 * least:.0f} %", share is not None and share >= least


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    return table
