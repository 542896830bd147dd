"""How well faces of other triangulations are registered, and whether what is no face is refused."""
