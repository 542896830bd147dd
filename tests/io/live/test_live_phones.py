"""Packets that are dropped, reordered, late, doubled or forged; phones told apart; clocks set."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from studio.io.live.history import WINDOW
from studio.io.live.packet import encode
from studio.io.live.phone import SILENT, Counts
from studio.io.live.station import MOST_PHONES, Station

from .phones import AT, FPS, delayed, hear, heard, packet, set_back, take_of_phone


def counts(station: Station, device: str = "one") -> Counts:
    return station.phones[device].counts


def frames(station: Station) -> list[int]:
    """The frames that are kept, in order."""
    values = station.phones["one"].recent.poses().values
    return [round(100 * value) for value in values[:, 0].tolist()]


def test_whole_takes_arrive_whole() -> None:
    station = hear(take_of_phone(90, first=0))
    assert counts(station) == Counts(received=90)
    assert frames(station) == list(range(90))
    assert station.phones["one"].rate(89 / FPS) == pytest.approx(FPS)
    assert station.news() == ()


def test_what_is_dropped_is_counted() -> None:
    sent = [
        one for place, one in enumerate(take_of_phone(90, first=0)) if place not in (20, 50, 51)
    ]
    station = hear(sent)
    assert counts(station) == Counts(received=87, lost=3)


def test_what_is_overtaken_is_put_in_its_place_and_not_shown() -> None:
    sent = take_of_phone(60, first=0)
    moments = [moment for moment, _ in sent]
    packets = [one for _, one in sent]
    packets[30], packets[31], packets[32] = packets[32], packets[30], packets[31]
    station = Station()
    shown = list(heard(station, zip(moments, packets, strict=True)))
    assert [place for place, newest in enumerate(shown) if not newest] == [31, 32]
    assert counts(station) == Counts(received=60, reordered=2)
    assert frames(station) == list(range(60))


def test_what_is_too_late_is_left_out_and_said_once() -> None:
    sent = take_of_phone(60, first=0)
    moved = sent[:20] + sent[22 : 22 + WINDOW + 2] + sent[20:22] + sent[22 + WINDOW + 2 :]
    station = hear((k / FPS, one) for k, (_, one) in enumerate(moved))
    assert counts(station) == Counts(received=58, late=2, lost=2)
    assert frames(station) == [frame for frame in range(60) if frame not in (20, 21)]
    assert len(station.news()) == 1


def test_what_comes_twice_is_taken_once() -> None:
    sent = take_of_phone(40)
    station = hear(itertools.chain.from_iterable((one, one) for one in sent))
    assert counts(station) == Counts(received=40, twice=40)


@pytest.mark.parametrize("frames_back", [FPS * 3600 * 24, FPS * 30, -FPS * 3600])
def test_a_clock_that_is_set_goes_on_after_a_few_packets(frames_back: int) -> None:
    sent = take_of_phone(120, first=FPS * 86_400 - 60)
    station = hear(sent[:60] + set_back(sent[60:], frames_back))
    phone = station.phones["one"]
    assert (phone.counts.jumps, phone.counts.late, phone.counts.received) == (1, 2, 118)
    assert phone.counts.lost == 0
    steps = np.diff(phone.recent.poses().seconds)
    assert steps.min() > 0 and steps.max() == pytest.approx(3 / FPS)
    assert "clock" in " ".join(station.news())


def test_a_forged_time_does_not_shut_the_phone_out() -> None:
    sent = take_of_phone(90)
    for at, frame in ((30, 2**31 - 1), (40, 5)):
        sent.insert(at, (sent[at][0], packet(frame)))
    station = hear(sent)
    assert counts(station) == Counts(received=90, late=2)


def test_a_burst_after_the_network_stood_still_is_taken() -> None:
    sent = take_of_phone(120)
    stalled = sent[:30] + [(5.0 + k / 1000, one) for k, (_, one) in enumerate(sent[30:])]
    station = hear(stalled)
    assert (counts(station).received, counts(station).lost, counts(station).jumps) == (120, 0, 0)


def test_a_phone_that_comes_back_is_known() -> None:
    sent = take_of_phone(60)
    away = [(m + SILENT + 3, packet(one.frame + (int(SILENT) + 3) * FPS)) for m, one in sent]
    station = hear(sent)
    phone = station.phones["one"]
    assert not phone.away(1.0) and phone.away(1.0 + SILENT + 0.1) and phone.rate(9.0) == 0
    again = list(heard(station, delayed(away, 1.0), at=("10.0.0.8", 40_000)))
    assert all(again) and phone.address == ("10.0.0.8", 40_000)
    assert counts(station) == Counts(received=120, returns=1)


def test_phones_are_told_apart_by_their_ids() -> None:
    station = Station()
    both = zip(take_of_phone(50), take_of_phone(50, first=7_000_000, device="two"), strict=True)
    for one, two in both:
        assert station.take(encode(one[1]), AT, one[0]) is station.phones["one"]
        assert station.take(encode(two[1]), ("10.0.0.9", 1), two[0]) is station.phones["two"]
    assert counts(station) == counts(station, "two") == Counts(received=50)


def test_a_stranger_with_the_id_of_a_phone_is_not_heard() -> None:
    station = hear(take_of_phone(30))
    newest = station.phones["one"].newest
    assert not any(heard(station, delayed(take_of_phone(30, first=2000), 0.5), ("6.6.6.6", 1)))
    assert station.phones["one"].newest is newest
    assert station.refused == {"stranger": 30}
    (said,) = station.news()
    assert "6.6.6.6" in said and station.news() == ()


def test_more_phones_than_there_is_room_for_wait_for_one_to_leave() -> None:
    station = Station()
    for place in range(MOST_PHONES + 5):
        station.take(encode(packet(1, device=f"phone {place}")), AT, place / 100)
    assert len(station.phones) == MOST_PHONES and station.refused == {"crowd": 5}
    station.take(encode(packet(1, device="late")), AT, 10.0)
    assert "late" in station.phones and len(station.phones) == MOST_PHONES


def test_a_flood_of_rubbish_takes_no_memory_and_is_said_once_for_each_kind() -> None:
    station, chance = Station(), np.random.default_rng(3)
    whole = encode(packet(1))
    for place in range(3000):
        size = int(chance.integers(0, len(whole)))
        for data in (chance.bytes(size), whole[:size], b"\x05" + whole[1:]):
            station.take(data, (f"10.1.{place % 250}.1", place), place / 1000)
    assert set(station.refused) <= {"cut", "foreign", "version", "forged", "stranger", "animator"}
    assert station.refused.total() > 8000
    said = [sentence for sentence in station.news() if "again" not in sentence]
    assert len(said) == len(station.refused)
    assert len(station.phones) <= 1


def test_frames_without_a_face_move_nothing() -> None:
    sent = take_of_phone(40)
    blind = [(moment, replace(one, values=None)) for moment, one in sent[20:30]]
    station = Station()
    shown = list(heard(station, sent[:20] + blind + sent[30:]))
    assert [place for place, newest in enumerate(shown) if not newest] == list(range(20, 30))
    assert counts(station) == Counts(received=40, faceless=10)
    assert len(station.phones["one"].recent) == 30
