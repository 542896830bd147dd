"""A ring around the control that has the keyboard, which can be seen in both themes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFocusFrame,
    QProxyStyle,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QWidget,
)
from shiboken6 import isValid

WIDTH = 2  # pixels, around the control


class _Above(QProxyStyle):
    """Has a ring lie over what is beside its control, and not under."""

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returned: QStyleHintReturn | None = None,
    ) -> int:
        if hint == QStyle.StyleHint.SH_FocusFrame_AboveWidget:
            return 1
        return super().styleHint(hint, option, widget, returned)

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        margins = (QStyle.PixelMetric.PM_FocusFrameHMargin, QStyle.PixelMetric.PM_FocusFrameVMargin)
        return WIDTH if metric in margins else super().pixelMetric(metric, option, widget)


class Ring(QFocusFrame):
    """The ring itself."""

    def __init__(self, control: QWidget) -> None:
        super().__init__(control.window())
        self._style = _Above("Fusion")
        self.setStyle(self._style)
        self.setWidget(control)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Link), WIDTH))
        inset = WIDTH / 2
        painter.drawRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))


class FocusRing(QObject):
    """Puts the ring around the focused control of a window and of its dialogs.

    It stays away from what the mouse has just pressed on, whose place the user knows, and from
    what Tab does not reach.

    Parameters
    ----------
    window
        The window whose controls it goes around.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.ring: Ring | None = None
        # A page that scrolls brings the control into view after it has got the focus.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def _follow(self, _old: QWidget | None, _now: QWidget | None) -> None:
        if self.ring is not None and isValid(self.ring):
            self.ring.deleteLater()
            self.ring.hide()
        self.ring = None
        self._soon.stop()
        if QApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self._soon.start()

    def _show(self) -> None:
        now = QApplication.focusWidget()
        if now is not None and self._owns(now) and _reached_by_tab(now):
            self.ring = Ring(now)

    def _owns(self, control: QWidget) -> bool:
        place: QWidget | None = control
        while place is not None and place is not self._window:
            place = place.parentWidget()
        return place is not None


def _reached_by_tab(control: QWidget) -> bool:
    return bool(control.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
