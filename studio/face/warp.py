"""A whole mesh from a few moved points: radial basis functions about the landmarks.

The affine term and its side conditions are there on wish (Seo and Luo 2021, equations 3 and 4).
What a vertex moves is linear in what the landmarks move, with factors that depend on the rest
mesh alone. So they are found once, and all the frames of a clip are one product.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError
from studio.core.geometry import smoothstep
from studio.core.sequence import Floats, Ints
from studio.core.surfaces import nearest_on_surface, open_border, surface_distance

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

Kernel = Literal["gaussian", "paper"]
KERNELS: tuple[Kernel, ...] = get_args(Kernel)
Array = NDArray[np.float64]

# In spacings of the landmarks. Lips that lie two millimeters apart part by forty, which a wide
# Gaussian answers with waves over the whole face; the printed kernel bears a wide reach.
_GAUSSIAN_WIDTH, _PAPER_LENGTH = 0.75, 3.3
_NEAR, _FAR = 1.5, 8.0  # where the damping begins and ends, in spacings too
_MOST_SPACING = 0.1  # of the size of the mesh, for few landmarks far apart
_FLAT = 0.05  # landmarks this thin across, as a share of their size, count as flat
_EXACT = 1e-6  # of a landmark's own motion, that may be missed without ridge


@dataclass(frozen=True, eq=False)
class RbfWarp:
    """The map from landmark to vertex displacements on one rest mesh.

    Attributes
    ----------
    weights : (V, M) float32, what each landmark hands to each vertex
    kernel, sigma : ``exp(-r^2 / (2 sigma^2))`` for "gaussian"; for "paper", as it is printed,
        ``exp(-r / (2 sigma^2))``, so that there 2 sigma^2 is a length
    """

    weights: Floats
    kernel: Kernel
    sigma: float

    @classmethod
    def of(
        cls,
        rest: Floats,
        landmarks: Floats,
        *,
        kernel: Kernel = "paper",
        sigma: float | None = None,
        affine: bool = False,
        ridge: float = 0.0,
        damped: bool = True,
        reach: float | None = None,
        faces: Ints | None = None,
    ) -> RbfWarp:
        """Find the map of a rest mesh. Without ridge the landmarks that are vertices are met.

        Parameters
        ----------
        rest : (V, 3) mm
        landmarks : (M, 3) mm, on the mesh
        kernel : see `RbfWarp`
        sigma : width of the kernel; None takes one that suits the spacing of the landmarks
        affine : adds an affine map that the kernels are kept clear of, so that such motions are
            followed everywhere; only along those directions that the landmarks spread in
        ridge : added to the diagonal; above 0 the landmarks are met in part, for noisy ones
        damped : lets the motion fade with the distance from the nearest landmark, to nothing at
            `reach` mm, so that the back of the head stays put
        reach : None takes eight spacings of the landmarks
        faces : (F, 3); with them that distance runs along the surface, open borders that no
            landmark is near stay put, and so does a part without landmarks, as an eyeball

        Raises
        ------
        InputError
            For shapes that do not fit, two landmarks at one place, or a kernel too wide to
            solve for.
        """
        points, centers = checked(rest, landmarks)
        spacing = _spacing(points, centers)
        sigma = _default_sigma(kernel, spacing) if sigma is None else sigma
        basis = _Basis.of(centers, kernel, sigma, affine=affine)
        weights = basis.at(points) @ basis.solved(ridge)
        if damped:
            far = _FAR * spacing if reach is None else reach
            near = min(_NEAR * spacing, far / 4)
            weights *= _damping(points, centers, faces, near, far)[:, None]
        return cls(np.ascontiguousarray(weights, dtype=np.float32), kernel, float(sigma))

    @property
    def nbytes(self) -> int:
        """Bytes of memory the map takes."""
        return int(self.weights.nbytes)

    def only(self, landmarks: NDArray[np.integer]) -> RbfWarp:
        """Keep the map of some landmarks, by ids (N,); the others stay put."""
        return replace(self, weights=np.ascontiguousarray(self.weights[:, landmarks]))

    def apply(self, displacements: Floats) -> Floats:
        """Move the mesh as landmarks are moved, in one product.

        Parameters
        ----------
        displacements : (..., M, 3) mm, of the landmarks

        Returns
        -------
        (..., V, 3) float32 mm, of the mesh

        Raises
        ------
        InputError
            When there are more or fewer landmarks than in the map.
        """
        moved = np.asarray(displacements, dtype=np.float32)
        n_vertices, n_landmarks = self.weights.shape
        if moved.ndim < 2 or moved.shape[-2:] != (n_landmarks, 3):
            wanted = f"displacements of shape (..., {n_landmarks}, 3)"
            raise InputError.of("landmarks", wanted, str(moved.shape))
        # One axis after the other, so that the product runs over unbroken rows.
        rows = np.moveaxis(moved, -1, 0).reshape(-1, n_landmarks)
        planes = (rows @ self.weights.T).reshape(3, *moved.shape[:-2], n_vertices)
        out = np.empty((*moved.shape[:-2], n_vertices, 3), dtype=np.float32)
        for axis, plane in enumerate(planes):
            out[..., axis] = plane
        return out


@dataclass(frozen=True, eq=False)
class _Basis:
    """The kernels about the landmarks and the monomials beside them.

    Attributes
    ----------
    centers
        (M, 3) the landmarks.
    axes
        (3, K) what the affine term is linear in, scaled to about 1.
    """

    centers: Array
    kernel: Kernel
    sigma: float
    affine: bool
    middle: Array
    axes: Array

    @classmethod
    def of(cls, centers: Array, kernel: Kernel, sigma: float, *, affine: bool) -> _Basis:
        if kernel not in KERNELS:
            raise InputError.of("kernel", f"one of {', '.join(KERNELS)}", str(kernel))
        if not (np.isfinite(sigma) and sigma > 0):
            raise InputError.of("sigma", "a width above 0", f"{sigma:g}")
        middle = centers.mean(axis=0)
        _, sizes, turned = np.linalg.svd(centers - middle, full_matrices=False)
        wide = sizes > _FLAT * sizes[0]
        axes = (turned[wide] / sizes[wide, None]).T * np.sqrt(len(centers))
        return cls(centers, kernel, sigma, affine, middle, axes)

    def at(self, points: Array) -> Array:
        """(N, M + P) values of the basis at points (N, 3); P is 0 without the affine term."""
        from scipy.spatial.distance import cdist

        if self.kernel == "gaussian":
            bumps = np.exp(-cdist(points, self.centers, "sqeuclidean") / (2 * self.sigma**2))
        else:
            bumps = np.exp(-cdist(points, self.centers) / (2 * self.sigma**2))
        if not self.affine:
            return np.asarray(bumps)
        linear = (points - self.middle) @ self.axes
        return np.concatenate([bumps, np.ones((len(points), 1)), linear], axis=1)

    def solved(self, ridge: float) -> Array:
        """(M + P, M) coefficients of the basis for each landmark moved by 1 alone."""
        known = self.at(self.centers)
        count, size = known.shape
        system, wanted = np.zeros((size, size)), np.eye(size, count)
        system[:count] = known
        system[count:, :count] = known[:, count:].T
        system[:count, :count] += ridge * np.eye(count)
        try:
            found = np.linalg.solve(system, wanted)
        except np.linalg.LinAlgError:
            found = np.full((size, count), np.nan)
        missed = np.abs(system @ found - wanted).max()
        if not missed < _EXACT:
            wanted_width = "a kernel narrow enough for landmarks this near, or a ridge"
            raise InputError.of("sigma", wanted_width, f"{self.sigma:g}")
        return np.asarray(found)


def checked(rest: Floats, landmarks: Floats) -> tuple[Array, Array]:
    """Bring a mesh (V, 3) and landmarks (M, 3) to double precision.

    Raises
    ------
    InputError
        Where they cannot be that, or two landmarks are at one place.
    """
    points, centers = np.asarray(rest, dtype=np.float64), np.asarray(landmarks, dtype=np.float64)
    for name, array in (("mesh", points), ("landmarks", centers)):
        if array.ndim != 2 or array.shape[1] != 3 or not len(array):
            raise InputError.of(name, "points of shape (N, 3)", str(array.shape))
        if not np.isfinite(array).all():
            raise InputError.of(name, "finite coordinates", "NaN or infinity")
    _check_apart(points, centers)
    return points, centers


def _check_apart(points: Array, centers: Array) -> None:
    twins = _tree(centers).query_pairs(1e-7 * _size(points))
    if twins:
        first, second = min(twins)
        wanted = f"{len(centers)} different places"
        raise InputError.of("landmarks", wanted, f"{first} and {second} at the same")


def _tree(points: Array) -> cKDTree:
    from scipy.spatial import cKDTree  # half a second that the window's start need not wait for

    return cKDTree(points)


def _size(points: Array) -> float:
    """Diagonal of the box around points (N, 3), in mm."""
    return float(np.linalg.norm(np.ptp(points, axis=0)))


def _spacing(points: Array, centers: Array) -> float:
    """Mean distance from a landmark to the next, in mm."""
    most = _MOST_SPACING * (_size(points) or 1.0)
    if len(centers) == 1:
        return most
    nearest, _ = _tree(centers).query(centers, k=2)
    return min(float(np.asarray(nearest)[:, 1].mean()), most)


def _default_sigma(kernel: Kernel, spacing: float) -> float:
    if kernel == "gaussian":
        return _GAUSSIAN_WIDTH * spacing
    return float(np.sqrt(_PAPER_LENGTH * spacing / 2))


def _damping(points: Array, centers: Array, faces: Ints | None, near: float, far: float) -> Array:
    """(V,) factors: 1 up to `near` mm from the next landmark, 0 from `far` mm, smooth between."""
    if far <= 0:
        raise InputError.of("reach", "a distance above 0", f"{far:g}")
    if faces is None:
        distance = np.asarray(_tree(centers).query(points)[0])
        return 1.0 - smoothstep((distance - near) / (far - near))
    sources = np.asarray(_tree(points).query(centers)[1])
    distance = surface_distance(points, faces, sources)
    held = _held_by_borders(points, faces, distance, near)
    return (1.0 - smoothstep((distance - near) / (far - near))) * (1.0 - held)


def _held_by_borders(points: Array, faces: Ints, distance: Array, near: float) -> Array:
    """Find how much open borders hold what is around them, half way to the landmarks.

    Parameters
    ----------
    distance : (V,) mm to the next landmark

    Returns
    -------
    (V,) 1 on a border far from any landmark, 0 on one that landmarks lie on, as around an eye
    """
    border = open_border(points, faces)
    border = border[np.isfinite(distance[border]) & (distance[border] > near)]
    if not len(border):
        return np.zeros(len(points))
    away, nearest = nearest_on_surface(points, faces, border)
    there = distance[border[nearest]]
    return smoothstep((there - near) / near) * smoothstep(1.0 - away / (there / 2))
