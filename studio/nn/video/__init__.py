"""What landmarks of a face in a video say of the weights that move it."""
