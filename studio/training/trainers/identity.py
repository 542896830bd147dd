"""Training of the identity head and of the slider beside it (paper 000, table 1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from studio.core.errors import CheckpointError, InputError
from studio.core.progress import Progress
from studio.engine import Engine
from studio.engine.kinds.autoencoder import AUTOENCODER
from studio.face.known import studio_face
from studio.nn.autoencoder import Autoencoder
from studio.nn.checkpoint import save_checkpoint
from studio.nn.identity.head import IdentityConfig, IdentityHead
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.identity.cast import HIGH, LOW, Cast
from studio.training.datasets.identity.views import Views, draw_views
from studio.training.evaluation.identity.measures import equal_error, fitted_scale, pairs, shown_to

from .loop import LoopConfig, Trainer

IDENTITY_FILE = "identity.safetensors"


@dataclass(frozen=True)
class IdentityTraining:
    """Everything that decides the result, in one place.

    Attributes
    ----------
    batch
        Views of a batch.
    sharpness, margin
        Of the softmax over the training people: cosines times the one, the right one less the other
        (additive margin, Wang et al. 2018).
    slider
        Weight of the slider's loss.
    strangers
        Share of validation pairs of two people that may count as one person.
    """

    model: IdentityConfig = field(default_factory=IdentityConfig)
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=800, minutes=5.0, save_every=200, learning_rate=1e-3, weight_decay=1e-2, ema=0.99
        )
    )
    batch: int = 256
    sharpness: float = 16.0
    margin: float = 0.15
    slider: float = 0.3
    strangers: float = 0.001
    seed: int = 33


class PeopleLoss(nn.Module):
    """The head, and a direction for each training person that its vectors shall take."""

    def __init__(self, head: IdentityHead, people: int, config: IdentityTraining) -> None:
        super().__init__()
        self.head, self.config = head, config
        self.people = nn.Parameter(F.normalize(torch.randn(people, head.config.width), dim=-1))

    def forward(self, z: Tensor, person: Tensor, slider: Tensor) -> Tensor:
        """Weigh views (B, T, D) of people (B,) and their sliders (B,), NaN where there is none."""
        vectors, logits = self.head(z)
        cosines = vectors @ F.normalize(self.people, dim=-1).T
        taken = cosines - self.config.margin * F.one_hot(person, cosines.shape[1])
        loss = F.cross_entropy(self.config.sharpness * taken, person)
        told = (slider < LOW) | (slider > HIGH)
        if bool(told.any()):
            wanted = (slider[told] > HIGH).float()
            wrong = F.binary_cross_entropy_with_logits(logits[told], wanted)
            loss = loss + self.config.slider * wrong
        return loss


def train_identity(
    corpus: Corpus,
    runs: Path,
    out: Path,
    progress: Progress,
    config: IdentityTraining | None = None,
) -> IdentityHead:
    """Learn from the training people; writes `identity.safetensors` to `out`.

    The autoencoder lies in `out`. The limit from which on two clips are of one person is set on the
    validation people. What is seen of people is kept in `runs`.

    Raises
    ------
    InputError
        For a corpus that does not know the people's sliders.
    CheckpointError
        Without an autoencoder.
    """
    config = config or IdentityTraining()
    cast = Cast(corpus)
    if not np.isfinite(cast.slider).any():
        raise InputError.of("corpus", "people whose sliders are known", "an older corpus")
    model = _autoencoder(out)
    seen = draw_views(cast, "train", model, runs, progress.part(0.0, 0.5))
    checked = draw_views(cast, "val", model, runs, progress.part(0.5, 0.6))
    head = learned(cast, seen, checked, runs, progress.part(0.6, 1.0), config)
    save_checkpoint(
        out / IDENTITY_FILE,
        "identity",
        config.model,
        head.state_dict(),
        topology=studio_face().topology,
        extra={"corpus": corpus.digest(), "strangers": config.strangers},
    )
    return head


def learned(
    cast: Cast,
    seen: Views,
    checked: Views,
    runs: Path,
    progress: Progress,
    config: IdentityTraining,
) -> IdentityHead:
    """Learn from views of the training people, and set the limit on those of the validation's."""
    torch.manual_seed(config.seed)
    z = seen.z.float()
    names, person = seen.person.unique(return_inverse=True)
    slider = torch.from_numpy(cast.slider)[names]
    head = IdentityHead(config.model)
    head.discriminate(z.flatten(0, 1), person.repeat_interleave(z.shape[1]))
    with torch.no_grad():
        vectors, _ = head.eval()(z)
    model = PeopleLoss(head, len(names), config)
    with torch.no_grad():
        model.people.zero_().index_add_(0, person, vectors)
        model.people.copy_(F.normalize(model.people, dim=-1))
    trainer = Trainer(model, config.loop, runs, "identity")

    def loss(net: nn.Module, step: int) -> Tensor:
        chance = torch.Generator().manual_seed(config.seed * 1_000_003 + step)
        rows = torch.randint(len(z), (config.batch,), generator=chance)
        count = int(torch.randint(1, z.shape[1] + 1, (), generator=chance))
        frames = torch.randperm(z.shape[1], generator=chance)[:count]
        value: Tensor = net(z[rows][:, frames], person[rows], slider[person[rows]])
        return value

    def report() -> dict[str, float]:
        kept = trainer.kept()
        assert isinstance(kept, PeopleLoss)
        return {"val_eer": equal_error(*pairs(shown_to(kept.head, checked)))[0]}

    trained = trainer.run(loss, progress, report)
    assert isinstance(trained, PeopleLoss)
    settle(trained.head, cast, checked, config.strangers)
    return trained.head.eval()


@torch.no_grad()
def settle(head: IdentityHead, cast: Cast, checked: Views, strangers: float) -> None:
    """Set the limit, how sharp it is, and the slider's scale on views of validation people.

    Parameters
    ----------
    strangers
        Share of pairs of two people that may count as one person.
    """
    same, other = pairs(shown_to(head, checked))
    head.limit.fill_(float(np.quantile(other, 1.0 - strangers)))
    # The mean of the same person's pairs is as close as 0.95.
    head.slope.fill_(float(np.log(19.0) / max(float(np.mean(same)) - float(head.limit), 0.05)))
    slider = torch.from_numpy(cast.slider)[checked.person]
    told = (slider < LOW) | (slider > HIGH)
    if bool(told.any()):
        _, logits = head(checked.z[told].float())
        head.slider_scale.fill_(fitted_scale(logits.numpy(), (slider[told] > HIGH).numpy()))


def _autoencoder(folder: Path) -> Autoencoder:
    engine = Engine.open(folder, device="cpu", template=studio_face().template)
    if AUTOENCODER.name not in engine.kinds:
        raise CheckpointError(f"{folder}: no autoencoder there")
    return engine.models.host.models.of(AUTOENCODER.name, Autoencoder)
