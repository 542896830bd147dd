"""What is remembered of how action units are shown."""

from __future__ import annotations

import json

from studio.core.unit_tracks import MOST
from studio.face.action_units import PRESETS, UNITS
from studio.ui.kit.store import Store, Stored, choice, flag


def _limits(stored: object) -> dict[int, float]:
    """Read thresholds as they are stored, a JSON object."""
    limits = {int(unit): float(value) for unit, value in dict(json.loads(str(stored))).items()}
    if not all(unit in UNITS and 0.0 < value <= MOST for unit, value in limits.items()):
        raise ValueError(stored)
    return limits


class UnitSettings(Store):
    """Which units were shown last, and from which intensity on they occur where users say so."""

    unit_curves = flag("units/curves", default=False)
    unit_map = flag("units/map", default=False)
    unit_preset: Stored[str] = choice("units/preset", tuple(PRESETS), "all")
    unit_thresholds = Stored[dict[int, float]]("units/thresholds", {}, _limits)
