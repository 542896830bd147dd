"""Edits that put another clip before, into or behind a clip."""
