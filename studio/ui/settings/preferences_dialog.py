"""The preferences: what is chosen takes effect at once and is remembered."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from studio.core.timing import FASTEST, SLOWEST
from studio.ui.kit.bind import bind
from studio.ui.kit.forms import Form, fit, scrolling
from studio.ui.kit.theme import THEMES

from .cache_row import CacheRow
from .preferences import DEVICES, UNITS
from .settings import Settings


def device_names() -> dict[str, str]:
    """Name the devices as people call them."""
    words = ("Automatic", "NVIDIA GPU (CUDA)", "Apple GPU", "CPU")
    return dict(zip(DEVICES, words, strict=True))


def theme_names() -> dict[str, str]:
    """Name the themes as people call them."""
    return dict(zip(THEMES, ("As the system", "Light", "Dark"), strict=True))


def unit_names() -> dict[str, str]:
    """Name the units of length as people call them."""
    words = ("Millimeters", "Centimeters", "Meters")
    return dict(zip(UNITS, words, strict=True))


class PreferencesDialog(QDialog):
    """Writes into the settings; whoever follows them acts.

    Parameters
    ----------
    settings : Settings
        What is shown and changed.
    keys : QWidget
        The page of the keys, made by whoever knows the actions.
    parent : QWidget or None
        The window it stands over.
    """

    def __init__(self, settings: Settings, keys: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.setWindowTitle("Preferences")
        self._make_fields()
        self.cache = CacheRow(settings, self)
        page = QWidget()
        page.setLayout(self._form())
        self.pages = QTabWidget()
        self.pages.setAccessibleName("Pages")
        self.pages.addTab(scrolling(page), "&General")
        self.pages.addTab(keys, "&Keys")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.restore = QPushButton("Restore &defaults")
        self.restore.setToolTip("Put every preference back to what it was at first")
        self.restore.setAutoDefault(False)
        self.restore.clicked.connect(settings.restore_defaults)
        buttons.addButton(self.restore, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.pages)
        layout.addWidget(buttons)
        fit(self, page)
        self._connect()
        bind(self, settings.changed, lambda _key: self._show())
        self._show()
        self.finished.connect(self.cache.close_lane)

    def _make_fields(self) -> None:
        self.theme, self.device = _choices(theme_names()), _choices(device_names())
        self.unit = _choices(unit_names())
        self.fps = _number(SLOWEST, FASTEST, " fps", 2, 1.0)
        self.reopen = QCheckBox("Open the &last session at the start")
        self.reopen.setToolTip("Begin where the last session was left")
        self.play = QCheckBox("Play a clip &once it is generated")
        self.play.setToolTip("Unless another clip was turned to meanwhile")
        self.fit_faces = QCheckBox("Fit faces of other triangulations when the&y are opened")
        self.fit_faces.setToolTip("Where the fit is good, so that they can be read and moved")
        self.autosave = QSpinBox(minimum=0, maximum=3600, singleStep=15, suffix=" s")
        self.autosave.setSpecialValueText("Never")
        self.undo = _number(0.1, 64.0, " GB", 1, 0.5)
        for box in (self.fps, self.autosave, self.undo):
            box.setKeyboardTracking(False)

    def _form(self) -> Form:
        form = Form()
        form.add_section("Looks")
        form.add_field("&Theme", self.theme, "Light, dark, or whatever the system uses")
        form.add_section("Files")
        tip = "The frame rate of files and folders that do not say theirs"
        form.add_field("Default frame &rate", self.fps, tip)
        tip = "The unit of exported files, until the export dialog is told another"
        form.add_field("Export &unit", self.unit, tip)
        tip = "How often work is kept aside, to be brought back after a crash"
        form.add_field("&Autosave every", self.autosave, tip)
        form.addRow("", self.reopen)
        form.addRow("", self.play)
        form.addRow("", self.fit_faces)
        form.add_section("Speed and memory")
        tip = "Where the models run; automatic takes a GPU if there is one"
        form.add_field("D&evice", self.device, tip)
        tip = (
            "Memory that undo may take for clips which are no longer in the list, and as much "
            "again for the frames of edited clips"
        )
        form.add_field("Undo &memory", self.undo, tip)
        form.add_section("Cache of opened folders")
        self.cache.add_to(form)
        return form

    def _connect(self) -> None:
        put = self._put
        self.theme.activated.connect(lambda _row: put("theme", self.theme.currentData()))
        self.device.activated.connect(lambda _row: put("device", self.device.currentData()))
        self.unit.activated.connect(lambda _row: put("export_unit", self.unit.currentData()))
        self.fps.valueChanged.connect(lambda value: put("default_fps", value))
        self.undo.valueChanged.connect(lambda value: put("undo_gb", value))
        self.autosave.valueChanged.connect(lambda value: put("autosave_seconds", float(value)))
        self.reopen.toggled.connect(lambda on: put("reopen_session", on))
        self.play.toggled.connect(lambda on: put("play_generated", on))
        self.fit_faces.toggled.connect(lambda on: put("fit_faces", on))

    def _put(self, name: str, value: object) -> None:
        setattr(self.settings, name, value)

    def _show(self) -> None:
        settings = self.settings
        fields = (self.theme, self.device, self.unit, self.fps, self.reopen, self.autosave)
        more = (self.undo, self.play, self.fit_faces)
        blockers = [QSignalBlocker(field) for field in (*fields, *more)]
        self.theme.setCurrentIndex(self.theme.findData(settings.theme))
        self.device.setCurrentIndex(self.device.findData(settings.device))
        self.unit.setCurrentIndex(self.unit.findData(settings.export_unit))
        self.fps.setValue(settings.default_fps)
        self.reopen.setChecked(settings.reopen_session)
        self.play.setChecked(settings.play_generated)
        self.fit_faces.setChecked(settings.fit_faces)
        self.autosave.setValue(round(settings.autosave_seconds))
        self.undo.setValue(settings.undo_gb)
        for blocker in blockers:
            blocker.unblock()


def _choices(names: Mapping[str, str]) -> QComboBox:
    box = QComboBox()
    for value, name in names.items():
        box.addItem(name, value)
    return box


def _number(low: float, high: float, suffix: str, decimals: int, step: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox(minimum=low, maximum=high, decimals=decimals, singleStep=step)
    box.setSuffix(suffix)
    box.setStepType(QAbstractSpinBox.StepType.DefaultStepType)
    return box
