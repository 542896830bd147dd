"""Painting the region of an edit onto the face."""
