"""The video beside the face, and how it is read: which face, which rest, what of lost frames."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.core.video.footage import Footage
from studio.ui.clips.reading_dialog import gap_names
from studio.ui.kit.forms import Form, quiet
from studio.ui.kit.scrolling import calm_wheel, narrow_combo

from .screen import VideoScreen
from .service import VideoService


class VideoPanel(QWidget):
    """The picture under the playhead; videos are decoded while the panel is to be seen."""

    def __init__(self, video: VideoService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.video, self.picture = video, VideoScreen(video)
        self.drawn = QCheckBox("Landmarks")
        self.face, self.gaps = QComboBox(), QComboBox()
        self.use_range, self.estimate = QPushButton("Use range"), QPushButton("Estimate")
        self.note, self.rest = quiet(), quiet()
        self._fields, self._form = QWidget(), Form()
        self._build()
        video.changed.connect(self._show)
        video.pictured.connect(self._tell)
        self._show()

    def _build(self) -> None:
        self.drawn.setToolTip("Draw what is seen of the face on the picture")
        for gaps, name in gap_names().items():
            self.gaps.addItem(name, gaps)
        for box in (self.face, self.gaps):
            narrow_combo(box)
            calm_wheel(box)
        self.use_range.setToolTip("Take the frames from I to O for the face at rest")
        self.estimate.setToolTip("Take the calmest frames for the face at rest")
        for button in (self.use_range, self.estimate):
            button.setAutoDefault(False)
        form = self._form
        form.setContentsMargins(0, 0, 0, 0)
        form.add_field("Face", self.face, "Which of the faces in the video is read")
        form.add_field("Lost frames", self.gaps, "What becomes of frames in which no face is seen")
        buttons = QHBoxLayout()
        buttons.addWidget(self.use_range)
        buttons.addWidget(self.estimate)
        form.addRow(self.rest)
        form.addRow(buttons)
        self._fields.setLayout(form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.picture, stretch=1)
        head = QHBoxLayout()
        head.addWidget(self.drawn)
        head.addStretch()
        head.addWidget(self.note)
        layout.addLayout(head)
        layout.addWidget(self._fields)
        self.note.setWordWrap(False)
        self.drawn.toggled.connect(lambda on: self.video.set_drawn(on=on))
        self.face.activated.connect(lambda _row: self.video.set_face(self.face.currentData()))
        self.gaps.activated.connect(lambda _row: self.video.set_gaps(self.gaps.currentData()))
        self.use_range.clicked.connect(self.video.rest_in_range)
        self.estimate.clicked.connect(self.video.estimate_rest)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.video.want(on=True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.video.want(on=False)

    def _show(self) -> None:
        film = self.video.footage
        with QSignalBlocker(self.drawn):
            self.drawn.setChecked(self.video.drawn)
        for part in (self._fields, self.drawn, self.note):
            part.setVisible(film is not None)
        if film is not None:
            self._show_reading(film)
        self._tell()

    def _show_reading(self, film: Footage) -> None:
        """Show how the video is read."""
        names = face_names(film.faces)
        if [self.face.itemText(row) for row in range(self.face.count())] != names:
            self.face.clear()
            for number, name in enumerate(names, start=1):
                self.face.addItem(name, number)
        self.face.setCurrentIndex(self.face.findData(film.face))
        self._form.setRowVisible(self.face, len(names) > 1)
        self.gaps.setCurrentIndex(self.gaps.findData(film.gaps))
        self._form.setRowVisible(self.gaps, not film.seen.all())
        self.estimate.setEnabled(film.rest is not None)
        self.rest.setText(rest_told(film))

    def _tell(self) -> None:
        """Say which moment of the video is on show."""
        film = self.video.footage
        if film is None:
            return
        number = self.video.number
        moment = f"{film.seconds[number]:.2f} s"
        told = f"{moment}, lost" if self.video.lost else moment
        if told != self.note.text():
            self.note.setText(told)


def face_names(faces: int) -> list[str]:
    """Name the faces of a video, the largest first."""
    return ["The largest", *(f"Number {number} by size" for number in range(2, faces + 1))]


def rest_told(film: Footage) -> str:
    """Say which pictures show the face at rest."""
    moments = film.seconds[film.resting] - film.seconds[0]
    count = len(moments)
    many = "1 frame" if count == 1 else f"{count} frames"
    by = "estimated" if film.rest is None else "from your range"
    where = (
        f"at {moments.min():.1f} s"
        if count == 1
        else (f"{moments.min():.1f} to {moments.max():.1f} s")
    )
    return f"At rest: {many}, {where}, {by}"
