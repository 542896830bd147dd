"""The figures of dense faces from landmarks as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from .rows import DECODER, MET, NOISE_MM

Figures = dict[str, Any]
Aim = tuple[str, str, str, bool]

AIM = 0.65  # of PCA-220's error
OWN = (DECODER, MET)
SETS = {"corpus": "the shipped corpus", "scanned": "the scanned-head model"}
# Paper 003, table 1, CoMA: by expression and by identity, mm.
PAPER = {
    "PCA-220": (0.76, 0.80),
    "PCA-38": (0.90, 0.93),
    "DL-3DMM": (0.86, 0.89),
    "Neural3DMM + landmarks": (0.75, 3.74),
    "S2D-Dec as published": (0.52, 0.55),
}


def dense_tables(part: Figures) -> list[Table]:
    """Write table 1 for each set of faces and split, table 2, and neutralization."""
    out = []
    for name, title in SETS.items():
        if "skipped" not in part.get(name, {"skipped": ""}):
            out += [_accuracy(part[name][split], split, title) for split in part[name]]
    if "losses" in part:
        out.append(_losses(part["losses"]))
    if "skipped" not in part.get("neutral", {"skipped": ""}):
        out.append(_neutral(part["neutral"]))
    return out


def _accuracy(part: Figures, split: str, title: str) -> Table:
    held = "; ".join(part["held_out"])
    table = Table(title=f"{split.capitalize()} split on {title}, mm a vertex; held out: {held}")
    table.title_justify, table.title_style = "left", "bold"
    table.add_column("model")
    for column in (
        "error +- deviation",
        "95 % interval",
        "by fold",
        "all vertices",
        f"landmarks {NOISE_MM} mm off",
        "numbers",
        "ms a face",
        "paper",
    ):
        table.add_column(column, justify="right")
    still = part["standing_still"]
    table.add_row("no motion at all", _spread(still), _interval(still), *[""] * 6)
    for name, row in part["rows"].items():
        exact = row["exact"]
        paper = PAPER.get(name)
        table.add_row(
            name,
            _spread(exact),
            _interval(exact),
            ", ".join(_mm(value) for value in row["folds"]),
            _mm(row["all"]["mean"]),
            _mm(row["noisy"]["mean"]),
            f"{row['numbers'] / 1e6:.2f} M",
            f"{row['ms']:.2f}",
            f"{paper[split == 'identity']:.2f}" if paper else "",
        )
    return table


def _losses(part: Figures) -> Table:
    title = f"Losses of the published network, {part['steps']} steps each; {part['held_out']}"
    return _errors(title, "loss", part)


def _neutral(part: Figures) -> Table:
    title = f"Distance to the true neutral, {part['frames']} expressive faces of unseen people"
    return _errors(title, "model, where landmarks are thought to rest", part)


def _errors(title: str, what: str, part: Figures) -> Table:
    """Make a row for each part that has an error; the others say how it was measured."""
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column(what)
    table.add_column("error +- deviation, mm", justify="right")
    table.add_column("95 % interval", justify="right")
    for name, row in part.items():
        if isinstance(row, dict):
            table.add_row(name, _spread(row), _interval(row))
    return table


def dense_aims(part: Figures) -> list[Aim]:
    """Check for each set and split: lowest of all rows, and far enough below PCA-220."""
    out = []
    for name, title in SETS.items():
        if "skipped" in part.get(name, {"skipped": ""}):
            continue
        for split, figures in part[name].items():
            means = {row: each["exact"]["mean"] for row, each in figures["rows"].items()}
            own = min(OWN, key=means.__getitem__)
            other = min(value for row, value in means.items() if row in PAPER or row == "RBF")
            share = figures["ratio"]["exact"][own]["value"]
            text = f"{_mm(means[own])} mm, {share:.2f} of PCA-220; best other {_mm(other)}"
            met = means[own] < other and share <= AIM
            out.append((f"{own}, {split}, {title}", text, f"lowest, {AIM} of PCA-220", met))
    return out


def _mm(value: float) -> str:
    """Three digits that count, down to a nanometer."""
    return f"{value:.3f}" if value >= 0.1 else f"{value:.2g}"


def _spread(row: Figures) -> str:
    return f"{_mm(row['mean'])} +- {_mm(row['std'])}"


def _interval(row: Figures) -> str:
    low, high = row["interval"]
    return f"{_mm(low)} to {_mm(high)}"
