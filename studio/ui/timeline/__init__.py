"""The timeline: curves, marks, keys, the playhead and the playback bar."""
