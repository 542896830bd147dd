"""The warp of a mesh by its landmarks."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator
from scipy.spatial.distance import cdist

from studio.core import InputError
from studio.core.surfaces import open_border, surface_distance
from studio.face.known import studio_face
from studio.face.template import Template, load_template
from studio.face.warp import KERNELS, Kernel, RbfWarp

Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def template() -> Template:
    return load_template()


def scattered(seed: int = 0) -> tuple[Array, Array, Array]:
    """Points of a mesh, landmarks (the first 20 of them) and what those move, in mm."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(-50, 50, size=(300, 3))
    return points, points[:20], rng.normal(size=(20, 3))


def moved(warp: RbfWarp, displacements: Array) -> Array:
    """As `apply` does it, without the rounding of its input."""
    return warp.weights.astype(np.float64) @ displacements


def bowl(rings: int = 14, around: int = 36) -> tuple[Array, NDArray[np.int32]]:
    """A hemisphere of 100 mm that looks along z and is open behind; its rim are the last
    `around` vertices."""
    angles = np.linspace(0.02, np.pi / 2, rings)[:, None]
    turn = np.linspace(0, 2 * np.pi, around, endpoint=False)
    x, y = np.sin(angles) * np.cos(turn), np.sin(angles) * np.sin(turn)
    points = 100 * np.stack([x, y, np.cos(angles) + 0 * turn], axis=-1).reshape(-1, 3)
    place = np.arange(rings * around).reshape(rings, around)
    a, b, c, d = (place[:-1], np.roll(place, -1, 1)[:-1], place[1:], np.roll(place, -1, 1)[1:])
    faces = np.concatenate([np.stack(t, -1).reshape(-1, 3) for t in ((a, c, b), (b, c, d))])
    return points, faces.astype(np.int32)


@pytest.mark.parametrize("ridge", [0.0, 0.05])
@pytest.mark.parametrize(("affine", "degree"), [(True, 1), (False, -1)])
def test_the_gaussian_is_that_of_scipy(affine: bool, degree: int, ridge: float) -> None:
    points, landmarks, displacements = scattered()
    warp = RbfWarp.of(points, landmarks, kernel="gaussian", sigma=30.0, affine=affine, ridge=ridge,
                      damped=False)  # fmt: skip
    peer = RBFInterpolator(landmarks, displacements, kernel="gaussian", degree=degree,
                           epsilon=1 / (np.sqrt(2) * 30.0), smoothing=ridge)  # fmt: skip
    np.testing.assert_allclose(moved(warp, displacements), peer(points), atol=1e-6)


def test_the_printed_kernel_solves_the_printed_system() -> None:
    points, landmarks, displacements = scattered()
    warp = RbfWarp.of(points, landmarks, kernel="paper", sigma=5.0, damped=False)
    system, values = (np.exp(-cdist(a, landmarks) / 50.0) for a in (landmarks, points))
    expected = values @ np.linalg.solve(system, displacements)
    np.testing.assert_allclose(moved(warp, displacements), expected, atol=1e-6)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("layout", ["ibug-68", "bu3dfe-83"])
def test_the_landmarks_are_met(
    kernel: Kernel, affine: bool, layout: str, template: Template
) -> None:
    landmarks = template.vertices[studio_face().landmarks(layout)]
    warp = RbfWarp.of(
        template.vertices, landmarks, kernel=kernel, affine=affine, faces=template.faces
    )
    wish = np.random.default_rng(1).normal(scale=5.0, size=(4, *landmarks.shape)).astype("f4")
    size = np.ptp(template.vertices, axis=0).max()
    missed = np.abs(warp.apply(wish)[..., studio_face().landmarks(layout), :] - wish)
    assert missed.max() < 1e-6 * size


@pytest.mark.parametrize("kernel", KERNELS)
def test_affine_motions_are_followed_everywhere(kernel: Kernel, template: Template) -> None:
    landmarks = template.vertices[studio_face().landmarks("ibug-68")]
    warp = RbfWarp.of(template.vertices, landmarks, kernel=kernel, affine=True, damped=False)
    rng = np.random.default_rng(2)
    turn, shift = rng.normal(scale=0.1, size=(3, 3)), rng.normal(scale=5.0, size=3)
    np.testing.assert_allclose(
        moved(warp, landmarks @ turn + shift), template.vertices @ turn + shift, atol=2e-3
    )


def test_an_open_border_stays_put_with_damping() -> None:
    points, faces = bowl()
    rim = slice(-36, None)
    landmarks = points[[0, 40, 80, 120, 150, 170, 190]]
    wish = np.tile([0.0, -8.0, 3.0], (len(landmarks), 1))
    for affine in (True, False):
        whole, damped = (
            RbfWarp.of(points, landmarks, affine=affine, damped=on, reach=60.0, faces=faces)
            for on in (False, True)
        )
        assert np.abs(whole.apply(wish)[rim]).max() > 0.5
        assert not damped.apply(wish)[rim].any()
        np.testing.assert_allclose(damped.apply(wish)[[0, 40, 190]], wish[:3], atol=1e-5)


def test_the_open_neck_of_the_template_stays_put(template: Template) -> None:
    border = open_border(template.vertices, template.faces)
    neck = border[template.regions["skin"][border]]
    assert len(neck) > 20 and template.vertices[neck, 1].max() < -90
    landmarks = template.vertices[studio_face().landmarks("ibug-68")]
    wish = np.tile(np.float32([0, -10, 4]), (68, 1))
    for affine in (True, False):
        warp = RbfWarp.of(template.vertices, landmarks, affine=affine, faces=template.faces)
        assert not warp.apply(wish)[neck].any()
        np.testing.assert_allclose(
            warp.apply(wish)[..., studio_face().landmarks("ibug-68"), :], wish, atol=1e-4
        )


def test_a_border_that_landmarks_lie_on_moves_with_them() -> None:
    points, faces = bowl()
    rim = np.arange(len(points) - 36, len(points))
    landmarks = points[np.r_[rim[::3], [0, 100, 200]]]
    warp = RbfWarp.of(points, landmarks, faces=faces)
    wish = np.tile(np.float32([0, 0, 5]), (len(landmarks), 1))
    np.testing.assert_allclose(warp.apply(wish)[rim[::3], 2], 5.0, atol=1e-4)
    assert warp.apply(wish)[rim, 2].min() > 3.0


def test_the_damping_is_smooth_from_vertex_to_vertex() -> None:
    points, faces = bowl(rings=60)
    landmarks = points[[0, 500, 510, 520, 530]]
    warp = RbfWarp.of(points, landmarks, faces=faces)
    wish = np.tile([0.0, 10.0, 0.0], (len(landmarks), 1))
    ends = warp.apply(wish)[faces]
    length = np.linalg.norm(points[faces] - np.roll(points[faces], 1, axis=1), axis=2).max()
    assert np.linalg.norm(ends - np.roll(ends, 1, axis=1), axis=2).max() < 0.5 * length


def test_what_holds_no_landmark_stays_put_on_a_surface(template: Template) -> None:
    landmarks = template.vertices[studio_face().landmarks("ibug-68")]
    warp = RbfWarp.of(template.vertices, landmarks, faces=template.faces)
    for name in ("eye_left", "eye_right", "tongue"):
        assert not warp.weights[template.regions[name]].any()
    assert np.abs(warp.weights[template.regions["mouth"]]).sum(axis=1).min() > 0.1


def test_a_seam_does_not_cut_the_surface() -> None:
    points, faces = bowl()
    split = points[faces].reshape(-1, 3)  # every triangle for itself
    torn = np.arange(len(split), dtype=np.int32).reshape(-1, 3)
    whole = surface_distance(points, faces, np.array([0]))
    np.testing.assert_allclose(
        surface_distance(split, torn, np.array([0])), whole[faces].ravel(), atol=1e-9
    )
    assert np.isinf(surface_distance(points, faces[:1], np.array([0]))[-1])


def test_many_frames_are_those_one_by_one() -> None:
    points, landmarks, _ = scattered()
    warp = RbfWarp.of(points, landmarks)
    clip = np.random.default_rng(3).normal(size=(2, 5, 20, 3)).astype(np.float32)
    whole = warp.apply(clip)
    assert whole.shape == (2, 5, 300, 3)
    np.testing.assert_allclose(whole[1, 3], warp.apply(clip[1, 3]), atol=1e-5)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("affine", [True, False])
def test_a_few_landmarks_are_enough(count: int, affine: bool) -> None:
    points, faces = bowl()
    ids = [40, 200, 260, 340][:count]
    wish = np.random.default_rng(count).normal(size=(count, 3))
    out = RbfWarp.of(points, points[ids], affine=affine, faces=faces).apply(wish)
    np.testing.assert_allclose(out[ids], wish, atol=1e-4)
    assert np.abs(out).max() < 5 * np.abs(wish).max()


def test_two_landmarks_at_one_place_are_one_sentence() -> None:
    points, landmarks, _ = scattered()
    landmarks = landmarks.copy()
    landmarks[7] = landmarks[3]
    with pytest.raises(InputError, match="20 different places, found 3 and 7 at the same"):
        RbfWarp.of(points, landmarks)


def test_what_cannot_be_a_warp_is_one_sentence() -> None:
    points, landmarks, displacements = scattered()
    close = landmarks / 5
    with pytest.raises(InputError, match="kernel narrow enough"):
        RbfWarp.of(points, close, kernel="gaussian", sigma=5000.0)
    RbfWarp.of(points, close, kernel="gaussian", sigma=5000.0, ridge=0.01)
    with pytest.raises(InputError, match="sigma: expected a width above 0"):
        RbfWarp.of(points, landmarks, sigma=0.0)
    with pytest.raises(InputError, match="reach: expected a distance above 0"):
        RbfWarp.of(points, landmarks, reach=0.0)
    with pytest.raises(InputError, match=r"landmarks: expected points of shape"):
        RbfWarp.of(points, landmarks[:, :2])
    with pytest.raises(InputError, match="mesh: expected finite coordinates"):
        RbfWarp.of(points * np.nan, landmarks)
    with pytest.raises(InputError, match=r"displacements of shape \(..., 20, 3\)"):
        RbfWarp.of(points, landmarks).apply(displacements[:9])


def test_a_warp_is_a_map_that_scales_with_the_mesh() -> None:
    points, landmarks, _ = scattered()
    for kernel in KERNELS:
        one, ten = (RbfWarp.of(s * points, s * landmarks, kernel=kernel) for s in (1, 10))
        np.testing.assert_allclose(one.weights, ten.weights, atol=1e-5)
