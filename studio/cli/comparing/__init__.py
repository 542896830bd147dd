"""The command that compares two clips."""
