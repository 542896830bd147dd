"""Who a face is of, read off its latents."""
