"""A user who does anything at all, by what a user has: menus, keys, the mouse, drops, dialogs.

Each step draws from a generator of its own, so that what one step does hangs on the seed and
the step alone and not on how many draws went before; only the pace of the background jobs is
left to chance.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QThread, QTimer, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QFileDialog,
    QLineEdit,
    QMenu,
    QWidget,
)

from studio.ui.clips.list_view import MIME
from studio.ui.window.main_window import MainWindow

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
K = Qt.Key
KEYS = (
    *((key, NONE) for key in (K.Key_Space, K.Key_Left, K.Key_Right, K.Key_Home, K.Key_End)),
    *((key, NONE) for key in (K.Key_I, K.Key_O, K.Key_L, K.Key_G, K.Key_D, K.Key_R, K.Key_N)),
    *((key, NONE) for key in (K.Key_Tab, K.Key_Return, K.Key_Escape, K.Key_Delete, K.Key_F2)),
    *((key, NONE) for key in (K.Key_5, K.Key_W, K.Key_M, K.Key_T, K.Key_X, K.Key_C, K.Key_S)),
    *((key, NONE) for key in (K.Key_Up, K.Key_Down, K.Key_PageUp, K.Key_PageDown, K.Key_Backspace)),
    *((key, CTRL) for key in (K.Key_Z, K.Key_C, K.Key_V, K.Key_A, K.Key_D, K.Key_R, K.Key_W)),
    *((key, CTRL | SHIFT) for key in (K.Key_Z, K.Key_Return, K.Key_C)),
    *((key, ALT) for key in (K.Key_Up, K.Key_Down)),
    *((K.Key_I, SHIFT), (K.Key_Tab, SHIFT), (K.Key_Return, CTRL)),
)
QUIT = "quit"  # the one entry that ends the run


class Links(QObject):
    """Takes the links that would start programs outside."""

    @Slot(QUrl)
    def swallow(self, _url: QUrl) -> None:
        """Nothing is opened."""


class Monkey:
    """Acts on a window; `trail` says what it did.

    offered : files and folders it opens and drops, good and bad
    folder : where it saves to
    """

    def __init__(self, window: MainWindow, seed: int, offered: list[Path], folder: Path) -> None:
        self.window, self.seed = window, seed
        self.offered, self.folder = offered, folder
        self.trail: list[str] = []
        self.chance = random.Random(seed)
        self._links = Links(window)
        for scheme in ("file", "http", "https"):
            QDesktopServices.setUrlHandler(scheme, self._links, "swallow")
        # A dialog that is run holds the step that opened it, so a timer answers.
        self._answering = QTimer(window, interval=20)
        self._answering.timeout.connect(self._look_for_questions)
        self._answering.start()
        self._questions = random.Random(-seed)

    def close(self) -> None:
        self._answering.stop()
        for scheme in ("file", "http", "https"):
            QDesktopServices.unsetUrlHandler(scheme)

    def step(self, number: int) -> None:
        """Do one thing; what it was is the last of the trail."""
        self.chance = random.Random(f"{self.seed}:{number}")
        self._questions = random.Random(f"{self.seed}:{number}:answer")
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if popup is not None:
            self._use_popup(popup)
        elif modal is not None:
            self._use_dialog(modal)
        else:
            own = [one for one in self._dialogs() if self.chance.random() < 0.5]
            if own:
                self._use_dialog(own[-1])
            else:
                self._use_window()

    def _dialogs(self) -> list[QDialog]:
        return [one for one in self.window.findChildren(QDialog) if one.isVisible()]

    def say(self, words: str) -> None:
        self.trail.append(words)

    # What there is to do

    def _use_window(self) -> None:
        acts: list[tuple[Callable[[], None], int]] = [
            (self.menu, 8),
            (self.key, 6),
            (self.scrub, 4),
            (self.wheel, 2),
            (self.turn_view, 2),
            (lambda: self.press_button(self.window), 5),
            (lambda: self.fill_in(self.window), 5),
            (self.choose_row, 3),
            (self.reorder, 2),
            (self.context_menu, 1),
            (self.open_or_drop, 4),
            (self.generate, 4),
            (self.cancel, 2),
            (self.undo_or_redo, 4),
            (self.close_dock, 1),
            (self.autosave, 1),
        ]
        act = self.chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        act()

    def menu(self) -> None:
        """Trigger an entry of the menu bar that is enabled."""
        entries = [one for one in leaves(self.window) if not plain(one).lower().startswith(QUIT)]
        entry = self.chance.choice(entries)
        self.say(f"menu {plain(entry)}")
        entry.trigger()

    def key(self) -> None:
        key, modifiers = self.chance.choice(KEYS)
        target = QApplication.focusWidget() or self.window
        self.say(f"key {key.name} {modifiers.name} on {name_of(target)}")
        QTest.keyClick(target, key, modifiers)

    def scrub(self) -> None:
        stage, timeline = self.window.stage, self.window.stage.timeline
        rows = [one for one in (stage.keys, self.window.comparing.track) if one.isVisible()]
        button = self.chance.choice([LEFT, LEFT, LEFT, Qt.MouseButton.MiddleButton])
        target = self.chance.choice([timeline, *rows])
        self._drag(target, button, name_of(target))
        if self.chance.random() < 0.2:
            self.say("double click")
            QTest.mouseDClick(timeline, LEFT, NONE, self._point(timeline))

    def wheel(self) -> None:
        view = self.window.stage.viewport
        places = [self.window.stage.timeline, *([view.view] if view is not None else [])]
        target = self.chance.choice(places)
        turn = self.chance.choice([-240, -120, 120, 240])
        at = QPointF(self._point(target))
        self.say(f"wheel {turn} on {name_of(target)}")
        event = QWheelEvent(
            at,
            target.mapToGlobal(at),
            QPoint(),
            QPoint(0, turn),
            Qt.MouseButton.NoButton,
            self.chance.choice([NONE, SHIFT]),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(target, event)

    def turn_view(self) -> None:
        view = self.window.stage.viewport
        if view is not None and view.view is not None and view.isVisible():
            button = self.chance.choice([LEFT, Qt.MouseButton.MiddleButton])
            self._drag(view.view, button, "view")
        else:
            self.say("no view to turn")

    def press_button(self, inside: QWidget) -> None:
        buttons = [
            one
            for one in inside.findChildren(QAbstractButton)
            if one.isVisible() and one.isEnabled() and one.window() is inside.window()
        ]
        if buttons:
            button = self.chance.choice(buttons)
            self.say(f"press {name_of(button)}")
            button.click()

    def fill_in(self, inside: QWidget) -> None:
        """Type into a field, move a slider, or choose from a list."""
        kinds = (QAbstractSpinBox, QAbstractSlider, QComboBox, QLineEdit)
        fields = [
            one
            for one in inside.findChildren(QWidget)
            if isinstance(one, kinds)
            and one.isVisible()
            and one.isEnabled()
            and one.window() is inside.window()
            and not isinstance(one.parent(), QAbstractSpinBox)
        ]
        if not fields:
            return
        field = self.chance.choice(fields)
        if isinstance(field, QAbstractSlider | QComboBox):
            keys = [self.chance.choice([K.Key_Up, K.Key_Down, K.Key_Home]) for _ in range(3)]
            self.say(f"keys {[key.name for key in keys]} on {name_of(field)}")
            for key in keys:
                QTest.keyClick(field, key)
            return
        text = self.chance.choice(["7", "0", "999999", "-3", "1.25", "smile 2", "a/b", "1-5"])
        self.say(f"type {text!r} into {name_of(field)}")
        field.setFocus()
        QTest.keyClick(field, K.Key_A, CTRL)
        QTest.keyClicks(field, text)
        QTest.keyClick(field, self.chance.choice([K.Key_Return, K.Key_Tab]))

    def choose_row(self) -> None:
        rows = self.window.clips.list
        if rows.count():
            item = rows.item(self.chance.randrange(rows.count()))
            modifiers = self.chance.choice([NONE, NONE, CTRL, SHIFT])
            where = rows.visualItemRect(item).center()
            self.say(f"row {item.text()} {modifiers.name}")
            QTest.mouseClick(rows.viewport(), LEFT, modifiers, where)

    def reorder(self) -> None:
        """Drop the chosen rows somewhere else in the list."""
        rows = self.window.clips.list
        data = QMimeData()
        data.setData(MIME, "\n".join([rows._sender(), *rows.chosen_ids()]).encode())
        at = QPointF(self._point(rows.viewport()))
        self.say(f"drop rows at {at.y():.0f}")
        move = Qt.DropAction.MoveAction
        QApplication.sendEvent(rows.viewport(), QDropEvent(at, move, data, LEFT, NONE))

    def context_menu(self) -> None:
        place = self.chance.choice([self.window.stage.timeline, self.window.clips.list.viewport()])
        self.say(f"menu of {name_of(place)}")
        QTest.mouseClick(place, Qt.MouseButton.RightButton, NONE, self._point(place))

    def open_or_drop(self) -> None:
        paths = self.chance.sample(self.offered, self.chance.choice([1, 1, 1, 2]))
        names = ", ".join(path.name for path in paths)
        if self.chance.random() < 0.5:
            self.say(f"open {names}")
            self.window.open_paths(paths)
            return
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        self.say(f"drop {names}")
        at, copy = QPointF(self._point(self.window)), Qt.DropAction.CopyAction
        QApplication.sendEvent(self.window, QDropEvent(at, copy, data, LEFT, NONE))

    def generate(self) -> None:
        self.say("generate")
        self.window.generation.generate.click()

    def cancel(self) -> None:
        busy = [job for job in self.window.status.jobs.values() if job.isVisible()]
        if busy:
            job = self.chance.choice(busy)
            self.say(f"stop {job.title.text()}")
            job.stop.click()
        else:
            self.say("cancel")
            self.window.generation.cancel.click()

    def undo_or_redo(self) -> None:
        action = self.window.registry[self.chance.choice(["edit.undo", "edit.undo", "edit.redo"])]
        self.say(plain(action))
        action.trigger()

    def close_dock(self) -> None:
        dock = self.chance.choice(self.window.findChildren(QDockWidget))
        self.say(f"{'close' if dock.isVisible() else 'show'} {dock.objectName()}")
        dock.setVisible(not dock.isVisible())

    def autosave(self) -> None:
        self.say("autosave")
        self.window.session.autosaving.save()

    # Dialogs and menus that are open

    def _use_popup(self, popup: QWidget) -> None:
        key = self.chance.choice([K.Key_Escape, K.Key_Down, K.Key_Down, K.Key_Return])
        at = popup.activeAction() if isinstance(popup, QMenu) else None
        if key == K.Key_Return and at is not None and plain(at).lower().startswith(QUIT):
            key = K.Key_Escape
        self.say(f"key {key.name} in a menu")
        QTest.keyClick(popup, key)

    def _use_dialog(self, dialog: QWidget) -> None:
        name, draw = type(dialog).__name__, self.chance.random()
        if draw < 0.3:
            self.say(f"Escape in {name}")
            QTest.keyClick(dialog, K.Key_Escape)
        elif draw < 0.5:
            key = self.chance.choice([K.Key_Tab, K.Key_Return, K.Key_Space, K.Key_Down, K.Key_3])
            self.say(f"key {key.name} in {name}")
            QTest.keyClick(dialog.focusWidget() or dialog, key)
        elif draw < 0.8:
            self.fill_in(dialog)
        else:
            self.press_button(dialog)

    def _look_for_questions(self) -> None:
        if QThread.currentThread().loopLevel() > 0:
            # Apart from this timer, which would not fire again while an answer asks more.
            QTimer.singleShot(0, self._answer)

    def _answer(self) -> None:
        if QThread.currentThread().loopLevel() == 0:
            return
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if isinstance(popup, QMenu):
            popup.close()
        elif isinstance(modal, QFileDialog):
            self._choose_file(modal)
        elif modal is not None:
            buttons = [one for one in modal.findChildren(QAbstractButton) if one.isVisible()]
            if buttons and self._questions.random() < 0.7:
                button = self._questions.choice(buttons)
                self.say(f"answer {name_of(button)}")
                button.click()
            else:
                self.say(f"Escape in {type(modal).__name__}")
                QTest.keyClick(modal, K.Key_Escape)

    def _choose_file(self, dialog: QFileDialog) -> None:
        saving = dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
        draw = self._questions.random()
        if draw < 0.3:
            self.say("no file")
            dialog.reject()
            return
        path = self._questions.choice(self.offered)
        if dialog.fileMode() == QFileDialog.FileMode.Directory:
            path = self._questions.choice([one for one in self.offered if one.is_dir()])
        if saving:
            path = self.folder / f"saved{self._questions.randrange(3)}"
        self.say(f"file {path.name}")
        dialog.setDirectory(str(path.parent))
        dialog.selectFile(path.name)
        dialog.accept()
        if dialog.isVisible():
            dialog.reject()

    # The mouse

    def _point(self, widget: QWidget) -> QPoint:
        width, height = max(widget.width(), 1), max(widget.height(), 1)
        return QPoint(self.chance.randrange(width), self.chance.randrange(height))

    def _drag(self, widget: QWidget, button: Qt.MouseButton, name: str) -> None:
        points = [self._point(widget) for _ in range(self.chance.randint(2, 4))]
        self.say(f"drag on {name} from {points[0].toTuple()} to {points[-1].toTuple()}")
        QTest.mousePress(widget, button, NONE, points[0])
        for point in points:
            QTest.mouseMove(widget, point)
        QTest.mouseRelease(widget, button, NONE, points[-1])


def leaves(window: MainWindow) -> list[QAction]:
    """Every entry of the menu bar that can be chosen now."""
    return [one for menu in window.menuBar().actions() for one in _below(menu)]


def _below(action: QAction) -> Iterator[QAction]:
    menu = action.menu()
    if not action.isEnabled() or action.isSeparator() or not action.isVisible():
        return
    if isinstance(menu, QMenu):
        menu.aboutToShow.emit()
        for entry in menu.actions():
            yield from _below(entry)
    else:
        yield action


def plain(action: QAction) -> str:
    return action.text().replace("&", "")


def name_of(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return f"{type(widget).__name__} {text or widget.accessibleName() or widget.objectName()}"
