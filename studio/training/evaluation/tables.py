"""The figures of an evaluation as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

from studio.training.evaluation.dense.tables import dense_aims, dense_tables
from studio.training.evaluation.faces.tables import faces_aims, faces_tables
from studio.training.evaluation.identity.tables import identity_aims, identity_tables
from studio.training.evaluation.own_faces.tables import own_face_aims, own_face_tables
from studio.training.evaluation.registration.tables import registration_aims, registration_tables
from studio.training.evaluation.units.tables import unit_aims, unit_tables
from studio.training.video.tables import video_aims, video_tables

from .applications import application_tables
from .asking_tables import asked_aims, asked_tables
from .landmark_tables import landmark_aims, landmark_tables

Figures = dict[str, Any]

WAY_NAMES = {
    "clip": "whole clip",
    "window": "causal window",
    "clip_known_rest": "whole clip, resting face given",
    "window_known_rest": "causal window, resting face given",
}


def print_tables(results: Figures, console: Console | None = None) -> None:
    """Print every part that is there; a part that was skipped is its sentence."""
    console = console or Console()
    about = results.get("about")
    if about is not None:
        console.print(
            f"[bold]{about['set']}[/bold] on {about['takes_looked_at']} test takes of "
            f"corpus {about['corpus']}, {about['device']}, "
            f"{about['threads']} threads" + (", quick" if about["quick"] else "")
        )
    for name, tables in PRINTERS.items():
        part = results.get(name)
        if part is None:
            continue
        if "skipped" in part:
            console.print(f"[yellow]{name}: {part['skipped']}[/yellow]")
            continue
        for table in tables(part):
            console.print(table)
    if aims(results):
        console.print(summary(results))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    return table


def _percent(value: float | None, interval: Iterable[float] | None = None) -> str:
    if value is None:
        return "-"
    text = f"{100 * value:.1f} %"
    if interval is None:
        return text
    low, high = interval
    return f"{text} ({100 * low:.1f} to {100 * high:.1f})"


def _autoencoder(part: Figures) -> list[Table]:
    names = [name for name in part if isinstance(part[name], dict)]
    noisy = f"mean from {part['noise_mm']} mm noise"
    table = _table(
        f"Per-vertex error in mm, {part['frames']} frames of unseen people",
        *("model", "mean", "std", "median", "below 1 mm", noisy),
    )
    regions = _table("Mean error in mm by region", "region", *names)
    for name in names:
        row = part[name]
        numbers = (row["mean"], row["std"], row["median"])
        table.add_row(
            name,
            *(f"{x:.4f}" for x in numbers),
            _percent(row["below_1_mm"]),
            f"{row['mean_from_noisy']:.4f}",
        )
    for region in part[names[0]]["regions"]:
        regions.add_row(region, *(f"{part[name]['regions'][region]:.4f}" for name in names))
    return [table, regions]


def _recognition(part: Figures) -> list[Table]:
    table = _table(
        "Recognition of unseen people (95 % interval over subjects)",
        *("asked", "clips", "top-1", "UAR", "macro F1", "ECE"),
    )
    for way, title in WAY_NAMES.items():
        row = part[way]
        table.add_row(
            title,
            str(row["clips"]),
            _percent(row["top1"], row["top1_interval"]),
            _percent(row["uar"], row["uar_interval"]),
            f"{row['macro_f1']:.3f}",
            f"{row['ece']:.4f}",
        )
    groups = _table("Top-1 by kind of take", "takes", "number", "whole clip", "causal window")
    for name, row in part["by"].items():
        groups.add_row(name, str(row["clips"]), _percent(row["clip"]), _percent(row["window"]))
    return [
        table,
        _confusion("Confusion, whole clip (rows: truth)", part["labels"], part["clip"]),
        _confusion("Confusion, causal window (rows: truth)", part["labels"], part["window"]),
        groups,
    ]


def _confusion(title: str, labels: list[str], row: Figures) -> Table:
    table = _table(title, "", *labels)
    for label, counts in zip(labels, row["confusion"], strict=True):
        table.add_row(label, *(str(n) for n in counts))
    return table


def _familiarity(part: Figures) -> list[Table]:
    alarms = _table("Called unfamiliar", "what", "takes", "called so")
    alarms.add_row("unseen people", str(part["takes"]), _percent(part["false_alarms"]))
    for kind, row in part["wrong"].items():
        alarms.add_row(kind, str(row["takes"]), _percent(row["noticed"]))
    takes = _table("Captured takes", "take", "score", "by its", "windows", "called so")
    for name, row in part["captured"].items():
        score, windows = f"{row['score']:.2f}", str(row["windows"])
        takes.add_row(name, score, row["cause"], windows, _percent(row["noticed"]))
    return [alarms, takes]


def _memory(part: Figures) -> list[Table]:
    table = _table("Memory that recognition adds, MiB", "frames", "added", "the clip itself")
    for row in part["lengths"]:
        added, own = f"{row['added_mib']:.0f}", f"{row['clip_mib']:.0f}"
        table.add_row(f"{row['frames']:.0f}", added, own)
    return [table]


def _generation(part: Figures) -> list[Table]:
    tables = [_motion_table(part["motion"])]
    if "skipped" not in part["judge"]:
        tables = [_judge_table(part["judge"]), _distance_table(part), *tables]
    return [*tables, *asked_tables(part["asked"]), _speed_table(part)]


def _judge_table(judge: Figures) -> Table:
    table = _table("Before the judge", "", "real", "generated", "generated less real")
    gap = judge["difference"]
    rows = [_percent(judge[k]["top1"], judge[k]["top1_interval"]) for k in ("real", "generated")]
    table.add_row("top-1", *rows, _percent(gap["value"], gap["interval"]))
    table.add_row("UAR", *(_percent(judge[k]["uar"]) for k in ("real", "generated")), "")
    real, made = judge["diversity"]["real"], judge["diversity"]["generated"]
    table.add_row("diversity", f"{real:.3f}", f"{made:.3f}", f"ratio {made / real:.3f}")
    return table


def _distance_table(part: Figures) -> Table:
    table = _table("Distance to the real test takes", "clips", "number", "FID", "KID")
    rows = dict(part["judge"]["distances"])
    if "unet2d" in part["paper"]:
        rows |= {
            "generated, the same few": part["paper"]["default"],
            "unet2d, DDPM-1000": part["paper"]["unet2d"],
        }
    for name, row in rows.items():
        kid = f"{row['kid']:.4f} +- {row['kid_error']:.4f}"
        table.add_row(
            name, f"{row['clips'][0]} against {row['clips'][1]}", f"{row['fid']:.3f}", kid
        )
    return table


def _motion_table(motion: Figures) -> Table:
    table = _table(f"Motion, {motion['clips']} clips", "", "real", "generated", "ratio")
    for name, title, digits in (
        ("jerk", "jerk, mm/s3", 0),
        ("above_5_hz", "share of speed above 5 Hz", 3),
        ("variety_mm", "distance within a label, mm", 3),
    ):
        real, made = motion[name]["real"], motion[name]["generated"]
        table.add_row(title, f"{real:.{digits}f}", f"{made:.{digits}f}", f"{made / real:.3f}")
    for which in ("mean", "max"):
        drift = [motion["drift_mm"][k][which] for k in ("real", "generated")]
        table.add_row(f"drift of rigid regions, {which}, mm", *(f"{x:.4f}" for x in drift), "")
    return table


def _speed_table(part: Figures) -> Table:
    table = _table("Sampling 60 frames, decoding included", "sampler", "seconds", "ratio")
    own, paper = part["speed"]["seconds"], part["paper"].get("speed")
    config = part["sampler"]
    table.add_row(f"{config['denoiser']}, {config['sampler']}-{config['steps']}", f"{own:.3f}", "1")
    if paper:
        title = f"unet2d, ddpm-1000 (from {paper['timed_steps']} timed steps)"
        table.add_row(title, f"{paper['seconds']:.1f}", f"{paper['seconds'] / own:.0f}")
    return table


def _captured(part: Figures) -> list[Table]:
    tables = []
    for key, title in (
        ("window_share", "each window judged alone, resting face from the whole take"),
        ("live_share", "live rows averaged over each window"),
    ):
        labels = list(next(iter(part["takes"].values()))[key])
        table = _table(
            f"Captured takes, {part['seconds']:g} s windows, {title}",
            *("take", "windows", *labels, "smiles read as such"),
        )
        for name, row in part["takes"].items():
            smiles = row["smiles"]
            read = smiles["read_as_happiness" if key == "window_share" else "live_as_happiness"]
            table.add_row(
                name,
                str(len(row["windows"])),
                *(f"{100 * row[key][label]:.0f} %" for label in labels),
                f"{read} of {smiles['windows']}",
            )
        tables.append(table)
    return tables


def summary(results: Figures) -> Table:
    """Say what was aimed at and what was reached."""
    table = _table("Aims", "what", "reached", "aim", "")
    for what, reached, aim, met in aims(results):
        table.add_row(what, reached, aim, "[green]yes[/green]" if met else "[red]no[/red]")
    return table


def aims(results: Figures) -> list[tuple[str, str, str, bool]]:
    """List (what, reached, aim, met) of every figure that has an aim and is there."""
    out: list[tuple[str, str, str, bool]] = []
    for name, judge in _AIMS.items():
        part = results.get(name)
        if part is not None and "skipped" not in part:
            out += judge(part)
    return out


def _autoencoder_aims(part: Figures) -> list[tuple[str, str, str, bool]]:
    name = next(key for key in part if key.startswith("autoencoder-"))
    size = name.removeprefix("autoencoder-")
    own, linear = part[name]["mean"], part.get(f"PCA-{size}", {}).get("mean", float("inf"))
    return [
        ("reconstruction", f"{own:.4f} mm", "0.5 mm at most", own <= 0.5),
        ("against PCA of that size", f"{own:.4f} mm", f"PCA: {linear:.4f} mm", own <= linear),
    ]


def _recognition_aims(part: Figures) -> list[tuple[str, str, str, bool]]:
    out = []
    for way in ("clip", "window"):
        row, title = part[way], WAY_NAMES[way]
        good = 0.95 <= row["top1"] <= 0.995
        out.append((f"top-1, {title}", _percent(row["top1"]), "95 to 99.5 %", good))
        out.append((f"ECE, {title}", f"{row['ece']:.4f}", "0.03 at most", row["ece"] <= 0.03))
    return out


def _memory_aims(part: Figures) -> list[tuple[str, str, str, bool]]:
    row = part["lengths"][-1]
    added = row["added_mib"] * 2**20 / 1e6
    what = f"memory added, {row['frames']:.0f} frames"
    return [(what, f"{added:.0f} MB", "300 MB at most", added <= 300.0)]


def _generation_aims(part: Figures) -> list[tuple[str, str, str, bool]]:
    motion, out = part["motion"], []
    jerk = motion["jerk"]["generated"] / motion["jerk"]["real"]
    drift = motion["drift_mm"]["generated"]["max"]
    seconds = part["speed"]["seconds"]
    if "skipped" not in part["judge"]:
        gap = part["judge"]["difference"]["value"]
        out.append(("judged accuracy", f"{100 * gap:+.1f} points", "within 3", abs(gap) <= 0.03))
        variety = part["judge"]["diversity"]
        ratio = variety["generated"] / variety["real"]
        out.append(("diversity", f"{ratio:.2f} of real", "0.8 to 1.25", 0.8 <= ratio <= 1.25))
    if "unet2d" in part["paper"]:
        ours, paper = part["paper"]["default"]["kid"], part["paper"]["unet2d"]["kid"]
        out.append(("KID", f"{ours:.4f}", f"unet2d: {paper:.4f}", ours <= paper))
    exact = part["start"]["exact"]
    return [
        *out,
        *asked_aims(part["asked"]),
        ("jerk", f"{jerk:.2f} of real", "0.8 to 1.25", 0.8 <= jerk <= 1.25),
        ("first frame", "the neutral" if exact else "another", "the neutral", exact),
        ("rigid drift, worst clip", f"{drift:.4f} mm", "0.1 mm at most", drift <= 0.1),
        ("60 frames", f"{seconds:.2f} s", "1 s at most", seconds <= 1.0),
    ]


PRINTERS = {
    "autoencoder": _autoencoder,
    "recognition": _recognition,
    "familiarity": _familiarity,
    "memory": _memory,
    "generation": _generation,
    "captured": _captured,
    "landmarks": landmark_tables,
    "faces": faces_tables,
    "dense": dense_tables,
    "registration": registration_tables,
    "own-faces": own_face_tables,
    "applications": application_tables,
    "units": unit_tables,
    "identity": identity_tables,
    "video": video_tables,
}
_AIMS = {
    "autoencoder": _autoencoder_aims,
    "recognition": _recognition_aims,
    "memory": _memory_aims,
    "generation": _generation_aims,
    "landmarks": landmark_aims,
    "faces": faces_aims,
    "dense": dense_aims,
    "registration": registration_aims,
    "own-faces": own_face_aims,
    "units": unit_aims,
    "identity": identity_aims,
    "video": video_aims,
}
