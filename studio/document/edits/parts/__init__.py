"""Edits of a part of the face, of one motion on top of another, and of who moves."""
