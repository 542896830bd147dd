"""Texts that are written past `tr`, read from the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import studio.ui

# What shows, says or raises its text.
_SHOWS = {
    *("QLabel", "QPushButton", "QCheckBox", "QRadioButton", "QGroupBox", "QAction", "QDockWidget"),
    *("setText", "setToolTip", "setWindowTitle", "setTitle", "setAccessibleName", "addAction"),
    *("setAccessibleDescription", "setPlaceholderText", "setSuffix", "setPrefix", "addItem"),
    *("setSpecialValueText", "setInformativeText", "setLabelText", "addButton", "addTab"),
    *("addMenu", "addRow", "setStatusTip", "setHtml", "show_notice", "drawText", "addSection"),
    *("InputError", "StudioError", "getOpenFileName", "getOpenFileNames", "getSaveFileName"),
    *("getExistingDirectory", "information", "question", "warning", "add_section", "add_field"),
}
_NAMED = {"title", "text", "tip"}
_TAG = re.compile("<[^>]*>")
_WORDS = re.compile(r"[A-Za-z]{2,}")
# Written alike in every language.
_ALIKE = {
    "Expression Studio",
    "Expression Studio ",
    "[*] — Expression Studio",
    "PNG (*.png)",
    "Tab",
    "Shift+Tab",
    "Esc",
    "Del",
}


def past_tr() -> list[str]:
    """file:line and text of each literal that a user would read untranslated."""
    folder = Path(studio.ui.__file__).parent
    return [
        f"{path.relative_to(folder.parent.parent)}:{line}: {text!r}"
        for path in sorted(folder.rglob("*.py"))
        for line, text in _in(ast.parse(path.read_text(encoding="utf-8")))
    ]


def filled_in_tr() -> list[str]:
    """Calls of `tr` whose text is put together before it is looked up."""
    folder = Path(studio.ui.__file__).parent
    return [
        f"{path.relative_to(folder.parent.parent)}:{node.lineno}"
        for path in sorted(folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _name(node) == "tr"
        if isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
    ]


def _in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        given = list(node.args) if _name(node) in _SHOWS else []
        given = given[:1] if _name(node) == "addItem" else given  # the second is no text
        given += [one.value for one in node.keywords if one.arg in _NAMED]
        for value in given:
            text = _TAG.sub("", _text(value))
            if _WORDS.search(text) and text not in _ALIKE:
                yield value.lineno, text


def _text(value: ast.expr) -> str:
    """The literal words of an argument; a choice between two counts as both."""
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else ""
    if isinstance(value, ast.JoinedStr):
        return "".join(_text(part) for part in value.values)
    if isinstance(value, ast.IfExp):
        return _text(value.body) + _text(value.orelse)
    if isinstance(value, ast.BoolOp):
        return "".join(_text(part) for part in value.values)
    if isinstance(value, ast.BinOp):
        return _text(value.left) + _text(value.right)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return _text(value.func.value) if value.func.attr == "format" else ""
    return ""


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
