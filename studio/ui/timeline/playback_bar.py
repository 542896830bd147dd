"""Buttons and choices that drive playback, with the frame and the frame rate beside them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from studio.ui.kit.icons import IconButton, icon
from studio.ui.kit.shedding import SheddingRow

from .axis import time_text

SPEEDS = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)


def loop_names() -> dict[str, str]:
    """Name what happens at the end of the range, by the words of the document."""
    return {"loop": "Loop", "ping-pong": "Ping-pong", "once": "Once"}


def mode_names() -> dict[str, str]:
    """Name what is kept where drawing is slow, by the words of the document."""
    return {"real time": "Real time", "every frame": "Every frame"}


class PlaybackBar(SheddingRow):
    """Speaks of what the user wants; what it shows is told by the setters.

    The setters of choices do not emit.
    """

    play_toggled = Signal()
    step = Signal(int)  # frames, -1 or 1
    jumped = Signal(int)  # frame
    loop_changed = Signal(str)  # a key of `loop_names`
    speed_changed = Signal(float)  # 1 is the clip's own pace
    mode_changed = Signal(str)  # a key of `mode_names`

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame, self._n_frames, self._fps = 0, 1, 30.0
        self._range: tuple[int, int] | None = None
        self._effective: float | None = None
        self._build_buttons()
        self._build_choices()
        self.where, self.rate = QLabel(), QLabel()
        self.where.setAccessibleName("Frame and time")
        self.rate.setAccessibleName("Frames per second")
        self.rate.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._arrange()
        self.set_playing(False)
        self._show()

    # What it shows

    def set_playing(self, playing: bool) -> None:
        """Turn the play button into a pause button and back."""
        self.play.setIcon(icon("pause" if playing else "play"))
        name = "Pause" if playing else "Play"
        self.play.setAccessibleName(name)
        self.play.setToolTip(name)

    def set_frame(self, frame: int, n_frames: int, fps: float) -> None:
        """Show the frame on show, counted from 0, and the clip's length and frame rate."""
        self._frame, self._n_frames, self._fps = frame, max(n_frames, 1), fps
        self._show()

    def set_range(self, start: int, stop: int) -> None:
        """Have first and last go to the ends of frames start..stop-1."""
        self._range = (start, stop)

    def set_effective_fps(self, fps: float | None) -> None:
        """Show how many frames are shown per second just now; None while paused."""
        self._effective = fps
        self._show_rate()

    def set_loop(self, loop: str) -> None:
        _choose(self.loop, loop)

    def set_mode(self, mode: str) -> None:
        _choose(self.mode, mode)

    def set_speed(self, speed: float) -> None:
        """Show a speed; one that is not offered yet joins the list."""
        if self.speed.findData(speed) < 0:
            faster = [self.speed.itemData(k) > speed for k in range(self.speed.count())]
            place = faster.index(True) if True in faster else len(faster)
            with QSignalBlocker(self.speed):
                self.speed.insertItem(place, f"{speed:g} ×", speed)
        _choose(self.speed, speed)
        self._show_rate()

    # Making it

    def _build_buttons(self) -> None:
        self.first = self._button("first", "First frame")
        self.previous = self._button("previous", "Previous frame")
        self.play = self._button("play", "Play")
        self.next = self._button("next", "Next frame")
        self.last = self._button("last", "Last frame")
        self.first.clicked.connect(lambda: self.jumped.emit(self._ends()[0]))
        self.last.clicked.connect(lambda: self.jumped.emit(self._ends()[1]))
        self.previous.clicked.connect(partial(self.step.emit, -1))
        self.next.clicked.connect(partial(self.step.emit, 1))
        self.play.clicked.connect(self.play_toggled)
        for button in (self.previous, self.next):
            button.setAutoRepeat(True)

    def _button(self, drawing: str, name: str) -> IconButton:
        button = IconButton(drawing, self)
        button.setAccessibleName(name)
        button.setToolTip(name)
        return button

    def _build_choices(self) -> None:
        self.loop, self.speed, self.mode = QComboBox(), QComboBox(), QComboBox()
        for value, text in loop_names().items():
            self.loop.addItem(text, value)
        for value, text in mode_names().items():
            self.mode.addItem(text, value)
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:g} ×", speed)
        _choose(self.speed, 1.0)
        named = (
            (self.loop, "Loop mode", "What happens at the end of the range"),
            (
                self.speed,
                "Playback speed",
                "Playback speed, relative to the clip's frame rate",
            ),
            (
                self.mode,
                "Timing",
                "Real time drops frames to keep pace; every frame never does",
            ),
        )
        for box, name, tip in named:
            box.setAccessibleName(name)
            box.setToolTip(tip)
            # A click leaves the keys to playback.
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.loop.currentIndexChanged.connect(
            lambda _index: self.loop_changed.emit(self.loop.currentData())
        )
        self.mode.currentIndexChanged.connect(
            lambda _index: self.mode_changed.emit(self.mode.currentData())
        )
        self.speed.currentIndexChanged.connect(self._speed_chosen)

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 6)
        row.setSpacing(2)
        for button in (self.first, self.previous, self.play, self.next, self.last):
            row.addWidget(button)
        row.addSpacing(10)
        row.addWidget(self.where)
        row.addStretch()
        row.addWidget(self.rate)
        for box in (self.speed, self.loop, self.mode):
            row.addSpacing(4)
            row.addWidget(box)
        # The status bar tells the rate, the Playback menu has the choices.
        self.set_spare(self.rate, self.mode, self.loop)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    # Following

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange and hasattr(self, "where"):
            self._show()
        super().changeEvent(event)

    def _speed_chosen(self, _index: int) -> None:
        self._show_rate()
        self.speed_changed.emit(self.speed.currentData())

    def _ends(self) -> tuple[int, int]:
        start, stop = self._range or (0, self._n_frames)
        last = min(stop, self._n_frames) - 1
        return min(start, last), last

    def _show(self) -> None:
        last = self._n_frames - 1
        self.where.setText(f"{self._frame} / {last}   {time_text(self._frame, self._fps)}")
        # Room for the longest text, or the row would shiver while playing.
        widest = f"{last} / {last}   {time_text(last, self._fps)}"
        self.where.setMinimumWidth(QFontMetrics(self.font()).horizontalAdvance(widest) + 4)
        self._show_rate()

    def _show_rate(self) -> None:
        wanted = self._fps * float(self.speed.currentData() or 1.0)
        if self._effective is None:
            self.rate.setText(f"{self._fps:.4g} fps")
            self.rate.setToolTip("Frame rate of the clip")
        else:
            self.rate.setText(f"{self._effective:.1f} of {wanted:g} fps")
            self.rate.setToolTip("Frames shown per second, and wanted per second")


def _choose(box: QComboBox, value: object) -> None:
    with QSignalBlocker(box):
        box.setCurrentIndex(max(box.findData(value), 0))
