"""The cut in the view: its frames are worked out as they are asked for, by playback or by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject

from studio.core import MeshSequence, Probabilities, Progress
from studio.core.sequence import Floats
from studio.document import Evaluator
from studio.document.cut.laid import Laid, Span, play_frame, prepare
from studio.document.cut.sounding import sounded
from studio.io.sound.sound import Sound
from studio.ui.cut.service import CutService
from studio.ui.kit.bind import bind
from studio.ui.kit.lanes import Lane
from studio.ui.recognize.panel import RecognitionPanel
from studio.ui.services import Services
from studio.ui.sound.service import SoundService

from .stage import Stage


class Cutting(QObject):
    """Shows the cut in place of the clip while the player is on it.

    Parameters
    ----------
    stage, services
        Where it is seen, and what is known of its clips.
    cut, sounds
        What plays, and who lets it be heard.
    panel
        Says what the frame on show reads.
    """

    def __init__(
        self,
        stage: Stage,
        services: Services,
        cut: CutService,
        sounds: SoundService,
        panel: RecognitionPanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.stage, self.cut, self._panel, self._sounds = stage, cut, panel, sounds
        self._recognition, self._player = services.recognition, stage.player
        self._lane: Lane = services.desk.lanes.cut_ahead
        self._shown: MeshSequence | None = None
        self._laid: Laid | None = None
        self._asked: set[str] = set()  # ids of the clips that were to be read
        self._player.on_cut_changed.connect(self._follow)
        bind(self, self._player.cut.frame_changed, lambda _frame: self._draw())
        cut.changed.connect(self._lay)
        cut.clip_asked.connect(lambda: self._player.set_on_cut(on=False))
        stage.preview.changed.connect(self._give_way)
        services.frames.ready.connect(lambda _clip: self._draw())
        self._recognition.remembered.connect(self._read_on)
        self._recognition.probabilities_changed.connect(lambda _read: self._read_on())

    def _follow(self, on: bool) -> None:
        if on and not self.cut.laid.spans:
            self._player.set_on_cut(on=False)
        elif on:
            self._lay()
        else:
            self._end()

    def _end(self) -> None:
        """Bring the clip back."""
        shown, self._shown, self._laid = self._shown, None, None
        self._lane.cancel()
        if shown is not None and self.stage.preview.sequence is shown:
            self.stage.show_preview(None)
        self._panel.show_other("", None)
        self._sounds.take_cut(None)
        clip = self.stage.document.current_clip
        if clip is not None:
            self.stage.bar.set_range(*clip.range)
        self.stage.show_place()

    def _give_way(self) -> None:
        """Leave the view to what has taken it."""
        if self._shown is not None and self.stage.preview.sequence is not self._shown:
            self._player.set_on_cut(on=False)

    def _lay(self) -> None:
        """Take the cut as it is arranged now; stay at the frame on show where there is one."""
        laid = self.cut.laid
        if not self._player.on_cut or laid is self._laid:
            return
        if not laid.spans:
            self._player.set_on_cut(on=False)
            return
        self._laid, self._asked = laid, set()
        first = laid.spans[0].clip.recording
        if self._shown is None or self._shown.vertices is not first.vertices:
            self._shown = None
            shown = first.renamed("cut")
            self.stage.show_preview(shown, "Cut", lent=True)
            self._shown = shown
        playhead, timing = self._player.cut, laid.timing
        if (playhead.n_frames, playhead.fps) != (timing.frames, timing.fps):
            frame = playhead.frame
            playhead.set_clip(timing.frames, timing.fps)
            self._player.go_to(frame)
        self.stage.bar.set_range(0, timing.frames)
        self._lane.submit(
            made_ready,
            laid,
            self.stage.document.evaluator,
            title="Preparing the cut",
            on_result=self._take,
            on_error=self.cut.failed.emit,
        )
        self._draw()

    def _take(self, sound: Sound | None) -> None:
        self._sounds.take_cut(sound)
        self._draw()
        self._read_on()

    def _read_on(self) -> None:
        """Have the next of the clips read that was not yet, each asked for once."""
        self._tell()
        if self._laid is None or self._lane.busy:
            return
        for span in self._laid.spans:
            clip = self.stage.document.state.find(span.clip.id)
            if clip is None or clip.id in self._asked or self._recognition.known(clip) is not None:
                continue
            if self._recognition.read_behind(clip, self._lane):
                self._asked.add(clip.id)
                return

    def _draw(self) -> None:
        """Show the frame under the playhead of the cut."""
        laid = self._laid
        if laid is None or self._shown is None:
            return
        frame = self._player.cut.frame
        points = play_frame(laid, frame, self.stage.document.evaluator)
        names = " into ".join(span.clip.name for span, _ in laid.playing(frame))
        self.stage.preview.caption.say(f"Cut: {names}{'' if points is not None else '…'}")
        if points is not None:
            self._show(points)
        self.stage.show_place()
        self._tell()

    def _show(self, points: Floats) -> None:
        self.stage.on_view(lambda view: view.show_points(points))

    def _tell(self) -> None:
        """Say what the frame reads, where its clips have been read."""
        if self._laid is not None and self._shown is not None:
            self._panel.show_other("Cut", self._reading(self._laid, self._player.cut.frame))

    def _reading(self, laid: Laid, frame: int) -> Probabilities | None:
        """Mix what the clips that are seen in a frame were read as; None where one was not."""
        found = [(self._known(span, laid, frame), share) for span, share in laid.playing(frame)]
        read = [(one, share) for one, share in found if one is not None]
        alike = len({one.labels for one, _ in read}) == 1
        return _mixed(read) if alike and len(read) == len(found) else None

    def _known(self, span: Span, laid: Laid, frame: int) -> Probabilities | None:
        """Look up what the frame of a span's clip was read as."""
        clip = self.stage.document.state.find(span.clip.id)
        known = None if clip is None else self._recognition.known(clip)
        if clip is None or known is None:
            return None
        moment = span.start + (frame - span.at) * clip.timing.fps / laid.fps
        return known.probabilities.at(np.array([moment]))


def made_ready(cut: Laid, evaluator: Evaluator, *, progress: Progress) -> Sound | None:
    """Find what frames of a cut need, and what is heard with them."""
    prepare(cut, evaluator, progress)
    return sounded(cut)


def _mixed(read: Sequence[tuple[Probabilities, float]]) -> Probabilities:
    """Mix readings of one frame by their shares."""
    shares = np.array([share for _, share in read], dtype=np.float32)
    values = shares @ np.concatenate([one.values for one, _ in read])
    acts = [one.intensity for one, _ in read if one.intensity is not None]
    acting = shares @ np.concatenate(acts) if len(acts) == len(read) else None
    intensity = None if acting is None else np.atleast_1d(acting)
    return replace(read[0][0], values=values[None], intensity=intensity)
