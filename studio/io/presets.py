"""What to write for a program: a format, its settings and a unit. One more is one more record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.core import InputError
from studio.core.parameters import Value

from .format import FORMATS, Format


@dataclass(frozen=True)
class Preset:
    """What suits a program.

    Attributes
    ----------
    name
        On the command line.
    title
        In a list.
    format_name
        Of the format.
    unit
        mm, cm or m: what the program counts in.
    why
        Why that and nothing else, a sentence.
    settings
        What the format is told; its parameters that are not among them are as usual.
    """

    name: str
    title: str
    format_name: str
    unit: str
    why: str
    settings: Mapping[str, Value] = field(default_factory=dict)

    @property
    def format(self) -> Format:
        """The format."""
        return FORMATS[self.format_name]


_ALL = (
    Preset(
        "blender",
        "Blender",
        "glb",
        "m",
        "Blender opens GLB by itself, as shape keys with their curves, at the right size.",
    ),
    Preset(
        "unreal",
        "Unreal Engine",
        "usd",
        "cm",
        "Unreal plays USD in its USD Stage and counts in centimeters; what it makes of the "
        "animation in a GLB is weak. For a MetaHuman write livelink instead.",
    ),
    Preset(
        "unity",
        "Unity",
        "glb",
        "m",
        "Unity takes GLB by the package glTFast and counts in meters; some versions of UnityGLTF "
        "have dropped the animation.",
    ),
    Preset(
        "maya",
        "Maya",
        "abc",
        "cm",
        "Maya opens Alembic by itself and counts in centimeters.",
    ),
    Preset(
        "usd",
        "USD: usdview, Houdini, Omniverse",
        "usd",
        "m",
        "Every vertex of every frame is kept, and the file says its unit, axes and frame rate.",
    ),
    Preset(
        "research",
        "Research: NumPy",
        "npz",
        "mm",
        "np.load gives vertices (T, V, 3) and faces (F, 3), every bit as they are here.",
    ),
)


def presets() -> tuple[Preset, ...]:
    """List the presets of which the format is there."""
    return tuple(preset for preset in _ALL if preset.format_name in FORMATS)


def find_preset(name: str, what: str) -> Preset:
    """Find a preset by its name.

    Parameters
    ----------
    what
        What a refusal speaks of.

    Raises
    ------
    InputError
        Where there is none of that name.
    """
    known = presets()
    for preset in known:
        if preset.name == name.lower():
            return preset
    raise InputError.of(what, f"one of {', '.join(preset.name for preset in known)}", name)
