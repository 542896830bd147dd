"""The Motion menu: clips made of other clips and of several expressions."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from studio.document import ClipState
from studio.takes.motion import is_made
from studio.ui.generate.blend_dialog import BlendDialog
from studio.ui.generate.mix_dialog import MixDialog
from studio.ui.generate.motion import fits
from studio.ui.kit.bind import bind

from .builder import MenuBuilder

if TYPE_CHECKING:
    from studio.ui.window.main_window import MainWindow


class MotionMenu:
    """Transfer, neutralise, blend, mix; each makes a new clip."""

    def __init__(self, build: MenuBuilder, window: MainWindow) -> None:
        self.window, self.motion = window, window.services.motion
        menu = build.menu("M&otion")
        self.transfer = menu.addMenu("&Transfer expression to")
        self.transfer.aboutToShow.connect(self._fill)
        self.neutralise = build.add(menu, "&Neutralise", self._neutralise)
        menu.addSeparator()
        self.blend = build.add(menu, "&Blend two generated clips…", self._open_blend)
        self.mix = build.add(menu, "&Mix expressions…", self._open_mix)
        menu.setToolTipsVisible(True)
        document = window.document
        bind(window, document.current_changed, lambda _clip: self._show())
        bind(window, document.clips_changed, lambda _clips: self._show())
        window.desk.models.engine_changed.connect(lambda _engine: self._show())
        self._show()

    def _fill(self) -> None:
        """The other clips with a face the models know, and a face in a file."""
        self.transfer.clear()
        state, engine = self.window.document.state, self.window.desk.models.engine
        for clip in state.clips:
            if clip.id != state.current and fits(engine, clip):
                entry = self.transfer.addAction(clip.name.replace("&", "&&"))
                entry.triggered.connect(partial(self._transfer, clip))
        if self.transfer.actions():
            self.transfer.addSeparator()
        self.transfer.addAction("A face in a &file…").triggered.connect(self._ask_for_face)

    def _transfer(self, target: ClipState | Path, _checked: bool = False) -> None:
        clip = self.window.document.current_clip
        if clip is not None:
            self.motion.transfer(clip, target)

    def _ask_for_face(self) -> None:
        folder = str(self.window.settings.open_folder)
        name, _ = QFileDialog.getOpenFileName(self.window, "Whose face", folder)
        if name:
            self._transfer(Path(name))

    def _neutralise(self) -> None:
        clip = self.window.document.current_clip
        if clip is not None:
            self.motion.neutralise(clip)

    def _open_blend(self) -> None:
        dialog = BlendDialog(self.generated, self.window.clips.chosen, self.window)
        dialog.asked.connect(self.motion.blend)
        dialog.open()

    def _open_mix(self) -> None:
        engine = self.window.desk.models.engine
        if engine is not None:
            wanted = self.window.document.state.generation
            dialog = MixDialog(engine.labels, wanted, self.window)
            dialog.asked.connect(self.motion.mix)
            dialog.open()

    @property
    def generated(self) -> list[ClipState]:
        """The clips that can be blended."""
        clips = self.window.document.state.clips
        return [clip for clip in clips if clip.recipe is not None and not is_made(clip.recipe)]

    def _show(self) -> None:
        engine, clip = self.window.desk.models.engine, self.window.document.current_clip
        known = clip is not None and fits(engine, clip)
        self.transfer.setEnabled(known)
        self.neutralise.setEnabled(known)
        self.blend.setEnabled(engine is not None and len(self.generated) > 1)
        self.mix.setEnabled(engine is not None and bool(engine.generators))
        for entry, tip in (
            (self.transfer.menuAction(), "Another face shows what the clip on show shows"),
            (self.neutralise, "The clip on show without its expression; the head still moves"),
            (self.blend, "A motion between those of two generated clips"),
            (self.mix, "One motion through the height of several expressions"),
        ):
            entry.setToolTip(tip)
