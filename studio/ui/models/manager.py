"""Model sets: which there are, what each can do, which is in use and where it runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from studio.engine.loading.hub import origin
from studio.ui.kit.bind import bind
from studio.ui.kit.forms import quiet, readable_bytes
from studio.ui.kit.lanes import Lane
from studio.ui.kit.plain import plain_tip
from studio.ui.log.messages import sentence
from studio.ui.settings.preferences_dialog import device_names
from studio.ui.settings.settings import Settings

from .adding import AddSet
from .card import SetView
from .service import ModelService
from .survey import Device, ModelSet, Survey, survey
from .words import without_landmarks

_FOLDER = Qt.ItemDataRole.UserRole


class ModelManager(QDialog):
    """List model sets and devices, and choose among them.

    The folders are looked at in the background, when the dialog opens and when it is come back to.
    """

    def __init__(
        self, models: ModelService, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.models, self.settings = models, settings
        self.found = Survey()
        self._wanted: Path | None = None
        self._lane = Lane("survey", self)
        self.setWindowTitle("Models")
        self._make_left()
        self._make_right()
        self._arrange()
        models.lane.started.connect(self._show_state)
        models.lane.finished.connect(self._show_state)
        models.engine_changed.connect(self._show_list)
        models.device_changed.connect(self._show_devices)
        models.failed.connect(self._tell)
        bind(self, settings.changed, lambda _key: self._show_state())
        self.finished.connect(self._lane.leave)
        self.finished.connect(self.adding.lane.leave)
        self.look()

    def _make_left(self) -> None:
        self.list = QListWidget()
        self.list.setAccessibleName("Model sets")
        self.list.setToolTip("Folders of models; the one in use is in bold")
        self.list.setMinimumWidth(190)
        self.list.setSpacing(2)
        self.list.currentItemChanged.connect(lambda *_: self._show_set())
        self.list.itemActivated.connect(lambda _item: self.load.click())
        self.add = _button("&Add folder…", "Look for models in a folder of yours")
        self.forget = _button(
            "&Forget", "Take the folder out of this list; its files stay where they are"
        )
        self.adding = AddSet()
        self.adding.found.connect(self.add_folder)
        self.adding.told.connect(self._say)
        self.add.clicked.connect(self._add)
        self.forget.clicked.connect(self._forget)

    def _make_right(self) -> None:
        self.view = SetView()
        self.device = QComboBox()
        self.device.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.device.setToolTip("Where the models run, and the memory that is free there")
        self.device.activated.connect(self._choose_device)
        self.load = QPushButton("&Load")
        self.load.setDefault(True)
        self.load.setToolTip("Use this set; the old one serves until it is loaded")
        self.load.clicked.connect(self._load)
        self.note = quiet("Looking at the models…")

    def _arrange(self) -> None:
        left, row = QVBoxLayout(), QHBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.list)
        left.addWidget(self.adding)
        row.addWidget(self.add)
        row.addWidget(self.forget)
        left.addLayout(row)
        side = QWidget()
        side.setLayout(left)
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        split.addWidget(side)
        split.addWidget(self.view)
        split.setSizes([210, 640])
        split.setStretchFactor(1, 1)
        title = QLabel("Run &on")
        title.setBuddy(self.device)
        self.device.setAccessibleName("Device")
        foot = QHBoxLayout()
        foot.addWidget(title)
        foot.addWidget(self.device)
        foot.addWidget(self.note, stretch=1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.load, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        foot.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.addWidget(split, stretch=1)
        layout.addLayout(foot)
        screen = self.screen().availableGeometry()
        self.resize(min(860, screen.width() - 40), min(560, screen.height() - 60))

    # Looking

    def look(self) -> None:
        """Look at the folders anew."""
        self._lane.submit(
            survey, self.settings.model_folders, on_result=self._take, on_error=self._miss
        )

    def _take(self, found: Survey) -> None:
        self.found = found
        self._show_list()
        self._show_devices()

    def _miss(self, error: Exception) -> None:
        self.note.setText(sentence(error))

    def changeEvent(self, event: QEvent) -> None:
        # What lies on the disk may have changed while another window was in front.
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.look()
        super().changeEvent(event)

    # Showing

    @property
    def chosen(self) -> ModelSet | None:
        """The set whose row is selected."""
        item = self.list.currentItem()
        folder = item.data(_FOLDER) if item is not None else None
        return next((one for one in self.found.sets if one.folder == folder), None)

    def in_use(self, one: ModelSet) -> bool:
        """Whether the models that serve come from this set."""
        return one.folder == self.models.folder_in_use

    def _show_list(self) -> None:
        item = self.list.currentItem()
        before = self._wanted or (item.data(_FOLDER) if item is not None else None)
        before = before or self.models.folder_in_use
        with QSignalBlocker(self.list):
            self.list.clear()
            for one in self.found.sets:
                self.list.addItem(self._item(one))
                if one.folder == before:
                    self.list.setCurrentRow(self.list.count() - 1)
            if self.list.currentItem() is None:
                self.list.setCurrentRow(0)
        self._wanted = None
        self._show_set()

    def _item(self, one: ModelSet) -> QListWidgetItem:
        item = QListWidgetItem(one.name)
        item.setData(_FOLDER, one.folder)
        font = item.font()
        font.setBold(self.in_use(one))
        item.setFont(font)
        state = "in use" if self.in_use(one) else one.problem
        item.setToolTip(plain_tip("\n".join(filter(None, [str(one.folder), state]))))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, [one.name, state])))
        if one.problem:
            item.setForeground(self.palette().color(self.palette().ColorRole.PlaceholderText))
        return item

    def _show_set(self) -> None:
        one = self.chosen
        self.view.show_set(one, in_use=one is not None and self.in_use(one))
        self._show_state()

    def _show_state(self, *_told: object) -> None:
        one, loading = self.chosen, self.models.lane.busy
        can_load = one is not None and not one.problem and not one.beside
        self.load.setEnabled(can_load and not loading)
        self.load.setText("&Load again" if one and self.in_use(one) else "&Load")
        added = one is not None and one.folder in self.settings.model_folders
        self.forget.setEnabled(added)
        if loading:
            self.note.setText("Loading the models…")
        elif one is not None and one.beside and not one.problem:
            self.note.setText("Nothing to load: these serve beside the set in use.")
        elif one is not None and self.in_use(one) and without_landmarks(self.models.engine):
            self.note.setText(
                "No models of landmark motion lie beside it, so they are not offered."
            )
        elif self.found.sets:
            self.note.clear()

    def _show_devices(self, *_told: object) -> None:
        with QSignalBlocker(self.device):
            self.device.clear()
            for device in self.found.devices:
                self.device.addItem(described(device, self.found.devices), device.name)
            self.device.setCurrentIndex(self.device.findData(self.models.device))

    # Doing

    def _load(self) -> None:
        if self.chosen is not None and self.load.isEnabled():
            self.models.use_folder(self.chosen.folder)

    def _choose_device(self) -> None:
        self.models.set_device(str(self.device.currentData()))

    def _add(self) -> None:
        title = "A folder of models"
        start = str(self.settings.place("models"))
        name = QFileDialog.getExistingDirectory(self, title, start)
        if name:
            self.settings.remember_place("models", Path(name).parent)
            self.add_folder(Path(name))

    def add_folder(self, folder: Path) -> None:
        """List a folder, or the folders of models in it, now and from now on; choose it."""
        inside = [one.parent for one in sorted(folder.glob("*/*.safetensors"))]
        own = any(folder.glob("*.safetensors"))
        found = [folder] if own or not inside else list(dict.fromkeys(inside))
        added = [one for one in found if origin(one) is None]  # a hub's are listed in any case
        self.settings.model_folders = [*self.settings.model_folders, *added]
        self._wanted = found[0].absolute()
        self.look()

    def _forget(self) -> None:
        if self.chosen is not None:
            gone = self.chosen.folder
            kept = [folder for folder in self.settings.model_folders if folder != gone]
            self.settings.model_folders = kept
            self.look()

    def _say(self, told: str) -> None:
        """Say how a set is being added, or what is the matter in place of that."""
        self.note.setText(told)
        if not told:
            self._show_state()

    def _tell(self, error: Exception) -> None:
        """Say what could not be loaded; the message also says so over the window."""
        self._show_state()
        self.note.setText(sentence(error))


def described(device: Device, among: Sequence[Device] = ()) -> str:
    """Name a device and its memory, for the chooser.

    Parameters
    ----------
    device : Device
        Which one.
    among : sequence of Device
        All there are; the automatic one is the fastest of the others.
    """
    rest = [other for other in among if other.name != "auto"]
    if device.name == "auto" and rest:
        return f"Automatic: {described(rest[0])}"
    name = device.title or device_names()[device.name]
    if device.free is not None and device.total is not None:
        text = "{name}, {free} of {total} free"
        free, total = readable_bytes(device.free), readable_bytes(device.total)
        return text.format(name=name, free=free, total=total)
    if device.free is not None:
        return f"{name}, {readable_bytes(device.free)} free"
    return name


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
