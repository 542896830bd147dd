"""Training of the action-unit Transformer (paper 004, section 3.6) on clips with known units."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, l1_loss

from studio.core.errors import InputError
from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.core.unit_tracks import MOST
from studio.face.known import studio_face
from studio.face.rig import ARKIT, load_rig
from studio.nn.checkpoint import save_checkpoint
from studio.nn.units.au_transformer import UNIT_MM, Answer, AuTransformer, AuTransformerConfig
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.people import ICT, STUDIO
from studio.training.datasets.units.clips import UnitClip, draw_clips, places
from studio.training.datasets.units.regions import draw_regions
from studio.training.evaluation.units.measures import OCCURS, mean_f1, thresholds

from .loop import LoopConfig, Trainer

UNITS_FILE = "units.safetensors"
RIGS = {"studio": STUDIO, "ict": ICT}


@dataclass(frozen=True)
class UnitsTraining:
    """Everything that decides the result, in one place.

    Attributes
    ----------
    without
        A rig whose people are left out, studio or ict; empty: none.
    batch, window
        Clips of a batch, and frames of each.
    clips
        Of each person.
    clean
        Share of windows that are seen as they are; the others as a tracker has them.
    own
        Largest share of frames that are told what the network itself said of those before; it
        grows to this over the first half (scheduled sampling, in two passes as in Mihaylova and
        Martins 2019). 0: teacher forcing, as printed.
    mesh, velocity
        Weights of the error of the refined points, and of their steps.
    """

    model: AuTransformerConfig = field(default_factory=AuTransformerConfig)
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=2400, minutes=24.0, save_every=400, learning_rate=1.5e-3, ema=0.995
        )
    )
    without: str = ""
    batch: int = 16
    window: int = 48
    clips: int = 8
    clean: float = 0.35
    amount: tuple[float, float] = (0.2, 1.2)
    own: float = 0.9
    mesh: float = 0.2
    velocity: float = 0.4
    file: str = UNITS_FILE
    seed: int = 16


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of clips, padded by their last frame.

    Attributes
    ----------
    seen, clean
        (B, T, K, 3) mm, what is looked at, and what the face does.
    intensity
        (B, T, N) 0..5.
    fps
        (B,)
    there
        (B, T) whether a frame is one of the clip's.
    """

    seen: Tensor
    clean: Tensor
    intensity: Tensor
    fps: Tensor
    there: Tensor


class WindowSource:
    """Draws windows of clips, seen clean or as a tracker does."""

    def __init__(self, clips: list[UnitClip], points: Floats, config: UnitsTraining) -> None:
        self.clips, self.points, self.config = clips, points, config

    def draw(self, rng: np.random.Generator) -> Windows:
        chosen = rng.integers(len(self.clips), size=self.config.batch)
        rows = [self._one(rng, self.clips[int(one)]) for one in chosen]
        seen, clean, intensity, there = (np.stack(parts) for parts in zip(*rows, strict=True))
        fps = [self.clips[int(one)].course.fps for one in chosen]
        return Windows(
            torch.from_numpy(seen),
            torch.from_numpy(clean),
            torch.from_numpy(intensity),
            torch.tensor(fps),
            torch.from_numpy(there),
        )

    def _one(self, rng: np.random.Generator, clip: UnitClip) -> tuple[Floats, ...]:
        length = self.config.window
        start = int(rng.integers(0, max(len(clip.weights) - length, 0) + 1))
        part = clip.cut(start, start + length)
        clean = part.clean.astype(np.float32)
        seen = clean
        if rng.random() >= self.config.clean:
            seen = part.coarse(rng, self.points, float(rng.uniform(*self.config.amount)))
        extra = length - len(clean)
        there = np.arange(length) < len(clean)
        rows = (seen, clean, part.course.intensity)
        padded = [np.concatenate([row, np.repeat(row[-1:], extra, axis=0)]) for row in rows]
        return (*padded, there)


FORMS = ("full", "brief", "spatial", "temporal", "printed")


def units_training(form: str = "full", without: str = "", minutes: float = 24.0) -> UnitsTraining:
    """Say how a form of the network is trained.

    Parameters
    ----------
    form
        full; brief for the same under another name, to be trained as briefly as the others; spatial
        or temporal for one module alone; printed for teacher forcing on occurrence, without the
        frame rate.
    without
        A rig whose people are left out.
    minutes
        Of the training.

    Raises
    ------
    InputError
        For another form or rig.
    """
    if form not in FORMS:
        raise InputError.of("form", f"one of {', '.join(FORMS)}", form)
    if without and without not in RIGS:
        raise InputError.of("without", f"one of {', '.join(RIGS)}", without)
    usual = UnitsTraining()
    model = replace(
        usual.model,
        temporal=form != "spatial",
        spatial=form != "temporal",
        ordinal=form != "printed",
        rated=form != "printed",
    )
    name = "-".join(
        ["units", *([form] * (form != "full")), *(["without", without] * bool(without))]
    )
    return replace(
        usual,
        model=model,
        loop=replace(usual.loop, minutes=minutes),
        own=usual.own if form != "printed" else 0.0,
        without=without,
        file=f"{name}.safetensors",
    )


def train_units(
    corpus: Corpus,
    runs: Path,
    out: Path,
    progress: Progress,
    config: UnitsTraining | None = None,
) -> AuTransformer:
    """Train on clips of the training people; writes `units.safetensors` to `out`.

    Thresholds are set on clips of the validation people.
    """
    config = config or UnitsTraining()
    people = corpus.without(RIGS[config.without]) if config.without else corpus
    torch.manual_seed(config.seed)
    regions = draw_regions(people.rigs, config.model.per_unit)
    vertices = regions.vertices.numpy()
    shape = replace(config.model, points=len(vertices))
    model = AuTransformer(shape, regions)
    drawing = progress.part(0.0, 0.1)
    train = draw_clips(people, "train", config.clips, vertices, drawing)
    checked = draw_clips(people, "val", 4, vertices, Progress())
    points = places(vertices)
    source = WindowSource(train, points, config)
    actions = torch.from_numpy(load_rig().actions[:, vertices].reshape(len(ARKIT), -1))
    trainer = Trainer(model, config.loop, runs, Path(config.file).stem)
    trainer.clock = time.process_time  # minutes are those of one core, whatever else it does

    def loss(net: nn.Module, step: int) -> Tensor:
        windows = source.draw(np.random.default_rng([config.seed, trainer.rank, step]))
        return unit_loss(net, windows, actions, config, step)

    def report() -> dict[str, float]:
        kept = trainer.kept()
        assert isinstance(kept, AuTransformer)
        return mean_f1(kept, checked[::4], points)

    trained = trainer.run(loss, progress.part(0.1, 0.95), report)
    assert isinstance(trained, AuTransformer)
    trained.thresholds.copy_(thresholds(trained, checked, points, progress.part(0.95, 1.0)))
    save_checkpoint(
        out / config.file,
        "units",
        shape,
        trained.state_dict(),
        topology=studio_face().topology,
        extra={"corpus": corpus.digest(), "steps": trainer.step, "without": config.without},
    )
    return trained


def unit_loss(
    net: nn.Module, windows: Windows, actions: Tensor, config: UnitsTraining, step: int
) -> Tensor:
    """Weigh what the network says of windows against what they show.

    Parameters
    ----------
    actions : (A, N)
        What A actions of the rig move N coordinates of the points by, in mm.
    """
    assert isinstance(net, AuTransformer)
    chance = torch.Generator().manual_seed(config.seed * 1_000_003 + step)
    causal = bool(torch.rand(1, generator=chance) < 0.5)
    seen = net.look(windows.seen, windows.fps, causal=causal)
    truth = _told(windows.intensity, config.model)
    before = _shifted(truth)
    share = config.own * min(2.0 * step / config.loop.steps, 1.0)
    if share > 0.0 and config.model.temporal:
        with torch.no_grad():
            said = _shifted(net.told(net.decode(seen, before, causal=causal)))
        mixed = torch.rand(before.shape[:2], generator=chance)[..., None] < share
        before = torch.where(mixed, said, before)
    answer = net.decode(seen, before, causal=causal)
    return _of_units(answer, windows, config.model) + _of_mesh(answer, windows, actions, config)


def _told(intensity: Tensor, model: AuTransformerConfig) -> Tensor:
    return intensity / MOST if model.ordinal else (intensity >= OCCURS).float()


def _shifted(told: Tensor) -> Tensor:
    """Tell each frame (B, T, N) what is known of the one before it; the first nothing."""
    return torch.cat([torch.zeros_like(told[:, :1]), told[:, :-1]], dim=1)


def _of_units(answer: Answer, windows: Windows, model: AuTransformerConfig) -> Tensor:
    """Occurrence (eq. 15), and the five levels of intensity."""
    there = windows.there[..., None].float().expand_as(windows.intensity)
    occurs = (windows.intensity >= OCCURS).float()
    wrong = binary_cross_entropy_with_logits(answer.occurs, occurs, reduction="none")
    total = (wrong * there).sum() / there.sum()
    if not model.ordinal:
        return total
    reached = (windows.intensity[..., None] - torch.arange(5.0)).clamp(0.0, 1.0)
    off = binary_cross_entropy_with_logits(answer.levels, reached, reduction="none").mean(-1)
    return total + 2.0 * (off * there).sum() / there.sum()


def _of_mesh(answer: Answer, windows: Windows, actions: Tensor, config: UnitsTraining) -> Tensor:
    """Refined points against what the face does, and their steps (in the place of eq. 14)."""
    moved = (answer.weights @ actions) / UNIT_MM
    wanted = windows.clean.flatten(2) / UNIT_MM
    steps = l1_loss(moved.diff(dim=1), wanted.diff(dim=1))
    return config.mesh * l1_loss(moved, wanted) + config.velocity * steps
