"""Where a live face is shown: the bar over the view, the head in it, the bars of its reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

from studio.core import MeshSequence
from studio.core.sequence import Floats
from studio.ui.kit.bind import bind
from studio.ui.live.bar import LiveBar
from studio.ui.live.reading import LiveReading
from studio.ui.live.service import LiveService
from studio.ui.live.work import LiveAnswer
from studio.ui.menus.actions import Action, Menu, toggle
from studio.ui.menus.actions import Live as Follows
from studio.ui.recognize.panel import RecognitionPanel
from studio.ui.services import Services
from studio.ui.units.room import UnitRoom
from studio.ui.units.words import live_words

from .stage import Stage

if TYPE_CHECKING:
    from studio.ui.view3d.face_view import FaceView


class Living(QObject):
    """Puts the newest pose into the view, for as long as no clip is chosen instead.

    Attributes
    ----------
    on
        Whether the view is to show the live face.
    """

    def __init__(
        self,
        stage: Stage,
        services: Services,
        panel: RecognitionPanel,
        units: UnitRoom,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        desk = services.desk
        self.stage, self.panel, self.units, self.on = stage, panel, units, False
        self.live: LiveService = services.live
        self.reading = LiveReading(self.live, desk.lanes.live_reading, desk.models, self)
        self.bar = LiveBar(self.live, stage.player.settings)
        stage.add_bar(self.bar)
        self._shown: MeshSequence | None = None
        self._rest: MeshSequence | None = None
        self._heard = False
        self._view: FaceView | None = None
        self._due = self._drawn = 0.0  # when the poses arrived that are to be drawn, and are
        self.live.posed.connect(self._show)
        self.live.changed.connect(self._follow)
        self.reading.read.connect(self._tell)
        units.panel.explained.connect(self._explain)
        self.bar.show_asked.connect(lambda on: self.set_on(on=on))
        self.bar.closed.connect(self.close)
        parent.installEventFilter(self)
        bind(self, desk.document.current_changed, lambda _clip: self._give_way())

    def menu(self) -> Menu:
        """List what the menu of the live face holds."""
        live, bar = self.live, self.bar
        heard = Follows(lambda: live.phone is not None, live.changed)
        return Menu(
            "Li&ve face",
            (
                (
                    Action("live.open", "&Live face…", self.open, "Ctrl+L"),
                    Action(
                        "live.listen",
                        "Lis&ten for phones",
                        self.listen,
                        "Ctrl+Shift+L",
                        title=Follows(self._listen_title, live.changed),
                    ),
                ),
                (
                    toggle(
                        "live.show",
                        "&Show live face",
                        Follows(lambda: self.on, live.changed),
                        self.set_on,
                        "Ctrl+Alt+L",
                        usable=heard,
                    ),
                    Action(
                        "live.calibrate",
                        "&Calibrate neutral",
                        live.calibrate,
                        "Shift+N",
                        "Call the live face as it is now the face at rest",
                        usable=heard,
                    ),
                    Action(
                        "live.as_sent",
                        "&Undo calibration",
                        lambda: live.calibrate(on=False),
                        tip="Take the live face as the phone sends it",
                        usable=Follows(lambda: live.calibrated, live.changed),
                    ),
                    Action(
                        "live.record",
                        "&Record live face",
                        bar.record,
                        "Shift+R",
                        title=Follows(self._record_title, live.changed),
                        usable=heard,
                    ),
                ),
            ),
            id="live",
        )

    @property
    def seen(self) -> bool:
        """Whether the live face is what is on show."""
        return self._shown is not None and self.stage.preview.sequence is self._shown

    # Verbs

    def open(self) -> None:
        """Bring up the bar, and the keys to it."""
        self.bar.show()
        self.bar.address.setFocus()

    def listen(self) -> None:
        """Listen where the bar says, or no more."""
        self.bar.show()
        self.bar.listen()

    def set_on(self, *, on: bool) -> None:
        """Show the live face, or the clip that is on show otherwise."""
        self.on = on
        if on:
            self.stage.player.stop()
        elif self.seen:
            self.stage.show_preview(None)
        self._shown = None
        self.reading.set_on(on=on)
        self.bar.set_shown(on=on)
        self.live.changed.emit()

    def close(self) -> None:
        """Listen no more, and take the bar away."""
        self.live.stop()
        self.bar.hide()
        self.stage.take_focus()

    # Following

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Have what is being recorded in the document before the window asks what would be lost."""
        if event.type() == QEvent.Type.Close and watched is self.parent():
            self.live.finish()
        return False

    def _listen_title(self) -> str:
        return "S&top listening" if self.live.listening else "Lis&ten for phones"

    def _record_title(self) -> str:
        return "Stop &recording" if self.live.recording is not None else "&Record live face"

    def _follow(self) -> None:
        """Show the first phone that comes, and the clip again once nothing is listened to."""
        listening = self.live.listening
        if listening == self._heard:
            return
        self._heard = listening
        self.set_on(on=listening)

    def _give_way(self) -> None:
        """Leave the view to a clip that was chosen; one that was just recorded waits for that."""
        if self.on and not self.live.adding:
            self.set_on(on=False)

    def _show(self, points: Floats) -> None:
        if not self.on:
            return
        preview = self.stage.preview.sequence
        rest = self.live.head.rest
        if preview is None or (preview is self._shown and rest is not self._rest):
            phone = self.live.phone
            self._rest, self._shown = rest, rest.renamed("live")
            self.stage.show_preview(self._shown, f"Live: {phone.subject}" if phone else "Live")
        elif preview is not self._shown:
            return  # something else is looked at for now
        self._due = self.live.arrived
        self.stage.on_view(lambda view: view.show_points(points))
        self._watch()

    def _watch(self) -> None:
        """Listen to what the view paints."""
        view = self.stage.viewport.view if self.stage.viewport is not None else None
        if view is not None and view is not self._view:
            self._view = view
            view.drawn.connect(self._note_drawn)
            view.frameSwapped.connect(self._note_painted)

    def _note_drawn(self) -> None:
        self._drawn = self._due

    def _note_painted(self) -> None:
        if self._drawn and self.on:
            self.live.painted(self._drawn)
        self._due = self._drawn = 0.0

    def _tell(self, answer: LiveAnswer | None) -> None:
        """Show what is read of the face that arrives; None: it is the clip's turn again."""
        expression = None if answer is None else answer.expression
        self.panel.show_other("Live" if answer is not None else "", expression)
        self.units.service.show_live(None if answer is None else answer.units)
        shown = self.units.service.shown
        if answer is not None and answer.units is not None and shown is not None:
            self.panel.say_units(live_words(answer.expression, shown))

    def _explain(self, said: str) -> None:
        """Say of a clip which units speak for its verdict, once they are known."""
        if not self.units.service.live:
            self.panel.say_units(said)
