"""The 3D view: drawing, looks, comparing, previews and pictures."""
