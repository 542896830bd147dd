"""Action units: a heat strip under the timeline, and a panel with their values and thresholds."""
