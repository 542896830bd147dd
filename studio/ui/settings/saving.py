"""Where numbers and charts of a clip are written: a name is offered, and the folder remembered."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from .settings import Settings

TABLE = "Table (*.csv)"


def ask_where(
    window: QWidget, settings: Settings, title: str, name: str, suffix: str, kinds: str
) -> Path | None:
    """Ask for the file to write.

    Parameters
    ----------
    window
        What the dialog stands over.
    title
        Of the dialog.
    name
        What the file is called unless the user says otherwise, without its suffix.
    suffix, kinds
        As ``.csv``, and as `TABLE`.

    Returns
    -------
    None where the user wants none.
    """
    stem = "".join("-" if letter in '/\\:*?"<>|' else letter for letter in name)
    start = settings.place("table", "export") / f"{stem}{suffix}"
    found, _ = QFileDialog.getSaveFileName(window, title, str(start), kinds)
    if not found:
        return None
    path = Path(found)
    settings.remember_place("table", path.parent)
    return path if path.suffix else path.with_suffix(suffix)
