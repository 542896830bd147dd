"""Files of action units: read by their columns, written whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from studio.core import InputError
from studio.core.sequence import Doubles
from studio.core.system.disk import refusal, regular
from studio.core.unit_tracks import Columns
from studio.io.tables.table import write_rows

from . import feat, openface
from .unit_table import UnitTable

_LARGEST = 512 << 20  # bytes
_WRITERS = {
    Columns.openface: (openface.openface_columns, openface.digits),
    Columns.feat: (feat.feat_columns, feat.digits),
}


def write_units(path: Path, table: UnitTable, columns: Columns = Columns.openface) -> None:
    """Write a CSV file.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    arrange, digits_of = _WRITERS[columns]
    arranged = arrange(table)
    digits = [digits_of(name) for name in arranged]
    write_rows(path, arranged, np.column_stack(list(arranged.values())), digits)


def read_units(path: Path) -> UnitTable:
    """Read a table of OpenFace or py-feat.

    Raises
    ------
    InputError
        With one sentence, where it is none.
    """
    columns = _columns(path)
    names = tuple(columns)
    if openface.is_openface(names):
        return openface.openface_table(path, columns)
    if feat.is_feat(names):
        return feat.feat_table(path, columns)
    some = ", ".join(names[:4]) or "no names"
    raise InputError.of(path, "action units by name, such as AU01_r or AU01", f"only {some}")


def _columns(path: Path) -> dict[str, Doubles]:
    """Read the columns of a CSV file whose cells are numbers; older tables write spaces."""
    try:
        size = regular(path, "a CSV file")
        if size > _LARGEST:
            raise InputError.of(path, f"at most {_LARGEST >> 20} MiB", f"{size >> 20} MiB")
        with path.open(encoding="utf-8-sig", newline="") as file:
            names, *rows = list(csv.reader(file)) or [[]]
    except OSError as error:
        raise InputError.of(path, "a CSV file", refusal(error, "read")) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError.of(path, "a CSV file", "another kind of file") from error
    names = [name.strip() for name in names]
    if len(set(names)) < len(names):
        raise InputError.of(path, "a name a column", "the same name twice")
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    return {name: _numbers(path, name, rows, at) for at, name in enumerate(names) if name}


def _numbers(path: Path, name: str, rows: Sequence[Sequence[str]], at: int) -> Doubles:
    """Read a column; words in one that is no unit count as nothing, in one that is are refused."""
    out = np.full(len(rows), np.nan)
    for place, row in enumerate(rows):
        if at >= len(row):
            raise InputError.of(path, f"as many cells in row {place + 1} as names", f"{len(row)}")
        try:
            out[place] = float(row[at])
        except ValueError:
            if name.startswith("AU") and row[at].strip():
                found = f"{row[at].strip()[:20]} in row {place + 1}"
                raise InputError.of(path, f"numbers in column {name}", found) from None
    if name.startswith("AU") and np.isinf(out).any():
        raise InputError.of(path, f"finite numbers in column {name}", "infinity")
    return out
