"""The tools of the 3D view, in a slim column beside it.

Beside and not on it: there they hide nothing of the face, whatever the size of the window, and
no frame has to be composed with them.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from studio.ui.kit.view_icons import view_icon
from studio.ui.menus.view import ViewMenu

_ICON = 18
# No room for the little triangle that says that a button opens a menu; the tooltip says so.
_STYLE = "QToolButton::menu-indicator { image: none; } QToolButton { padding: 3px; }"


class ViewStrip(QWidget):
    """Every button is an entry of the menus, or one of their menus, so that both always agree."""

    def __init__(
        self,
        entries: ViewMenu,
        picture: QAction,
        edit_landmarks: QAction,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName("Tools of the 3D view")
        self.setStyleSheet(_STYLE)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(3, 6, 3, 6)
        self._layout.setSpacing(2)
        self.camera = self._add_menu("camera", entries.cameras, "Look from a side (1, 2, 3, 7)")
        self.orthographic = self._add("orthographic", entries.orthographic)
        self.fit = self._add("fit", entries.fit)
        self.turntable = self._add("turntable", entries.turntable)
        self._gap()
        self.shading = self._add_menu("shading", entries.surfaces, "Shading (W for the next)")
        self.parts = self._add_menu("parts", entries.parts_menu, "Parts of the face")
        self.landmarks = self._add("landmarks", entries.landmarks)
        self.edit_landmarks = self._add("edit landmarks", edit_landmarks)
        self.heat_map = self._add("heat", entries.heat_map)
        self._gap()
        self.compare = self._add_menu("compare", entries.compare, "Compare with another clip")
        self.picture = self._add("picture", picture)
        self._layout.addStretch(1)

    def _add(self, icon: str, action: QAction) -> QToolButton:
        """A button that is an entry of a menu."""
        action.setIcon(view_icon(icon))
        action.setIconVisibleInMenu(False)
        name = action.text().replace("&", "").rstrip("…")
        key = action.shortcut().toString()
        action.setToolTip(f"{name} ({key})" if key else name)
        button = self._button(name)
        button.setDefaultAction(action)
        return button

    def _add_menu(self, icon: str, menu: QMenu, tip: str) -> QToolButton:
        """A button that opens a menu, and can be pressed when the menu can be opened."""
        button = self._button(tip.split(" (")[0])
        button.setIcon(view_icon(icon))
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
        self._layout.addWidget(button)
        return button

    def _gap(self) -> None:
        self._layout.addSpacing(8)
