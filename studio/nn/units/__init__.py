"""Action units read off faces in motion: a spatial and a temporal Transformer (paper 004)."""
