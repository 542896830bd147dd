"""What every other part stands on: sequences, probabilities, progress, errors, geometry."""

from .errors import Cancelled, CheckpointError, InputError, MissingExtraError, StudioError
from .familiarity import Familiarity
from .motion import Motion
from .probabilities import Probabilities
from .progress import Progress
from .sequence import MeshSequence, topology_hash

__all__ = [
    "Cancelled",
    "CheckpointError",
    "Familiarity",
    "InputError",
    "MeshSequence",
    "MissingExtraError",
    "Motion",
    "Probabilities",
    "Progress",
    "StudioError",
    "topology_hash",
]
