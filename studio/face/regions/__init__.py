"""Regions of a face with soft borders, by name or painted."""
