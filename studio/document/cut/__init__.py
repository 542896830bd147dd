"""The cut: clips of the document, or parts of them, one after the other."""
