"""The machine the studio runs on: disk, memory, installed files, standard streams."""
