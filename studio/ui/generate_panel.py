"""What to generate, and the button that does it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.document import Document, GenerationSettings
from studio.document.state import MAX_INTENSITY, MAX_LENGTH, MAX_SEED, MIN_LENGTH

from .bind import bind
from .controller import Controller
from .icons import dice_icon
from .model_state import missing_model
from .progress_line import ProgressLine
from .theme import LABEL_COLORS, label_icon
from .work import Models

_STEPS = 100  # slider positions per unit of intensity


class GeneratePanel(QWidget):
    """The document's generation settings as a form, with Generate always in view at the top."""

    def __init__(
        self, document: Document, controller: Controller, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.controller = document, controller
        self._labels: tuple[str, ...] = ()
        self._make_head()
        self._make_fields()
        self._arrange()
        self._set_labels(tuple(LABEL_COLORS))
        self._connect_fields()
        self._connect_lane()
        bind(self, document.generation_changed, self._show)
        bind(self, document.current_changed, lambda _clip: self._show_face())
        controller.engine_changed.connect(self._show_engine)
        for changed in (controller.lanes["models"].started, controller.lanes["models"].finished):
            changed.connect(lambda *_: self._show_engine(controller.engine))
        self._show(document.state.generation)
        self._show_face()
        self._show_engine(controller.engine)

    def _make_head(self) -> None:
        self.generate = QPushButton("Generate")
        self.generate.setMinimumHeight(34)
        self.generate.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        font = self.generate.font()
        font.setBold(True)
        self.generate.setFont(font)
        self.generate.setProperty("accent", True)
        self.note = QLabel(wordWrap=True)
        self.note.setForegroundRole(self.note.palette().ColorRole.PlaceholderText)
        self.progress = ProgressLine()
        self.progress.setFixedHeight(6)
        self.cancel = QPushButton("Cancel")
        self.cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cancel.setMinimumHeight(34)

    def _make_fields(self) -> None:
        self.label, self.neutral = QComboBox(), QComboBox()
        self.label.setIconSize(QSize(12, 12))
        for field in (self.label, self.neutral):
            field.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.neutral.addItem("Template face", "template")
        self.neutral.addItem("This clip's face", "clip")
        self.seed = _spin(0, MAX_SEED)
        self.seed.setToolTip("The same seed and settings give the same animation")
        self.dice = QToolButton()
        self.dice.setIcon(dice_icon())
        self.dice.setToolTip("Another seed")
        self.dice.setAccessibleName("Another seed")
        self.length = _spin(MIN_LENGTH, MAX_LENGTH)
        self.length.setSuffix(" frames")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round(MAX_INTENSITY * _STEPS))
        self.slider.setAccessibleName("Intensity")
        self.intensity = QDoubleSpinBox(decimals=2, singleStep=0.05, minimum=0.0)
        self.intensity.setMaximum(MAX_INTENSITY)
        self.intensity.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)

    def _arrange(self) -> None:
        head, seed, intensity = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.generate, stretch=1)
        head.addWidget(self.cancel)
        seed.addWidget(self.seed, stretch=1)
        seed.addWidget(self.dice)
        intensity.addWidget(self.slider, stretch=1)
        intensity.addWidget(self.intensity)
        form = QFormLayout(horizontalSpacing=12, verticalSpacing=8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("&Expression", self.label)
        form.addRow(_titled("&Seed", self.seed), seed)
        form.addRow(_titled("&Intensity", self.intensity), intensity)
        form.addRow("&Length", self.length)
        form.addRow("F&ace", self.neutral)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.note)
        layout.addWidget(self.progress)
        layout.addLayout(form)
        layout.addStretch(1)

    def _connect_fields(self) -> None:
        document = self.document
        self.generate.clicked.connect(self.controller.generate)
        self.cancel.clicked.connect(lambda: self.controller.cancel("generate"))
        self.label.activated.connect(
            lambda _row: document.set_generation(label=self.label.currentData())
        )
        self.neutral.activated.connect(
            lambda _row: document.set_generation(neutral=self.neutral.currentData())
        )
        self.dice.clicked.connect(self.roll)
        self.seed.valueChanged.connect(lambda seed: document.set_generation(seed=seed, key="seed"))
        self.length.valueChanged.connect(
            lambda length: document.set_generation(length=length, key="length")
        )
        self.intensity.valueChanged.connect(self._set_intensity)
        self.slider.valueChanged.connect(lambda value: self._set_intensity(value / _STEPS))
        self.slider.sliderReleased.connect(document.seal)
        for box in (self.seed, self.length, self.intensity):
            box.editingFinished.connect(document.seal)
            # Return ends typing, so that the keys of playback work again.
            box.lineEdit().returnPressed.connect(box.clearFocus)

    def _connect_lane(self) -> None:
        lane = self.controller.lanes["generate"]
        lane.started.connect(lambda _title: self._show_running(running=True))
        lane.finished.connect(lambda: self._show_running(running=False))
        lane.progressed.connect(lambda share, _text: self.progress.show_share(share))
        self._show_running(running=lane.busy)

    def roll(self) -> None:
        """Choose another seed, each a step of its own."""
        self.controller.generating.roll()

    def _set_intensity(self, intensity: float) -> None:
        self.document.set_generation(intensity=round(intensity, 2), key="intensity")

    def _show(self, wanted: GenerationSettings) -> None:
        fields = (self.label, self.neutral, self.seed, self.length, self.intensity, self.slider)
        blockers = [QSignalBlocker(field) for field in fields]
        self.label.setCurrentIndex(self.label.findData(wanted.label))
        self.neutral.setCurrentIndex(self.neutral.findData(wanted.neutral))
        self.seed.setValue(wanted.seed)
        self.length.setValue(wanted.length)
        self.intensity.setValue(wanted.intensity)
        self.slider.setValue(round(wanted.intensity * _STEPS))
        for blocker in blockers:
            blocker.unblock()

    def _show_face(self) -> None:
        """The clip's face can be chosen only while there is a clip."""
        has_clip = self.document.current_clip is not None
        item = self.neutral.model().item(1)  # type: ignore[attr-defined]
        item.setEnabled(has_clip)

    def _show_engine(self, engine: Models | None) -> None:
        why_not = (
            self.controller.models_note if engine is None else missing_model(engine, "diffusion")
        )
        self.generate.setEnabled(not why_not)
        self.generate.setToolTip(why_not or "Make a new clip (Ctrl+Return)")
        self.note.setText(why_not)
        self.note.setVisible(bool(why_not))
        if engine is not None and engine.labels:
            self._set_labels(tuple(engine.labels))
            self._show(self.document.state.generation)

    def _set_labels(self, labels: tuple[str, ...]) -> None:
        if labels == self._labels:
            return
        self._labels = labels
        self.label.clear()
        for label in labels:
            self.label.addItem(label_icon(label), label.capitalize(), label)

    def _show_running(self, *, running: bool) -> None:
        self.cancel.setVisible(running)
        self.progress.show_share(0.0)
        # Kept in the layout, so that the form does not jump when sampling starts.
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.progress.setVisible(running)


def _titled(text: str, field: QWidget) -> QLabel:
    title = QLabel(text)
    title.setBuddy(field)
    return title


def _spin(low: int, high: int) -> QSpinBox:
    box = QSpinBox(minimum=low, maximum=high)
    box.setKeyboardTracking(False)
    return box
