"""How a clip was generated, as plain JSON, and generating it again.

label, seed, frames, intensity : what was asked for
model, guidance, steps, sampler : which generator of the set, and how it sampled
surface : instead of these three, how a landmark model's motion is made dense, or null
set, checkpoint : the model set's name, and 12 hex digits of the files that were used
face : ``from`` is template; numbers, with the `numbers` of a made face by name; file, with its
    `path`; or clip, with its `name`, the `frame` chosen or null for the estimate, and the `path`
    it was read from or null, and, of another triangulation, the vertices that are its `landmarks`

A clip begins with its neutral bit for bit, so its first frame stands in for any face.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from studio.core import (
    FaceChoice,
    GenerationRequest,
    InputError,
    Limits,
    MeshSequence,
    OnEstimate,
    Progress,
    StudioError,
)
from studio.core.request import PARAMETERS
from studio.core.sequence import Floats
from studio.document.edits.landmarks import own_landmarks, vertex_numbers
from studio.document.evaluator import Played
from studio.document.state import ClipState
from studio.face.identity import face_numbers, named_numbers
from studio.face.known import studio_face

from .maker import Generator, Sampling

Recipe = Mapping[str, object]
# A clip's, (V, 3) mm, or a mesh of a single frame.
Face = Played | Floats | MeshSequence
DEFAULT_MODEL = "diffusion"


def make_recipe(
    wanted: GenerationRequest, engine: Generator, clip: ClipState | None = None
) -> dict[str, object]:
    """The recipe of what the settings say, every default written out.

    clip : the one whose face is meant where the settings say `clip`
    Raises `InputError` when that is None or the generator cannot move its face,
    `CheckpointError` if the set has no such generator.
    """
    recipe = {
        **_asked(wanted, clip),
        **_parameters(wanted, engine.limits(wanted.model)),
        "set": engine.name,
        "checkpoint": engine.checkpoint(wanted.model),
    }
    check_generator(engine, recipe)
    return recipe


def check_generator(engine: Generator, recipe: Recipe) -> None:
    """Raises `InputError` where the recipe's generator cannot move the recipe's face: what moves
    every vertex knows the studio's triangulation alone."""
    model = str(recipe.get("model", DEFAULT_MODEL))
    if landmarks_of(recipe) and "surface" not in engine.limits(model).parameters:
        wanted = "motion-gan or landmark-lstm for a face of another triangulation"
        raise InputError.of("model", wanted, model)


def _parameters(wanted: GenerationRequest, own: Limits) -> dict[str, object]:
    """How the motion is made; what means nothing to the generator is left out."""
    given = {name: getattr(wanted, name) for name in PARAMETERS if name in own.parameters}
    return {
        name: getattr(own, name, None) if value is None else value for name, value in given.items()
    }


def _asked(wanted: GenerationRequest, clip: ClipState | None) -> dict[str, object]:
    """The part of a recipe that depends on no engine."""
    return {
        "label": wanted.label,
        "seed": wanted.seed,
        "frames": wanted.frames,
        "intensity": wanted.intensity,
        "model": wanted.model,
        "face": face_of(wanted, clip),
    }


def differences(
    wanted: GenerationRequest, engine: Generator | None, clip: ClipState
) -> tuple[str, ...]:
    """What of a generated clip's recipe the settings would make otherwise now.

    Names as in a recipe; without an engine only what depends on none is compared.
    """
    try:
        now = _asked(wanted, clip) if engine is None else make_recipe(wanted, engine, clip)
    except StudioError:
        now = _asked(wanted, clip)
    was = clip.recipe or {}
    return tuple(name for name, value in now.items() if was.get(name) != value)


def face_of(wanted: GenerationRequest, clip: ClipState | None) -> dict[str, object]:
    """Whose face the settings mean, as a recipe says it. Raises `InputError` for no clip."""
    face = wanted.face
    if face.source == "numbers":
        return {"from": "numbers", "numbers": named_numbers(face.numbers)}
    if face.source == "file":
        return {"from": "file", "path": face.path}
    if face.source == "template":
        return {"from": "template"}
    if clip is None:
        raise InputError("Open or choose a clip first, or generate on the template face.")
    return clip_face(clip)


def clip_face(clip: ClipState) -> dict[str, object]:
    """The face of a clip, as a recipe says it."""
    inherited, by_hand = (clip.recipe or {}).get("face"), _rests_by_hand(clip)
    if isinstance(inherited, Mapping) and clip.neutral_frame is None and not by_hand:
        # A generated clip's face at rest is the one that it was generated from.
        face = dict(inherited)
    else:
        face = {"from": "clip", "name": clip.name, "frame": clip.neutral_frame}
        face["path"] = None if clip.source is None or by_hand else str(clip.source)
    if clip.landmarks and not own_landmarks(clip.recording):
        face["landmarks"] = [landmark.vertex for landmark in clip.landmarks]
    return face


def _rests_by_hand(clip: ClipState) -> bool:
    """Whether a clip's face at rest is one that no file and no recipe holds."""
    frame = still_frame(clip)
    if frame is None:
        return not clip.as_recorded
    return any(edit.touches(np.array([frame])).any() for edit in clip.active_edits)


def settings_of(recipe: Recipe, before: GenerationRequest) -> GenerationRequest:
    """The settings that say what a recipe says; what it leaves open stays as before.

    Raises `InputError` when the recipe cannot be one.
    """
    changes: dict[str, Any] = {
        "label": str(recipe.get("label", before.label)),
        "seed": int(number_in(recipe, "seed", before.seed)),
        "frames": int(number_in(recipe, "frames", before.frames)),
        "intensity": number_in(recipe, "intensity", before.intensity),
        "model": str(recipe.get("model", before.model)),
        "face": _choice(_face(recipe), before.face),
    }
    if "guidance" in recipe:
        changes["guidance"] = number_in(recipe, "guidance", 0.0)
    if "steps" in recipe:
        changes["steps"] = int(number_in(recipe, "steps", 1))
    if "sampler" in recipe:
        changes["sampler"] = str(recipe["sampler"])
    if "surface" in recipe:
        changes["surface"] = None if recipe["surface"] is None else str(recipe["surface"])
    return replace(before, **changes)


def _choice(face: Mapping[str, object], before: FaceChoice) -> FaceChoice:
    """The choice that says what a recipe says of the face."""
    if face["from"] == "numbers":
        numbers = face_numbers(_mapping(face.get("numbers", {})))
        return replace(before, source="numbers", numbers=numbers)
    if face["from"] == "file":
        return replace(before, source="file", path=str(face.get("path", "")))
    return replace(before, source="clip" if face["from"] == "clip" else "template")


def generate_clip(
    engine: Generator,
    recipe: Recipe,
    face: Face | None = None,
    *,
    progress: Progress,
    on_estimate: OnEstimate | None = None,
) -> MeshSequence:
    """The clip of a recipe; the same models give the same clip bit for bit.

    face : whose face to move: a clip's, vertices (V, 3) in mm, or None for the one the recipe
        names. Of a generated clip's recipe, ``clip.recording.vertices[0]`` always serves.
    on_estimate : told, from this thread, a few times what the clip looks like so far
    Raises `InputError` where the face cannot be had, `CheckpointError` for a missing generator.
    """
    label, seed = asked(recipe)
    start, sampling = start_of(engine, recipe, face, progress)
    if isinstance(start, MeshSequence):
        marks, options = landmarks_of(recipe), sampling_of(recipe)
        return engine.generate_on(start, marks, label, (seed,), progress=sampling, **options)[0]
    sequence = engine.generate(
        label,
        seed,
        neutral=start,
        on_estimate=on_estimate,
        progress=sampling,
        **sampling_of(recipe),
    )
    return sequence.renamed(f"{label} {seed}")


def landmarks_of(recipe: Recipe) -> list[int]:
    """The vertices that are the face's landmarks, none where it is of the studio's triangulation.

    Raises `InputError` where they are something else.
    """
    return vertex_numbers(_face(recipe).get("landmarks", []))


def start_of(
    engine: Generator, recipe: Recipe, face: Face | None, progress: Progress
) -> tuple[Floats | MeshSequence | None, Progress]:
    """What is to move, and the progress that is left: a face (V, 3), None for the template's, or
    the single frame of a mesh of another triangulation.

    Raises like `generate_clip`, before anything is read where the generator cannot move it.
    """
    check_generator(engine, recipe)
    if landmarks_of(recipe):
        if isinstance(face, MeshSequence):
            return face, progress
        reading = 0.0 if isinstance(face, Played) else 0.3
        mesh = _mesh_of(recipe, face, progress.part(0.0, reading))
        return mesh, progress.part(reading, 1.0)
    return neutral_of(engine, recipe, face, progress)


def _mesh_of(recipe: Recipe, face: Played | Floats | None, progress: Progress) -> MeshSequence:
    """The single frame of another triangulation that is to move."""
    named = _face(recipe)
    frame = named.get("frame")
    at = frame if isinstance(frame, int) else 0
    if isinstance(face, Played):
        sequence, at = face.sequence(progress), still_frame(face.clip) or 0
    else:
        from studio.io import read_sequence

        sequence = read_sequence(_path_of(named), progress=progress)
    if not 0 <= at < sequence.n_frames:
        raise InputError.of(sequence.name, f"a frame {at}", f"{sequence.n_frames} frames")
    return sequence.sliced(at, at + 1)


def _path_of(named: Mapping[str, object]) -> Path:
    """Where the clip lies whose face a recipe names."""
    path = named.get("path")
    if path is None:
        raise InputError(
            f"The recipe starts from the face of {named.get('name', 'a clip')}, which lies in "
            "no file; open that clip, or choose another face."
        )
    return Path(str(path))


def asked(recipe: Recipe) -> tuple[str, int]:
    """Label and seed of a recipe."""
    return str(recipe.get("label", "")), int(number_in(recipe, "seed", 0))


def sampling_of(recipe: Recipe) -> Sampling:
    """How a recipe is sampled. Raises `InputError` where it says something else than a number."""
    steps, guidance, sampler = (recipe.get(name) for name in ("steps", "guidance", "sampler"))
    surface = recipe.get("surface")
    return Sampling(
        frames=int(number_in(recipe, "frames", 60)),
        intensity=number_in(recipe, "intensity", 1.0),
        model=str(recipe.get("model", DEFAULT_MODEL)),
        guidance=None if guidance is None else number_in(recipe, "guidance", 0.0),
        steps=None if steps is None else int(number_in(recipe, "steps", 1)),
        sampler=None if sampler is None else str(sampler),
        surface=None if surface is None else str(surface),
    )


def neutral_of(
    engine: Generator, recipe: Recipe, face: Face | None, progress: Progress
) -> tuple[Floats | None, Progress]:
    """The face (V, 3) to move, None for the template's, and the progress that is left."""
    if isinstance(face, np.ndarray):
        return face, progress
    if isinstance(face, MeshSequence):
        return np.asarray(face.vertices[0]), progress
    if isinstance(face, Played):
        frame = still_frame(face.clip)
        if frame is not None:
            return np.asarray(face.sequence(progress.part(0.0, 0.0)).vertices[frame]), progress
        part = progress.part(0.0, 0.2)
        sequence = face.sequence(part.part(0.0, 0.0))
        return engine.resting_face(sequence, part), progress.part(0.2, 1.0)
    named = _face(recipe)
    if named["from"] == "template":
        return None, progress
    if named["from"] == "numbers":
        return made_face(face_numbers(_mapping(named.get("numbers", {})))), progress
    number = named.get("frame")
    part, left = progress.part(0.0, 0.3), progress.part(0.3, 1.0)
    frame = number if isinstance(number, int) else None
    return face_in_file(engine, _path_of(named), frame, progress=part), left


def still_frame(clip: ClipState) -> int | None:
    """The frame that shows a clip's face at rest, None where it has to be estimated."""
    if clip.neutral_frame is not None or clip.recipe is None:
        return clip.neutral_frame
    # A generated clip begins at rest; one that was handed over begins as the other did.
    return None if clip.recipe.get("made") == "transfer" else 0


def made_face(face: tuple[float, ...]) -> Floats:
    """(V, 3) mm of the numbers of a made face."""
    from studio.face.rig import load_rig

    return np.asarray(load_rig().neutral(np.asarray(face, dtype=np.float32)))


def face_in_file(
    engine: Generator, path: Path, frame: int | None = None, *, progress: Progress
) -> Floats:
    """(V, 3) mm: a single mesh as it is, a frame of a clip, or a clip's estimated face at rest.

    Raises `InputError` when it cannot be read or is not on the studio's triangulation.
    """
    from studio.io import read_sequence

    sequence = read_sequence(path, progress=progress.part(0.0, 0.6))
    if sequence.topology != engine.topology:
        wanted = f"the studio's {studio_face().template.n_vertices}-vertex face to start from"
        raise InputError.of(path, wanted, f"another face of {sequence.n_vertices} vertices")
    if sequence.n_frames == 1:
        frame = 0
    if frame is None:
        return engine.resting_face(sequence, progress.part(0.6, 1.0))
    if not 0 <= frame < sequence.n_frames:
        raise InputError.of(path, f"a frame {frame}", f"{sequence.n_frames} frames")
    return np.asarray(sequence.vertices[frame])


def _face(recipe: Recipe) -> Mapping[str, object]:
    """What a recipe says of the face; a recipe that says nothing means the template."""
    face = _mapping(recipe.get("face", {"from": "template"}))
    if face.get("from") not in ("template", "numbers", "file", "clip"):
        wanted = "a face from template, numbers, file or clip"
        raise InputError.of("recipe", wanted, str(face.get("from")))
    return face


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise InputError.of("recipe", "names with values", str(value))
    return value


def number_in(recipe: Recipe, name: str, default: float) -> float:
    """A number of a recipe. Raises `InputError` where it says something else."""
    value = recipe.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError.of(f"recipe, {name}", "a number", str(value))
    return float(value) if isinstance(default, float) else value
