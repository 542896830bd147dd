"""Tables of numbers over time, as text that other programs read."""
