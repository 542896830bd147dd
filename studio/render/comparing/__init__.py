"""Two clips at the same moment: how far apart they are, in the view and in figures."""
