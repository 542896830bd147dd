"""The tables of paper 003 on dense faces from landmarks: accuracy, losses, neutralization.

Table 1: error per vertex for expressions and for people held out, four folds each, on the shipped
corpus and, where it is there, on the scanned-head model. Folds are the contiguous groups that
`dense_faces.folds` makes; what each holds out is printed. Table 2: the losses, on the published
network. Trainings and errors are kept under the runs folder, so a stopped evaluation goes on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np

from studio.core.progress import Progress
from studio.engine.loading.model_set import BESIDE as SET
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.dense_faces import DenseFaces, Split, corpus_faces, folds
from studio.training.datasets.ict import FILE, ict_faces
from studio.training.evaluation.motion import motion_folder
from studio.training.evaluation.study import Study
from studio.training.trainers.sparse_to_dense import SparseToDenseTraining, train_decoder

from .baselines import DecoderPredictor, short, spread_rows
from .neutral import neutral_figures
from .rows import DECODER, MET, PCA_LARGE, QUICK, TEST_FRAMES, Effort, FoldTask, fold_errors
from .summary import PersonErrors, mean_error, person_errors, ratio, summary

EVERY = 5  # frames of the corpus that are looked at
MEASURES = ("exact", "all", "noisy")
SPLITS: tuple[Split, ...] = get_args(Split)

# beta_1 and beta_2 of the paper's losses, and the family of the weights.
LOSSES: dict[str, tuple[float, float, str]] = {
    "S1: displacements": (1.0, 0.0, "flat"),
    "S2: S1 + vertices, not weighted": (1.0, 0.1, "flat"),
    "S3: S1 + vertices, 1 - d / d_max": (1.0, 0.1, "one-minus"),
    "S3 with the factors as released": (0.1, 1.0, "one-minus"),
    "S3 with 1 / (d + 1 mm), as written": (0.1, 1.0, "inverse"),
    "S3 with a gaussian": (0.1, 1.0, "gaussian"),
}


def dense_part(study: Study, progress: Progress) -> dict[str, Any]:
    """Compute every table, with the landmark models beside the set and folds beside its runs."""
    effort = QUICK if study.quick else Effort()
    folder, runs = study.folder.with_name(SET), study.runs.with_name(SET) / "dense"
    return dense_figures(study.corpus, folder, runs, progress, effort=effort)


def dense_figures(
    corpus: Corpus,
    models: Path,
    runs: Path,
    progress: Progress,
    *,
    effort: Effort | None = None,
    parts: tuple[str, ...] = ("corpus", "scanned", "losses", "neutral"),
) -> dict[str, Any]:
    """Compute every figure of `parts`, ready for JSON; a part that cannot be is in "skipped".

    Parameters
    ----------
    models
        Folder of the shipped decoder, which neutralization is measured with.
    runs
        Where folds keep their trainings and errors.
    """
    effort = effort or Effort()
    out: dict[str, Any] = {"corpus_hash": corpus.digest()}
    for step, part in enumerate(parts):
        share = progress.part(step / len(parts), (step + 1) / len(parts))
        if part == "scanned":
            out[part] = scanned_figures(runs, share, effort)
        elif part == "neutral":
            out[part] = neutral_figures(corpus, models, share)
        else:
            faces = corpus_faces(corpus, np.arange(len(corpus.split)), every=EVERY)
            figures = table_one if part == "corpus" else table_two
            out[part] = figures(faces, runs / part, share, effort)
    return out


def scanned_figures(runs: Path, progress: Progress, effort: Effort) -> dict[str, Any]:
    """Compute table 1 on the scanned-head model."""
    path = motion_folder().parent / FILE
    if not path.is_file():
        reason = "no scanned-head model: set STUDIO_TEST_DATA to the folder that holds ict/ict.npz"
        return {"skipped": reason}
    return table_one(ict_faces(path), runs / "scanned", progress, effort)


def table_one(
    faces: DenseFaces, folder: Path, progress: Progress, effort: Effort
) -> dict[str, Any]:
    """Compute for both splits the rows, what the folds held out, and how S2D-Dec compares."""
    out: dict[str, Any] = {}
    for step, split in enumerate(SPLITS):
        half = progress.part(0.5 * step, 0.5 * step + 0.5)
        found = folds(faces, split)
        errors = [
            fold_errors(
                FoldTask(faces, fold, split, folder / f"{split}-{number}", effort.of_fold(number)),
                half.part(number / len(found), (number + 1) / len(found)),
            )
            for number, fold in enumerate(found)
        ]
        out[split] = pooled(errors)
    return out


def pooled(errors: list[dict[str, Any]]) -> dict[str, Any]:
    """Put the folds of a split in one table, and each fold's own means beside it.

    A row that only some folds have is of those.
    """
    names = max((list(fold["rows"]) for fold in errors), key=len)
    rows: dict[str, dict[str, Any]] = {}
    for name in names:
        parts = [fold["rows"][name] for fold in errors if name in fold["rows"]]
        rows[name] = {measure: summary([p[measure] for p in parts]) for measure in MEASURES}
        rows[name]["numbers"] = parts[0]["numbers"]
        rows[name]["ms"] = float(np.median([p["ms"] for p in parts]))
        rows[name]["folds"] = [mean_error(p["exact"]) for p in parts]
    return {
        "rows": rows,
        "standing_still": summary([fold["still"]["exact"] for fold in errors]),
        "held_out": [named(fold["held_out"]) for fold in errors],
        "ratio": {
            measure: {
                name: ratio(*(chosen(errors, n, measure) for n in (name, PCA_LARGE)))
                for name in (DECODER, MET)
            }
            for measure in MEASURES
        },
    }


def chosen(errors: list[dict[str, Any]], name: str, measure: str) -> list[PersonErrors]:
    """Take one measure of one row, fold by fold."""
    return [fold["rows"][name][measure] for fold in errors]


def named(held_out: list[str] | tuple[str, ...]) -> str:
    """Write few names in full, many as first and last."""
    few = len(held_out) <= 4
    return ", ".join(held_out) if few else f"{held_out[0]} to {held_out[-1]}"


def table_two(
    faces: DenseFaces, folder: Path, progress: Progress, effort: Effort
) -> dict[str, Any]:
    """Train the published network with each loss, on the first identity fold."""
    fold = folds(faces, "identity")[0]
    train, held = faces.only(fold.train), faces.only(fold.test)
    test = held.only(spread_rows(held, TEST_FRAMES))
    out: dict[str, Any] = {"held_out": named(fold.held_out), "steps": effort.published}
    for step, (name, (displacement, surface, weights)) in enumerate(LOSSES.items()):
        part = progress.part(step / len(LOSSES), (step + 1) / len(LOSSES))
        training = SparseToDenseTraining.published(
            short(effort.published), displacement=displacement, surface=surface, weights=weights
        )
        model = train_decoder(train, folder, f"loss-{step}", part, training)
        predictor = DecoderPredictor(model, faces.landmarks)
        out[name] = summary([person_errors(predictor, test, test.sparse())[0]])
    return out
