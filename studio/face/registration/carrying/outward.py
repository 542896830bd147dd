"""Motion of the template carried back onto the foreign face that it was fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.core.alignment import head_points
from studio.core.geometry import smoothstep, sphere
from studio.core.progress import Progress
from studio.core.sequence import Doubles, Floats
from studio.core.surfaces import vertex_normals
from studio.face.known import studio_face
from studio.face.registration.correspondence import Correspondence
from studio.face.rig import ARKIT_INDEX

from .action_fit import ActionFit, turned
from .fill import Fill
from .head import HeadMotion
from .laid import Laid, laid_on, template_still
from .lids import Lids
from .lips import Lips
from .parts import in_mouth, jaw_blend, lip_line
from .portions import portions

if TYPE_CHECKING:
    from scipy import sparse

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]

_FADE_FROM, _FADE_TO = 10.0, 60.0  # mm along the surface, over which motion is held back
_HELD = 1e-4  # mm^-4; motion dies out over 10 mm
_TOUCHING, _ATTACHED = 3.0, 15.0  # mm to the skin: what moves with it, and what no longer does
_NEIGHBORS, _REACH = 8, 3.0  # anchors that a vertex of a loose part follows, and mm they count
_JAW = ("jawForward", "jawRight", "jawLeft", "jawOpen")
_BONE = 0.8  # of the farthest motion of an opening jaw, in points that move with its bone
_FRAMES = 128  # at once: what is spread is simpler the more it is, and memory is full sooner
_TOGETHER = 200  # vertices of all frames that are turned together: few enough for one processor
_BAG = 30.0  # mm along the surface from what the template covers, in the bag of the mouth


@dataclass(frozen=True, eq=False)
class _Outward:
    """What is found once for a correspondence, for distinct vertices (W) of the foreign face.

    Attributes
    ----------
    laid : the foreign face
    fill : from the matched vertices to the skin
    attached : (Q, W) what the vertices of loose parts take from the skin
    mouth : (M,) vertices of teeth, gums, tongue and the bag of the mouth
    share : (M,) 0..1, how far each follows the lower jaw
    tongue : (M,) 0..1, how far each follows the template's tongue instead, and (M,) which vertex
    fit : the rig's actions, which tell how the jaw moves
    bone : (J,) vertices of the template that move with the jaw's bone
    lips : where they may meet
    lids : the skin around each eyeball
    balls : (B,) the template's eyeball for each foreign one, (P, 3) mm that one laid about it, and
        (3,) mm its center
    still : (H,) vertices of the template that no expression moves
    """

    laid: Laid
    fill: Fill
    attached: sparse.csr_array
    mouth: Index
    share: Floats
    tongue: tuple[Floats, Index]
    fit: ActionFit
    bone: Index
    lips: Lips
    lids: tuple[Lids, ...]
    balls: tuple[tuple[Index, Floats, Doubles], ...]
    still: Index

    def skin(self, fitted: Floats, moved: Floats) -> Floats:
        """Move skin and mouth: (W, 3T) mm for displacements (T, V, 3) of the template."""
        flat = np.ascontiguousarray(moved.transpose(1, 0, 2).reshape(moved.shape[1], -1))
        field = self.laid.matched @ flat
        if len(self.mouth):
            field[self.mouth] = self._teeth(fitted, moved).reshape(len(self.mouth), -1)
        self.fill(field)
        return field

    def _teeth(self, fitted: Floats, moved: Floats) -> Floats:
        """Displacements (M, T, 3) of what is in the mouth."""
        weights = self.fit.weights(moved[:, self.fit.seen])
        jaws = [ARKIT_INDEX[name] for name in _JAW]
        actions = self.fit.actions[jaws][:, self.bone]
        opened = (weights[:, jaws] @ actions.reshape(len(jaws), -1)).reshape(len(moved), -1, 3)
        part = np.asarray(self.laid.vertices[self.mouth], dtype=np.float32)
        out = turned(fitted[self.bone], opened, part, share=self.share)
        licks, beside = self.tongue
        own = np.flatnonzero(licks)
        with_it = moved[:, beside[own]].transpose(1, 0, 2)
        out[own] += licks[own, None, None] * (with_it - out[own])
        return out


def carried_back(
    correspondence: Correspondence, vertices: Floats, progress: Progress | None = None
) -> Floats:
    """Carry motion of the template back onto the vertices of the foreign face.

    Skin follows where the template lies on it, and smoothly beside; each lip its own side.
    Eyeballs turn with the gaze, teeth follow skull and jaw, lashes the skin that they stand on,
    and what is far away stays. The head's motion is kept.

    Parameters
    ----------
    correspondence : how the foreign face lies on the template
    vertices : (T, V, 3) mm, the fitted template in motion, in the template's pose
    progress : hears how far it is, and stops it

    Returns
    -------
    (T, N, 3) float32 mm, in the foreign face's pose; its own vertices, bit for bit, where the
    template is as it was fitted

    Raises
    ------
    InputError
        For frames that are not the template's.
    """
    count, message = len(correspondence.fitted), "Carrying motion back"
    parts = portions(vertices, count, "motion to carry", message, progress, _FRAMES)
    outward = _outward(correspondence)
    out = np.empty((len(vertices), *correspondence.neutral.shape), dtype=np.float32)
    for part in parts:
        _carry(correspondence, outward, vertices[part], out[part])
    return out


def _carry(correspondence: Correspondence, outward: _Outward, frames: Floats, out: Floats) -> None:
    """Carry frames (T, V, 3) back to (T, N, 3), which are filled in."""
    fitted, still, laid = correspondence.fitted, outward.still, outward.laid
    head = HeadMotion.of(frames[:, still], fitted[still])
    moved = _moved(outward, fitted, head.off(frames) - fitted)
    turn = correspondence.rotation / correspondence.scale
    there = (-head.shift[:, None] @ head.rotation - correspondence.shift) @ turn
    turns = (head.rotation @ turn).astype(np.float32)
    back, shift = turn.astype(np.float32), there.astype(np.float32)
    for start in range(0, len(laid.seam), _TOGETHER):
        part = slice(start, start + _TOGETHER)
        own = moved[laid.seam[part]]
        if head.moves:
            own += laid.vertices[laid.seam[part], None].astype(np.float32)
            np.matmul(own.transpose(1, 0, 2), turns, out=out[:, part])
            out[:, part] += shift
        else:
            flat = (own.reshape(-1, 3) @ back).reshape(own.shape)
            np.add(flat.transpose(1, 0, 2), correspondence.neutral[part], out=out[:, part])
    # Sums of zeros among other frames are not always zero to the bit.
    out[(frames == fitted).all(axis=(1, 2))] = correspondence.neutral


def _moved(outward: _Outward, fitted: Floats, moved: Floats) -> Floats:
    """Displacements (W, T, 3) of the foreign vertices for those (T, V, 3) of the template."""
    laid, count = outward.laid, len(moved)
    field = outward.skin(fitted, moved)
    field[laid.parts.others] = outward.attached @ field
    there = field.reshape(len(field), count, 3)
    for eye, (ball, about, center) in zip(laid.parts.eyes, outward.balls, strict=True):
        # In its place: the rig's gaze shifts its own eyeballs by 2 mm, which would cut into lids.
        there[eye.vertices] = turned(fitted[ball], moved[:, ball], about, center)
    outward.lips.part(there)
    for lids in outward.lids:
        lids.clear(there)
    return there


@lru_cache(maxsize=4)
def _outward(correspondence: Correspondence) -> _Outward:
    from scipy.spatial import cKDTree

    template, fitted = studio_face().template, correspondence.fitted
    laid = laid_on(correspondence)
    edges = laid.edges
    away = np.minimum(edges.distance(np.flatnonzero(laid.known), _FADE_TO), 2 * _FADE_TO)
    held = _HELD * smoothstep((away - _FADE_FROM) / (_FADE_TO - _FADE_FROM))
    share = jaw_blend(laid.vertices, lip_line(fitted))
    deep = in_mouth(laid.vertices, fitted) & laid.skin & (away > _BAG)
    bag = np.flatnonzero(deep & ((share == 0) | (share == 1)))
    fit = ActionFit.of(fitted, np.flatnonzero(template.regions["skin"]))
    opening = np.linalg.norm(fit.actions[ARKIT_INDEX["jawOpen"]], axis=1)
    bone = np.flatnonzero(template.regions["skin"] & (opening > _BONE * opening.max()))
    mouth = np.concatenate([laid.parts.mouth, bag])
    jaw = np.concatenate([laid.parts.jaw, share[bag]]).astype(np.float32)
    tongue = np.concatenate([laid.parts.tongue, np.zeros(len(bag), dtype=np.float32)])
    licked = np.flatnonzero(template.regions["tongue"])
    beside = np.asarray(cKDTree(fitted[licked]).query(laid.vertices[mouth])[1], dtype=np.intp)
    licks = tongue, licked[beside]
    normals = vertex_normals(laid.vertices.astype(np.float32), laid.faces)
    lips = Lips.of(laid, fitted)
    lids = tuple(Lids.of(laid, eye, normals) for eye in laid.parts.eyes)
    found = [laid.about(eye, fitted) for eye in laid.parts.eyes]
    balls = tuple((ball, at, sphere(fitted[ball].astype(float))[0]) for ball, at in found)
    still = head_points(template_still())
    attached = _attached(laid)

    def filled(known: Mask) -> _Outward:
        fixed = known.copy()
        fixed[bag] = True
        fill = Fill.of(edges, fixed, bends=True, held=held)
        return _Outward(
            *(laid, fill, attached, mouth, jaw, licks, fit, bone), *(lips, lids, balls, still)
        )

    # Skin that lies double, as over an eye, is near the template twice, once with wrong motion:
    # what the rig's actions would tear is no match.
    shown = fit.actions.copy()
    shown[ARKIT_INDEX["mouthClose"]] += shown[ARKIT_INDEX["jawOpen"]]  # which it corrects
    flat = np.ascontiguousarray(shown.transpose(1, 0, 2).reshape(len(fitted), -1))
    known = laid.known & ~edges.torn(laid.matched @ flat, laid.known)
    outward = filled(known)
    torn = edges.around(edges.torn(outward.skin(fitted, shown), laid.skin)) & known
    return filled(known & ~torn) if torn.any() else outward


def _attached(face: Laid) -> sparse.csr_array:
    """Find what vertices of loose parts take from the skin: (Q, W).

    The vertices of a part nearest to the skin move with it, and the others with them; less, the
    farther the whole part is from the skin.
    """
    from scipy import sparse
    from scipy.spatial import cKDTree

    laid, piece, others = face.vertices, face.edges.piece, face.parts.others
    shape = len(others), len(laid)
    nowhere = np.zeros(0, dtype=np.intp)
    none = sparse.csr_array((np.zeros(0, np.float32), (nowhere, nowhere)), shape=shape)
    ground = np.flatnonzero(face.skin)
    if not (len(others) and len(ground)):
        return none
    away, below = map(np.asarray, cKDTree(laid[ground]).query(laid[others]))
    least = np.full(piece.max() + 1, np.inf)
    np.minimum.at(least, piece[others], away)
    least = least[piece[others]]
    anchor = np.flatnonzero((away <= np.maximum(least + 1.0, _TOUCHING)) & (least < _ATTACHED))
    if not len(anchor):
        return none
    # Parts lie far apart in a fourth direction, so that none follows another's anchors.
    apart = np.c_[laid[others], 1e4 * piece[others]]
    count = min(_NEIGHBORS, len(anchor))
    found = cKDTree(apart[anchor]).query(apart, k=[*range(1, count + 1)])
    distance, nearest = map(np.asarray, found)
    weight = np.exp(-(((distance - distance[:, :1]) / _REACH) ** 2)) * (distance < 5e3)
    weight /= np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
    weight *= 1 - smoothstep((least - _TOUCHING) / (_ATTACHED - _TOUCHING))[:, None]
    rows = np.repeat(np.arange(len(others)), count)
    columns = ground[below[anchor[nearest]]].ravel()
    return sparse.csr_array((weight.astype(np.float32).ravel(), (rows, columns)), shape=shape)
