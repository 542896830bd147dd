"""How a face is colored: skin, eyes, materials, the heat map and its bar."""
