"""What faces of the corpus do: expressions, speech, gaze, blinks and heads, over time."""
