"""Which generator samples, and how: rarely needed, so it lies folded away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QSpinBox,
    QToolButton,
    QWidget,
)

from studio.document import Document, GenerationSettings
from studio.document.recipe import Limits
from studio.document.state import MAX_GUIDANCE, MAX_STEPS

from .bind import bind
from .icons import undo_icon
from .scrolling import calm_wheel, narrow_combo
from .text import tr
from .work import Models


class SamplingForm(QWidget):
    """Model, guidance, steps and sampler, each with a way back to the model's own."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self._engine: Models | None = None
        self.model, self.sampler = QComboBox(), QComboBox()
        self.guidance = QDoubleSpinBox(decimals=1, singleStep=0.5, maximum=MAX_GUIDANCE)
        self.steps = QSpinBox(minimum=1, maximum=MAX_STEPS)
        self.resets: dict[str, QToolButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 2, 0, 4)
        self._grid.setColumnStretch(1, 1)
        self._add("model", tr("&Model"), self.model, tr("Which generator of the set samples"))
        strength = tr("How strongly the expression steers; too much looks overdone")
        self._add("guidance", tr("G&uidance"), self.guidance, strength)
        fineness = tr("More steps take longer and change the clip a little")
        self._add("steps", tr("S&teps"), self.steps, fineness)
        way = tr("How noise becomes motion; each gives another clip for the same seed")
        self._add("sampler", tr("Sam&pler"), self.sampler, way)
        self._connect()
        bind(self, document.generation_changed, self._show)
        self._show(document.state.generation)

    def _add(self, name: str, title: str, field: QWidget, tip: str) -> None:
        row = self._grid.rowCount()
        label = QLabel(title)
        label.setBuddy(field)
        field.setToolTip(tip)
        field.setAccessibleName(title.replace("&", ""))
        if isinstance(field, QComboBox):
            narrow_combo(field)
        calm_wheel(field)
        reset = QToolButton(autoRaise=True)
        reset.setIcon(undo_icon())
        reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        reset.setAccessibleName(tr("The model's own {field}").format(field=name))
        self.resets[name] = reset
        for column, part in enumerate((label, field, reset)):
            self._grid.addWidget(part, row, column)

    def _connect(self) -> None:
        document = self.document
        self.model.activated.connect(
            lambda _row: document.set_generation(model=self.model.currentData())
        )
        self.sampler.activated.connect(
            lambda _row: document.set_generation(sampler=self.sampler.currentData())
        )
        self.guidance.valueChanged.connect(
            lambda value: document.set_generation(guidance=round(value, 1), key="guidance")
        )
        self.steps.valueChanged.connect(
            lambda value: document.set_generation(steps=value, key="steps")
        )
        for box in (self.guidance, self.steps):
            box.setKeyboardTracking(False)
            box.editingFinished.connect(document.seal)
            box.lineEdit().returnPressed.connect(box.clearFocus)
        back: dict[str, Callable[[], None]] = {
            "model": lambda: document.set_generation(model=self._usual_model),
            "guidance": lambda: document.set_generation(guidance=None),
            "steps": lambda: document.set_generation(steps=None),
            "sampler": lambda: document.set_generation(sampler=None),
        }
        for name, reset in self.resets.items():
            reset.clicked.connect(back[name])

    @property
    def _usual_model(self) -> str:
        generators = self._engine.generators if self._engine is not None else ()
        return generators[0] if generators else GenerationSettings().model

    def show_engine(self, engine: Models | None) -> None:
        """Offer what the loaded models can do, and nothing else."""
        self._engine = engine
        self.model.clear()
        self.sampler.clear()
        for name in engine.generators if engine is not None else ():
            self.model.addItem(model_title(name), name)
        for name in engine.samplers if engine is not None else ():
            self.sampler.addItem(_sampler_title(name), name)
        self._show(self.document.state.generation)

    def _own(self, wanted: GenerationSettings) -> Limits | None:
        """What the chosen model does by itself, None where it is not there."""
        if self._engine is None or wanted.model not in self._engine.generators:
            return None
        return self._engine.limits(wanted.model)

    def _show(self, wanted: GenerationSettings) -> None:
        own = self._own(wanted)
        fields = (self.guidance, self.steps, self.sampler)
        blockers = [QSignalBlocker(field) for field in (*fields, self.model)]
        self.model.setCurrentIndex(self.model.findData(wanted.model))
        for field in fields:
            field.setEnabled(own is not None)
        if own is not None:
            self.steps.setMaximum(min(own.train_steps, MAX_STEPS))
            self.guidance.setValue(own.guidance if wanted.guidance is None else wanted.guidance)
            self.steps.setValue(own.steps if wanted.steps is None else wanted.steps)
            self.sampler.setCurrentIndex(self.sampler.findData(wanted.sampler or own.sampler))
        for blocker in blockers:
            blocker.unblock()
        self._show_resets(wanted, own)

    def _show_resets(self, wanted: GenerationSettings, own: Limits | None) -> None:
        changed = {
            "model": (wanted.model, self._usual_model),
            "guidance": (wanted.guidance, own and own.guidance),
            "steps": (wanted.steps, own and own.steps),
            "sampler": (wanted.sampler, own and own.sampler),
        }
        for name, (value, usual) in changed.items():
            self.resets[name].setEnabled(value is not None and value != usual)
            tip = tr("Back to the model's own: {value}").format(value=usual)
            self.resets[name].setToolTip(tip)


def model_title(name: str) -> str:
    """A generator as people read it."""
    titles = {
        "diffusion": tr("Transformer"),
        "diffusion-unet2d": tr("2D UNet"),
    }
    return titles.get(name, name)


def _sampler_title(name: str) -> str:
    titles = {
        "dpm": tr("DPM-Solver++"),
        "sde": tr("DPM-Solver++, stochastic"),
        "ddim": tr("DDIM"),
        "ddpm": tr("DDPM, many steps"),
    }
    return titles.get(name, name)
