"""What the user works on: frozen states, their history, the one writer, and the playhead."""

from .autosave import AutosaveFolder
from .document import Document
from .edits.bearing import BearingEdit
from .edits.edit import Edit
from .edits.intensity import IntensityEdit, IntensityKey
from .edits.landmarks import Landmark, LandmarkEdit, LandmarkKey
from .evaluator import Evaluator, Played
from .history import History
from .playback import LOOPS, MODES, Loop, Mode, Playhead
from .safety import Unsaved
from .session import SUFFIX, Session, read_session, write_session
from .state import ClipState, DocumentState
from .view import COMPARING, SHADINGS, Comparing, Shading, ViewState

__all__ = [
    "COMPARING",
    "LOOPS",
    "MODES",
    "SHADINGS",
    "AutosaveFolder",
    "BearingEdit",
    "SUFFIX",
    "ClipState",
    "Comparing",
    "Document",
    "DocumentState",
    "Edit",
    "Evaluator",
    "History",
    "IntensityEdit",
    "IntensityKey",
    "Landmark",
    "LandmarkEdit",
    "LandmarkKey",
    "Loop",
    "Mode",
    "Played",
    "Playhead",
    "Shading",
    "Unsaved",
    "ViewState",
    "Session",
    "read_session",
    "write_session",
]
