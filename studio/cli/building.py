"""corpus, train, evaluate: what builds the models and measures them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from studio.core import InputError, StudioError
from studio.core.system.paths import shipped

from .clips import JsonOption
from .model_options import ModelsOption

CORPUS, RUNS = Path("data/corpus"), Path("runs/anny-basic")
LANDMARK_RUNS = Path("runs/anny-landmarks")
CorpusOption = Annotated[Path, typer.Option(help="Folder of the corpus.")]
RunsOption = Annotated[Path, typer.Option(help="Folder of state to resume from, and metrics.")]
OutOption = Annotated[Path, typer.Option(help="Folder the finished models go to.")]
_START = "A set whose model to begin with, in fewer steps than from nothing."
StartOption = Annotated[Path | None, typer.Option(help=_START)]

corpus = typer.Typer(help="Build the corpus, or the samples that ship.")
train = typer.Typer(help="Train the models of a set, in this order.")


@corpus.command("build")
def build(
    folder: Annotated[Path, typer.Option(help="Where to.")] = CORPUS,
    seed: Annotated[int, typer.Option(help="Another seed, another corpus.")] = 2026,
    rig: Annotated[
        str | None,
        typer.Option(
            metavar="ict=FILE",
            help="A second rig: the NPZ file of ICT-FaceKit's head, which is MIT-licensed.",
        ),
    ] = None,
    extreme: Annotated[
        bool, typer.Option("--extreme", help="Of the twelve extreme expressions, not emotions.")
    ] = False,
) -> None:
    """Draw people and takes; needs the extra `corpus`. Rebuilds template and rig too."""
    from studio.io.files import check_place
    from studio.training.datasets.corpus import build_corpus
    from studio.training.datasets.people import CorpusConfig, extreme_config

    from .output import progress_line

    name, _, file = (rig or "").partition("=")
    if rig is not None and not (name == "ict" and file):
        raise InputError.of("--rig", "ict=FILE", rig)
    check_place(folder)
    face = shipped("resources") / "face"
    if not os.access(face, os.W_OK):
        raise StudioError(f"{face}: cannot be written, and the corpus brings its template and rig")
    with progress_line() as progress:
        ict = Path(file) if file else None
        config = extreme_config(seed) if extreme else CorpusConfig(seed=seed)
        made = build_corpus(folder, config, face, progress, ict)
        if ict is None:
            progress.remarked(
                "Everybody moves by the studio's rig: --rig ict=FILE adds people and motion of "
                "ICT-FaceKit's scans, without which models read other heads less well."
            )
    people, frames = len(made.neutrals), len(made.weights)
    print(f"{people} people, {len(made)} takes, {frames} frames, hash {made.digest()}, in {folder}")


@corpus.command("samples")
def samples(
    folder: Annotated[Path | None, typer.Option(help="By default where they ship.")] = None,
) -> None:
    """Draw the sample takes that ship with the studio."""
    from studio.io.files import check_place
    from studio.training.datasets.samples import write_samples

    place = folder or shipped("resources") / "samples"
    check_place(place)
    for path in write_samples(place):
        print(path)


@corpus.command("sheet")
def sheet(
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture, a PNG file.")],
    folder: Annotated[Path, typer.Option(help="Folder of the corpus.")] = CORPUS,
    each: Annotated[int, typer.Option(min=1, help="People of each rig.")] = 2,
) -> None:
    """Draw what a corpus shows: every label at its apex, a row each, on people of each rig."""
    import numpy as np

    from studio.core import MeshSequence
    from studio.face.known import studio_face
    from studio.render.stills import TILE, render_frames, tile, write_png
    from studio.training.datasets.corpus import load_corpus
    from studio.training.datasets.sheet import apexes

    from .output import progress_line

    if out.suffix.lower() != ".png":
        raise InputError.of(out, "a .png file to write", out.suffix or "no suffix")
    found = apexes(load_corpus(folder), each)
    faces = studio_face().template.faces
    with progress_line() as progress:
        # One clip a face: each fills its picture, however large it is.
        pictures = [
            render_frames(MeshSequence(one.mesh[None], faces), [0], TILE, labels=[one.caption])[0]
            for one in progress.each(found, "drawing")
        ]
    write_png(tile(np.stack(pictures), len(found) // len({one.label for one in found})), out)
    print(f"{len(found)} faces in {out}")


@train.command("autoencoder")
def autoencoder(
    corpus: CorpusOption = CORPUS, runs: RunsOption = RUNS, out: OutOption = RUNS / "out"
) -> None:
    """Train what turns a face into a latent and back."""
    from studio.training.trainers.autoencoder import train_autoencoder

    _train(train_autoencoder, corpus, runs, out)


@train.command("recognizer")
def recognizer(
    corpus: CorpusOption = CORPUS,
    runs: RunsOption = RUNS,
    out: OutOption = RUNS / "out",
    start: StartOption = None,
) -> None:
    """Train what reads expressions, of the autoencoder in --out, or else of the shipped one."""
    from studio.training.trainers.recognizer import train_recognizer, tuning

    _train(train_recognizer, corpus, runs, out, config=tuning(start) if start else None)


@train.command("judge")
def judge(
    corpus: CorpusOption = CORPUS, runs: RunsOption = RUNS, out: OutOption = RUNS / "out"
) -> None:
    """Train the separate classifier of `evaluate`, into --runs.

    It is of the autoencoder in --out, or of the shipped one where --out has none.
    """
    from studio.training.trainers.judge import train_judge

    _train(train_judge, corpus, runs, out, made=runs)


@train.command("diffusion")
def diffusion(
    corpus: CorpusOption = CORPUS,
    runs: RunsOption = RUNS,
    out: OutOption = RUNS / "out",
    unet2d: Annotated[
        bool, typer.Option("--unet2d", help="Train the 2D UNet with DDPM-1000 instead.")
    ] = False,
    start: StartOption = None,
) -> None:
    """Train what makes motion, of the autoencoder in --out, or else of the shipped one."""
    from studio.training.trainers.diffusion import paper_training, train_diffusion, tuning

    if start is not None and unet2d:
        raise InputError.of("--start", "no --unet2d beside it", str(start))
    config = paper_training() if unet2d else tuning(start) if start else None
    _train(train_diffusion, corpus, runs, out, config=config)


@train.command("familiarity")
def familiarity(
    corpus: CorpusOption = CORPUS, runs: RunsOption = RUNS, out: OutOption = RUNS / "out"
) -> None:
    """Fit what tells motion unlike the training's; needs autoencoder and recognizer in --out."""
    from studio.training.trainers.familiarity import train_familiarity

    _train(train_familiarity, corpus, runs, out)


@train.command("units")
def units(
    corpus: CorpusOption = CORPUS,
    runs: RunsOption = RUNS,
    out: OutOption = RUNS / "out",
    minutes: Annotated[float, typer.Option(help="Of the training, all runs together.")] = 24.0,
    form: Annotated[
        str,
        typer.Option(
            help="full; brief: the same beside the others; spatial or temporal: one module alone; "
            "printed: the paper's."
        ),
    ] = "full",
    without: Annotated[
        str, typer.Option(help="A rig whose people are left out, studio or ict.")
    ] = "",
) -> None:
    """Train what reads action units; other forms than the full one go to --runs, for `evaluate`."""
    from studio.training.trainers.units import train_units, units_training

    config = units_training(form, without, minutes)
    made = out if form == "full" and not without else runs
    _train(train_units, corpus, runs, made, config=config)


@train.command("identity")
def identity(
    corpus: CorpusOption = CORPUS, runs: RunsOption = RUNS, out: OutOption = RUNS / "out"
) -> None:
    """Train what tells people apart; needs the autoencoder in --out."""
    from studio.training.trainers.identity import train_identity

    _train(train_identity, corpus, runs, out)


@train.command("motion-gan")
def motion_gan(
    corpus: CorpusOption = CORPUS,
    runs: RunsOption = LANDMARK_RUNS,
    out: OutOption = LANDMARK_RUNS / "out",
    minutes: Annotated[float, typer.Option(help="Of processor time, all runs together.")] = 25.0,
) -> None:
    """Train Motion3DGAN, which makes landmark motion from a label and noise."""
    from studio.training.trainers.motion_gan import MotionGanTraining, train_motion_gan

    _train(train_motion_gan, corpus, runs, out, config=MotionGanTraining(minutes=minutes))


@train.command("landmark-lstm")
def landmark_lstm(
    corpus: CorpusOption = CORPUS,
    runs: RunsOption = LANDMARK_RUNS,
    out: OutOption = LANDMARK_RUNS / "out",
    paper: Annotated[
        bool, typer.Option("--paper", help="One network a label, from a zero start, instead.")
    ] = False,
) -> None:
    """Train the recurrent network that makes landmark motion."""
    from studio.training.trainers.landmark_lstm import paper_training, train_landmark_lstm

    _train(train_landmark_lstm, corpus, runs, out, config=paper_training() if paper else None)


@train.command("landmark-judge")
def landmark_judge(
    corpus: CorpusOption = CORPUS, runs: RunsOption = LANDMARK_RUNS, out: OutOption = LANDMARK_RUNS
) -> None:
    """Train the classifier of `evaluate landmarks`, into --runs."""
    from studio.training.trainers.landmark_judge import train_landmark_judge

    _train(train_landmark_judge, corpus, runs, out)


@train.command("sparse-to-dense")
def sparse_to_dense(
    corpus: CorpusOption = CORPUS,
    runs: RunsOption = LANDMARK_RUNS,
    out: OutOption = LANDMARK_RUNS / "out",
) -> None:
    """Train what turns moved landmarks into a moved face."""
    from studio.training.trainers.sparse_to_dense import train_sparse_to_dense

    _train(train_sparse_to_dense, corpus, runs, out)


@train.command("video-rig")
def video_rig(
    corpus: CorpusOption = CORPUS, runs: RunsOption = RUNS, out: OutOption = RUNS / "out"
) -> None:
    """Train what reads weights off a face in a video, on people of the corpus who are filmed."""
    from studio.render.filming.stage import Stage
    from studio.training.video.camera import film_by
    from studio.training.video.trainer import train_seen_face

    film_by(Stage)
    _train(train_seen_face, corpus, runs, out)


def _train(
    run: Callable[..., object],
    corpus: Path,
    runs: Path,
    out: Path,
    made: Path | None = None,
    **more: Any,
) -> None:
    """Load the corpus and train, with a line a report; interrupted, it resumes the next time.

    What it makes goes to `made`, or to `out`.
    """
    from studio.core import Progress
    from studio.io.files import check_place
    from studio.training.datasets.corpus import load_corpus

    check_place(runs)
    check_place(out)

    def say(fraction: float, message: str) -> None:
        print(f"{100 * fraction:5.1f} %  {message}", flush=True)

    run(load_corpus(corpus), runs, out, Progress(say), **more)
    print(f"Models in {made or out}")


def evaluate(
    parts: Annotated[
        list[str] | None,
        typer.Argument(
            help="Which parts; all but `dense`, `faces`, `units`, `identity`, `video`, "
            "`registration` and `own-faces` unless given. After `own-faces` the faces to move, "
            "meshes of any triangulation."
        ),
    ] = None,
    corpus: CorpusOption = CORPUS,
    runs: RunsOption = RUNS,
    models: ModelsOption = None,
    out: Annotated[Path, typer.Option(help="Where the figures go, as JSON.")] = Path(
        "out/evaluation.json"
    ),
    quick: Annotated[bool, typer.Option("--quick", help="Fewer clips, rough figures.")] = False,
    json: JsonOption = False,
) -> None:
    """Measure a model set on the people no model has seen, or what is done with any mesh."""
    from studio.engine import default_set
    from studio.io.files import check_place
    from studio.render.filming.stage import Stage
    from studio.training.datasets.corpus import load_corpus
    from studio.training.evaluation.evaluate import (
        ALONE,
        OWN_FACES,
        PARTS,
        USUAL,
        evaluate_alone,
    )
    from studio.training.evaluation.evaluate import evaluate as measure
    from studio.training.evaluation.tables import print_tables
    from studio.training.video.camera import film_by

    from .output import print_json, progress_line, write_json

    check_place(out)
    film_by(Stage)
    chosen = tuple(parts or USUAL)
    paths: tuple[Path, ...] = ()
    if chosen[0] == OWN_FACES:
        chosen, paths = chosen[:1], tuple(map(Path, chosen[1:]))
    for part in chosen:
        if part not in (*PARTS, *ALONE):
            raise InputError.of("evaluate", f"parts among {', '.join((*PARTS, *ALONE))}", part)
    alone = tuple(part for part in chosen if part in ALONE)
    chosen = tuple(part for part in chosen if part in PARTS)
    results: dict[str, Any] = {}
    with progress_line() as progress:
        if chosen:
            folder, people = models or default_set(), load_corpus(corpus)
            results |= measure(people, folder, runs, progress, quick=quick, parts=chosen)
        results |= evaluate_alone(alone, progress, quick=quick, paths=paths)
    write_json(results, out)
    if json:
        print_json(results)
    else:
        print_tables(results)
        print(f"\nAs JSON in {out}")
