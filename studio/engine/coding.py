"""Faces as latents and back, a bounded number of them on the device at a time."""

from __future__ import annotations

from functools import partial

import numpy as np

from studio.core import Progress
from studio.core.alignment import Rotations
from studio.core.sequence import Floats

from .host import Host
from .models import Models
from .pose import FaceTemplate, to_template_pose

CHUNK = 64  # meshes on the device at a time


def encoded(host: Host, template: FaceTemplate, vertices: Floats, progress: Progress) -> Floats:
    """Latents (T, D) of frames (T, V, 3) in any pose, each laid on the template first."""
    parts = []
    for start in progress.each(range(0, len(vertices), CHUNK), "Reading faces"):
        posed, _ = to_template_pose(vertices[start : start + CHUNK], template)
        parts.append(host.ask(partial(Models.encode, vertices=posed)))
    return np.concatenate(parts)


def decoded(host: Host, latents: Floats, progress: Progress) -> Floats:
    """Meshes (T, V, 3) of latents (T, D), in the template's pose."""
    parts = []
    for start in progress.each(range(0, len(latents), CHUNK), "Making faces"):
        chunk = latents[start : start + CHUNK]
        parts.append(host.ask(partial(Models.decode, latents=chunk)))
    return np.concatenate(parts)


def pose_and_latent(host: Host, template: FaceTemplate, face: Floats) -> tuple[Rotations, Floats]:
    """The rotation (3, 3) of a face (V, 3) into the template's pose, and its latent (D,)."""
    posed, rotation = to_template_pose(face[None], template)
    return rotation[0], host.ask(partial(Models.encode, vertices=posed))[0]
