"""units: which action units clips show, as tables, and the training of what reads them."""
