"""People to be told apart: what a tracker sees of each at the height of takes."""
