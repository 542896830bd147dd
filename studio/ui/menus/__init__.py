"""The menus, the keys and the dialogs they open."""
