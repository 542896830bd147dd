"""What is done along the time of clips, as menus within others."""
