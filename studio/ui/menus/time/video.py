"""The menu of the video that the clip on show was read from."""

from __future__ import annotations

from functools import partial

from studio.ui.clips.reading_dialog import gap_names
from studio.ui.menus.actions import Action, Live, Menu, Sections, choices, toggle
from studio.ui.video.panel import face_names
from studio.ui.video.service import VideoService

_REST = "The frames from I to O show the face at rest, from which the others are counted"
_ESTIMATE = "The calmest frames show the face at rest"


def video_menu(video: VideoService) -> Menu:
    """List how the video of the clip on show is seen and read."""
    there = Live(lambda: video.footage is not None, video.changed)
    drawn = Live(lambda: video.drawn, video.changed)
    said = Live(lambda: video.footage is not None and video.footage.rest is not None, video.changed)
    gaps = Live(lambda: video.footage.gaps if video.footage is not None else "", video.changed)
    lost = Live(lambda: video.footage is not None and not video.footage.seen.all(), video.changed)
    several = Live(lambda: video.footage is not None and video.footage.faces > 1, video.changed)

    def faces() -> Sections:
        film = video.footage
        return (
            [] if film is None else [*map(face, face_names(film.faces), range(1, film.faces + 1))],
        )

    def face(name: str, number: int) -> Action:
        on = Live(lambda: video.footage is not None and video.footage.face == number)
        return Action("", name, partial(video.set_face, number), checked=on)

    names = {str(way): name for way, name in gap_names().items()}
    kept = choices("edit.video.gaps", names, gaps, video.set_gaps)
    return Menu(
        "Video",
        (
            (
                toggle(
                    "edit.video.landmarks",
                    "Landmarks on the &video",
                    drawn,
                    video.set_drawn,
                    "Ctrl+Shift+M",
                ),
            ),
            (
                Action(
                    "edit.video.rest",
                    "Use the range as face at &rest",
                    video.rest_in_range,
                    "Ctrl+Shift+N",
                    _REST,
                    usable=there,
                ),
                Action(
                    "edit.video.estimate",
                    "&Estimate the face at rest",
                    video.estimate_rest,
                    tip=_ESTIMATE,
                    usable=said,
                ),
            ),
            (
                Menu("&Face in the video", faces, usable=several),
                Menu("&Lost frames", (kept,), usable=lost),
            ),
        ),
    )
