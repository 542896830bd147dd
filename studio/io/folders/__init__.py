"""Folders of frames: which files are one run, in which order, and what fills their gaps."""
