"""Motion carried between a registered foreign face and the template."""

from .inward import carried_in
from .outward import carried_back
from .rigging import rigged

__all__ = ["carried_back", "carried_in", "rigged"]
