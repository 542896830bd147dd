"""Preferences: what is kept between runs, and the dialog that changes it."""
