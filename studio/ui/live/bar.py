"""The bar over the view: where to listen, which phone moves which head, and how it is heard."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.io.live.devices import cameras
from studio.io.live.receiver import HOST
from studio.io.shapes import has_shapes
from studio.ui.kit.bind import bind
from studio.ui.kit.icons import cross_icon
from studio.ui.kit.line import Line
from studio.ui.kit.scrolling import calm_wheel
from studio.ui.kit.strip import Strip
from studio.ui.settings.settings import Settings

from .service import LiveService
from .words import ASKED, explained, phone_names, phone_words, waiting_words

CAMERA = "camera:"  # before the name of one
_STUDIO = "The studio's head"


class LiveBar(Strip):
    """Shown while it is asked for; every control is a verb of the service."""

    closed = Signal()
    show_asked = Signal(bool)

    def __init__(
        self, live: LiveService, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.live, self.settings = live, settings
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._make_place()
        self._make_choices()
        self._make_verbs()
        self._arrange()
        live.changed.connect(self._show)
        live.measured.connect(self._say)
        bind(self, live.document.clips_changed, lambda _clips: self._show_heads())
        self._show_heads()
        self._show()
        self.hide()

    def listen(self) -> None:
        """Listen where the fields say, or no more."""
        if self.live.listening or self.live.opening:
            self.live.stop()
            return
        place, port = self.address.currentText().strip(), self.port.value()
        self.settings.live_address, self.settings.live_port = place, port
        if place.startswith(CAMERA):
            self.live.watch(place.removeprefix(CAMERA))
        else:
            self.live.listen(place, port)

    def record(self) -> None:
        """Begin a recording, or make a clip of it."""
        if self.live.recording is None:
            self.live.record()
        else:
            self.live.stop_recording()

    # Making it

    def _make_place(self) -> None:
        self.address = QComboBox(editable=True)
        self.address.addItems([HOST, "0.0.0.0", *(f"{CAMERA} {name}" for name in cameras())])
        self.address.setCurrentText(self.settings.live_address)
        self.address.setToolTip(
            "127.0.0.1 hears this computer alone, 0.0.0.0 all networks that it is in; "
            "camera: and its name, or the path of a video, watches that"
        )
        self.address.setAccessibleName("Address")
        self.address.setMinimumWidth(120)
        self.address.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        calm_wheel(self.address)
        self.port = QSpinBox(minimum=1, maximum=65535, value=int(self.settings.live_port))
        self.port.setToolTip("The port that the phone sends to; 11111 in Live Link Face")
        self.port.setAccessibleName("Port")
        calm_wheel(self.port)
        self.listening = QPushButton()
        self.listening.clicked.connect(lambda _on: self.listen())
        field = self.address.lineEdit()
        if field is not None:
            field.returnPressed.connect(self.listening.click)
        self.address.editTextChanged.connect(lambda _text: self._allow())

    def _make_choices(self) -> None:
        self.phones, self.heads = QComboBox(), QComboBox()
        self.phones.setToolTip("The phone that moves the head, of those that are heard")
        self.heads.setToolTip("The head that moves: the studio's, or an open one with ARKit shapes")
        named = (self.phones, "Phone"), (self.heads, "Head")
        for box, name in named:
            box.setAccessibleName(name)
            box.setMinimumWidth(110)
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            calm_wheel(box)
        self.phones.activated.connect(lambda at: self.live.choose(str(self.phones.itemData(at))))
        self.heads.activated.connect(lambda _at: self._move())

    def _make_verbs(self) -> None:
        self.line = Line(widest=320)
        self.shown = _button("Show", "Show the live face in the view, or the clip", checkable=True)
        self.calibrate = _button("Calibrate neutral", "Call the face as it is now the face at rest")
        self.recorder = _button("Record", "Make a clip of what comes from now on", checkable=True)
        self.leave = QToolButton(autoRaise=True)
        self.leave.setIcon(cross_icon())
        self.leave.setToolTip("Stop listening and close the bar")
        self.leave.setAccessibleName("Close the live bar")
        self.leave.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.shown.clicked.connect(self.show_asked)
        self.calibrate.clicked.connect(lambda _on: self.live.calibrate())
        self.recorder.clicked.connect(lambda _on: self.record())
        self.leave.clicked.connect(lambda _on: self.closed.emit())

    def _arrange(self) -> None:
        above, below, layout = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        layout.setContentsMargins(14, 5, 8, 5)
        layout.setSpacing(4)
        for title, field in (("Address", self.address), ("Port", self.port)):
            label = QLabel(title)
            label.setBuddy(field)
            above.addWidget(label)
            above.addWidget(field, 3 if field is self.address else 0)
        for part, stretch in ((self.listening, 0), (self.phones, 2), (self.heads, 3)):
            above.addWidget(part, stretch)
        above.addWidget(self.leave)
        below.addWidget(self.line, 1)
        for part in (self.shown, self.calibrate, self.recorder):
            below.addWidget(part)
        layout.addLayout(above)
        layout.addLayout(below)

    # Following

    def set_shown(self, *, on: bool) -> None:
        """Say whether the view shows the live face."""
        self.shown.setChecked(on)

    def _show(self) -> None:
        live, phone = self.live, self.live.phone
        busy = live.listening or live.opening
        self.listening.setText("Stop" if busy else "Listen")
        tip = "Let go of phones and cameras" if busy else "Hear the phones that send there"
        self.listening.setToolTip(tip)
        self._allow()
        with QSignalBlocker(self.phones):
            self.phones.clear()
            for one, name in zip(live.phones, phone_names(live.phones), strict=True):
                self.phones.addItem(name, one.device)
            self.phones.setCurrentIndex(self.phones.findData(live.device))
        self.phones.setEnabled(len(live.phones) > 1)
        recording = live.recording is not None
        for part in (self.shown, self.calibrate):
            part.setEnabled(phone is not None)
        self.recorder.setEnabled(phone is not None or recording)
        self.recorder.setChecked(recording)
        self.recorder.setText("Stop recording" if recording else "Record")
        self._say()

    def _allow(self) -> None:
        """Let the place be changed while nothing comes from one; cameras have no port."""
        free = not (self.live.listening or self.live.opening)
        self.address.setEnabled(free)
        self.port.setEnabled(free and not self.address.currentText().startswith(CAMERA))

    def _say(self) -> None:
        """Say how the phone is heard."""
        live, phone = self.live, self.live.phone
        if live.opening:
            self.line.set_text("Opening the camera…")
        elif not live.listening:
            self.line.set_text(ASKED)
        elif phone is None:
            self.line.set_text(waiting_words(*live.place, live.refused))
        else:
            self.line.set_text(phone_words(phone, live.latency, live.recording))
            self.line.setToolTip(f"{self.line.text()}\n{explained(live.latency)}")

    def _show_heads(self) -> None:
        """List the heads that can move; one that is closed gives way to the studio's."""
        with QSignalBlocker(self.heads):
            self.heads.clear()
            self.heads.addItem(_STUDIO, None)
            for clip in self.live.document.state.clips:
                if has_shapes(clip.frame_names):
                    self.heads.addItem(clip.name, clip.id)
            at = self.heads.findData(self.live.head_clip)
            self.heads.setCurrentIndex(max(at, 0))
        if at < 0:
            self.live.move(None)

    def _move(self) -> None:
        self.live.move(self.live.document.state.find(self.heads.currentData()))


def _button(text: str, tip: str, *, checkable: bool = False) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setCheckable(checkable)
    button.setAutoDefault(False)
    return button
