"""What a result depends on besides the clip: models, and files that options name."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from studio.takes.many.finding import stamp


def models_digest(folder: Path | None) -> str:
    """Hash the model files of a set, and of those that serve beside it.

    Raises
    ------
    CheckpointError
        Where one cannot be read.
    """
    # After the clips were found, because it takes seconds to import.
    from studio.core.system.paths import shipped
    from studio.engine.loading.model_set import BESIDE
    from studio.engine.loading.sets import default_set, digest

    own = default_set() if folder is None else folder
    parts = [
        f"{path.name} {digest(path)}"
        for place in (own, shipped("checkpoints") / BESIDE)
        for path in sorted(place.glob("*.safetensors"))
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def stamped(option: str) -> str:
    """Add to the value of an option what lies there, where it names a file or a folder."""
    return f"{option} {stamp(Path(option))}" if os.path.lexists(option) else option
