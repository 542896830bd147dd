"""What action units come to in words."""

from __future__ import annotations

from studio.core import UnitTracks
from studio.face.action_units import explained
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


def explanation(verdict: Verdict | None, tracks: UnitTracks | None) -> str:
    """Say which units of its prototypes a verdict's emotion shows; empty where there is nothing.

    The prototypes disagree: the one is named that is met best.
    """
    if verdict is None or tracks is None:
        return ""
    stretch = tracks.between(verdict.start, verdict.stop) if len(tracks.values) else tracks
    shown = stretch.shown
    told = explained(verdict.label, shown)
    if not told:
        return ""
    preset, (share, units) = max(told.items(), key=lambda one: (one[1][0], len(one[1][1])))
    name = label_name(verdict.label)
    if not units:
        return f"{name}: none of its units shows, by any of the prototypes."
    parts = ", ".join(f"{unit} ({shown[unit]:.1f})" for unit in units)
    return f"{name} by its units: {parts}; {100 * share:.0f} % of {_TITLES[preset]}."
