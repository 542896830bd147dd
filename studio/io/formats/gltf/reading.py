"""A glTF file as a clip: everything that its scene shows, joined into one surface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from studio.core import InputError, MeshSequence
from studio.core.errors import either
from studio.core.read_as import Teller
from studio.core.sequence import Doubles, Floats, Ints
from studio.core.timing import checked_rate
from studio.io.format import Source
from studio.io.topology import checked_faces
from studio.io.units import Placement, shown

from .accessors import Accessors
from .container import Container
from .curves import Animation
from .motion import Motion, Part, rate_of
from .nodes import Scene
from .parts import parts_of

_DAMAGE = (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError)
_AT_ONCE = 16  # frames; in so few, most targets of a file with one for each frame rest
_FEW = 20_000  # vertices of frames that are made at once where a frame has few
_MOST = 1_000_000  # frames of an animation: hours
_TOLD = 5  # names in a sentence
_LARGE = 3000.0  # mm, above which nobody's head is


def read(source: Source) -> MeshSequence:
    """Read a file: an animation, or its targets as poses, or what stands still."""
    try:
        with np.errstate(all="ignore"):  # what is not finite is told of the vertices
            arrays = Accessors(Container.open(source))
            scene = Scene.of(arrays.file.tree)
            return _Reading(source, arrays, scene, parts_of(source, arrays, scene)).clip()
    except _DAMAGE:
        raise InputError.of(source.place, "a glTF file", "a damaged one") from None


@dataclass(frozen=True, eq=False)
class _Reading:
    """A file that is being read.

    Attributes
    ----------
    source, arrays, scene
        The file.
    parts
        The meshes of its scene.
    """

    source: Source
    arrays: Accessors
    scene: Scene
    parts: tuple[Part, ...]

    def clip(self) -> MeshSequence:
        """Make the clip."""
        source, animations = self.source, self._animations()
        chosen = _chosen(source, animations)
        fps: float | None = None
        by: Teller = "file"
        motion = Motion()
        if source.poses or chosen is None:
            chosen = None
            if any(part.mesh.names for part in self.parts):
                motion = Motion.posing(self.parts)
        else:
            fps, by = rate_of(chosen, source.default_fps)
            motion = Motion.playing(chosen, checked_rate(source.place, source.timed(fps, by)[0]))
        vertices, place = self._frames(motion)
        remarks = (*self._joined(), *_others(chosen, animations), *_large(vertices))
        clip = source.clip(vertices, self._faces(motion), place, fps, remarks, fps_by=by)
        if source.part:
            clip = clip.renamed(source.part)
        return replace(clip, frame_names=motion.poses) if motion.poses else clip

    def _animations(self) -> list[Animation]:
        """Read the animations that move the surface, and of these what moves it."""
        tree, over = self.arrays.file.tree, self.scene.over
        targets = {part.node: len(part.mesh.names) for part in self.parts}
        carrying = {at for part in self.parts for node in part.followed for at in over(node)}
        found = []
        for number, said in enumerate(tree.listed("animations"), start=1):
            one = Animation.of(self.arrays, said, lambda node: targets.get(node, 0))
            moving = {
                (node, path): curve
                for (node, path), curve in one.curves.items()
                if path == "weights" or node in carrying
            }
            if moving:
                name = one.name or f"animation {number}"
                found.append(replace(one, name=name, curves=moving))
        return found

    def _frames(self, motion: Motion) -> tuple[Floats, Placement]:
        """Make all frames (T, V, 3) in mm, some at a time."""
        count = sum(len(part.mesh.rest) for part in self.parts)
        if motion.count > _MOST:
            wanted = f"an animation of {_MOST} frames or fewer"
            raise self.arrays.file.tree.bad(wanted, str(motion.count))
        at_once = max(_AT_ONCE, _FEW // count)
        self.source.check_room(12 * count * motion.count + 200 * count * at_once)
        first = self._some(motion, range(1))
        place = self.source.placed(first[0], self.arrays.file.tree.unit)
        out: Floats = np.empty((motion.count, count, 3), np.float32)
        starts, message = range(0, motion.count, at_once), f"Reading {self.source.place.name}"
        for start in self.source.progress.each(starts, message):
            frames = range(start, min(start + at_once, motion.count))
            out[start : frames.stop] = place.apply(self._some(motion, frames), self.source.place)
        return out, place

    def _some(self, motion: Motion, frames: range) -> Doubles:
        """Make some frames (T, V, 3), in the unit of the file."""
        wanted = {node for part in self.parts for node in part.followed}
        worlds = self.scene.worlds(wanted, motion.curves, motion.moments(frames))
        shown = [_posed(part, motion.weights(part, frames), worlds) for part in self.parts]
        return np.concatenate(shown, axis=1)

    def _faces(self, motion: Motion) -> Ints:
        """Put the faces (F, 3) of all parts behind each other, wound as they are seen."""
        wanted = {part.node for part in self.parts if part.skin is None}
        worlds = self.scene.worlds(wanted, motion.curves, motion.moments(range(1)))
        found, start = [np.zeros((0, 3), np.int64)], 0
        for part in self.parts:
            mirrored = part.skin is None and np.linalg.det(worlds[part.node][0, :3, :3]) < 0
            found.append(part.mesh.faces[:, :: -1 if mirrored else 1] + start)
            start += len(part.mesh.rest)
        return checked_faces(self.source.place, np.concatenate(found), start)

    def _joined(self) -> tuple[str, ...]:
        """Say which meshes became one, and what was left out."""
        tree, told = self.arrays.file.tree, []
        if len(self.parts) > 1:
            nodes = [tree.one("nodes", part.node) for part in self.parts]
            names = [tree.name(node) or f"mesh {k}" for k, node in enumerate(nodes, start=1)]
            told.append(f"Its {len(names)} meshes are joined into one: {_listed(names)}.")
        every = (remark for part in self.parts for remark in part.mesh.remarks)
        return (*told, *dict.fromkeys(every))


def _chosen(source: Source, animations: Sequence[Animation]) -> Animation | None:
    """Choose the animation that was asked for, or the first."""
    if not source.part:
        return next(iter(animations), None)
    for one in animations:
        if one.name == source.part:
            return one
    there = _listed([one.name for one in animations]) if animations else "none"
    raise InputError.of(source.place, f"an animation named {shown(source.part)}", there)


def _others(chosen: Animation | None, animations: Sequence[Animation]) -> tuple[str, ...]:
    """Say which animations are not shown."""
    names = [one.name for one in animations if one is not chosen]
    if not names or chosen is None:
        return ()
    return (f"It plays {shown(chosen.name)}; FILE#NAME opens another: {_listed(names)}.",)


def _large(vertices: Floats) -> tuple[str, ...]:
    """Say that a surface is larger than any head, as it is where meters are none."""
    size = float(np.ptp(vertices[0], axis=0).max(initial=0.0)) / 1000.0
    if size * 1000.0 < _LARGE:
        return ()
    return (f"It is {size:,.3g} m large, in meters as glTF is; --input-unit says otherwise.",)


def _listed(names: Sequence[str]) -> str:
    told = [shown(name) for name in names[:_TOLD]]
    more = [f"{len(names) - _TOLD} more"] if len(names) > _TOLD else []
    return either([*told, *more], "and")


def _posed(part: Part, weights: Doubles, worlds: dict[int, Doubles]) -> Doubles:
    """Move a part by its targets (T, K), and put it where it belongs: (T, V, 3)."""
    mesh, used = part.mesh, np.flatnonzero((weights != 0).any(axis=0))
    local = (weights[:, used] @ mesh.deltas[used]).reshape(len(weights), *mesh.rest.shape)
    local += mesh.rest
    if part.skin is None:
        world = worlds[part.node]
        return local @ world[:, :3, :3].transpose(0, 2, 1) + world[:, None, :3, 3]
    skin, out = part.skin, np.zeros_like(local)
    joints = np.stack(np.broadcast_arrays(*(worlds[at] for at in skin.nodes)), axis=1) @ skin.back
    for slot in range(mesh.joints.shape[1]):
        by = joints[:, mesh.joints[:, slot]]
        moved = np.einsum("tvij,tvj->tvi", by[..., :3, :3], local) + by[..., :3, 3]
        out += mesh.weights[:, slot, None] * moved
    return out
