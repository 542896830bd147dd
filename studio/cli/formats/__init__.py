"""Formats on the command line: the options by which one is chosen, and the table of them."""
