"""The plan of the house: no import circle, and nothing too large to be read in one go."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import studio

MOST_IN_ROOM, MOST_LINES, MOST_FUNCTION = 20, 400, 60
HOUSE = Path(studio.__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(path: Path) -> str:
    parts = path.relative_to(HOUSE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def at_import(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Imports outside functions; those under `if TYPE_CHECKING` are among them."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from at_import(node)


def imported(path: Path) -> set[str]:
    """The modules of the house that a file imports."""
    found: set[str] = set()
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    for node in at_import(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
            continue
        above = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*above, *filter(None, [node.module])]) if node.level else str(node.module)
        inside = {f"{base}.{alias.name}" for alias in node.names}
        found |= inside & MODULES.keys() or {base}
    return found & MODULES.keys() - {module_of(path)}


def circle(imports: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a ring, none where there is no ring."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_a_circle_is_found() -> None:
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_imports_are_seen_where_types_alone_need_them() -> None:
    window = MODULES["studio.ui.window.stage"]
    assert "studio.ui.view3d.viewport" in imported(window)
    assert "studio.document" in imported(window)
    assert "studio.ui.kit.bind" in imported(MODULES["studio.ui.window.stage"])


def test_no_modules_import_each_other() -> None:
    imports = {module: imported(path) for module, path in MODULES.items()}
    assert circle(imports) == []


def test_no_room_holds_too_many_files() -> None:
    rooms = Counter(path.parent for path in FILES if path.name != "__init__.py")
    assert not {room: n for room, n in rooms.items() if n > MOST_IN_ROOM}


def test_no_file_and_no_function_is_too_long() -> None:
    long = {}
    for path in FILES:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MOST_LINES:
            long[module_of(path)] = lines
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > MOST_FUNCTION:
                    long[f"{module_of(path)}.{node.name}"] = lines
    assert not long
