"""Controls of how probabilities are shown: lines or areas, threshold, smoothing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QLabel, QToolButton, QWidget

from studio.ui.kit.icons import icon
from studio.ui.settings.curves import MOST_SECONDS, MOST_THRESHOLD

from .curve_display import CurveDisplay, CurveLook


class ShapeButton(QToolButton):
    """In the corner of the timeline: shows lines instead of areas, or areas instead of lines."""

    def __init__(self, curves: CurveDisplay, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves = curves
        self.setAutoRaise(True)
        self.setFixedSize(24, 20)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._switch)
        curves.look_changed.connect(self._show)
        self._show(curves.look)

    def _switch(self) -> None:
        stacked = self.curves.look.shape == "stacked"
        self.curves.set_shape("lines" if stacked else "stacked")

    def _show(self, look: CurveLook) -> None:
        stacked = look.shape == "stacked"
        text = "Show a line a label" if stacked else "Show areas that add up to 100 %"
        self.setIcon(icon("lines" if stacked else "areas"))
        self.setToolTip(text)
        self.setAccessibleName(text)


class CurveControls(QWidget):
    """Threshold and smoothing, both for the eye alone."""

    def __init__(self, curves: CurveDisplay, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves = curves
        self.threshold = QDoubleSpinBox(suffix=" %", decimals=0, singleStep=5)
        self.threshold.setRange(0, 100 * MOST_THRESHOLD)
        self.threshold.setSpecialValueText("off")
        self.threshold.setToolTip(
            "A frame whose likeliest label stays below this reads “uncertain”"
        )
        self.seconds = QDoubleSpinBox(suffix=" s", decimals=2, singleStep=0.1)
        self.seconds.setRange(0, MOST_SECONDS)
        self.seconds.setSpecialValueText("off")
        self.seconds.setToolTip("Bars and curves show the mean over this many seconds")
        self.window_place = QComboBox()
        self.window_place.addItem("around each frame", True)
        self.window_place.addItem("before each frame", False)
        self.window_place.setToolTip(
            "Around looks ahead and keeps peaks in place; before shows what was known by then"
        )
        self._name_controls()
        self._arrange()
        self._show(curves.look)
        curves.look_changed.connect(self._show)
        self.threshold.valueChanged.connect(lambda value: curves.set_threshold(value / 100))
        self.seconds.valueChanged.connect(lambda _value: self._smooth())
        self.window_place.currentIndexChanged.connect(lambda _place: self._smooth())

    def _name_controls(self) -> None:
        self.threshold.setAccessibleName("Uncertain below, per cent")
        self.seconds.setAccessibleName("Smoothing, seconds")
        self.window_place.setAccessibleName("What is averaged")
        for part in (self.threshold, self.seconds):
            part.setKeyboardTracking(False)

    def _arrange(self) -> None:
        self.form = form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Uncertain below", self.threshold)
        form.addRow("Smooth over", self.seconds)
        form.addRow("Average", self.window_place)
        note = QLabel("For the eye alone: verdict and exports keep the raw numbers.")
        note.setWordWrap(True)
        note.setForegroundRole(note.palette().ColorRole.PlaceholderText)
        form.addRow(note)

    def _smooth(self) -> None:
        self.window_place.setEnabled(self.seconds.value() > 0)
        centered = bool(self.window_place.currentData())
        self.curves.set_smoothing(self.seconds.value(), centered=centered)

    def _show(self, look: CurveLook) -> None:
        parts = (self.threshold, self.seconds, self.window_place)
        blocked = [part.blockSignals(True) for part in parts]
        self.threshold.setValue(100 * look.threshold)
        self.seconds.setValue(look.seconds)
        self.window_place.setCurrentIndex(0 if look.centered else 1)
        self.window_place.setEnabled(look.seconds > 0)
        for part, was in zip(parts, blocked, strict=True):
            part.blockSignals(was)
