"""A quiet bar above the view that offers to fit a face of another triangulation."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from studio.ui.kit.strip import Strip

from .service import RegistrationService

_LEAST = 300  # pixels of the words beside the buttons


class OfferBar(Strip):
    """Says what the service offers of the clip on show; hidden where that is nothing.

    Parameters
    ----------
    open_assistant
        Shows the assistant for the clip on show.
    """

    def __init__(
        self,
        service: RegistrationService,
        open_assistant: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.service, self._open = service, open_assistant
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.line = QLabel(wordWrap=True)  # what helps stands at the end of a sentence
        self.line.setTextFormat(Qt.TextFormat.PlainText)
        self.fit = _button("Fit to the studio's face", "Find its landmarks and fit it")
        self.points = _button("Set points…", "Say where its eyes, nose and mouth are")
        self.cancel = _button("Cancel", "Stop fitting; it can still be looked at")
        self.later = _button("Not now", "Look at it only; the Edit menu fits it later")
        self._rows, self._verbs = QBoxLayout(QBoxLayout.Direction.LeftToRight, self), QHBoxLayout()
        self._rows.setContentsMargins(14, 5, 8, 5)
        self._rows.setSpacing(8)
        self._rows.addWidget(self.line, stretch=1)
        self._rows.addLayout(self._verbs)
        for button in (self.fit, self.points, self.cancel, self.later):
            self._verbs.addWidget(button)
        self.fit.clicked.connect(self._fit)
        self.points.clicked.connect(lambda: self._open())
        self.cancel.clicked.connect(service.stop)
        self.later.clicked.connect(self._put_off)
        service.changed.connect(self._show)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the words above the buttons where they had no room beside them."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        beside = self.width() - self._verbs.sizeHint().width() >= _LEAST
        way = QBoxLayout.Direction
        self._rows.setDirection(way.LeftToRight if beside else way.TopToBottom)

    @property
    def _clip(self) -> str | None:
        return self.service.document.state.current

    def _fit(self) -> None:
        if self._clip is not None:
            self.service.fit(self._clip)

    def _put_off(self) -> None:
        if self._clip is not None:
            self.service.put_off(self._clip)

    def _show(self) -> None:
        offer = self.service.offer
        self.line.setText(offer.words)
        fitting = offer.state == "fitting"
        self.fit.setVisible(offer.state == "offered")
        self.cancel.setVisible(fitting)
        self.points.setVisible(not fitting)
        self.later.setVisible(not fitting)
        self._arrange()
        self.setVisible(offer.state != "none")


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
