"""Every sentence of the window passes through here, so that it can be translated."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CONTEXT = "Studio"


# Here so that they are among the texts to translate; labels come from the models as words.
_LABELS = ("Anger", "Disgust", "Fear", "Happiness", "Sadness", "Surprise", "Neutral")


def label_name(label: str) -> str:
    """An expression's label as people read it."""
    return tr(label.replace("_", " ").capitalize())


def tr(text: str) -> str:
    """The text in the user's language; numbers and names are put in afterwards, by `format`."""
    return QCoreApplication.translate(CONTEXT, text)
