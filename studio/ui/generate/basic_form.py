"""Seed, intensity and length."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from studio.core import GenerationRequest
from studio.core.request import BEARING, FRAMES, INTENSITY, SEED
from studio.document import Document
from studio.ui.kit.bind import bind
from studio.ui.kit.forms import number_box, whole_box
from studio.ui.kit.icons import dice_icon, lock_icon
from studio.ui.kit.scrolling import calm_wheel

from .service import GenerateService

_STEPS = 100  # slider positions per unit of intensity
FPS = 30.0  # of what the generators make


class GenerationForm(QWidget):
    """The numbers of a new clip; dice and lock beside the seed, seconds beside the length."""

    def __init__(
        self, document: Document, generating: GenerateService, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.generating = document, generating
        self._make_seed()
        self._make_numbers()
        self._arrange()
        self._connect()
        bind(self, document.generation_changed, self._show)
        bind(self, document.seed_locked_changed, self._show_lock)
        self._show(document.state.generation)
        self._show_lock(document.state.seed_locked)

    def _make_seed(self) -> None:
        self.seed = whole_box(SEED)
        self.seed.setToolTip("The same seed and settings give the same animation")
        self.dice, self.lock = QToolButton(), QToolButton()
        self.lock.setCheckable(True)
        self.dice.setIcon(dice_icon())
        self.dice.setToolTip("Another seed")
        self.dice.setAccessibleName("Another seed")
        self.lock.setAccessibleName("Keep the seed")
        for button in (self.dice, self.lock):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _make_numbers(self) -> None:
        self.length = whole_box(FRAMES)
        self.length.setSuffix(" frames")
        self.length.setToolTip(f"How long the clip is, from {FRAMES.low} to {FRAMES.high} frames")
        self.seconds = QLabel()
        self.seconds.setForegroundRole(self.seconds.palette().ColorRole.PlaceholderText)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round(INTENSITY.high * _STEPS))
        self.slider.setAccessibleName("Intensity")
        self.intensity = number_box(INTENSITY, decimals=2, step=0.05)
        self.intensity.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        for field in (self.slider, self.intensity):
            field.setToolTip("How strong the expression gets; 1 is a full one")
        self.bearing = QSpinBox(minimum=0, maximum=round(100 * BEARING.high), suffix=" %")
        self.bearing.setSingleStep(10)
        self.bearing.setToolTip(
            "How much the head moves, the eyes wander and blink; 0 % holds them still"
        )
        calm_wheel(self.seed, self.length, self.slider, self.intensity, self.bearing)

    def _arrange(self) -> None:
        seed, intensity, length, bearing = (QHBoxLayout() for _ in range(4))
        seed.addWidget(self.seed, stretch=1)
        seed.addWidget(self.dice)
        seed.addWidget(self.lock)
        intensity.addWidget(self.slider, stretch=1)
        intensity.addWidget(self.intensity)
        length.addWidget(self.length, stretch=1)
        length.addWidget(self.seconds)
        bearing.addWidget(self.bearing)
        form = QFormLayout(self, horizontalSpacing=12, verticalSpacing=8)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for title, field, row in (
            ("&Seed", self.seed, seed),
            ("&Intensity", self.intensity, intensity),
            ("&Length", self.length, length),
            ("Hea&d", self.bearing, bearing),
        ):
            form.addRow(titled(title, field), row)

    def _connect(self) -> None:
        document = self.document
        self.dice.clicked.connect(lambda: self.generating.roll())
        self.lock.toggled.connect(lambda locked: document.lock_seed(locked=locked))
        self.seed.valueChanged.connect(lambda seed: document.set_generation(seed=seed, key="seed"))
        self.length.valueChanged.connect(
            lambda frames: document.set_generation(frames=frames, key="frames")
        )
        self.intensity.valueChanged.connect(self._set_intensity)
        self.slider.valueChanged.connect(lambda value: self._set_intensity(value / _STEPS))
        self.slider.sliderReleased.connect(document.seal)
        self.bearing.valueChanged.connect(
            lambda percent: document.set_generation(bearing=percent / 100, key="bearing")
        )
        for whole in (self.seed, self.length, self.bearing):
            whole.setKeyboardTracking(False)
        for box in (self.seed, self.length, self.intensity, self.bearing):
            box.editingFinished.connect(document.seal)
            # Return ends typing, so that the keys of playback work again.
            box.lineEdit().returnPressed.connect(box.clearFocus)

    def _set_intensity(self, intensity: float) -> None:
        self.document.set_generation(intensity=round(intensity, 2), key="intensity")

    def _show(self, wanted: GenerationRequest) -> None:
        fields = (self.seed, self.length, self.intensity, self.slider, self.bearing)
        blockers = [QSignalBlocker(field) for field in fields]
        self.seed.setValue(wanted.seed)
        self.length.setValue(wanted.frames)
        self.intensity.setValue(wanted.intensity)
        self.slider.setValue(round(wanted.intensity * _STEPS))
        self.bearing.setValue(round(100 * wanted.bearing))
        for blocker in blockers:
            blocker.unblock()
        self.seconds.setText(f"{wanted.frames / FPS:.2f} s")

    def _show_lock(self, locked: bool) -> None:
        blocker = QSignalBlocker(self.lock)
        self.lock.setChecked(locked)
        blocker.unblock()
        self.lock.setIcon(lock_icon(closed=locked))
        self.lock.setToolTip(
            "Locked: Generate keeps this seed, so the same settings give the same clip again"
            if locked
            else "Unlocked: each Generate takes a new seed, written here afterwards"
        )


def titled(text: str, field: QWidget) -> QLabel:
    """Make a title whose letter key leads to its field."""
    title = QLabel(text)
    title.setBuddy(field)
    field.setAccessibleName(text.replace("&", ""))
    return title
