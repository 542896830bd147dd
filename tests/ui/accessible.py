"""What a control must have so that it can be found, understood and reached without a mouse."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QDockWidget,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTextBrowser,
    QTextEdit,
    QWidget,
)

_FIELDS = (QComboBox, QAbstractSpinBox, QAbstractSlider, QLineEdit, QAbstractItemView)
_INTERACTIVE = (QAbstractButton, *_FIELDS, QTextEdit, QPlainTextEdit)
_PARTS_OF = (QComboBox, QAbstractSpinBox, QLineEdit, QTabBar, QMenuBar, QDockWidget)
LONGEST_WAY = 300


def controls(root: QWidget) -> list[QWidget]:
    """The controls below a window or dialog, without the inner parts of Qt's own widgets."""
    found = [one for one in root.findChildren(QWidget) if isinstance(one, _INTERACTIVE)]
    return [
        one
        for one in found
        if not isinstance(one, QScrollBar | QHeaderView)
        and one.window() is root
        and not _is_part(one)
    ]


def name_of(control: QWidget) -> str:
    """What a screen reader says: the name given, the text of a button, or the label's."""
    if control.accessibleName():
        return control.accessibleName()
    if isinstance(control, QAbstractButton) and control.text():
        return control.text()
    labels = control.window().findChildren(QLabel)
    return next((label.text() for label in labels if label.buddy() is control), "")


def describe(control: QWidget) -> str:
    """The control in a message: its class, its text, and where it stands."""
    text = name_of(control) or (control.text() if hasattr(control, "text") else "")
    return f"{type(control).__name__} {text!r} in {type(control.parentWidget()).__name__}"


def nameless(root: QWidget) -> list[str]:
    return [
        f"{describe(one)} has no name: setAccessibleName, or a QLabel with setBuddy"
        for one in controls(root)
        if not name_of(one).strip()
    ]


def without_tip(root: QWidget) -> list[str]:
    """Fields, and buttons that show no text, must say in a tooltip what they do."""
    return [
        f"{describe(one)} says nothing: setToolTip with what it does and its key"
        for one in controls(root)
        if not one.toolTip().strip() and not (isinstance(one, QAbstractButton) and one.text())
    ]


def shared_letters(root: QWidget) -> list[str]:
    """Texts that answer to the same Alt key, folded parts of the window included."""
    texts = [one.text() for one in root.findChildren(QLabel) if one.buddy()]
    texts += [one.text() for one in root.findChildren(QAbstractButton)]
    texts += [one.text() for bar in root.findChildren(QMenuBar) for one in bar.actions()]
    owners: dict[str, list[str]] = {}
    for text in texts:
        letter = QKeySequence.mnemonic(text).toString()
        if letter:
            owners.setdefault(letter, []).append(text)
    return [f"{letter}: {' and '.join(own)}" for letter, own in owners.items() if len(own) > 1]


def unreached(root: QWidget) -> list[str]:
    """Controls that can be seen and used, but that the Tab key passes by."""
    root.activateWindow()
    wanted = [one for one in controls(root) if one.isVisible() and one.isEnabled()]
    if not wanted:
        return []
    reached = _tabbed(root, wanted[0])
    return [
        f"{describe(one)} is not reached by Tab: setFocusPolicy(Qt.FocusPolicy.TabFocus)"
        for one in wanted
        if one not in reached and one.focusProxy() not in reached and not _by_arrows(one, reached)
    ]


def _tabbed(root: QWidget, start: QWidget) -> set[QWidget]:
    if root.focusWidget() is None:
        start.setFocus()
    reached: set[QWidget] = set()
    for _ in range(LONGEST_WAY):
        at = QApplication.focusWidget()
        if at is None or at in reached:
            break
        reached.add(at)
        # Tab goes from link to link of a page before it leaves it.
        for _ in range(LONGEST_WAY if isinstance(at, QTextBrowser) else 1):
            QTest.keyClick(at, Qt.Key.Key_Tab)
            if QApplication.focusWidget() is not at:
                break
    return reached


def _by_arrows(control: QWidget, reached: set[QWidget]) -> bool:
    """One of several buttons of which one is chosen: Tab reaches that one."""
    if not isinstance(control, QAbstractButton) or not control.isCheckable():
        return False
    group = control.group()
    if group is not None and group.exclusive():
        return any(button in reached for button in group.buttons())
    if not control.autoExclusive():
        return False
    beside = control.parentWidget().findChildren(QAbstractButton)
    return any(button in reached for button in beside if button.autoExclusive())


def _is_part(control: QWidget) -> bool:
    if control.objectName().startswith("qt_"):
        return True
    above = control.parentWidget()
    while above is not None:
        if isinstance(above, _PARTS_OF) and not _holds(above, control):
            return True
        above = above.parentWidget()
    return False


def _holds(above: QWidget, control: QWidget) -> bool:
    """A dock's content is the window's own; the dock's own buttons are Qt's."""
    if not isinstance(above, QDockWidget):
        return False
    content = above.widget()
    return content is not None and (content is control or content.isAncestorOf(control))


def is_standard(button: QWidget) -> bool:
    """Whether Qt wrote the button's text itself."""
    box = button.parentWidget()
    if not isinstance(box, QDialogButtonBox) or not isinstance(button, QAbstractButton):
        return False
    return box.standardButton(button) != QDialogButtonBox.StandardButton.NoButton
