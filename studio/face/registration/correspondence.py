"""How a face of any triangulation lies on the studio's: what registration finds, frozen."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError
from studio.core.sequence import Doubles, Floats, Ints, read_only, topology_hash

from .shapes import FaceShapes

VERSION = 1
_INDICES = ("foreign_faces", "triangle")
_LARGEST = 1 << 30  # bytes of the arrays in a file
_LEVEL = 30.0  # degrees, within which a head that is turned is seen as it is held
NO_PARTNER = -1  # in `triangle`, of a template vertex that the foreign face has nothing for


@dataclass(frozen=True)
class Verdict:
    """What tells a good registration from a bad one.

    Attributes
    ----------
    fit_mean_mm, fit_p95_mm
        Distance of the fitted front of the face from the foreign surface.
    landmark_residual_mm
        Median distance of the landmarks after the similarity.
    scale
        Template millimeters a foreign one.
    unit
        The power of ten in `scale` that is a matter of units, 1.0 where the unit was right.
    folded_share
        Edges of the front that the fit folds over, 0..1.
    matched_share
        Vertices of the front that have a partner, 0..1.
    identity_sigma
        The largest coefficient of the identity, in deviations.
    accepted
        Whether motion can be carried by it.
    reason
        Why not, one sentence that says what would help; "" where it is accepted.
    remark
        What else was seen, a sentence; "" for nothing.
    expression
        The largest weight of an ARKit shape in what the face shows, as a person of the rig.
    """

    fit_mean_mm: float
    fit_p95_mm: float
    landmark_residual_mm: float
    scale: float
    unit: float
    folded_share: float
    matched_share: float
    identity_sigma: float
    accepted: bool
    reason: str = ""
    remark: str = ""
    expression: float = 0.0


@dataclass(frozen=True, eq=False)
class Correspondence:
    """A foreign face at rest, and the template fitted to it.

    A foreign vertex x lies in the template's pose at ``scale * x @ rotation.T + shift``.

    Attributes
    ----------
    neutral
        (N, 3) float32 mm, the foreign face at rest in its own pose.
    foreign_faces
        (F, 3) int32, its triangles as its file lists them.
    scale, rotation, shift
        The similarity into the template's pose: a number, (3, 3) and (3,) float64.
    fitted
        (V, 3) float32 mm, the template's vertices on the foreign surface, in the template's pose;
        those without a partner where the rest of the face puts them.
    triangle
        (V,) int32, the foreign triangle of each template vertex, `NO_PARTNER` where it has none.
    barycentric
        (V, 3) float32, where in that triangle.
    confidence
        (V,) float32, 0..1, how far the partner of a template vertex can be trusted; 0 without one.
    identity
        (K,) float32, the numbers of the rig's identity directions nearest to the face.
    landmarks
        (M, 3) float32 mm, the points of the foreign surface that the fit began from, in its pose.
    verdict
        How good it is.
    points
        Name of a point that was given -> where it lies in the world, (3,) in mm; none where the
        landmarks were found on pictures of the face.
    origin
        (3,) float64 mm, where the foreign face lies in the world, as that of a `MeshSequence`.
    shapes
        The ARKit shapes that the face brings, in its own pose, in which clips of it are read; None
        where it brings none.

    Raises
    ------
    InputError
        For shapes or indices that do not fit each other.
    """

    neutral: Floats
    foreign_faces: Ints
    scale: float
    rotation: Doubles
    shift: Doubles
    fitted: Floats
    triangle: Ints
    barycentric: Floats
    confidence: Floats
    identity: Floats
    landmarks: Floats
    verdict: Verdict
    points: Mapping[str, Doubles] = field(default_factory=dict)
    origin: Doubles = field(default_factory=lambda: np.zeros(3))
    shapes: FaceShapes | None = None

    def __post_init__(self) -> None:
        count, size = len(self.foreign_faces), len(self.fitted)
        wanted: dict[str, tuple[NDArray[Any], tuple[int, ...]]] = {
            "neutral": (self.neutral, (len(self.neutral), 3)),
            "foreign_faces": (self.foreign_faces, (count, 3)),
            "rotation": (self.rotation, (3, 3)),
            "shift": (self.shift, (3,)),
            "fitted": (self.fitted, (size, 3)),
            "triangle": (self.triangle, (size,)),
            "barycentric": (self.barycentric, (size, 3)),
            "confidence": (self.confidence, (size,)),
            "identity": (self.identity, (len(self.identity),)),
            "landmarks": (self.landmarks, (len(self.landmarks), 3)),
            "origin": (self.origin, (3,)),
            **{f"point {name}": (place, (3,)) for name, place in self.points.items()},
        }
        for name, (array, shape) in wanted.items():
            if array.shape != shape:
                raise InputError.of(f"correspondence, {name}", f"shape {shape}", str(array.shape))
            kinds, wish = ("iu", "whole numbers") if name in _INDICES else ("f", "floats")
            if array.dtype.kind not in kinds:
                raise InputError.of(f"correspondence, {name}", wish, str(array.dtype))
            if not np.isfinite(array).all():
                raise InputError.of(f"correspondence, {name}", "finite numbers", "others")
            read_only(array)
        for name, index, limit in (
            ("triangle", self.triangle, count),
            ("foreign_faces", self.foreign_faces, len(self.neutral)),
        ):
            low = NO_PARTNER if name == "triangle" else 0
            if index.size and not low <= index.min() <= index.max() < limit:
                raise InputError.of(f"correspondence, {name}", f"below {limit}", str(index.max()))
        if not (np.isfinite(self.scale) and self.scale > 0):
            raise InputError.of("correspondence", "a scale above 0", str(self.scale))
        if self.shapes is not None and self.shapes.topology != self.topology:
            found = f"{len(self.shapes.neutral)} vertices"
            raise InputError.of("correspondence, shapes", "those of its triangulation", found)

    @cached_property
    def topology(self) -> str:
        """Hash of the foreign triangulation."""
        return topology_hash(self.foreign_faces, len(self.neutral))

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        own = 0 if self.shapes is None else self.shapes.deltas.nbytes
        return int(own + sum(array.nbytes for array in _arrays(self).values()))

    def grown(self, factor: float) -> Correspondence:
        """Give the same for a foreign face that is so many times larger."""
        size = np.float32(factor)
        judged = self.verdict
        return replace(
            self,
            neutral=self.neutral * size,
            landmarks=self.landmarks * size,
            points={name: place * factor for name, place in self.points.items()},
            origin=self.origin * factor,
            scale=self.scale / factor,
            verdict=replace(judged, scale=judged.scale / factor, unit=judged.unit / factor),
            shapes=None if self.shapes is None else self.shapes.grown(factor),
        )

    def with_shapes(self, shapes: FaceShapes | None) -> Correspondence:
        """Have clips of the face read in these shapes of its triangulation, wherever they lie."""
        return replace(self, shapes=None if shapes is None else shapes.laid_on(self.neutral))

    def placed(self, rotation: Doubles, shift: Doubles, origin: Doubles) -> Correspondence:
        """Give the same for a foreign face that lies elsewhere.

        Parameters
        ----------
        rotation, shift
            (3, 3) and (3,) mm: a foreign vertex x is to lie at ``x @ rotation.T + shift``.
        origin
            (3,) mm, where it then lies in the world.
        """

        def moved(points: Floats) -> Floats:
            return np.asarray(points @ rotation.T + shift, dtype=np.float32)

        turn = self.rotation @ rotation.T
        shapes = self.shapes
        if shapes is not None:
            deltas = np.asarray(shapes.deltas @ rotation.T.astype(np.float32))
            shapes = replace(shapes, neutral=moved(shapes.neutral), deltas=deltas)
        return replace(
            self,
            neutral=moved(self.neutral),
            rotation=turn,
            shift=self.shift - self.scale * turn @ shift,
            landmarks=moved(self.landmarks),
            points={
                name: (place - self.origin) @ rotation.T + shift + origin
                for name, place in self.points.items()
            },
            origin=origin,
            shapes=shapes,
        )

    @property
    def upright(self) -> Doubles | None:
        """(3, 3) The face's left, up and front as rows, None where they are about x, y and z."""
        turned = np.arccos(np.clip((np.trace(self.rotation) - 1) / 2, -1.0, 1.0))
        return self.rotation if np.degrees(turned) > _LEVEL else None

    @property
    def has_partner(self) -> NDArray[np.bool_]:
        """(V,) Which template vertices have a place on the foreign surface."""
        return np.asarray(self.triangle != NO_PARTNER)

    def laid(self, vertices: Floats) -> Floats:
        """Take foreign vertices (..., N, 3) in mm into the template's pose and size."""
        moved = self.scale * (vertices @ self.rotation.T) + self.shift
        return np.asarray(moved, dtype=np.float32)

    def unlaid(self, vertices: Floats) -> Floats:
        """Take vertices (..., N, 3) from the template's pose and size back to the foreign ones."""
        moved = (vertices - self.shift) @ self.rotation / self.scale
        return np.asarray(moved, dtype=np.float32)


def write_correspondence(found: Correspondence, path: Path) -> None:
    """Write it as one npz file of that very name, which `read_correspondence` reads."""
    own, shapes = found.shapes, dict[str, Any]()
    if own is not None:
        shapes = {"rest": own.neutral, "deltas": own.deltas, "shapes": np.array(own.path)}
    with path.open("wb") as file:  # NumPy would add a suffix to a name
        np.savez_compressed(
            file,
            version=np.int32(VERSION),
            verdict=np.array(json.dumps(asdict(found.verdict))),
            **_arrays(found),
            **shapes,
        )


def is_correspondence(path: Path) -> bool:
    """Whether a file is one that `write_correspondence` wrote, by the names of its arrays."""
    try:
        if not path.is_file():
            return False  # whoever opens a pipe may wait for ever
        with zipfile.ZipFile(path) as archive:
            return {"verdict.npy", "fitted.npy"} <= set(archive.namelist())
    except (OSError, zipfile.BadZipFile, ValueError):
        return False


def read_correspondence(path: Path) -> Correspondence:
    """Read a file that `write_correspondence` wrote.

    Raises
    ------
    InputError
        Where it cannot be one, or a later studio wrote it.
    """
    try:
        _check_size(path)
        # Opened here, because NumPy leaves a damaged archive open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
            version = int(data["version"])
            if version > VERSION:
                raise InputError(f"one of version {version}, which a later studio wrote")
            said = json.loads(str(data["verdict"]))
            arrays = {name: data[name] for name in _NAMES}
            given = zip(data["names"], data["places"], strict=True)
            points = {str(name): place for name, place in given}
            shapes = None
            if "shapes" in data:
                own, faces = str(data["shapes"]), arrays["foreign_faces"]
                shapes = FaceShapes(data["rest"], faces, data["deltas"], own)
        return replace(_built(arrays, said, points), shapes=shapes)
    except (*_DAMAGE, InputError) as error:
        raise InputError.of(path, "a registration of a face", _what(error)) from error


_DAMAGE = (
    *(OSError, EOFError, KeyError, ValueError, TypeError, AttributeError),
    *(zipfile.BadZipFile, zlib.error),
)
_NAMES = (
    *("neutral", "foreign_faces", "scale", "rotation", "shift", "fitted", "triangle"),
    *("barycentric", "confidence", "identity", "landmarks", "origin"),
)


def _check_size(path: Path) -> None:
    """Refuse arrays that are packed into a small file and would fill the memory."""
    with zipfile.ZipFile(path) as archive:
        size = sum(info.file_size for info in archive.infolist())
    if size > _LARGEST:
        raise InputError(f"{size >> 20} MiB of arrays, more than {_LARGEST >> 20}")


def _what(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    if isinstance(error, InputError):
        return str(error)
    return "another kind of file, or a damaged one"


def _verdict(said: Mapping[str, Any]) -> Verdict:
    """Read what was judged; raise `ValueError` for a number that is none."""
    verdict = Verdict(**said)
    numbers = [getattr(verdict, entry.name) for entry in fields(Verdict) if entry.type == "float"]
    if not (np.isfinite(np.array(numbers, dtype=float)).all() and isinstance(verdict.reason, str)):
        raise ValueError("verdict")
    return verdict


def _arrays(found: Correspondence) -> dict[str, Any]:
    arrays = {name: np.asarray(getattr(found, name)) for name in _NAMES}
    places = np.array(list(found.points.values()), dtype=np.float64).reshape(-1, 3)
    return arrays | {"names": np.array(list(found.points), dtype=str), "places": places}


def _built(
    arrays: Mapping[str, Any], said: Mapping[str, Any], points: Mapping[str, Doubles]
) -> Correspondence:
    verdict = _verdict(said)
    rest = {name: array for name, array in arrays.items() if name != "scale"}
    return Correspondence(scale=float(arrays["scale"]), verdict=verdict, points=points, **rest)
