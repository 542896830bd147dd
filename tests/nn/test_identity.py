"""The identity head: one vector a clip, whatever the order and number of its frames."""

from __future__ import annotations

import torch
from torch import Tensor

from studio.nn.identity.head import IdentityConfig, IdentityHead


def faces(people: int, each: int) -> tuple[Tensor, Tensor]:
    """Latents of people who differ in two directions, and whose frames differ in another."""
    chance = torch.Generator().manual_seed(3)
    own = torch.randn(people, 2, generator=chance).repeat_interleave(each, 0)
    shown = 20.0 * torch.randn(people * each, 1, generator=chance)
    noise = 0.01 * torch.randn(people * each, 5, generator=chance)
    return torch.cat([own, shown, noise], 1), torch.arange(people).repeat_interleave(each)


def head() -> IdentityHead:
    torch.manual_seed(1)
    return IdentityHead(IdentityConfig(latent_dim=8, width=2, hidden=4, slider_width=2)).eval()


def test_discriminants_keep_what_differs_between_people_and_not_within_one() -> None:
    z, person = faces(20, 6)
    vectors, _ = head().discriminate(z, person, shrink=1e-6)(z[:, None])
    like = vectors @ vectors.T
    same = person[:, None] == person[None]
    assert like[same].min() > 0.999
    assert like[~same].mean() < 0.5


def test_a_clip_is_one_vector_whatever_the_order_of_its_frames() -> None:
    model = head()
    with torch.no_grad():
        model.weigh.weight.fill_(1.0)
    z = torch.randn(9, 8, generator=torch.Generator().manual_seed(2))
    (one,), (other,) = (model(part[None])[0] for part in (z, z.flip(0)))
    torch.testing.assert_close(one, other)
    torch.testing.assert_close(model.so_far(z)[-1], one)
    torch.testing.assert_close(model.so_far(z)[:4], model.so_far(z[:4]))
    torch.testing.assert_close(one.norm(), torch.tensor(1.0))


def test_the_limit_is_one_half_of_closeness() -> None:
    model = head()
    model.limit.fill_(0.7)
    close = model.closeness(torch.tensor([0.6, 0.7, 0.8]))
    assert close[0] < 0.5 < close[2]
    torch.testing.assert_close(close[1], torch.tensor(0.5))
