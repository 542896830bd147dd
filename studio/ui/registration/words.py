"""What is said of a fit, to people."""

from __future__ import annotations

from studio.core.errors import printable, shortened
from studio.document import ClipState
from studio.face.registration.correspondence import Correspondence, Verdict
from studio.takes.calm import frame_of_face

_NAME = 40  # letters of a clip's name in a sentence


def offer_words(clip: ClipState) -> str:
    """Say what a fit would be good for."""
    return f"{_name(clip)} can be read and moved once it is fitted to the studio's face."


def refused_words(clip: ClipState, reason: str) -> str:
    """Say why a face was not fitted."""
    # A sentence that names the file already says which face is meant.
    name = _name(clip)
    said = without_options(reason.removeprefix(f"{clip.name}: ")).strip()
    said = said or "no face was found on it."
    return f"{name} was not fitted: {said[0].lower()}{said[1:]}"


def without_options(sentence: str) -> str:
    """Leave out what helps on the command line alone; here there is a button for it."""
    return sentence.replace(" (--landmarks FILE)", "")


def fitted_words(clip: ClipState, found: Correspondence) -> str:
    """Say that a face was fitted and how near, and how to go back."""
    by = "by its points" if found.points else "by itself"
    frame = frame_of_face(clip.recording, found)
    by += "" if frame is None else f" at frame {frame}"
    said = (
        f"{_name(clip)} was fitted to the studio's face {by}, {found.verdict.fit_mean_mm:.2f} mm "
        "away on average; Undo takes that off."
    )
    return f"{said} {found.verdict.remark}".strip()


def undone_words(clip: ClipState) -> str:
    """Say that a clip's face is not fitted any more."""
    return f"{_name(clip)} is not fitted to the studio's face any more."


def verdict_rows(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Say the figures of a fit: what each is, and its value."""
    return (
        ("Distance, mean", f"{verdict.fit_mean_mm:.2f} mm"),
        ("Distance, 95 % of the front", f"{verdict.fit_p95_mm:.2f} mm"),
        ("Front with a partner", f"{100 * verdict.matched_share:.0f} %"),
        ("Landmarks, median", f"{verdict.landmark_residual_mm:.1f} mm"),
        ("Folded edges", f"{100 * verdict.folded_share:.1f} %"),
        ("Size, after its unit", f"× {verdict.scale / verdict.unit:.2f}"),
    )


def _name(clip: ClipState) -> str:
    return shortened(printable(clip.name), _NAME)
