"""Networks of .tflite files give in torch what LiteRT gives, and damaged ones are refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import CheckpointError
from studio.core.sequence import Floats
from studio.nn.tflite import bundle, face_landmarker
from studio.nn.tflite.graph import read_graph
from studio.nn.tflite.network import Network
from studio.nn.tflite.runtime import Runtime, runner, usual_runtime

# Made by LiteRT 2.3.0 of the input of `made`: each output's size, six of its numbers, evenly
# spaced from the first, and the mean of all their magnitudes.
RIGHT = {
    "face_landmarks_detector": [
        (1434, [59.1421, -20.6584, 85.5764, 66.6620, -22.7041, 88.0488], 74.19844),
        (1, [-13.9019], 13.90193),
        (1, [0.0], 0.0),
    ],
    "face_detector": [
        (14336, [0.3754, -2.2107, -0.5568, -2.0010, -9.8443, 3.9249], 12.56093),
        (896, [-4.3826, -3.4900, -4.3915, -3.5867, -4.0313, -4.9252], 4.61157),
    ],
    "face_blendshapes": [(52, [0.0, 0.0004, 0.1023, 0.0032, 0.0023, 0.0454], 0.18494)],
}


def made(shape: tuple[int, ...]) -> Floats:
    n = np.arange(np.prod(shape), dtype=np.float64)
    return (0.5 + 0.5 * np.sin(n * 0.001 + n % 7)).astype(np.float32).reshape(shape)


@pytest.mark.parametrize("runtime", ["torch", "litert"])
@pytest.mark.parametrize("name", RIGHT)
def test_a_shipped_network_gives_what_litert_gave(name: str, runtime: Runtime) -> None:
    if runtime != usual_runtime() == "torch":
        pytest.skip("LiteRT is not installed")
    shape = read_graph(bundle.member(f"{name}.tflite"), name)
    outputs = [out.ravel() for out in runner(name, runtime)(made(shape.shapes[shape.inputs[0]]))]
    assert len(outputs) == len(RIGHT[name])
    for out, (size, numbers, mean) in zip(outputs, RIGHT[name], strict=True):
        assert out.size == size
        np.testing.assert_allclose(out[:: max(size // 6, 1)][:6], numbers, atol=1e-3)
        assert np.abs(out).mean() == pytest.approx(mean, abs=1e-3)


def test_a_picture_without_a_face_shows_none() -> None:
    places, presence = face_landmarker.landmarks(np.full((256, 256), 0.5, dtype=np.float32))
    assert places.shape == (478, 3) and presence < 0.01


def test_the_region_of_a_face_is_level_with_its_eyes() -> None:
    # An ellipse of landmarks 100 wide and 60 tall, turned by 30 degrees about (7, -3).
    angle = np.linspace(0, 2 * np.pi, 478, endpoint=False)
    flat = np.stack([50 * np.cos(angle), 30 * np.sin(angle)], axis=1)
    flat[face_landmarker.RIGHT_EYE], flat[face_landmarker.LEFT_EYE] = (-20, 5), (20, 5)
    turned = flat @ face_landmarker.turn(np.radians(30)).T + (7, -3)
    middle, size, roll = face_landmarker.region(turned)
    np.testing.assert_allclose(middle, (7, -3), atol=0.05)
    assert size == pytest.approx(150, abs=0.1) and np.degrees(roll) == pytest.approx(30)


@pytest.fixture(scope="module")
def whole() -> bytes:
    import zipfile

    with zipfile.ZipFile(bundle.bundle()) as archive:
        return archive.read("face_detector.tflite")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.9])
def test_a_network_that_was_cut_off_is_refused_in_a_sentence(whole: bytes, share: float) -> None:
    with pytest.raises(CheckpointError, match=r"^face\.tflite: expected a network as \.tflite"):
        read_graph(whole[: int(share * len(whole))], "face.tflite")


def test_a_network_with_wrong_bytes_is_refused_or_read(whole: bytes) -> None:
    draw = np.random.default_rng(0)
    refused = 0
    for _ in range(40):
        # Tables lie behind the weights; a wrong byte there may point anywhere.
        data = bytearray(whole)
        for place in draw.integers(len(data) - 60_000, len(data), 300):
            data[place] = draw.integers(256)
        try:
            read_graph(bytes(data), "face.tflite")
        except CheckpointError:
            refused += 1
    assert refused


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(CheckpointError, match="its first bytes are not those of one"):
        Network(b"solid cube\n" * 100, "cube.stl")


def test_a_damaged_bundle_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "face_landmarker.task"
    shutil.copy(bundle.bundle(), path)
    data = bytearray(path.read_bytes())
    data[100_000] ^= 1  # in the weights of the detector, which the first network of the file is
    path.write_bytes(data)
    monkeypatch.setattr(bundle, "bundle", lambda: path)
    with pytest.raises(CheckpointError, match="installing the studio anew"):
        bundle.member("face_detector.tflite")
    path.unlink()
    with pytest.raises(CheckpointError, match="installing the studio anew"):
        bundle.member("face_detector.tflite")
