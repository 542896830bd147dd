"""Rendered faces whose weights are known: what a video is read by is trained and measured on."""
