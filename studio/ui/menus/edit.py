"""The Edit menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from studio.core import StudioError
from studio.core.read_as import Gaps
from studio.document import ClipState
from studio.document.registration_verbs import heads_of
from studio.ui.between.service import BetweenService
from studio.ui.clips.panel import ClipList
from studio.ui.clips.reading_dialog import ReadingDialog
from studio.ui.cut.service import CutService
from studio.ui.desk import Desk
from studio.ui.editing.editor import LandmarkEditor
from studio.ui.editing.stack_panel import StackPanel
from studio.ui.generate.panel import GeneratePanel
from studio.ui.kit.forms import open_over
from studio.ui.models.manager import ModelManager
from studio.ui.recognize.panel import RecognitionPanel
from studio.ui.registration.service import RegistrationService
from studio.ui.settings.preferences_dialog import device_names
from studio.ui.settings.settings import Settings
from studio.ui.sound.service import SoundService
from studio.ui.timeline.key_track import KeyTrack
from studio.ui.video.service import VideoService

from .actions import Action, Live, Menu, choices, clip_on_show, toggle
from .between import BetweenMenu
from .edits.adding import add_menu
from .edits.chosen import chosen_menu
from .edits.keys import CurveTools, channel_menus, key_menu
from .edits.time import time_menu
from .time.cut import cut_menu
from .time.sound import sound_menu
from .time.video import video_menu

_READING = "What the file of the clip was read as, and what it should be"


@dataclass(frozen=True, eq=False)
class EditMenu:
    """Undo, the current clip, generation and the models.

    Parameters
    ----------
    window
        What dialogs stand over.
    open_assistant
        Opens the assistant that fits a face to the studio's.
    show_dock
        Brings a dock to where it can be seen.
    preferences
        Opens the preferences.
    """

    window: QWidget
    desk: Desk
    settings: Settings
    clips: ClipList
    landmarks: LandmarkEditor
    registration: RegistrationService
    open_assistant: Callable[[], object]
    stack: StackPanel
    keys: KeyTrack
    sounds: SoundService
    curving: CurveTools
    cut: CutService
    video: VideoService
    recognition: RecognitionPanel
    generation: GeneratePanel
    between: BetweenService
    show_dock: Callable[[str], object]
    preferences: Callable[[], object]

    def menu(self) -> Menu:
        """List what the menu holds."""
        document, models = self.desk.document, self.desk.models
        device = Live(lambda: models.device, models.device_changed)
        return Menu(
            "&Edit",
            (
                (
                    self._history("undo", "&Undo", document.undo, QKeySequence.StandardKey.Undo),
                    self._history("redo", "&Redo", document.redo, "Ctrl+Shift+Z"),
                ),
                self._of_clip(),
                self._of_edits(),
                self._of_generation(),
                (
                    Menu(
                        "De&vice",
                        (choices("edit.device", device_names(), device, models.set_device),),
                    ),
                    Action("edit.models", "M&odels…", self._models),
                    Action("edit.load_models", "Load &models again", models.load),
                ),
                (Action("edit.preferences", "&Preferences…", self.preferences, "Ctrl+,"),),
            ),
        )

    def _of_clip(self) -> tuple[Action | Menu, ...]:
        known, editor = clip_on_show(self.desk.document), self.landmarks
        on, neutral = Live(lambda: editor.on, editor.changed), self.recognition.use_current_frame
        return (
            Action("edit.rename", "Re&name clip", self._rename, "F2", usable=known),
            Action("edit.duplicate", "&Duplicate clip", self._duplicate, "Ctrl+D", usable=known),
            Action("edit.reading", "Unit &and rate…", self._reading, tip=_READING, usable=known),
            Action("edit.neutral", "Use frame as neu&tral", neutral, "N", usable=known),
            toggle("edit.landmarks", "Edit &landmarks", on, editor.set_on, "E", usable=known),
            Action("edit.intensity", "Edit intensity", self._intensity, "Shift+E", usable=known),
            *self._of_face(),
        )

    def _of_edits(self) -> tuple[Action | Menu, ...]:
        show = partial(self.show_dock, "edits")
        return (
            add_menu(self.stack, show),
            time_menu(self.stack),
            chosen_menu(self.stack),
            key_menu(self.keys),
            BetweenMenu(self.window, self.between).menu(),
            sound_menu(self.window, self.settings, self.sounds),
            *channel_menus(self.curving, self._channels),
            cut_menu(self.clips, self.cut, self.stack.player),
            video_menu(self.video),
        )

    def _of_face(self) -> tuple[Action, ...]:
        document, service = self.desk.document, self.registration
        changes = (document.current_changed, document.registration_changed)
        foreign = Live(lambda: service.can_fit(document.current_clip), *changes)
        fitted = Live(lambda: self._fitted() is not None, *changes)
        tip = "A face of another triangulation can be read and moved then"
        return (
            Action(
                "edit.fit_face",
                "&Fit to the studio's face…",
                self.open_assistant,
                "Shift+F",
                tip,
                usable=foreign,
            ),
            Action("edit.unfit_face", "Take the fit off", self._take_off, usable=fitted),
            toggle(
                "edit.own_shapes",
                "Read in the head's o&wn shapes",
                Live(self._in_shapes, *changes),
                self._read_in_shapes,
                usable=Live(self._has_shapes, *changes, document.clips_changed),
            ),
        )

    def _in_shapes(self) -> bool:
        """Whether the clip on show is read in the shapes that its face brings."""
        clip = self._fitted()
        return clip is not None and clip.registration is not None and bool(clip.registration.shapes)

    def _has_shapes(self) -> bool:
        """Whether there are shapes that the clip on show can be read in."""
        clip = self._fitted()
        if clip is None or clip.registration is None:
            return False
        return self._in_shapes() or bool(heads_of(self.desk.document.state, clip.registration))

    def _read_in_shapes(self, *, on: bool) -> None:
        clip = self._fitted()
        if clip is not None:
            self.desk.document.read_in_shapes(clip.id, on=on)

    def _fitted(self) -> ClipState | None:
        """Give the clip on show where its face is fitted to the studio's."""
        clip = self.desk.document.current_clip
        return clip if clip is not None and clip.registration is not None else None

    def _take_off(self) -> None:
        clip = self._fitted()
        if clip is not None:
            self.registration.take_off(clip.id)

    def _of_generation(self) -> tuple[Action, ...]:
        button, document = self.generation.generate, self.desk.document
        # The panel hears the same signals, and was there to hear them first.
        ready = Live(button.isEnabled, self.desk.models.changed, document.generation_changed)
        another = partial(self.generation.generating.generate, another=True)
        lanes = self.desk.lanes
        runs = Live(lambda: lanes.newest is not None, lanes.asked_changed)
        return (
            Action("edit.generate", "&Generate", button.click, "Ctrl+Return", usable=ready),
            Action(
                "edit.another", "Generate another &seed", another, "Ctrl+Shift+Return", usable=ready
            ),
            Action(
                "edit.stop",
                "&Cancel what runs",
                self._stop,
                "Esc",
                "Stop the job that was begun last",
                usable=runs,
                unless="view.leave",
            ),
        )

    def _stop(self) -> None:
        newest = self.desk.lanes.newest
        if newest is not None:
            newest.stop()

    def _history(
        self, verb: str, text: str, act: Callable[[], object], key: QKeySequence.StandardKey | str
    ) -> Action:
        """Make the action Undo or Redo; it names the step that it would take back or do again."""
        document = self.desk.document

        def name() -> str | None:
            return document.undo_name if verb == "undo" else document.redo_name

        def title() -> str:
            step = name() or ""
            return f"{text} {step[0].lower()}{step[1:]}" if step else text

        changed = document.history_changed
        can = Live(lambda: name() is not None, changed)
        return Action(f"edit.{verb}", text, act, key, usable=can, title=Live(title, changed))

    def _rename(self) -> None:
        self.show_dock("clips")
        self.clips.edit_name()

    def _intensity(self) -> None:
        """Go to the intensity of the current clip, which can be changed from then on."""
        self.show_dock("edits")
        self.stack.edit_intensity()

    def _channels(self) -> None:
        """Go to the channels of the clip, which can be changed from then on."""
        self.show_dock("channels")
        self.curving.editor.begin()

    def _reading(self) -> None:
        """Ask for the unit and the rate of the clip on show, and what becomes of its gaps."""
        clip, document = self.desk.document.current_clip, self.desk.document
        if clip is None:
            return
        dialog, clip_id = ReadingDialog(clip, self.window), clip.id

        def change(unit: str | None, fps: float, gaps: Gaps | None) -> None:
            try:
                document.set_reading(clip_id, unit=unit, fps=fps, gaps=gaps)
            except StudioError as error:
                self.desk.report(error)

        dialog.asked.connect(change)
        open_over(dialog)

    def _duplicate(self) -> None:
        clip = self.desk.document.current_clip
        if clip is not None:
            self.desk.document.duplicate_clip(clip.id)

    def _models(self) -> None:
        open_over(ModelManager(self.desk.models, self.settings, self.window))
