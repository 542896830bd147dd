"""One file a menu; `studio.ui.actions` puts them together."""
