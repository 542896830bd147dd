"""One file a family of models; `studio.engine.catalog` joins them."""
