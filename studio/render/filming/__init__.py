"""Faces filmed off-screen, as cameras of people do."""
