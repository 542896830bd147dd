"""The one place that joins the document and the engine.

Widgets call its verbs; it starts jobs on lanes and hands what they bring to the document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core.paths import shipped
from studio.document import ClipState, Document
from studio.ui.clips.service import Opening
from studio.ui.editing.frames_ahead import Edits
from studio.ui.export.service import Exporting, ExportRequest
from studio.ui.generate.motion import Applying
from studio.ui.generate.service import Generating
from studio.ui.generate.takes import Taking
from studio.ui.kit.lanes import AWAITED, NICE, Lane
from studio.ui.log.messages import sentence
from studio.ui.models.protocol import Models, OpenEngine, open_engine
from studio.ui.models.words import LOADING
from studio.ui.recognize.service import Recognizing
from studio.ui.session.files import Sessions

LANES = (
    *("load", "models", "recognize", "generate", "face", "sheet", "batch"),
    *("export", "save", "session", "picture", "figures", "landmarks"),
)
# Short, and little can be done before: a busy machine must not starve them.
_AWAITED = ("models", "face", "landmarks")
# What goes on when another document takes the place of this one.
_OUTLIVES = ("models", "batch", "export", "save", "session", "picture", "figures")


class Controller(QObject):
    """Verbs for everything that takes long.

    open_engine : how to get an engine, called in a worker's thread
    """

    engine_changed = Signal(object)  # Models, or None while there is none
    device_changed = Signal(str)  # the one asked for: auto, cuda, mps or cpu
    preview_changed = Signal(object)  # MeshSequence shown for now under its name, or None
    clip_opened = Signal(object)  # Path
    exported = Signal(object)  # Path
    noticed = Signal(str)  # a sentence, e.g. that the engine fell back to the CPU
    failed = Signal(object)  # Exception

    def __init__(
        self,
        document: Document,
        *,
        open_engine: OpenEngine = open_engine,
        engine_folder: Path | None = None,
        device: str = "auto",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.lanes = {
            name: Lane(name, self, nice=AWAITED if name in _AWAITED else NICE) for name in LANES
        }
        # Not among the lanes, because an import cannot be cancelled.
        self._imports = Lane("imports", self, nice=AWAITED)
        self.edits = Edits(document, self)
        self.edits.failed.connect(self.failed)
        self.exporting = Exporting(document, self.lanes["export"], self)
        self.exporting.exported.connect(self.exported)
        self.exporting.failed.connect(self.failed)
        self.sessions = Sessions(document, self.lanes["save"], self.lanes["session"], self)
        self.sessions.replaced.connect(self._put_aside)
        self.sessions.noticed.connect(self.noticed)
        self.sessions.failed.connect(self.failed)
        self.engine: Models | None = None
        self.device = device
        self._open_engine, self.models_folder = open_engine, engine_folder
        self._engine_problem, self._worked = "", ("auto", engine_folder)
        self.opening = Opening(document, self.lanes["load"], self)
        self.opening.preview_changed.connect(self.preview_changed)
        self.opening.opened.connect(self.clip_opened)
        self.opening.failed.connect(self.failed)
        self.recognizing = Recognizing(
            document,
            self.lanes["recognize"],
            lambda: self.engine,
            lambda: self.models_note,
            self,
        )
        self.recognizing.failed.connect(self.failed)
        self.probabilities_changed = self.recognizing.probabilities_changed
        self.rest_changed = self.recognizing.rest_changed
        self.recognition_note = self.recognizing.note_changed
        self.generating = Generating(document, self)
        self.takes = Taking(document, self)
        self.applying = Applying(document, self)

    def prepare(self, imports: Callable[..., object], *, then: Callable[[], object]) -> None:
        """Import what the view needs in the background, make it, then load the models.

        One after the other, because two imports at a time only wait for each other.
        """

        def made(_answer: object) -> None:
            then()
            self.load_models()

        def failed(error: Exception) -> None:
            self.failed.emit(error)
            self.load_models()

        self._imports.submit(imports, on_result=made, on_error=failed)
        self._tell_models()

    # Models

    def load_models(self) -> None:
        """Load the models on the chosen device; until then clips can be viewed."""
        self._engine_problem = ""
        self.lanes["models"].submit(
            self._open_engine,
            self.models_folder,
            self.device,
            self.noticed.emit,
            title="Loading models",
            on_result=self._take_engine,
            on_error=self._miss_engine,
        )
        self.recognize()

    @property
    def models_note(self) -> str:
        """Why there are no models, empty when there are some."""
        if self.engine is not None:
            return ""
        loading = self.lanes["models"].busy or self._imports.busy
        return LOADING if loading else self._engine_problem or _NO_MODELS

    def set_device(self, device: str) -> None:
        """Load the models again on auto, cuda, mps or cpu; the old ones serve until then.

        Where that fails, the device stays what it was.
        """
        self.device = device
        self.load_models()

    def use_models(self, folder: Path | None) -> None:
        """Load the models of another folder (None: the shipped ones); the old ones serve until
        then. Where that fails, the folder stays what it was.
        """
        self.models_folder = folder
        self.load_models()

    @property
    def folder_in_use(self) -> Path | None:
        """Where the models that serve now were loaded from, None while there are none."""
        if self.engine is None:
            return None
        return (self._worked[1] or shipped("checkpoints") / self.engine.name).absolute()

    def _take_engine(self, engine: Models) -> None:
        self.engine, self._worked = engine, (self.device, self.models_folder)
        self.device_changed.emit(self.device)
        self._tell_models()

    def _tell_models(self) -> None:
        self.engine_changed.emit(self.engine)
        self.recognize()

    def _miss_engine(self, error: Exception) -> None:
        if self.engine is None:
            self._engine_problem = sentence(error)
            self.engine_changed.emit(None)
        self.failed.emit(error)
        failed = (self.device, self.models_folder)
        self.device, self.models_folder = self._worked
        self.device_changed.emit(self.device)
        if self.engine is None and failed != self._worked:
            self.load_models()  # a device or folder that was there last time may be gone today
        self.recognize()

    # Clips

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open each file or folder as a clip, in the order given, after what is being opened."""
        self.opening.open_paths(paths)

    # Recognition

    def recognize(self) -> None:
        """Ask what the clip on show expresses."""
        self.recognizing.recognize()

    def verdict(self, clip: ClipState) -> str | None:
        """The label a clip was last read as, None when it has not been read."""
        return self.recognizing.verdict(clip)

    def why_not(self, clip: ClipState | None) -> str:
        """The sentence that says why the clip cannot be read, empty when it can."""
        return self.recognizing.why_not(clip)

    # Generation

    def generate(self) -> None:
        """Generate a clip from the document's settings; a second call replaces the first."""
        self.generating.generate()

    # Export

    def export(
        self, clip_id: str, path: Path, format_name: str, unit: str, start: int, stop: int
    ) -> None:
        """Write frames start..stop-1 of a clip; the frames come from the document, not the view."""
        self.exporting.export(ExportRequest(clip_id, path, format_name, unit, start, stop))

    # Jobs

    def cancel(self, lane: str) -> None:
        """Stop what runs on a lane; for loading and exporting, also what waits behind it."""
        if lane == "load":
            self.opening.cancel()
        if lane == "export":
            self.exporting.cancel()
        self.lanes[lane].cancel()
        if lane == "recognize":
            self.recognizing.stop()
        if lane == "models":
            self._tell_models()

    def _put_aside(self) -> None:
        """Stop what works for a document that is no longer on the screen."""
        for name in self.lanes:
            if name not in _OUTLIVES:
                self.cancel(name)

    def close(self) -> None:
        """Cancel everything and wait for the threads."""
        self.opening.cancel()
        self.exporting.cancel()
        lanes = [self._imports, self.edits.lane, *self.lanes.values()]
        for lane in lanes:
            lane.cancel()
        for lane in lanes:
            lane.close()
        self.takes.close()


_NO_MODELS = "No models are loaded, so clips can be viewed but not read or generated."
