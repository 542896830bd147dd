"""People that are known, and who a clip is said to show."""
