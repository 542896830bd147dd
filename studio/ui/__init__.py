"""The window: Qt, and the only rooms that know of it."""
