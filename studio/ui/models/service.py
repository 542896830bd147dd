"""Loads the models in the background and holds those that serve."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core import InputError
from studio.core.system.paths import shipped
from studio.engine.loading.hub import set_name
from studio.ui.kit.lanes import Lane
from studio.ui.log.messages import sentence

from .protocol import Models, OpenEngine, open_engine

_LOADING = "The models are being loaded…"
_NO_MODELS = "No models are loaded, so clips can be viewed but not read or generated."


class ModelService(QObject):
    """The models of a window; where others cannot be loaded, the old ones go on serving.

    Parameters
    ----------
    lane : Lane
        Where models are loaded.
    open_engine : OpenEngine
        How to get an engine; called in the lane's thread.
    folder : Path or None
        The folder of the first models, None for the shipped ones.
    device : str
        Where they run: auto, cuda, mps or cpu.
    """

    engine_changed = Signal(object)  # Models, or None while there is none
    device_changed = Signal(str)  # the one asked for: auto, cuda, mps or cpu
    changed = Signal()  # what serves, or why nothing does
    noticed = Signal(str)  # a sentence, e.g. that the engine fell back to the CPU
    failed = Signal(object)  # Exception

    def __init__(
        self,
        lane: Lane,
        open_engine: OpenEngine = open_engine,
        *,
        folder: Path | None = None,
        device: str = "auto",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.lane = lane
        # Not among the lanes that can be cancelled, because an import cannot be.
        self.imports = Lane("imports", self)
        self.engine: Models | None = None
        self.folder, self.device = folder, device
        self._open_engine, self._problem = open_engine, ""
        self._worked = ("auto", folder)
        lane.stopped.connect(self._tell)

    def prepare(self, imports: Callable[..., object], *, then: Callable[[], object]) -> None:
        """Import what the view needs in the background, make it, then load the models.

        One after the other, because two imports at a time only wait for each other.
        """

        def made(_answer: object) -> None:
            then()
            self.load()

        def failed(error: Exception) -> None:
            self.failed.emit(error)
            self.load()

        self.imports.submit(imports, on_result=made, on_error=failed)
        self._tell()

    def load(self) -> None:
        """Load the models on the chosen device; until then clips can be viewed."""
        self._problem = ""
        self.lane.submit(
            self._open_engine,
            self.folder,
            self.device,
            self.noticed.emit,
            title="Loading models",
            on_result=self._take,
            on_error=self._miss,
        )
        self.changed.emit()

    def use_folder(self, folder: Path | None) -> None:
        """Load the models of another folder (None: the shipped ones).

        The old ones serve until then. Where that fails, the folder stays what it was.
        """
        self.folder = folder
        self.load()

    def set_device(self, device: str) -> None:
        """Load the models again on auto, cuda, mps or cpu; the old ones serve until then.

        Where that fails, the device stays what it was.
        """
        self.device = device
        self.load()

    def required(self) -> Models:
        """Give the models that serve.

        Raises
        ------
        InputError
            Where there are none, with the reason.
        """
        if self.engine is None:
            raise InputError(self.note)
        return self.engine

    @property
    def loading(self) -> bool:
        """Whether models are on their way."""
        return self.lane.busy or self.imports.busy

    @property
    def note(self) -> str:
        """Why there are no models, empty when there are some."""
        if self.engine is not None:
            return ""
        return _LOADING if self.loading else self._problem or _NO_MODELS

    @property
    def name(self) -> str:
        """What the chosen set is called, loaded or not; empty for the one that ships."""
        return "" if self.folder is None else set_name(self.folder)

    @property
    def folder_in_use(self) -> Path | None:
        """Where the models that serve now were loaded from, None while there are none."""
        if self.engine is None:
            return None
        return (self._worked[1] or shipped("checkpoints") / self.engine.name).absolute()

    def _take(self, engine: Models) -> None:
        self.engine, self._worked = engine, (self.device, self.folder)
        self.device_changed.emit(self.device)
        self._tell()

    def _tell(self) -> None:
        self.engine_changed.emit(self.engine)
        self.changed.emit()

    def _miss(self, error: Exception) -> None:
        if self.engine is None:
            self._problem = sentence(error)
            self.engine_changed.emit(None)
        self.failed.emit(error)
        failed = (self.device, self.folder)
        self.device, self.folder = self._worked
        self.device_changed.emit(self.device)
        if self.engine is None and failed != self._worked:
            self.load()  # a device or folder that was there last time may be gone today
        self.changed.emit()
