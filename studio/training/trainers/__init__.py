"""One file a family of models: its settings and its training, on one loop for all."""
