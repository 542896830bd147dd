"""How the generator works: rarely needed, so it lies folded away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QToolButton,
    QWidget,
)

from studio.core import GenerationRequest, Limits
from studio.core.request import GUIDANCE, PARAMETERS, STEPS
from studio.document import Document
from studio.ui.kit.bind import bind
from studio.ui.kit.forms import number_box, whole_box
from studio.ui.kit.icons import undo_icon
from studio.ui.kit.scrolling import calm_wheel, narrow_combo
from studio.ui.models.protocol import Models


class SamplingForm(QWidget):
    """Guidance, steps, sampler and surface, each with a way back to the model's own; what means
    nothing to the chosen model is greyed and says so."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self._engine: Models | None = None
        self.sampler, self.surface = QComboBox(), QComboBox()
        self.guidance = number_box(GUIDANCE, decimals=1, step=0.5)
        self.steps = whole_box(STEPS)
        self.resets: dict[str, QToolButton] = {}
        self._tips: dict[str, str] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 2, 0, 4)
        self._grid.setColumnStretch(1, 1)
        strength = "How strongly the expression steers; too much looks overdone"
        self._add("guidance", "G&uidance", self.guidance, strength)
        fineness = "More steps take longer and change the clip a little"
        self._add("steps", "S&teps", self.steps, fineness)
        way = "How noise becomes motion; each gives another clip for the same seed"
        self._add("sampler", "Sam&pler", self.sampler, way)
        follow = (
            "How the surface follows the landmarks: as learned, or pulled along, which is rougher"
        )
        self._add("surface", "Surfa&ce", self.surface, follow)
        for name, text in (("s2d", "Learned"), ("rbf", "Pulled along (RBF)")):
            self.surface.addItem(text, name)
        self._connect()
        bind(self, document.generation_changed, self._show)
        self._show(document.state.generation)

    def _add(self, name: str, title: str, field: QWidget, tip: str) -> None:
        row = self._grid.rowCount()
        label = QLabel(title)
        label.setBuddy(field)
        field.setToolTip(tip)
        self._tips[name] = tip
        field.setAccessibleName(title.replace("&", ""))
        if isinstance(field, QComboBox):
            narrow_combo(field)
        calm_wheel(field)
        reset = QToolButton(autoRaise=True)
        reset.setIcon(undo_icon())
        reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        reset.setAccessibleName(f"The model's own {name}")
        self.resets[name] = reset
        for column, part in enumerate((label, field, reset)):
            self._grid.addWidget(part, row, column)

    def _connect(self) -> None:
        document = self.document
        self.surface.activated.connect(
            lambda _row: document.set_generation(surface=self.surface.currentData())
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
            "guidance": lambda: document.set_generation(guidance=None),
            "steps": lambda: document.set_generation(steps=None),
            "sampler": lambda: document.set_generation(sampler=None),
            "surface": lambda: document.set_generation(surface=None),
        }
        for name, reset in self.resets.items():
            reset.clicked.connect(back[name])

    def show_engine(self, engine: Models | None) -> None:
        """Offer what the loaded models can do, and nothing else."""
        self._engine = engine
        self.sampler.clear()
        for name in engine.samplers if engine is not None else ():
            self.sampler.addItem(_sampler_title(name), name)
        self._show(self.document.state.generation)

    def _own(self, wanted: GenerationRequest) -> Limits | None:
        """What the chosen model does by itself, None where it is not there."""
        if self._engine is None or wanted.model not in self._engine.generators:
            return None
        return self._engine.limits(wanted.model)

    def _show(self, wanted: GenerationRequest) -> None:
        own = self._own(wanted)
        fields = (self.guidance, self.steps, self.sampler, self.surface)
        blockers = [QSignalBlocker(field) for field in fields]
        if own is not None and "steps" in own.parameters:
            self.steps.setMaximum(min(own.train_steps, int(STEPS.high)))
            self.guidance.setValue(own.guidance if wanted.guidance is None else wanted.guidance)
            self.steps.setValue(own.steps if wanted.steps is None else wanted.steps)
            self.sampler.setCurrentIndex(self.sampler.findData(wanted.sampler or own.sampler))
        self.surface.setCurrentIndex(self.surface.findData(wanted.surface or self._own_surface))
        for blocker in blockers:
            blocker.unblock()
        self._show_use(own)
        self._show_resets(wanted, own)

    @property
    def _own_surface(self) -> str:
        """What the landmark models do by themselves."""
        learned = self._engine is None or "sparse-to-dense" in self._engine.kinds
        return "s2d" if learned else "rbf"

    def _show_use(self, own: Limits | None) -> None:
        """Grey what the chosen model does not know."""
        idle = "Not for this model: it makes a clip in one go"
        vertices = "Not for this model: it makes every vertex itself"
        for name in PARAMETERS:
            field, used = getattr(self, name), own is not None and name in own.parameters
            why = vertices if name == "surface" else idle
            field.setEnabled(used)
            field.setToolTip(self._tips[name] if used or own is None else why)

    def _show_resets(self, wanted: GenerationRequest, own: Limits | None) -> None:
        changed = {
            "guidance": (wanted.guidance, own and own.guidance),
            "steps": (wanted.steps, own and own.steps),
            "sampler": (wanted.sampler, own and own.sampler),
            "surface": (wanted.surface, self._own_surface),
        }
        for name, (value, usual) in changed.items():
            field = getattr(self, name)
            self.resets[name].setEnabled(field.isEnabled() and value not in (None, usual))
            tip = f"Back to the model's own: {usual}"
            self.resets[name].setToolTip(tip if field.isEnabled() else field.toolTip())


def _sampler_title(name: str) -> str:
    titles = {
        "dpm": "DPM-Solver++",
        "sde": "DPM-Solver++, stochastic",
        "ddim": "DDIM",
        "ddpm": "DDPM, many steps",
    }
    return titles.get(name, name)
