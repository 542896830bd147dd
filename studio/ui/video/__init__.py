"""The video that a clip was read from, beside its face and in step with it."""
