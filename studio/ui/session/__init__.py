"""Whole documents: session files, autosaves and recovery."""
