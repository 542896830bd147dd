"""Takes that a model makes between the motions of clips, and clips that pass into others."""
