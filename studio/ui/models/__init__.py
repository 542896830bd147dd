"""Model sets: what is installed, what each can do, and choosing among them."""
