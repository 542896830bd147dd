"""Forms inside scroll areas: the wheel scrolls, and changes no value by the way."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QWidget


class _Calm(QObject):
    """Passes the wheel on to the scroll area unless the control has the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        turned = event.type() == QEvent.Type.Wheel
        if turned and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def calm_wheel(*controls: QWidget) -> None:
    """Let the wheel turn these only while they have the focus, which it does not give."""
    for control in controls:
        control.installEventFilter(_Calm(control))
        if control.focusPolicy() == Qt.FocusPolicy.WheelFocus:
            control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


def narrow_combo(box: QComboBox) -> None:
    """Let a form be narrower than the longest of the choices."""
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)


NARROWEST = 210  # pixels of a panel; with one on each side, 940 leave the face as much again


class FormScroll(QScrollArea):
    """A form that scrolls where there is no room for it, and may be as narrow as `NARROWEST`."""

    def __init__(self, form: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._form = form
        self.setWidget(form)
        form.installEventFilter(self)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return False

    def _fit(self) -> None:
        bar = self.verticalScrollBar().sizeHint().width()
        self.setMinimumWidth(min(self._form.minimumSizeHint().width() + bar, NARROWEST))
