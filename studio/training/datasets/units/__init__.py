"""Clips whose action units are known: intensities first, then motion, then what trackers see."""
