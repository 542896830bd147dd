"""Edits of time: what plays are the frames below, at other moments."""
