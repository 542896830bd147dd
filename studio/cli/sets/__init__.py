"""models: which sets there are, and bringing them from a hub and to one."""
