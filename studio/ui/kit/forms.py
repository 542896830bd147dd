"""What the dialogs are laid out with: titled rows, sections, and a page that scrolls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QContextMenuEvent, QDesktopServices, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QLabel,
    QLayout,
    QMenu,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from studio.core.parameters import Parameter, Value
from studio.core.request import Range

from .plain import plain_labels
from .scrolling import calm_wheel, narrow_combo

WIDEST, HIGHEST = 900, 640  # of a dialog, in a window of 1280 by 720
TITLE = 36  # pixels that a system may put above a window, which is not known before it is shown


class Form(QFormLayout):
    """Titles on the left, fields on the right, under headings."""

    def __init__(self) -> None:
        super().__init__(horizontalSpacing=16, verticalSpacing=8)
        self.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def add_section(self, title: str) -> None:
        """Put a heading above the fields that follow."""
        label = QLabel(title)
        font = label.font()
        font.setBold(True)
        label.setFont(font)
        label.setContentsMargins(0, 10 if self.rowCount() else 0, 0, 0)
        self.addRow(label)

    def add_field(self, title: str, field: QWidget, tip: str, row: QLayout | None = None) -> None:
        """Add a field with a title that names it to screen readers; its Alt key jumps to it.

        Parameters
        ----------
        row
            The layout that holds the field where other controls stand beside it.
        """
        label = _label_of(title, field, tip)
        if row is None:
            self.addRow(label, field)
        else:
            self.addRow(label, row)

    def insert_field(self, place: int, title: str, field: QWidget, tip: str) -> None:
        """Add a field as `add_field` does, before the row that is at the place now."""
        self.insertRow(place, _label_of(title, field, tip), field)


def _label_of(title: str, field: QWidget, tip: str) -> QLabel:
    label = QLabel(title)
    label.setBuddy(field)
    for part in (label, field):
        part.setToolTip(tip)
    field.setAccessibleName(title.replace("&", ""))
    return label


def whole_box(allowed: Range) -> QSpinBox:
    """Make a field for the whole numbers of a range."""
    return QSpinBox(minimum=int(allowed.low), maximum=int(allowed.high))


def number_box(allowed: Range, *, decimals: int, step: float) -> QDoubleSpinBox:
    """Make a field for the numbers of a range.

    Parameters
    ----------
    decimals
        How many are shown.
    step
        How far a press of an arrow goes.
    """
    box = QDoubleSpinBox(decimals=decimals, singleStep=step)
    box.setRange(allowed.low, allowed.high)
    return box


ParameterField = QComboBox | QDoubleSpinBox | QCheckBox


def parameter_field(parameter: Parameter) -> ParameterField:
    """Make the field in which a parameter is told: a list, a number or a switch."""
    field: ParameterField
    if parameter.choices:
        field = QComboBox()
        for choice in parameter.choices:
            field.addItem(choice.title, choice.value)
        narrow_combo(field)
    elif parameter.allowed is None:
        field = QCheckBox()
    else:
        allowed, step = parameter.allowed, parameter.step
        field = number_box(allowed, decimals=_decimals(allowed, step), step=step)
    calm_wheel(field)
    return field


def show_told(field: ParameterField, value: Value | None) -> None:
    """Show a value; where there is none, what was shown stays."""
    if isinstance(field, QComboBox):
        if value is not None:
            field.setCurrentIndex(field.findData(value))
    elif isinstance(field, QCheckBox):
        field.setChecked(bool(value))
    elif isinstance(value, int | float):
        field.setValue(value)


def told_by(field: ParameterField) -> Value:
    """Give the value that is shown."""
    if isinstance(field, QComboBox):
        return str(field.currentData())
    if isinstance(field, QCheckBox):
        return field.isChecked()
    decimals = field.decimals()
    return round(field.value(), decimals) if decimals else int(field.value())


def told_changed(field: ParameterField, tell: Callable[[], object]) -> None:
    """Call whenever another value is shown."""
    if isinstance(field, QComboBox):
        field.currentIndexChanged.connect(lambda _row: tell())
    elif isinstance(field, QCheckBox):
        field.toggled.connect(lambda _on: tell())
    else:
        field.valueChanged.connect(lambda _value: tell())


def _decimals(allowed: Range, step: float) -> int:
    """Count the decimals that show the least number and the step; one at least."""
    if allowed.whole:
        return 0
    return max(1, *(len(f"{one:.6f}".rstrip("0").partition(".")[2]) for one in (allowed.low, step)))


def choices(names: Mapping[str, str], chosen: str) -> QComboBox:
    """Make a box of values by their names; the first where the chosen one is not among them."""
    box = QComboBox()
    offer(box, names, chosen)
    return box


def offer(box: QComboBox, names: Mapping[str, str], chosen: str) -> None:
    """Offer other choices; the first where the chosen one is not among them."""
    box.clear()
    for value, name in names.items():
        box.addItem(name, value)
    box.setCurrentIndex(max(box.findData(chosen), 0))


def quiet(text: str = "") -> QLabel:
    """Make a label that stands back, and wraps."""
    label = QLabel(text, wordWrap=True)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label


def make_or_cancel(verb: str) -> tuple[QDialogButtonBox, QPushButton]:
    """Make the foot of a dialog that makes a clip, and the button that does it."""
    buttons = QDialogButtonBox()
    make = buttons.addButton(verb, QDialogButtonBox.ButtonRole.AcceptRole)
    make.setProperty("accent", True)
    make.setMinimumSize(90, 30)
    make.setToolTip("Make the clip; it comes into the list")
    cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
    cancel.setToolTip("Close this; nothing is made")
    return buttons, make


def stack(dialog: QWidget, form: Form, *parts: QWidget) -> None:
    """Lay a small dialog out: the form, and below it the rest."""
    layout = QVBoxLayout(dialog)
    layout.setSpacing(12)
    layout.addLayout(form)
    for part in parts:
        layout.addWidget(part)
    dialog.setMinimumWidth(420)


def scrolling(content: QWidget) -> QScrollArea:
    """Make a page that scrolls where the screen is too low for it, and takes no Tab stop itself."""
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


def fit(dialog: QWidget, content: QWidget) -> None:
    """Make a dialog as large as its content asks for, within the screen."""
    screen = dialog.screen().availableGeometry()
    hint = content.sizeHint()
    dialog.resize(
        min(hint.width() + 60, WIDEST, screen.width() - 40),
        min(hint.height() + 90, HIGHEST, screen.height() - 60),
    )


def within(window: QRect, screen: QRect) -> QRect:
    """Make and move a window so that all of it, and the title above it, is on the screen."""
    free = screen.adjusted(0, TITLE, 0, 0)
    size = window.size().boundedTo(free.size())
    left = min(max(window.left(), free.left()), free.left() + free.width() - size.width())
    top = min(max(window.top(), free.top()), free.top() + free.height() - size.height())
    return QRect(QPoint(left, top), size)


def open_over(dialog: QDialog) -> None:
    """Show a dialog over its window; it goes when it is closed."""
    plain_labels(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    hand_back(dialog)
    dialog.open()


def open_menu(
    event: QContextMenuEvent,
    over: QWidget,
    actions: Sequence[QAction],
    first: tuple[str, Callable[[], object]] | None = None,
) -> None:
    """Open what the right mouse button offers; the menu goes when it is closed.

    Parameters
    ----------
    event
        What asked for it.
    over
        The widget that it belongs to.
    actions
        What it holds.
    first
        A verb of what lies under the mouse, which comes before these.
    """
    menu = QMenu(over)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if first is not None:
        menu.addAction(*first)
    menu.addActions(actions)
    menu.popup(event.globalPos())


def bring_up(dialog: QDialog) -> None:
    """Show a dialog that may be open already, in front of the window."""
    plain_labels(dialog)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()


def hand_back(dialog: QDialog) -> None:
    """Have the keyboard go, once a dialog closes, to one that is still open, or where it was.

    Systems give it to the window of the dialog, also where that is blocked, or to nobody.
    """
    parent = dialog.parentWidget()
    window = dialog if parent is None else parent.window()
    before = QApplication.activeWindow() or window

    def activate() -> None:
        there = [one for one in (before, window) if isValid(one) and one.isVisible()]
        if there:
            (QApplication.activeModalWidget() or there[0]).activateWindow()

    dialog.finished.connect(lambda _result: QTimer.singleShot(0, window, activate))


def ask(
    window: QWidget,
    question: str,
    told: str,
    *answers: tuple[str, QMessageBox.ButtonRole, str],
    otherwise: str,
    icon: QMessageBox.Icon = QMessageBox.Icon.Question,
) -> str:
    """Ask a question, and wait for one of several answers.

    Parameters
    ----------
    told
        What there is to know about it.
    answers
        The text and the role of a button, and what is returned for it; Return gives the first.
    otherwise
        What is returned for Cancel, which stands beside them.
    """
    box = QMessageBox(icon, "Expression Studio", question, parent=window)
    box.setInformativeText(told)
    given = {box.addButton(text, role): answer for text, role, answer in answers}
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(next(iter(given)))
    plain_labels(box)
    hand_back(box)
    box.exec()
    clicked: object = box.clickedButton()
    return next((answer for button, answer in given.items() if button is clicked), otherwise)


def open_link(link: str) -> None:
    """Have the system open a page, a file or a folder."""
    QDesktopServices.openUrl(QUrl(link))


def readable_bytes(count: float) -> str:
    """Write a size on disk or in memory, in bytes, for people."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
