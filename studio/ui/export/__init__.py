"""Exporting clips: the service, the plan of files, and the dialogs."""
