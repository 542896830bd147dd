"""The ARKit channels of a clip as curves of keys: the kind of edit, and what is done to keys."""
