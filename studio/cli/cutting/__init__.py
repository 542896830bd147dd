"""cut: clips in, one clip out that plays them one after the other."""
