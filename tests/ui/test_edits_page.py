"""The page of edits and its pictures."""

from __future__ import annotations

from benchmarks.pictures.edits import page
from studio.core.system.paths import shipped
from studio.document.edits.edit import KINDS

DOCS = shipped("resources").parent / "docs"


def test_the_page_of_edits_says_what_they_say_of_themselves() -> None:
    assert (DOCS / "edits.md").read_text(encoding="utf-8") == page()


def test_every_kind_of_edit_has_a_picture_and_no_other_has() -> None:
    assert {path.stem for path in (DOCS / "edits").iterdir()} == set(KINDS)
