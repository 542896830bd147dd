"""Motion between motions: frames that a model makes, and clips that pass into others."""
