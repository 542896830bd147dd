"""What is done to the edits of a clip, in the Edit menu."""
