"""Commands that make motion between motions."""
