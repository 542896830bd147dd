"""The clip list: opening files, rows, thumbnails and drops."""
