"""The Motion menu: clips made of other clips and of several expressions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from studio.core import FaceChoice, Registered
from studio.document import ClipState
from studio.io.shapes import has_shapes
from studio.takes.recipe import is_derived
from studio.ui.clips.panel import ClipList
from studio.ui.clips.service import OpenService
from studio.ui.desk import Desk
from studio.ui.generate.blend_dialog import BlendDialog
from studio.ui.generate.face_form import pick_face_file
from studio.ui.generate.mix_dialog import MixDialog
from studio.ui.generate.motion import MotionService
from studio.ui.generate.shapes_panel import ShapesPanel
from studio.ui.kit.filters import take_filter
from studio.ui.kit.forms import open_over
from studio.ui.models.words import knows
from studio.ui.settings.settings import Settings

from .actions import Action, Live, Menu


@dataclass(frozen=True, eq=False)
class MotionMenu:
    """Transfer, neutralize, play, blend, mix; each makes a new clip.

    Parameters
    ----------
    window
        What dialogs stand over.
    """

    window: QWidget
    desk: Desk
    settings: Settings
    clips: ClipList
    motion: MotionService
    opening: OpenService
    shapes: ShapesPanel

    def menu(self) -> Menu:
        """List what the menu holds."""
        models, document = self.desk.models, self.desk.document
        changes = (document.current_changed, document.clips_changed, models.engine_changed)
        known = Live(self._is_known, *changes)
        blend = Live(lambda: models.engine is not None and len(self.generated) > 1, *changes)
        mix = Live(lambda: bool(models.engine and models.engine.generators), models.engine_changed)
        named = self._named()
        return Menu(
            "M&otion",
            (
                (
                    Menu(
                        "&Transfer expression to",
                        lambda: (self._targets(), named),
                        "motion.transfer",
                        "Another face shows what the clip on show shows",
                        known,
                    ),
                    Action(
                        "motion.neutralize",
                        "&Neutralize",
                        self._neutralize,
                        tip="The clip on show without its expression; the head still moves",
                        usable=known,
                    ),
                    Action(
                        "motion.play",
                        "&Play a recording on this head…",
                        self._ask_for_take,
                        tip="A face tracking take moves the head on show in its own ARKit shapes",
                        usable=Live(self._has_shapes, *changes),
                    ),
                    Action(
                        "motion.keep_pose",
                        "&Keep the pose of the sliders",
                        self.shapes.keep,
                        "Ctrl+Shift+K",
                        tip="A clip that goes from rest into the pose of the Shapes panel and back",
                        usable=Live(lambda: self.shapes.posed, self.shapes.previewed, *changes),
                    ),
                ),
                (
                    Action(
                        "motion.blend",
                        "&Blend two generated clips…",
                        self._open_blend,
                        tip="A motion between those of two generated clips",
                        usable=blend,
                    ),
                    Action(
                        "motion.mix",
                        "&Mix expressions…",
                        self._open_mix,
                        tip="One motion through the height of several expressions",
                        usable=mix,
                    ),
                ),
            ),
        )

    @property
    def generated(self) -> list[ClipState]:
        """The clips that can be blended."""
        clips = self.desk.document.state.clips
        return [clip for clip in clips if clip.recipe is not None and not is_derived(clip.recipe)]

    def _is_known(self) -> bool:
        """Whether the models know the face of the clip on show."""
        clip = self.desk.document.current_clip
        return clip is not None and knows(self.desk.models.engine, clip)

    def _has_shapes(self) -> bool:
        """Whether the clip on show is a head with its own shapes."""
        clip = self.desk.document.current_clip
        return clip is not None and has_shapes(clip.frame_names)

    def _named(self) -> tuple[Action, ...]:
        """List the faces that are no clip's."""
        made = Live(lambda: bool(self._numbers), self.desk.document.generation_changed)
        return (
            Action(
                "motion.transfer_to_template",
                "The &template",
                lambda: self._transfer(FaceChoice()),
            ),
            Action(
                "motion.transfer_to_made",
                "The face made with &sliders",
                lambda: self._transfer(FaceChoice("numbers", self._numbers)),
                usable=made,
            ),
            Action("motion.transfer_to_file", "A face in a &file…", self._ask_for_face),
        )

    def _targets(self) -> list[Action]:
        """List the other clips with a face the models know."""
        state, engine = self.desk.document.state, self.desk.models.engine
        return [
            Action("", clip.name.replace("&", "&&"), partial(self._transfer, clip))
            for clip in state.clips
            if clip.id != state.current and knows(engine, clip)
        ]

    @property
    def _numbers(self) -> tuple[float, ...]:
        """Those of the face made with sliders; none where no slider was moved."""
        return self.desk.document.state.generation.face.numbers

    def _transfer(self, target: ClipState | FaceChoice) -> None:
        clip = self.desk.document.current_clip
        if clip is not None:
            self.motion.transfer(clip, target)

    def _ask_for_face(self) -> None:
        path = pick_face_file(self.settings, self.window)
        if path is not None:
            self._transfer(FaceChoice("file", path=str(path), registered=Registered()))

    def _ask_for_take(self) -> None:
        head, folder = self.desk.document.current_clip, str(self.settings.place("open"))
        title = "Play a recording"
        name, _ = QFileDialog.getOpenFileName(self.window, title, folder, take_filter())
        if name and head is not None:
            self.settings.remember_place("open", Path(name).parent)
            self.opening.play(Path(name), head)

    def _neutralize(self) -> None:
        clip = self.desk.document.current_clip
        if clip is not None:
            self.motion.neutralize(clip)

    def _open_blend(self) -> None:
        dialog = BlendDialog(self.generated, self.clips.chosen, self.window)
        dialog.asked.connect(self.motion.blend)
        open_over(dialog)

    def _open_mix(self) -> None:
        engine = self.desk.models.engine
        if engine is not None:
            dialog = MixDialog(engine.labels, self.desk.document.state.generation, self.window)
            dialog.asked.connect(self.motion.mix)
            open_over(dialog)
