"""Videos of a face. What sees the face is a network, which readers of files know nothing of."""

from __future__ import annotations

from studio.core import MeshSequence, StudioError
from studio.io.format import FORMATS, Format, Reader, Source

SUFFIXES = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".gif")
_MARKS = (b"\x1a\x45\xdf\xa3", b"RIFF", b"GIF8")  # Matroska and WebM, AVI, GIF
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")  # QuickTime and MP4, at byte 4
_readers: list[Reader] = []


def see_by(reader: Reader) -> None:
    """Say what makes a clip of a video; `studio.engine.video` does when it is imported."""
    _readers[:] = [reader]


def read_seen(source: Source) -> MeshSequence:
    """Make a clip of a video by what sees faces.

    Raises
    ------
    StudioError
        Where nothing was said to see them.
    """
    if not _readers:
        wanted = "import studio.engine.video before it is read"
        raise StudioError(f"{source.place.name}: a network sees the face in a video; {wanted}")
    return _readers[0](source)


def _is_video(head: bytes) -> bool:
    return head.startswith(_MARKS) or head[4:8] in _BOXES


FORMATS.add(
    Format(
        name="video",
        label="Video of a face",
        noun="a video",
        suffixes=SUFFIXES,
        read=read_seen,
        sniff=_is_video,
        parts=True,
        carries="the face in it, followed and laid on the studio's; FILE#2 is the second largest",
        loses="Who it is, and what the 52 weights cannot show, are lost.",
        instead="mp4 or gif",
    )
)
