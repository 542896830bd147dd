"""Whom a clip shows, on the command line."""
