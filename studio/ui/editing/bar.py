"""The row above the face while landmarks are edited: what to do, and what can be chosen."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QToolButton, QWidget

from studio.document import ClipState
from studio.document.edits.landmarks import FADE, MAX_FADE
from studio.face.landmarks import IBUG_68
from studio.ui.kit.bind import bind
from studio.ui.kit.icons import cross_icon
from studio.ui.kit.line import Line
from studio.ui.kit.shedding import SheddingRow

from .editor import LandmarkEditor, next_place


class LandmarkBar(SheddingRow):
    """Shown in the mode; every control is a verb of the editor."""

    def __init__(self, editor: LandmarkEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = editor
        self.line = Line(widest=360)
        self.place = self._choice("Place", "Click adds a landmark, a drag corrects it")
        self.mirror = self._choice("Mirror", "")
        self.soft = self._choice("Soft", "Take landmarks nearby along, less with distance")
        self.fade, self.fade_name = self._fade(), QLabel("Fade")
        self.fade_name.setBuddy(self.fade)
        self.remove = self._button("Remove key", "Take back what was moved in this frame")
        self.remove_all = self._button("Remove all", "Play the clip as it was recorded")
        self.leave = QToolButton(autoRaise=True)
        self.leave.setIcon(cross_icon())
        self.leave.setToolTip("Leave landmark editing")
        self.leave.setAccessibleName("Leave landmark editing")
        self.leave.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._arrange()
        self.place.clicked.connect(lambda on: editor.set_placing(on=on))
        self.mirror.clicked.connect(lambda on: editor.set_mirror(on=on))
        self.soft.clicked.connect(lambda on: editor.set_soft(on=on))
        self.fade.valueChanged.connect(editor.set_fade)
        self.fade.editingFinished.connect(editor.document.seal)
        self.remove.clicked.connect(lambda: editor.remove_key())
        self.remove_all.clicked.connect(editor.remove_keys)
        self.leave.clicked.connect(lambda: editor.set_on(on=False))
        editor.changed.connect(self._show)
        bind(self, editor.document.clips_changed, lambda _clips: self._show())
        self._show()

    def _choice(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setCheckable(True)
        button.setText(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        return button

    def _fade(self) -> QSpinBox:
        spin = QSpinBox()
        spin.setRange(1, MAX_FADE)
        spin.setValue(FADE)
        spin.setSuffix(" frames")
        spin.setKeyboardTracking(False)
        spin.setAccessibleName("Fade")
        spin.setToolTip("Frames before and after a key over which the change fades away")
        return spin

    def _arrange(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 6, 4)
        layout.setSpacing(6)
        layout.addWidget(self.line, stretch=1)
        for part in (self.place, self.mirror, self.soft, self.fade_name, self.fade):
            layout.addWidget(part)
        layout.addSpacing(4)
        for button in (self.remove, self.remove_all, self.leave):
            layout.addWidget(button)
        self.set_spare(self.fade_name)

    def _show(self) -> None:
        editor = self.editor
        clip = editor.document.current_clip
        self.setVisible(editor.on)
        self.line.set_text(self._said())
        self.line.setToolTip(_placing_tip() if editor.placing else _moving_tip())
        has_landmarks = clip is not None and bool(clip.landmarks)
        self.place.setVisible(editor.can_place)
        self.place.setChecked(editor.placing)
        self.mirror.setEnabled(editor.can_mirror)
        self.mirror.setChecked(editor.mirror and editor.can_mirror)
        self.soft.setChecked(editor.soft)
        self.mirror.setToolTip(
            "Move the other side of the face as well, the other way round"
            if editor.can_mirror
            else "Only of the 68 is it known which lie across from each other"
        )
        with QSignalBlocker(self.fade):
            edit = clip.landmark_edit if clip is not None else None
            self.fade.setValue(edit.fade if edit is not None else FADE)
        for part in (self.fade_name, self.fade):
            part.setEnabled(has_landmarks)
        self.remove.setEnabled(editor.under in editor.keys)
        self.remove_all.setEnabled(bool(editor.keys))

    @staticmethod
    def _next(clip: ClipState) -> str:
        """Say which landmark a click puts on the surface."""
        place = next_place(clip)
        if place >= len(IBUG_68):
            return f"Click to add {place + 1}"
        curve = IBUG_68.label(place)
        return f"Click to add {place + 1}: {curve}"

    def _said(self) -> str:
        """Say what to do next."""
        editor, clip = self.editor, self.editor.document.current_clip
        if clip is None:
            return "Open a clip to edit landmarks"
        if editor.placing:
            return self._next(clip)
        if not clip.landmarks:
            return "No landmarks yet: place some"
        if not editor.chosen:
            return "Drag one; Shift adds to it"
        names = [clip.landmarks[one].name for one in sorted(editor.chosen)]
        if len(names) == 1:
            return names[0]
        return f"{len(names)} landmarks chosen"


def _placing_tip() -> str:
    return (
        "Any places will do to edit with; the landmark models want all 68 in this order. "
        "A drag corrects one, Del removes it."
    )


def _moving_tip() -> str:
    return "A drag moves what is chosen; Shift adds, a double click takes a whole curve"
