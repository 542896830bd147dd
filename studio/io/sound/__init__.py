"""Sound as samples, and the files it comes from."""
