"""Many clips worked on in processes behind the window."""
