"""The region of the chosen edit, painted by strokes or put together from regions by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from studio.core import StudioError
from studio.core.sequence import Floats
from studio.document import ClipState, Document
from studio.document.edits.parts.masked import MaskedEdit
from studio.face.known import known
from studio.face.regions.brush import RADIUS, STRENGTH, covered, painted, softened
from studio.face.regions.carried import carried
from studio.face.regions.named import ALL, NAMES, region
from studio.face.regions.painted import PaintedMask
from studio.io.masks import SUFFIX, write_mask
from studio.ui.editing.chosen_edit import ChosenEdit
from studio.ui.kit.bind import bind

STEP = "Paint the region"


class MaskPainter(QObject):
    """What brush, keys and buttons do to the mask of the chosen edit.

    A stroke is shown while it goes on, and is one step once it ends.

    Attributes
    ----------
    on
        Whether the mouse paints.
    radius, strength
        Of the brush: mm, and how much of the way to its goal it brings what it covers.
    erasing, mirror
        Whether it takes away, and whether the other side of the face does the same.
    """

    changed = Signal()  # what the brush is, what it is for, or the weights
    failed = Signal(object)  # Exception

    def __init__(
        self, document: Document, chosen: ChosenEdit, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.chosen = document, chosen
        self.on = self.erasing = self.mirror = False
        self.radius, self.strength = 15.0, 1.0
        self._base: Floats | None = None  # before the stroke
        self._cover: Floats | None = None  # what it has covered since
        self._against = False  # whether it does the opposite of what the brush is set to
        chosen.changed.connect(self._follow)
        bind(self, document.current_changed, lambda _clip: self._follow())

    # What there is

    @property
    def edit(self) -> MaskedEdit | None:
        """The chosen edit, where it has a region."""
        edit = self.chosen.edit
        return edit if isinstance(edit, MaskedEdit) else None

    @property
    def refusal(self) -> str:
        """Why nothing can be painted; empty where it can."""
        return "" if self.edit is not None else "Choose an edit that has a region, such as a mix"

    @property
    def weights(self) -> Floats | None:
        """The region as it is now, (V,); None where there is none."""
        clip, edit = self.chosen.clip, self.edit
        return None if clip is None or edit is None else edit.weights(clip.recording)

    @property
    def can_mirror(self) -> bool:
        """Whether it is known which vertices lie across from each other."""
        clip = self.chosen.clip
        return clip is not None and known(clip.recording.topology) is not None

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions by name that the face has."""
        clip = self.chosen.clip
        named = clip is not None and (self.can_mirror or clip.registration is not None)
        return NAMES if named else (ALL,)

    @property
    def stroking(self) -> bool:
        """Whether a stroke goes on."""
        return self._base is not None

    # The brush

    def set_on(self, *, on: bool) -> None:
        """Have the mouse paint, or move the camera alone."""
        on = on and self.edit is not None
        if on != self.on:
            self.give_up()
            self.on = on
            self.changed.emit()

    def set_radius(self, radius: float) -> None:
        """Have the brush reach so many mm."""
        self.radius = min(max(radius, RADIUS.low), RADIUS.high)
        self.changed.emit()

    def set_strength(self, strength: float) -> None:
        """Have the brush bring what it covers so far towards its goal."""
        self.strength = min(max(strength, STRENGTH.low), STRENGTH.high)
        self.changed.emit()

    def set_erasing(self, *, on: bool) -> None:
        """Take away, or add."""
        self.erasing = on
        self.changed.emit()

    def set_mirror(self, *, on: bool) -> None:
        """Do the same on the other side of the face."""
        self.mirror = on
        self.changed.emit()

    # A stroke

    def begin(self, *, against: bool = False) -> None:
        """Begin a stroke; `against` lets it do the opposite of what the brush is set to."""
        self._base, self._against = self.weights, against
        self._cover = None if self._base is None else np.zeros_like(self._base)

    def dab(self, points: Floats, normals: Floats, middle: Floats, way: Floats) -> None:
        """Put the brush onto a place (3,) of the surface (V, 3), as `covered` has it."""
        cover, clip = self._cover, self.chosen.clip
        if cover is None or clip is None:
            return
        found = covered(points, normals, middle, way, self.radius)
        face = known(clip.recording.topology)
        if self.mirror and face is not None:
            found = np.maximum(found, found[face.template.mirror])
        self._cover = np.maximum(cover, found)

    def show(self) -> None:
        """Show what the stroke has made of the region till now."""
        if self._base is not None and self._cover is not None:
            erasing = self.erasing != self._against
            self._put(painted(self._base, self._cover, self.strength, erasing=erasing), held=True)

    def end(self) -> None:
        """End the stroke, as one step."""
        if self._base is not None:
            self._base = self._cover = None
            self.chosen.drop(STEP)
            self.document.seal()

    def give_up(self) -> None:
        """Take the stroke back that goes on."""
        if self._base is not None:
            self._base = self._cover = None
            self.chosen.give_up()

    # Without a mouse

    def add(self, name: str) -> None:
        """Add a region by name; where both have a vertex, the greater weight stays."""
        now, more = self.weights, self._named(name)
        if now is not None and more is not None:
            self._put(np.maximum(now, more))

    def remove(self, name: str) -> None:
        """Take a region by name away."""
        now, less = self.weights, self._named(name)
        if now is not None and less is not None:
            self._put(np.minimum(now, 1 - less))

    def soften(self) -> None:
        """Let the region fade further over its border."""
        now, clip = self.weights, self.chosen.clip
        if now is not None and clip is not None:
            self._put(softened(now, clip.recording.faces))

    def invert(self) -> None:
        """Take what was not taken."""
        now = self.weights
        if now is not None:
            self._put(1 - now)

    def clear(self) -> None:
        """Take nothing."""
        now = self.weights
        if now is not None:
            self._put(np.zeros_like(now))

    def save(self, path: Path) -> None:
        """Keep the region as a file, under whose name the edit then has it."""
        clip, edit, now = self.chosen.clip, self.edit, self.weights
        if clip is None or edit is None or now is None:
            return
        name = path.name.removesuffix(SUFFIX)
        mask = PaintedMask(name, clip.recording.topology, now)
        try:
            write_mask(path.with_name(name + SUFFIX), mask)
        except StudioError as error:
            self.failed.emit(error)
            return
        if isinstance(edit.mask, PaintedMask):
            self.chosen.put(_with(edit, mask), step=STEP)

    # How

    def _named(self, name: str) -> Floats | None:
        clip, edit = self.chosen.clip, self.edit
        if clip is None or edit is None:
            return None
        return region_of(clip, name, edit.border)

    def _put(self, weights: Floats, *, held: bool = False) -> None:
        clip, edit = self.chosen.clip, self.edit
        if clip is None or edit is None:
            return
        name = edit.mask.name if isinstance(edit.mask, PaintedMask) else "painted"
        mask = PaintedMask(name, clip.recording.topology, weights)
        self.chosen.put(_with(edit, mask), held=held, step=STEP)

    def _follow(self) -> None:
        if self.edit is None and self.on:
            self._base = self._cover = None
            self.on = False
        self.changed.emit()


def region_of(clip: ClipState, name: str, border: float) -> Floats:
    """Tell how much each vertex of a clip's face belongs to a region by name.

    Returns
    -------
    (V,) in 0..1; 1 for all on a face of which no regions are known
    """
    recording, found = clip.recording, clip.registration
    face = known(recording.topology)
    if face is not None:
        return region(face, name, border)
    if found is None or name == ALL:
        return np.ones(recording.n_vertices, np.float32)
    return carried(found, name, border).weights


def _with(edit: MaskedEdit, mask: PaintedMask) -> MaskedEdit:
    changed: Any = edit  # which kinds have as a field
    made: MaskedEdit = replace(changed, mask=mask)
    return made
