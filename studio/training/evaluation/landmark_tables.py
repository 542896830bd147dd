"""The figures of the landmark generators as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

Figures = dict[str, Any]
Aim = tuple[str, str, str, bool]

PAPER = {"real": (0.7300, None), "motion-gan": (0.6528, 20.45), "landmark-lstm": (0.4653, 21.76)}


def landmark_tables(part: Figures) -> list[Table]:
    """Write table 3 of paper 003 with intervals, the paper's own figures beside, and the motion."""
    tables = [_classified(part, f"{part['clips']} clips like the test takes"), _motion(part)]
    if "few" in part:
        few = part["few"]
        some = f"{few['clips']} of them, latent diffusion beside"
        tables += [_classified(few, some), _motion(few)]
    return [*tables, *([_meshes(part["meshes"])] if "meshes" in part else [])]


def _classified(part: Figures, which: str) -> Table:
    title = f"Landmark motion before a classifier, {which}"
    columns = ("clips", "accuracy", "of real", "FID", "KID", "paper 003: accuracy, FID")
    table = _table(title, *columns)
    real = part["rows"]["real"]["judge"]["top1"]
    for name, row in part["rows"].items():
        table.add_row(name, *_judged(row, real), _paper(name))
    for name, row in part.get("floor", {}).items():
        top = f"{100 * row['judge']['top1']:.1f} %"
        table.add_row(f"{name}, {row['clips']} clips", top, "", f"{row['fid']:.3f}", _kid(row), "")
    return table


def _motion(part: Figures) -> Table:
    columns = ("clips", "distance within a label, mm", "of real", "jerk of real")
    table = _table("Their motion", *columns)
    for name, row in part["rows"].items():
        ratios = (_ratio(row["variety"]), _ratio(row["jerk"]))
        table.add_row(name, f"{row['variety_mm']:.3f}", *ratios)
    return table


def _meshes(part: Figures) -> Table:
    title = f"Surfaces made of them, {part['clips']} clips, landmarks read back (Det-LM)"
    table = _table(title, "clips", "accuracy", "FID", "KID", "accuracy by the judge of latents")
    for name, row in part["rows"].items():
        latents = row["latents"]
        other = latents if isinstance(latents, str) else _top(latents)
        table.add_row(name, _top(row["judge"]), f"{row['fid']:.3f}", _kid(row), other)
    return table


def landmark_aims(part: Figures) -> list[Aim]:
    """Say what the landmark GAN is held to."""
    rows = part["rows"]
    if "motion-gan" not in rows:
        return []
    gan, real = rows["motion-gan"], rows["real"]["judge"]["top1"]
    share = gan["judge"]["top1"] / real
    apart = gan["variety"]["value"]
    out = [
        ("motion-gan, accuracy of real", f"{share:.3f}", "0.94 at least", share >= 0.94),
        ("motion-gan, variety of real", f"{apart:.2f}", "0.8 to 1.25", 0.8 <= apart <= 1.25),
    ]
    for name in ("landmark-lstm", "landmark-lstm-paper"):
        if name in rows:
            out += _against(gan, rows[name], name)
    return out


def _against(gan: Figures, other: Figures, name: str) -> list[Aim]:
    own, theirs = gan["judge"]["top1"], other["judge"]["top1"]
    return [
        (f"accuracy above {name}", f"{100 * own:.1f} %", f"{100 * theirs:.1f} %", own > theirs),
        (
            f"FID below {name}",
            f"{gan['fid']:.3f}",
            f"{other['fid']:.3f}",
            gan["fid"] < other["fid"],
        ),
    ]


def _judged(row: Figures, real: float) -> tuple[str, str, str, str]:
    judge = row["judge"]
    top = _top(judge)
    if "fid" not in row:
        return top, "1", "", ""
    low, high = row["fid_interval"]
    fid = f"{row['fid']:.3f} ({low:.3f} to {high:.3f})"
    return top, f"{judge['top1'] / real:.3f}", fid, _kid(row)


def _top(judge: Figures) -> str:
    low, high = judge["top1_interval"]
    return f"{100 * judge['top1']:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def _kid(row: Figures) -> str:
    return f"{row['kid']:.4f} +- {row['kid_error']:.4f}"


def _paper(name: str) -> str:
    if name not in PAPER:
        return ""
    accuracy, fid = PAPER[name]
    return f"{100 * accuracy:.1f} %" + (f", {fid:.2f}" if fid else "")


def _ratio(figure: Figures) -> str:
    low, high = figure["interval"]
    return f"{figure['value']:.3f} ({low:.3f} to {high:.3f})"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    return table
