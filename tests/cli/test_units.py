"""units: tables of action units on the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from studio.core.system.paths import shipped

from .conftest import Command

SAMPLES = shipped("resources") / "samples"


def test_a_smile_is_a_table_and_a_few_rows(command: Command, tmp_path: Path) -> None:
    out = tmp_path / "h.csv"
    ended = command("units", SAMPLES / "happiness.csv", "-o", out, "--preset", "BP4D")
    assert ended.status == 0
    assert "AU12 Lip corner puller" in ended.out
    assert "AU25" not in ended.out
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 89
    assert max(float(row["AU12_r"]) for row in rows) > 1.5
    assert all(0.0 <= float(row["AU12_r"]) <= 5.0 for row in rows)
    limit = min(float(row["AU12_r"]) for row in rows if float(row["AU12_c"]) == 1.0)
    assert all(float(row["AU12_r"]) <= limit for row in rows if float(row["AU12_c"]) == 0.0)


def test_thresholds_count_and_json_says_so(command: Command, tmp_path: Path) -> None:
    out = tmp_path / "h.csv"
    ended = command(
        "units", SAMPLES / "happiness.csv", "-o", out, "--threshold", "AU12=4.9", "--json"
    )
    facts = json.loads(ended.out)
    at = facts["units"].index(12)
    assert facts["thresholds"][at] == 4.9
    assert facts["share"][at] < 0.2
    assert facts["neutral"] == {"from": "estimate"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["-o", "h.txt"], ".csv file"),
        (["-o", "h.csv", "--preset", "CK"], "preset"),
        (["-o", "h.csv", "--threshold", "12"], "AU12=1.5"),
        (["-o", "h.csv", "--columns", "other"], "columns"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    command: Command, tmp_path: Path, more: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert said in command("units", SAMPLES / "happiness.csv", *more).sentence
