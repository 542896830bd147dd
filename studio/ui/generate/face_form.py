"""Whose face: the template's, the current clip's, a mesh file's, or one made with sliders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.core import GenerationRequest
from studio.core.request import FaceSource
from studio.document import ClipState, Document
from studio.ui.kit.bind import bind
from studio.ui.kit.filters import clip_filter
from studio.ui.kit.places import Places
from studio.ui.kit.plain import plain_tip
from studio.ui.kit.scrolling import calm_wheel, narrow_combo

from .basic_form import titled
from .face_editor import FaceEditor
from .service import GenerateService

PickFile = Callable[[QWidget], Path | None]
_CLIP = 1  # its row among the choices


def pick_face_file(places: Places, parent: QWidget) -> Path | None:
    """Ask for a mesh."""
    folder = str(places.place("face", "open"))
    name, _ = QFileDialog.getOpenFileName(parent, "Whose face", folder, clip_filter())
    if not name:
        return None
    places.remember_place("face", Path(name).parent)
    return Path(name)


class FaceForm(QWidget):
    """The choice of a face, and below it what belongs to it.

    Parameters
    ----------
    pick
        How to ask for a mesh file.
    """

    def __init__(
        self,
        document: Document,
        generating: GenerateService,
        parent: QWidget | None = None,
        *,
        pick: PickFile,
    ) -> None:
        super().__init__(parent)
        self.document, self.generating, self.pick = document, generating, pick
        self._make_choice()
        self._make_file()
        self.editor = FaceEditor(document, generating)
        self.words = QLabel(wordWrap=True)
        self.words.setForegroundRole(self.words.palette().ColorRole.PlaceholderText)
        form = QFormLayout(horizontalSpacing=12, verticalSpacing=8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(titled("F&ace", self.choice), self.choice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(form)
        for part in (self.words, self.file, self.editor):
            layout.addWidget(part)
        bind(self, document.generation_changed, self._show)
        bind(self, document.neutral_changed, lambda _clip, _frame: self._show_again())
        bind(self, document.registration_changed, lambda _clip: self._show_again())
        bind(self, document.current_changed, lambda _clip: self._show_again())
        self._show_again()

    def _make_choice(self) -> None:
        self.choice = QComboBox()
        self.choice.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.choice.setToolTip("Whose face moves; the clip begins with it exactly")
        for title, value in (
            ("Template face", "template"),
            ("This clip's face", "clip"),
            ("From a file", "file"),
            ("Made with sliders", "numbers"),
        ):
            self.choice.addItem(title, value)
        narrow_combo(self.choice)
        calm_wheel(self.choice)
        self.choice.activated.connect(lambda _row: self._choose(self.choice.currentData()))

    def _make_file(self) -> None:
        self.file, self.file_name = QWidget(), QLabel()
        self.browse = QPushButton("Choose…")
        self.browse.setToolTip("A face, or a clip of one; another triangulation is fitted")
        self.browse.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.browse.clicked.connect(self._browse)
        row = QHBoxLayout(self.file)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.file_name, stretch=1)
        row.addWidget(self.browse)

    def _choose(self, choice: FaceSource) -> None:
        face = self.document.state.generation.face
        if choice == "numbers":
            self.generating.edit_face(face.numbers)
        elif choice == "file" and not face.path:
            self._browse()
        else:
            self.document.set_generation(face=replace(face, source=choice))

    def _browse(self) -> None:
        path = self.pick(self)
        if path is not None:
            self.generating.choose_face_file(path)
        self._show_again()

    def _show_again(self) -> None:
        self._show(self.document.state.generation)

    def _show(self, wanted: GenerationRequest) -> None:
        clip = self.document.current_clip
        blocker = QSignalBlocker(self.choice)
        self.choice.setCurrentIndex(self.choice.findData(wanted.face.source))
        blocker.unblock()
        item = self.choice.model().item(_CLIP)  # type: ignore[attr-defined]
        item.setEnabled(clip is not None)
        self.file.setVisible(wanted.face.source == "file")
        self.editor.setVisible(wanted.face.source == "numbers")
        path = Path(wanted.face.path)
        self.file_name.setText(path.name or "No file chosen")
        self.file_name.setToolTip(plain_tip(str(path)) if path.name else "")
        self.words.setText(_words(clip))
        self.words.setVisible(wanted.face.source == "clip")


def _words(clip: ClipState | None) -> str:
    """Say which of a clip's faces is meant."""
    if clip is None:
        return "Open or choose a clip first."
    if clip.neutral_frame is not None:
        return f"Frame {clip.neutral_frame}, which was chosen as neutral."
    if clip.recipe is not None:
        return "The face it was generated from."
    if clip.registration is not None:
        return "Its own mesh, as it was fitted to the studio's face."
    return "Its estimated face at rest; N chooses the frame on show instead."
