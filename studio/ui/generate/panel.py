"""What to generate, and the button that does it: it is always in view, the form scrolls below."""

from __future__ import annotations

import time
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.core import GenerationRequest
from studio.ui.desk import Desk
from studio.ui.kit.bind import bind
from studio.ui.kit.collapsible import Collapsible
from studio.ui.kit.icons import undo_icon
from studio.ui.kit.places import Places
from studio.ui.kit.plain import plain_tip
from studio.ui.kit.progress_line import ProgressLine
from studio.ui.kit.scrolling import FormScroll
from studio.ui.kit.theme import LABEL_COLORS
from studio.ui.kit.time_left import time_left
from studio.ui.models.chooser import ModelChooser
from studio.ui.models.words import missing_model

from .basic_form import GenerationForm
from .face_form import FaceForm, pick_face_file
from .label_picker import LabelPicker
from .match_light import MatchLight
from .sampling_form import SamplingForm
from .service import CHANGED, GenerateService


class GeneratePanel(QWidget):
    """The document's generation settings as a form under Generate, a light and the progress."""

    def __init__(
        self,
        desk: Desk,
        generating: GenerateService,
        places: Places,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        document = desk.document
        self.document, self.models, self.generating = document, desk.models, generating
        self._lane = desk.lanes.generate
        self._since = 0.0
        self._make_head()
        self._make_progress()
        self.labels = LabelPicker()
        self.form = GenerationForm(document, self.generating)
        self.face = FaceForm(document, self.generating, pick=partial(pick_face_file, places))
        self.model = ModelChooser(document)
        self.sampling = SamplingForm(document)
        self._arrange()
        self.labels.set_labels(tuple(LABEL_COLORS))
        self._connect()
        self._connect_lane()
        self._show(document.state.generation)
        self._show_light()
        self._show_engine()

    def _make_head(self) -> None:
        self.generate = QPushButton("Generate")
        self.generate.setMinimumHeight(34)
        self.generate.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        font = self.generate.font()
        font.setBold(True)
        self.generate.setFont(font)
        self.generate.setProperty("accent", True)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop sampling; nothing is added")
        self.cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cancel.setMinimumHeight(34)
        self.light = MatchLight()
        self.restore = QToolButton(autoRaise=True)
        self.restore.setIcon(undo_icon())
        self.restore.setToolTip("Use the settings that made the clip shown")
        self.restore.setAccessibleName("Use these settings")
        self.restore.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.note = QLabel(wordWrap=True)
        self.note.setForegroundRole(self.note.palette().ColorRole.PlaceholderText)

    def _make_progress(self) -> None:
        self.progress = ProgressLine()
        self.progress.setFixedHeight(4)
        self.progress.setAccessibleName("Progress of sampling")
        self.left = QLabel()
        self.left.setForegroundRole(self.left.palette().ColorRole.PlaceholderText)
        # Kept in the layout, so that the form does not jump when sampling starts.
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)

    def _arrange(self) -> None:
        head = QWidget()
        buttons, light = QHBoxLayout(), QHBoxLayout()
        buttons.addWidget(self.generate, stretch=1)
        buttons.addWidget(self.cancel)
        light.addWidget(self.light, stretch=1)
        light.addWidget(self.left)
        light.addWidget(self.restore)
        top = QVBoxLayout(head)
        top.setContentsMargins(12, 10, 12, 4)
        top.setSpacing(4)
        for row in (buttons, light):
            top.addLayout(row)
        top.addWidget(self.note)
        top.addWidget(self.progress)
        content = QWidget()
        below = QVBoxLayout(content)
        below.setContentsMargins(12, 6, 12, 12)
        below.setSpacing(8)
        self.advanced = Collapsible("Advanced", self.sampling)
        for part in (self.labels, self.form, self.face, self.model, self.advanced):
            below.addWidget(part)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        line = QWidget(autoFillBackground=True)
        line.setBackgroundRole(QPalette.ColorRole.Mid)
        line.setFixedHeight(1)
        layout.addWidget(line)
        self.scroller = FormScroll(content)
        layout.addWidget(self.scroller, stretch=1)

    def _connect(self) -> None:
        self.generate.clicked.connect(lambda: self.generating.generate())
        self.cancel.clicked.connect(self._lane.stop)
        self.restore.clicked.connect(self._use_recipe)
        self.labels.chosen.connect(lambda label: self.document.set_generation(label=label))
        self.generating.light_changed.connect(self._show_light)
        bind(self, self.document.generation_changed, self._show)
        self.models.changed.connect(self._show_engine)

    def _connect_lane(self) -> None:
        lane = self._lane
        lane.started.connect(lambda _title: self._show_running(running=True))
        lane.finished.connect(lambda: self._show_running(running=False))
        lane.progressed.connect(lambda share, _text: self._show_progress(share))
        self._show_running(running=lane.busy)

    def _use_recipe(self) -> None:
        clip = self.document.current_clip
        if clip is not None:
            self.generating.use_recipe(clip.id)

    def _show(self, wanted: GenerationRequest) -> None:
        self.labels.show_label(wanted.label)
        self._show_readiness()

    def _show_light(self) -> None:
        light = self.generating.light
        self.light.show_light(light)
        self.restore.setEnabled(light.state == CHANGED)

    def _show_engine(self) -> None:
        engine = self.models.engine
        self.model.show_engine(engine)
        self.sampling.show_engine(engine)
        if engine is not None and engine.labels:
            self.labels.set_labels(tuple(engine.labels))
        self._show(self.document.state.generation)

    def _show_readiness(self) -> None:
        engine, why_not = self.models.engine, self.models.note
        if engine is not None:
            why_not = missing_model(engine, self.document.state.generation.model)
        self.generate.setEnabled(not why_not)
        self.generate.setToolTip(plain_tip(why_not) or "Make a new clip")
        self.note.setText(why_not)
        self.note.setVisible(bool(why_not))

    def _show_running(self, *, running: bool) -> None:
        self._since = time.monotonic()
        self.cancel.setVisible(running)
        self.progress.show_share(0.0)
        self.left.clear()
        self.progress.setVisible(running)

    def _show_progress(self, share: float) -> None:
        self.progress.show_share(share)
        self.left.setText(time_left(time.monotonic() - self._since, share))
