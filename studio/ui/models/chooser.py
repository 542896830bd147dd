"""Which generator makes the motion, and what it is good at."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from studio.core import GenerationRequest
from studio.document import Document
from studio.engine.catalog import is_known, kind_of
from studio.ui.kit.bind import bind
from studio.ui.kit.forms import quiet
from studio.ui.kit.icons import undo_icon
from studio.ui.kit.plain import plain_tip
from studio.ui.kit.scrolling import calm_wheel, narrow_combo

from .protocol import Models


class ModelChooser(QWidget):
    """The generators of the loaded models, and a line on the one that is chosen."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self._engine: Models | None = None
        self.model, self.note, self.reset = QComboBox(), quiet(), QToolButton(autoRaise=True)
        self.model.setToolTip("Which generator makes the motion")
        self.model.setAccessibleName("Model")
        narrow_combo(self.model)
        calm_wheel(self.model)
        self.reset.setIcon(undo_icon())
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset.setAccessibleName("The usual model")
        title = QLabel("&Model")
        title.setBuddy(self.model)
        row, layout = QHBoxLayout(), QVBoxLayout(self)
        row.setSpacing(12)
        row.addWidget(title)
        row.addWidget(self.model, stretch=1)
        row.addWidget(self.reset)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(row)
        layout.addWidget(self.note)
        self.model.activated.connect(
            lambda _row: document.set_generation(model=self.model.currentData())
        )
        self.reset.clicked.connect(lambda: document.set_generation(model=self._usual))
        bind(self, document.generation_changed, self._show)
        self._show(document.state.generation)

    @property
    def _usual(self) -> str:
        generators = self._engine.generators if self._engine is not None else ()
        return generators[0] if generators else GenerationRequest().model

    def show_engine(self, engine: Models | None) -> None:
        """Offer the generators that are there, and nothing else."""
        self._engine = engine
        self.model.clear()
        for row, name in enumerate(engine.generators if engine is not None else ()):
            self.model.addItem(model_title(name), name)
            self.model.setItemData(row, plain_tip(self._line(name)), Qt.ItemDataRole.ToolTipRole)
        self._show(self.document.state.generation)

    def _show(self, wanted: GenerationRequest) -> None:
        blocker = QSignalBlocker(self.model)
        self.model.setCurrentIndex(self.model.findData(wanted.model))
        blocker.unblock()
        self.reset.setEnabled(wanted.model != self._usual)
        self.reset.setToolTip(plain_tip(f"Back to {model_title(self._usual)}"))
        line = self._line(wanted.model)
        self.note.setText(line)
        self.note.setVisible(bool(line))

    def _line(self, name: str) -> str:
        if self._engine is None or name not in self._engine.generators:
            return ""
        return model_line(name, self._engine.figures(name))


def model_title(name: str) -> str:
    """Name a generator as people read it."""
    return kind_of(name).title if is_known(name) else name


def model_line(name: str, figures: Mapping[str, float]) -> str:
    """Say what a generator is good at, and how fast and how good it is where that was measured."""
    said = [line] if (line := kind_of(name).line) else []
    if "seconds" in figures:
        text = "{seconds:.2g} s of one processor for 60 frames."
        said.append(text.format(seconds=figures["seconds"]))
    if "accuracy" in figures:
        text = "{share:.0f} % are read as asked for."
        said.append(text.format(share=100 * figures["accuracy"]))
    return " ".join(said)
