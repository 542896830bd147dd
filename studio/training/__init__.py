"""Corpora, training loops and evaluation tables; only the command line imports this."""
