"""Making people known, and telling whom a clip shows."""
