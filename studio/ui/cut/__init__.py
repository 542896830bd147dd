"""The cut in the window: its parts in a strip under the timeline, and rendering it to a clip."""
