"""Commands that take one clip, given many."""
