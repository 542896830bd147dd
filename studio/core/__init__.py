"""What every other part stands on: sequences, probabilities, progress, errors, geometry."""

from .errors import Cancelled, CheckpointError, InputError, MissingExtraError, StudioError
from .familiarity import Familiarity
from .probabilities import Probabilities
from .progress import Progress
from .read_as import Given, Numbered, ReadAs
from .request import FaceChoice, GenerationRequest, Limits, OnEstimate, Registered
from .sequence import MeshSequence, topology_hash
from .timing import Timing
from .tracks import Tracks
from .unit_tracks import UnitTracks

__all__ = [
    "Cancelled",
    "CheckpointError",
    "FaceChoice",
    "Familiarity",
    "GenerationRequest",
    "Given",
    "InputError",
    "Limits",
    "MeshSequence",
    "MissingExtraError",
    "Numbered",
    "OnEstimate",
    "Probabilities",
    "Progress",
    "ReadAs",
    "Registered",
    "StudioError",
    "Timing",
    "Tracks",
    "UnitTracks",
    "topology_hash",
]
