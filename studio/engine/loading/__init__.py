"""Model sets: what a folder holds, reading it, and keeping it on a device."""
