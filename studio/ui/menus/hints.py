"""Tips of buttons that are no menu entries, with the keys that do the same."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget

from .registry import Registry


class KeyHint(QObject):
    """Puts keys behind the tip of a widget, whatever the tip says and the keys become.

    Where the widget itself is disabled its tip says why, and no key is told.

    Parameters
    ----------
    registry
        Knows the keys.
    widget
        Whose tip it is.
    ids
        The actions whose keys are told, those that have none left out.
    words
        What is said of the keys, with ``{}`` where they go.
    """

    def __init__(self, registry: Registry, widget: QWidget, *ids: str, words: str = "{}") -> None:
        super().__init__(widget)
        self._registry, self._widget, self._ids, self._words = registry, widget, ids, words
        self._tip, self._shown = widget.toolTip(), ""
        widget.installEventFilter(self)
        registry.keys_changed.connect(self._show)
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        tip = self._widget.toolTip()
        if event.type() == QEvent.Type.ToolTipChange and tip != self._shown:
            self._tip = tip
            self._show()
        elif event.type() == QEvent.Type.EnabledChange:
            self._show()
        return False

    def _show(self) -> None:
        keys = [key for one in self._ids for key in self._registry[one].keys[:1]]
        off = self._widget.testAttribute(Qt.WidgetAttribute.WA_ForceDisabled)
        hint = f" ({self._words.format(', '.join(keys))})" if keys and not off else ""
        self._shown = f"{self._tip}{hint}"
        self._widget.setToolTip(self._shown)
