"""Lists that are more than Qt makes them."""
