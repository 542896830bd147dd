"""What action units come to in words."""

from __future__ import annotations

from collections.abc import Mapping

from studio.core import Probabilities, UnitTracks
from studio.face.action_units import UNIT_NAMES, explained
from studio.ui.kit.text import label_name
from studio.ui.recognize.service import Verdict

_TITLES = {
    "emfacs": "EMFACS",
    "open_dbm": "OpenDBM",
    "facs": "FACS",
    "du2014": "Du et al. 2014",
}


def preset_name(preset: str) -> str:
    """Write the name of a preset as people read it."""
    return "All units" if preset == "all" else f"Units of {preset}"


def occurrence_words(tracks: UnitTracks, row: int) -> str:
    """Say for how much of a clip a unit occurs, from where on, and where it is strongest."""
    there = tracks.occurs[:, row]
    name = UNIT_NAMES.get(tracks.units[row], "")
    if not there.any():
        return f"{tracks.names[row]} {name}: nowhere as strong as {tracks.thresholds[row]:.2f}"
    values = tracks.values[:, row]
    return (
        f"{tracks.names[row]} {name}: in {100 * there.mean():.0f} % of the frames, first at "
        f"{int(there.argmax())}, strongest at {int(values.argmax())} with {values.max():.1f}"
    )


def explanation(verdict: Verdict | None, tracks: UnitTracks | None) -> str:
    """Say which units of its prototypes a verdict's emotion shows; empty where there is nothing.

    The prototypes disagree: the one is named that is met best.
    """
    if verdict is None or tracks is None:
        return ""
    stretch = tracks.between(verdict.start, verdict.stop) if len(tracks.values) else tracks
    shown, name = stretch.shown, label_name(verdict.label)
    found = _nearest(verdict.label, shown)
    if found is None:
        return ""
    title, share, units = found
    if not units:
        return f"{name}: none of its units shows, by any of the prototypes."
    parts = ", ".join(f"{unit} ({shown[unit]:.1f})" for unit in units)
    return f"{name} by its units: {parts}; {share} of {title}."


def live_words(expression: Probabilities, tracks: UnitTracks) -> str:
    """Say which units a face that arrives shows now, and which of them speak for its expression."""
    shown = tracks.between(len(tracks.values) - 1, len(tracks.values)).shown
    if not shown:
        return "No unit shows."
    said = f"Units {', '.join(f'{unit} ({value:.1f})' for unit, value in shown.items())}."
    label = expression.labels[int(expression.per_frame[-1].argmax())]
    found = _nearest(label, shown)
    if found is None or not found[2]:
        return said
    title, share, units = found
    return f"{said} {label_name(label)} by {' + '.join(map(str, units))}: {share} of {title}."


def _nearest(label: str, shown: Mapping[int, float]) -> tuple[str, str, tuple[int, ...]] | None:
    """Find the prototype that is met best: its name, how much of it, and which units of it."""
    told = explained(label, shown)
    if not told:
        return None
    preset, (share, units) = max(told.items(), key=lambda one: (one[1][0], len(one[1][1])))
    return _TITLES[preset], f"{100 * share:.0f} %", units
