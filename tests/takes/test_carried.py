"""Carried clips are found again, take no more room than they may, and go with their clips."""

from __future__ import annotations

import gc
from dataclasses import replace

import numpy as np
import pytest

from studio.core import Cancelled, MeshSequence, Progress
from studio.face.registration.correspondence import Correspondence
from studio.takes import carried
from studio.takes.carried import CarriedClips
from tests.document.clips import square
from tests.face.registrations import registered

FRAMES = 5
BYTES = square(FRAMES).vertices.nbytes


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[MeshSequence]:
    made: list[MeshSequence] = []

    def copied(found: Correspondence, clip: MeshSequence, progress: Progress) -> MeshSequence:
        progress.check()
        made.append(clip)
        return replace(clip, vertices=clip.vertices + np.float32(1))

    monkeypatch.setattr(carried, "on_template", copied)
    return made


def test_what_was_carried_is_found_again(calls: list[MeshSequence]) -> None:
    kept, clip = CarriedClips(), square(FRAMES)
    found = registered(clip)
    first = kept.read(found, clip, Progress())
    assert kept.read(found, clip, Progress()) is first and len(calls) == 1
    kept.read(registered(clip), clip, Progress())
    assert len(calls) == 2, "by another fit it is another"


def test_the_oldest_go_and_what_is_gone_takes_its_own_along(calls: list[MeshSequence]) -> None:
    kept, clips = CarriedClips(2 * BYTES), [square(FRAMES) for _ in range(3)]
    found = registered(clips[0])
    for clip in clips:
        kept.read(found, clip, Progress())
    assert kept.held_bytes == 2 * BYTES
    kept.read(found, clips[1], Progress())
    assert len(calls) == 3
    kept.read(found, clips[0], Progress())
    assert len(calls) == 4
    kept.set_budget(1)
    assert kept.held_bytes == BYTES, "the latest stays"
    calls.clear()
    clips.clear()
    del clip
    gc.collect()
    assert kept.held_bytes == 0


def test_a_stop_is_heard_and_leaves_nothing(calls: list[MeshSequence]) -> None:
    kept, clip, progress = CarriedClips(), square(FRAMES), Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        kept.read(registered(clip), clip, progress)
    assert kept.held_bytes == 0
    kept.read(registered(clip), clip, Progress())
    assert kept.held_bytes == BYTES
