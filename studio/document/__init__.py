"""What the user works on: frozen states, their history, the one writer, and the playhead."""

from studio.document.edits.landmarks import Landmark, LandmarkEdit, LandmarkKey

from .autosave import AutosaveFolder
from .document import Document
from .history import History
from .playback import LOOPS, MODES, Loop, Mode, Playhead
from .session import SUFFIX, Session, read_session, write_session
from .state import ClipState, DocumentState, GenerationSettings, NeutralChoice
from .view import COMPARING, SHADINGS, Comparing, Shading, ViewState

__all__ = [
    "COMPARING",
    "LOOPS",
    "MODES",
    "SHADINGS",
    "AutosaveFolder",
    "SUFFIX",
    "ClipState",
    "Comparing",
    "Document",
    "DocumentState",
    "GenerationSettings",
    "History",
    "Landmark",
    "LandmarkEdit",
    "LandmarkKey",
    "Loop",
    "Mode",
    "NeutralChoice",
    "Playhead",
    "Shading",
    "ViewState",
    "Session",
    "read_session",
    "write_session",
]
