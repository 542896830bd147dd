"""Stills, contact sheets and movies without a window."""
