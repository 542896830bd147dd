"""Kinds of edits of a clip, and working out the frames they give."""
