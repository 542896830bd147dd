"""Words as people read them."""

from __future__ import annotations


def label_name(label: str) -> str:
    """Write an expression's label as people read it."""
    return label.replace("_", " ").capitalize()
