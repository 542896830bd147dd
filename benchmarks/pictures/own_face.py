"""Makes the README's picture of takes on another head again, where the scanned-head model is.

Run with: python -m benchmarks.pictures.own_face

The head is a person drawn from the ICT FaceKit's light model, (c) 2020 USC Institute for Creative
Technologies, MIT license.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from studio.core import MeshSequence
from studio.core.sequence import Floats
from studio.core.system.paths import shipped
from studio.engine import Engine
from studio.engine.registration import register
from studio.face.known import studio_face
from studio.face.registration.correspondence import Correspondence
from studio.render.camera import Orbit
from studio.render.coloring.eyes import Image
from studio.render.offscreen import OffScreen
from studio.render.scene import Scene
from studio.render.stills import add_caption, tile, write_png
from studio.render.thumbnails import apex
from studio.takes.registered import accepted, on_own_mesh
from studio.training.evaluation.motion import motion_folder
from studio.training.evaluation.registration.cases import Scanned

from . import report

PERSON, SEED = 1, 3
INTENSITY = 1.2
SIZE = (230, 290)
COLUMNS = 4
_NEAR = 1.05  # of the distance at which the landmarks fill the picture


def main() -> None:
    """Write resources/pictures/own_face.png: a head at rest, and all labels at their apex."""
    path = motion_folder().parent / "ict" / "ict.npz"
    if not path.is_file():
        print(f"{path}: not here, so the picture stays as it is")
        return
    case = Scanned.read(path).person(PERSON)
    head = MeshSequence(case.vertices[None].astype(np.float32), case.faces, name=case.name)
    found, engine = accepted(register(head), case.name), Engine.open(None, "cpu")
    faces = {"at rest": found.neutral} | apexes(engine, found, "diffusion")
    out = shipped("resources") / "pictures" / "own_face.png"
    write_png(tile(pictures_of(found, faces), COLUMNS), out)
    report(out)


def apexes(engine: Engine, found: Correspondence, model: str) -> dict[str, Floats]:
    """Make a take of each label on a registered face; its own mesh (N, 3) in mm at the apex."""
    out: dict[str, Floats] = {}
    for label in engine.labels:
        clip = engine.generate(
            label, SEED, neutral=found.fitted, frames=30, intensity=INTENSITY, model=model
        )
        at = apex(clip)
        out[label] = on_own_mesh(found, clip.sliced(at, at + 1)).vertices[0]
    return out


def pictures_of(found: Correspondence, faces: Mapping[str, Floats]) -> Image:
    """Draw meshes (N, 3) in mm of a registered face, upright, all from the view that fits it."""
    clip = MeshSequence(found.laid(np.stack(list(faces.values()))), found.foreign_faces)
    marks = found.fitted[studio_face().template.landmarks]
    pictures = []
    with OffScreen(*SIZE) as screen:
        scene = Scene(screen.renderer, "light")
        scene.show_sequence(clip, None)
        scene.orbit = Orbit.around(marks).zoomed(_NEAR)
        scene.place_camera(screen.aspect)
        caption = add_caption(screen, "light")
        for place, name in enumerate(faces):
            scene.show_frame(place)
            caption.SetInput(name)
            pictures.append(screen.draw())
        scene.clear()
    return np.stack(pictures)


if __name__ == "__main__":
    main()
