"""Fits how far a clip may lie from the training data before its reading is in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from studio.core.familiarity import USUAL
from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.engine.familiarity import tokens_and_rest
from studio.engine.kinds.recognizer import RECOGNIZER
from studio.face.known import studio_face
from studio.nn.checkpoint import save_checkpoint
from studio.nn.familiarity import FamiliarityConfig, FamiliarityModel, stamp
from studio.nn.recognizer import Recognizer
from studio.training.datasets.acting.course import FPS
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.latents import encode_corpus, encode_meshes
from studio.training.evaluation.recognition import observed
from studio.training.evaluation.study import Ids, Study


@dataclass(frozen=True)
class FamiliarityTraining:
    """Everything that decides the result, in one place.

    Attributes
    ----------
    face_dim
        Directions in which faces are compared.
    takes_per_person
        Of the training people, seen as a scanner gives them; all are seen clean.
    every
        Share of the clean frames that is used, one in so many.
    each
        Share of validation takes that may lie beyond the limit of one measure.
    false_alarms
        Share of validation takes that may be called unfamiliar in the end.
    """

    face_dim: int = 32
    takes_per_person: int = 3
    every: int = 4
    each: float = 0.02
    false_alarms: float = 0.03
    seed: int = 5


def train_familiarity(
    corpus: Corpus,
    runs: Path,
    out: Path,
    progress: Progress,
    config: FamiliarityTraining | None = None,
) -> FamiliarityModel:
    """Fit on the training people, and set the limits on the validation people.

    Writes `familiarity.safetensors` to `out`, where autoencoder and recognizer must lie.
    """
    config = config or FamiliarityTraining()
    study = Study.open(corpus, out, runs, quick=False)
    study.need("recognizer")
    tokens, faces = _examples(study, config, progress.part(0.0, 0.6))
    recognizer = _recognizer(study)
    size = recognizer.config
    shape = FamiliarityConfig(size.latent_dim, size.motion_dim, config.face_dim)
    model = FamiliarityModel(shape).fit(tokens, faces).eval()
    takes = corpus.takes("val")
    usual = _usual_distances(study, model, takes, progress.part(0.6, 1.0))
    model.limits.copy_(torch.from_numpy(limits(usual, config)))
    save_checkpoint(
        out / "familiarity.safetensors",
        "familiarity",
        shape,
        model.state_dict(),
        topology=studio_face().topology,
        extra={
            "fitted_on": stamp(recognizer),
            "corpus": corpus.digest(),
            "false_alarms": config.false_alarms,
        },
    )
    return model


def limits(usual: Floats, config: FamiliarityTraining) -> Floats:
    """Set limits (M,) from how far validation takes usually lie (K, M).

    First the same share of takes beyond each limit; then all limits are moved together until the
    wanted share of takes lies beyond any of them.
    """
    alone = np.quantile(usual, 1 - config.each, axis=0)
    worst = (usual / alone).max(axis=1)
    return np.asarray(alone * np.quantile(worst, 1 - config.false_alarms), dtype=np.float32)


def _examples(
    study: Study, config: FamiliarityTraining, progress: Progress
) -> tuple[Tensor, Tensor]:
    """Tokens (N, 2K) of training takes, clean and as observed, and resting latents (S, D)."""
    corpus, recognizer = study.corpus, _recognizer(study)
    model = study.autoencoder
    stored = encode_corpus(corpus, model, study.runs, progress.part(0.0, 0.2))
    takes, tokens, rests = corpus.takes("train"), [], []
    for take in progress.part(0.2, 0.4).each(takes.tolist(), "clean takes"):
        z = stored.take(corpus, take).numpy()
        found, _ = tokens_and_rest(study.models, recognizer, z, FPS, None)
        tokens.append(found.cpu()[:: config.every])
    rng = np.random.default_rng(config.seed)
    chosen = _some_of_each(rng, corpus, takes, config.takes_per_person)
    for take in progress.part(0.4, 1.0).each(chosen.tolist(), "takes as observed"):
        clip = observed(corpus, take)
        found, rest = tokens_and_rest(
            study.models, recognizer, study.engine.encode(clip), FPS, None
        )
        tokens.append(found.cpu())
        rests.append(rest.cpu())
    people = stored.rest[torch.from_numpy(takes)]
    faces = torch.cat([encode_meshes(model, corpus.shape_only), people, torch.stack(rests)])
    return torch.cat(tokens), faces


def _usual_distances(
    study: Study, model: FamiliarityModel, takes: Ids, progress: Progress
) -> Floats:
    """(K, M) how far the frames of each take lie, passed by the few that lie farther."""
    rows = []
    for take in progress.each(takes.tolist(), "validation takes"):
        clip = observed(study.corpus, take)
        z = study.engine.encode(clip)
        tokens, rest = tokens_and_rest(study.models, _recognizer(study), z, FPS, None)
        errors = torch.from_numpy(study.engine.reconstruction_errors(clip))
        with torch.inference_mode():
            found = model.distances(tokens.cpu(), rest.cpu(), errors)
        rows.append(np.quantile(found.numpy(), USUAL, axis=0))
    return np.stack(rows)


def _some_of_each(rng: np.random.Generator, corpus: Corpus, takes: Ids, count: int) -> Ids:
    people = corpus.subject[takes]
    chosen = [
        rng.choice(takes[people == person], min(count, int((people == person).sum())), False)
        for person in np.unique(people)
    ]
    return np.sort(np.concatenate(chosen))


def _recognizer(study: Study) -> Recognizer:
    study.need(RECOGNIZER.name)
    return study.models.of(RECOGNIZER.name, Recognizer)
