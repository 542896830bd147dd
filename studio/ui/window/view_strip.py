"""The tools of the 3D view, in a slim column beside it, or in several where it is low.

Beside and not on it: there they hide nothing of the face, whatever the size of the window, and
no frame has to be composed with them.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from studio.ui.kit.icons import icon
from studio.ui.menus.hints import KeyHint
from studio.ui.menus.registry import Registry

_ICON = 18
# No room for the little triangle that says that a button opens a menu; the tooltip says so.
_STYLE = "QToolButton::menu-indicator { image: none; } QToolButton { padding: 3px; }"


class ViewStrip(QWidget):
    """Every button is an entry of the menus, or one of their menus, so that both always agree."""

    def __init__(self, registry: Registry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._registry = registry
        self.setAccessibleName("Tools of the 3D view")
        self.setStyleSheet(_STYLE)
        self._tools: list[QToolButton] = []
        self._columns = 0
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(3, 6, 3, 6)
        self._layout.setSpacing(2)
        self.camera = self._add_menu("camera", "view.camera", "Look from a side")
        sides = ("front", "three-quarter left", "left", "top")
        KeyHint(registry, self.camera, *(f"view.camera.{side}" for side in sides))
        self.orthographic = self._add("orthographic", "view.orthographic")
        self.fit = self._add("fit", "view.fit")
        self.turntable = self._add("turntable", "view.turntable")
        self.shading = self._add_menu("shading", "view.shading", "Shading")
        KeyHint(registry, self.shading, "view.next_shading", words="{} for the next")
        self.parts = self._add_menu("parts", "view.parts", "Parts of the face")
        self.landmarks = self._add("landmarks", "view.landmarks")
        self.edit_landmarks = self._add("edit-landmarks", "edit.landmarks")
        self.heat_map = self._add("heat", "view.heat_map")
        self.compare = self._add_menu("compare", "view.compare_with", "Compare with another clip")
        self.picture = self._add("picture", "file.picture")
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """Ask for no height: what a column has no room for begins another."""
        return QSize(super().minimumSizeHint().width(), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Spread the tools over as many columns as the height makes necessary."""
        margins = self._layout.contentsMargins()
        room = self.height() - margins.top() - margins.bottom()
        high = max(tool.sizeHint().height() for tool in self._tools) + self._layout.spacing()
        rows = max(room // high, 1)
        columns = -(-len(self._tools) // rows)
        if columns == self._columns:
            return
        self._columns, rows = columns, -(-len(self._tools) // columns)
        for row in range(self._layout.rowCount()):
            self._layout.setRowStretch(row, 0)
        for place, tool in enumerate(self._tools):
            self._layout.addWidget(tool, place % rows, place // rows)
        self._layout.setRowStretch(rows, 1)

    def _add(self, drawing: str, action_id: str) -> QToolButton:
        """Add a button that is an entry of a menu."""
        entry = self._registry[action_id]
        entry.setIcon(icon(drawing))
        button = self._button(entry.record.name)
        button.setDefaultAction(entry)
        return button

    def _add_menu(self, drawing: str, menu_id: str, tip: str) -> QToolButton:
        """Add a button that opens a menu, and can be pressed when the menu can be opened."""
        button, menu = self._button(tip), self._registry.menu(menu_id)
        button.setIcon(icon(drawing))
        button.setToolTip(tip)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        entry = menu.menuAction()
        entry.changed.connect(lambda: button.setEnabled(entry.isEnabled()))
        button.setEnabled(entry.isEnabled())
        return button

    def _button(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setIconSize(QSize(_ICON, _ICON))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(name)
        self._tools.append(button)
        return button
