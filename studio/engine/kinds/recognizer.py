"""The recognizer: a causal Transformer over latents that reads which expression a clip shows."""

from __future__ import annotations

from studio.core import Probabilities
from studio.engine.kind import Domain, Family, ModelKind, Role

from .autoencoder import AUTOENCODER


def _family() -> Family:
    from studio.engine.recognition import Recognition
    from studio.nn.recognizer import Recognizer, RecognizerConfig

    return Family(
        RecognizerConfig,
        lambda file, _: file.fill(Recognizer(file.config_as(RecognizerConfig))),
        Recognition,
    )


RECOGNIZER = ModelKind(
    "recognizer",
    Role.reader,
    Domain.latents,
    "Expression",
    "Recognizer: reads expressions",
    _family,
    gives=Probabilities,
    depends=(AUTOENCODER.name,),
)
KINDS = (RECOGNIZER,)
