"""How takes are made: recipes, single takes, batches and motion verbs, by any engine that fits."""
