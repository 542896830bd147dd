"""The channels of a clip: curves under the timeline, sliders, and poses."""
