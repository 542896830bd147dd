"""bench: the studio beside its peers, and its window beside the bars it is held to."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from studio.core import InputError, StudioError
from studio.core.system.paths import shipped

from .clips import JsonOption


def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Which ones; all unless given.")] = None,
    out: Annotated[Path, typer.Option(help="Where the figures go, as JSON.")] = Path(
        "out/bench.json"
    ),
    peer_python: Annotated[
        Path | None, typer.Option(help="A Python that has aitviewer, to play beside ours.")
    ] = None,
    with_aitviewer: Annotated[
        bool, typer.Option("--with-aitviewer", help="Make such a Python; downloads 2 GB once.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Time the studio beside its peers, as ratios of one run; from a source checkout."""
    from studio.io.files import check_place

    from .output import print_json, write_json

    check_place(out)

    options = {"peer_python": peer_python, "install_peer": with_aitviewer}
    rows = []
    for path in _benchmarks(names or []):
        name = path.stem.removeprefix("bench_")
        rows += [{"benchmark": name, **row} for row in _run(_load(path), options)]
    facts = {"rows": rows}
    write_json(facts, out)
    if json:
        print_json(facts)
    else:
        _print_rows(rows)
        print(f"\nAs JSON in {out}")


def _benchmarks(names: list[str]) -> list[Path]:
    """Find the benchmarks of a checkout by name, all for none."""
    folder = shipped("resources").parent / "benchmarks"
    found = {path.stem.removeprefix("bench_"): path for path in sorted(folder.glob("bench_*.py"))}
    if not found:
        raise StudioError("bench: the benchmarks come with the source checkout, not with the wheel")
    for name in names:
        if name not in found:
            raise InputError.of("bench", f"one of {', '.join(found)}", name)
    return [path for name, path in found.items() if not names or name in names]


def _load(path: Path) -> ModuleType:
    # Benchmarks share modules of their folder.
    root = str(path.parent.parent)
    if root not in sys.path:
        sys.path.insert(0, root)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _run(module: ModuleType, options: dict[str, Any]) -> list[dict[str, Any]]:
    """Measure the rows of a benchmark, given those of the options that it takes."""
    taken = inspect.signature(module.run).parameters
    rows: list[dict[str, Any]] = module.run(**{k: v for k, v in options.items() if k in taken})
    return rows


def _print_rows(rows: list[dict[str, Any]]) -> None:
    from .output import print_table

    cells = [
        [
            str(row["name"]),
            _number(row.get("ours", row.get("ours_ms"))) + " " + row.get("unit", "ms"),
            str(row.get("peer", "")),
            _number(row.get("peer_ms")),
            _number(row.get("ratio"), 1),
            _bar(row),
        ]
        for row in rows
    ]
    print_table(cells, ["", "ours", "peer", "peer ms", "ratio", "bar"])


def _number(value: float | None, digits: int = 2) -> str:
    """Write a number with the digits that say something, empty for none."""
    if value is None:
        return ""
    return f"{value:.{digits}f}" if abs(value) < 100 else f"{value:.0f}"


def _bar(row: dict[str, Any]) -> str:
    """Say what a figure has to be: a ratio at least, or so much at most."""
    if row.get("bar") is not None:
        return f"at least {row['bar']:g} x"
    for key, unit in (("bar_ms", "ms"), ("bar_most", row.get("unit", ""))):
        if row.get(key) is not None:
            return f"at most {row[key]:g} {unit}"
    return ""
