"""Editing in the 3D view: landmark handles, the mouse, and frames worked out ahead."""
