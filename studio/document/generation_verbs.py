"""The verbs of the document that say what to generate next."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

from studio.core import GenerationRequest
from studio.core.request import RequestChanges

from .edit_verbs import EditVerbs


class GenerationVerbs(EditVerbs):
    """What a document can do with the request for the next clip; see `Document`."""

    def set_generation(self, *, key: str | None = None, **changes: Unpack[RequestChanges]) -> None:
        """Change what is given; calls in a row that share `key` undo as one step."""
        name = f"Change {' and '.join(map(_spoken, changes)) or 'nothing'}"
        self.put_generation(replace(self.state.generation, **changes), name, key=key)

    def put_generation(
        self, generation: GenerationRequest, name: str, key: str | None = None
    ) -> None:
        """Take a request as a whole, as one step of that name."""
        self._write(replace(self.state, generation=generation), name, key=key)

    def lock_seed(self, *, locked: bool) -> None:
        """Say whether Generate keeps the seed."""
        state = replace(self.state, seed_locked=locked)
        self._write(state, "Change seed lock")


def _spoken(field: str) -> str:
    """Name a field of the request in the words of a menu."""
    return "length" if field == "frames" else field
