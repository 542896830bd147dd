"""Where the user last was, by what was looked for there: where the next file dialog begins."""

from __future__ import annotations

import os
from pathlib import Path

from studio.core.system.paths import is_shipped

from .store import Store, path_of

_LAST = "last"


class Places(Store):
    """Folders by kind, as "open", "session", "face", "models", "picture", "table" and "text"."""

    def place(self, *kinds: str) -> Path:
        """Find the folder where a dialog begins.

        It is the first that is still there: that of the kinds in their order, the one that was
        used last whatever for, the user's own. A folder that is gone stands for the one it lay
        in; what came with the studio is never offered, as nobody's files belong there.
        """
        stored = (self.get(_key(kind)) for kind in (*kinds, _LAST))
        known = (place for place in map(path_of, stored) if place and place.is_absolute())
        near = (folder for place in known for folder in (place, place.parent))
        begins = (folder for folder in near if os.path.isdir(folder) and not is_shipped(folder))
        return next((folder for folder in begins if folder != folder.parent), Path.home())

    def remember_place(self, kind: str, folder: Path) -> None:
        """Keep where something was looked for, unless it is what came with the studio."""
        folder = folder.absolute()
        if not is_shipped(folder):
            self.put(_key(kind), str(folder))
            self.put(_key(_LAST), str(folder))


def nearest_folder(typed: str, otherwise: Path) -> Path:
    """Find the folder that was typed or, going up, the first that is there."""
    folder = Path(typed.strip()).expanduser()
    found = (place for place in (folder, *folder.parents) if os.path.isdir(place))
    return next(found, otherwise) if folder.is_absolute() else otherwise


def _key(kind: str) -> str:
    return f"folders/{kind}"
