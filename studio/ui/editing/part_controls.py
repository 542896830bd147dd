"""The other clip that an edit uses, and the part of the face that it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QFormLayout, QHBoxLayout, QWidget

from studio.core import MeshSequence, StudioError
from studio.document import ClipState, Document, Edit
from studio.document.edits.joining.other_clip import OtherClip
from studio.document.edits.parts.masked import MASK, MaskedEdit
from studio.face.regions.named import NAMES
from studio.io.masks import SUFFIX, read_mask
from studio.takes.reading import read_clip
from studio.ui.kit.bind import bind
from studio.ui.kit.filters import clip_filter
from studio.ui.kit.lanes import Lane
from studio.ui.kit.scrolling import calm_wheel, narrow_combo

from .chosen_edit import ChosenEdit
from .curve_edit_controls import tool_button

_CHOOSE = "Choose a clip…"
_FROM_FILE = "From file…"
_FILE = "File…"
_KINDS = f"Masks (*{SUFFIX})"


def asked_mask(parent: QWidget) -> Path | None:
    """Ask for the file of a mask; None where none is chosen."""
    name, _ = QFileDialog.getOpenFileName(parent, "Region of the face", "", _KINDS)
    return Path(name) if name else None


def asked_clip(parent: QWidget) -> Path | None:
    """Ask for the file of a clip that is not open; None where none is chosen."""
    name, _ = QFileDialog.getOpenFileName(parent, "Other clip", "", clip_filter())
    return Path(name) if name else None


class PartControls(QWidget):
    """Changes the other clip and the mask of the chosen edit, where it has them.

    Parameters
    ----------
    ask, ask_clip
        Ask for the file of a mask, and for that of a clip.
    """

    refused = Signal(str)

    def __init__(
        self,
        document: Document,
        chosen: ChosenEdit,
        ask: Callable[[QWidget], Path | None] = asked_mask,
        ask_clip: Callable[[QWidget], Path | None] = asked_clip,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.chosen = document, chosen
        self._ask, self._ask_clip = ask, ask_clip
        self.lane, self._reading = Lane("other clip", self), ""
        self.clip, self.region = QComboBox(), QComboBox(editable=True)
        self.clip.setAccessibleName("Other clip")
        self.clip.setToolTip(
            "An open clip of the same triangulation, as it plays now, or one of a file"
        )
        self.region.setAccessibleName("Region")
        self.region.setToolTip(
            'The part of the face; also several, as "mouth+jaw", "brows & left", "not eyes"'
        )
        self.region.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for name in (*NAMES, _FILE):
            self.region.addItem(name)
        for field in (self.clip, self.region):
            narrow_combo(field)
            calm_wheel(field)
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.addRow("Clip", self.clip)
        self.paint = tool_button("Paint the region", "Paint the region on the face in the view")
        self.paint.setText("Paint")
        region = QHBoxLayout()
        region.addWidget(self.region, stretch=1)
        region.addWidget(self.paint)
        self._form.addRow(MASK.title.replace("&", ""), region)
        self._region = region
        self.clip.activated.connect(self._take_clip)
        self.region.activated.connect(lambda _row: self._take_mask())
        line = self.region.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._take_mask)
        self.refused.connect(chosen.refused)
        chosen.changed.connect(self.show_edit)
        bind(self, document.clips_changed, lambda _clips: self.show_edit())
        self.show_edit()

    def show_edit(self) -> None:
        """Say what the chosen edit uses; hidden for one that uses neither."""
        edit = self.chosen.edit
        has_clip, masked = _has_clip(edit), isinstance(edit, MaskedEdit)
        self._form.setRowVisible(self.clip, has_clip)
        self._form.setRowVisible(self._region, masked)
        self.setVisible(has_clip or masked)
        if has_clip:
            self._list_clips(getattr(edit, "clip", None))
        if isinstance(edit, MaskedEdit):
            with QSignalBlocker(self.region):
                self.region.setCurrentIndex(self.region.findText(edit.where))
                self.region.setEditText(edit.where)

    @property
    def _others(self) -> list[ClipState]:
        """The open clips that the current one could use."""
        own = self.document.current_clip
        return [
            clip
            for clip in self.document.state.clips
            if own is not None
            and clip.id != own.id
            and clip.recording.topology == own.recording.topology
        ]

    def _list_clips(self, used: OtherClip | None) -> None:
        with QSignalBlocker(self.clip):
            self.clip.clear()
            chosen = _CHOOSE if used is None else used.name
            self.clip.addItem(f"Reading {self._reading}…" if self._reading else chosen)
            for clip in self._others:
                self.clip.addItem(clip.name, clip.id)
            self.clip.addItem(_FROM_FILE)

    def _take_clip(self, row: int) -> None:
        if self.clip.itemText(row) == _FROM_FILE and self.clip.itemData(row) is None:
            self._read_file()
            return
        edit, found = self.chosen.edit, self.document.state.find(self.clip.itemData(row))
        if edit is None or found is None:
            return
        frames = self.document.evaluator.ready(found)
        if frames is None:  # which may take seconds to compute
            self.show_edit()
            self.refused.emit(f"{found.name}: its frames are not computed yet; show it once.")
            return
        self._put_clip(edit, frames.renamed(found.name), found.neutral_frame or 0)

    def _put_clip(self, edit: Edit, frames: MeshSequence, rest: int = 0) -> None:
        changes: dict[str, Any] = {"clip": OtherClip.of(frames)}
        if hasattr(edit, "rest"):
            changes["rest"] = rest
        self.chosen.put(replace(edit, **changes))

    def _read_file(self) -> None:
        """Have a file read in the background, whose clip the edit then uses."""
        edit, path = self.chosen.edit, self._ask_clip(self)
        self.show_edit()
        if edit is None or path is None:
            return

        def take(read: MeshSequence) -> None:
            self._reading = ""
            if self.chosen.edit is edit:
                self._put_clip(edit, read.renamed(path.name))
            self.show_edit()

        def miss(error: Exception) -> None:
            self._reading = ""
            self.show_edit()
            self.refused.emit(str(error))

        self._reading = path.name
        self.lane.submit(read_clip, path, on_result=take, on_error=miss)
        self.show_edit()

    def _take_mask(self) -> None:
        edit, text = self.chosen.edit, self.region.currentText().strip()
        if not isinstance(edit, MaskedEdit) or text == edit.where:
            return
        mask: Any = text
        try:
            if text == _FILE:
                path = self._ask(self)
                mask = edit.mask if path is None else read_mask(path)
            changed: Any = edit
            self.chosen.put(replace(changed, mask=mask))
        except StudioError as error:
            self.refused.emit(str(error))
        self.show_edit()


def _has_clip(edit: Edit | None) -> bool:
    return edit is not None and any(one.name == "clip" for one in edit.parameters)
