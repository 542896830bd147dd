"""The command line: what the window does, without a window, and what builds the models."""
