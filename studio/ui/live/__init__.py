"""A face that arrives as it moves: what listens, what is read of it, the bar that tells of it."""
