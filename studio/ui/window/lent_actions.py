"""Where else than in the menus actions and their keys are found: buttons, other menus, tips."""

from __future__ import annotations

from studio.document.edits.channels.curves import TANGENTS
from studio.ui.clips.panel import ClipList
from studio.ui.curves.mouse import CurveView
from studio.ui.editing.bar import LandmarkBar
from studio.ui.editing.painting.bar import PaintBar
from studio.ui.editing.stack_panel import StackPanel
from studio.ui.generate.panel import GeneratePanel
from studio.ui.identity.panel import PeoplePanel
from studio.ui.menus.hints import KeyHint
from studio.ui.menus.registry import Registry
from studio.ui.recognize.panel import RecognitionPanel
from studio.ui.units.panel import UnitPanel

from .stage import Stage
from .status_bar import StatusBar

# What the right mouse button offers, by section.
CLIP_ENTRIES = (
    (
        *("takes.star", "takes.compare", "takes.regenerate"),
        *("takes.use_settings", "takes.copy_recipe", "takes.paste_recipe"),
    ),
    (
        "edit.rename",
        "edit.duplicate",
        "edit.cut.add",
        "edit.reading",
        "edit.fit_face",
        "file.export",
    ),
    ("takes.reveal", "takes.delete"),
)
READING_ENTRIES = tuple(
    f"recognition.{name}" for name in ("table", "smooth_table", "chart", "copy")
)
UNIT_ENTRIES = (
    ("recognition.next_unit", "recognition.previous_unit"),
    ("recognition.unit_table", "recognition.feat_table"),
    ("recognition.beside", "recognition.no_beside"),
)
PEOPLE_ENTRIES = (
    ("recognition.add_person", "recognition.people_folder", "recognition.people_file"),
    ("recognition.keep_people", "recognition.forget_person"),
)
TIMELINE_ENTRIES = (
    ("playback.mark", "recognition.next_peak", "recognition.previous_peak"),
    (
        *("recognition.shape.lines", "recognition.shape.stacked"),
        *("recognition.zoom_in", "recognition.zoom_out", "recognition.fit"),
    ),
)
MARKER_ENTRIES = (
    ("playback.mark", "playback.next_marker", "playback.previous_marker"),
    ("playback.note_marker", "playback.unmark"),
)
EDIT_ENTRIES = (
    ("edit.set_key",),
    ("edit.edits.switch", "edit.edits.rename", "edit.edits.duplicate"),
    ("edit.edits.up", "edit.edits.down", "edit.edits.remove"),
)
KEY_ENTRIES = (
    ("edit.keys.copy", "edit.keys.paste", "edit.keys.remove"),
    ("edit.keys.all", "edit.keys.longer", "edit.keys.shorter"),
)
CHANNEL_ENTRIES = (
    ("edit.channels.set", "edit.channels.remove", "edit.channels.reduce"),
    tuple(f"edit.channels.tangent.{name}" for name in TANGENTS),
    ("edit.pose.copy", "edit.pose.paste", "edit.pose.flip"),
    ("edit.channels.keyed", "edit.channels.moving", "edit.channels.fit"),
)


def lend_actions(
    registry: Registry,
    stage: Stage,
    clips: ClipList,
    recognition: RecognitionPanel,
    units: UnitPanel,
    people: PeoplePanel,
    generation: GeneratePanel,
    landmark_bar: LandmarkBar,
    curves: CurveView,
    status: StatusBar,
) -> None:
    """Put actions and keys also where the mouse is."""
    for name in ("star", "compare", "regenerate", "sheet"):
        clips.add_button(registry[f"takes.{name}"])
    clips.menu_actions = registry.sections(*CLIP_ENTRIES)
    stage.timeline.menu_actions = registry.sections(*TIMELINE_ENTRIES)
    stage.marks.menu_actions = registry.sections(*MARKER_ENTRIES)
    curves.menu_actions = registry.sections(*CHANNEL_ENTRIES)
    stage.keys.menu_actions = registry.sections(*KEY_ENTRIES)
    recognition.export.menu().addActions(registry.sections(READING_ENTRIES))
    units.more.menu().addActions(registry.sections(*UNIT_ENTRIES))
    people.more.menu().addActions(registry.sections(*PEOPLE_ENTRIES))
    recognition.verdict_view.copy.clicked.connect(registry["recognition.copy"].trigger)
    bar, empty = stage.bar, stage.empty
    hints = {
        "playback.first": bar.first,
        "playback.previous": bar.previous,
        "playback.play": bar.play,
        "playback.next": bar.next,
        "playback.last": bar.last,
        "file.open": empty.files,
        "file.open_folder": empty.folder,
        "takes.find": clips.search,
        "edit.landmarks": landmark_bar.leave,
        "edit.generate": generation.generate,
        "edit.neutral": recognition.use_frame,
        "recognition.copy": recognition.verdict_view.copy,
        "view.leave": stage.compare_bar.leave,
    }
    for action_id, widget in hints.items():
        KeyHint(registry, widget, action_id)
    KeyHint(registry, stage.compare_bar.modes["flip"], "view.flip", words="{} flips")
    for cancel in (generation.cancel, *status.cancels):
        KeyHint(registry, cancel, "edit.stop", words="{} cancels what was begun last")


def lend_edits(registry: Registry, edits: StackPanel, stage: Stage) -> None:
    """Put the kinds of edits, and what is done to one, also into the panel of edits."""
    edits.landmarks.clicked.connect(registry["edit.landmarks"].trigger)
    edits.set_menu(registry.menu("edit.add"), registry.sections(*EDIT_ENTRIES))
    bar = PaintBar(edits.painter)
    stage.add_bar(bar)
    KeyHint(registry, bar.leave, "edit.paint")
    edits.parts.paint.clicked.connect(registry["edit.paint"].trigger)
    KeyHint(registry, edits.parts.paint, "edit.paint")
