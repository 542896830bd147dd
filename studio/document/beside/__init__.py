"""What lies beside the frames of a clip: markers with notes, and sound."""
