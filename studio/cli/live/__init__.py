"""Commands for a live face."""
