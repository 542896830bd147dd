"""The curves of channels under the timeline, and the list of channels in its dock."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDockWidget, QInputDialog, QMainWindow

from studio.document.edits.channels.reduction import BOUND_MM
from studio.ui.curves.editor import ChannelEditor
from studio.ui.curves.mouse import CurveView
from studio.ui.curves.panel import ChannelPanel
from studio.ui.curves.posing import PoseEditor
from studio.ui.desk import Desk
from studio.ui.editing.stack_panel import StackPanel
from studio.ui.kit.forms import open_over

from .stage import Stage

_LEAST_MM, _MOST_MM = 0.001, 10.0


class Curving(QObject):
    """Puts the curves between timeline and playback bar for as long as the dock is there."""

    def __init__(self, stage: Stage, desk: Desk, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.editor = ChannelEditor(desk.document, stage.player, desk.lanes.channels, self)
        self.poses = PoseEditor(self.editor, parent=self)
        self.panel = ChannelPanel(self.editor, self.poses)
        self.view = CurveView(self.editor, stage.timeline)
        self.view.hide()
        stage.add_bar(self.view, over=stage.bar)
        self.editor.previewed.connect(stage.preview_edits)
        self.editor.noticed.connect(desk.notice)
        self.editor.failed.connect(desk.reported)

    def follow(self, dock: QDockWidget, beside: QDockWidget, stack: StackPanel) -> None:
        """Be seen while a dock is there, also behind another one, and change what a stack chooses.

        The list needs height, so it first comes as a tab of the dock that it is put beside.
        """
        stack.chosen_changed.connect(lambda: self.editor.show_place(stack.place))
        shown = dock.toggleViewAction()
        shown.toggled.connect(self.view.setVisible)
        shown.toggled.connect(lambda on: self.editor.set_active(on=on))
        tab_when_shown(self._window, dock, beside)

    def ask_name(self) -> None:
        """Ask under which name the pose at the playhead is kept."""
        self.panel.poses.ask_name()

    def ask_bound(self) -> None:
        """Ask within how many mm the keys of what is seen are reduced."""
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle("Reduce keys")
        dialog.setLabelText("No vertex may move by more than, in mm:")
        dialog.setInputMode(QInputDialog.InputMode.DoubleInput)
        dialog.setDoubleDecimals(3)
        dialog.setDoubleRange(_LEAST_MM, _MOST_MM)
        dialog.setDoubleValue(BOUND_MM)
        dialog.doubleValueSelected.connect(self.editor.reduce)
        open_over(dialog)


def tab_when_shown(window: QMainWindow, dock: QDockWidget, beside: QDockWidget) -> None:
    """Put a dock behind the tabs of another one when it is first shown, unless it is elsewhere.

    Tabs of docks that are hidden would lie outside the window, and still get the keyboard.
    """
    placed = False

    def show(on: bool) -> None:
        nonlocal placed
        free = on and window.isVisible() and beside.isVisible() and not dock.isFloating()
        if free and not placed and not window.tabifiedDockWidgets(dock):
            placed = True
            window.tabifyDockWidget(beside, dock)

    dock.toggleViewAction().toggled.connect(show)
