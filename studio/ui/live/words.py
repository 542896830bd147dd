"""What the window says of phones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .latency import Latency
from .service import PhoneState

ASKED = "Nothing listens yet. In Live Link Face choose Live Link (ARKit) and this computer."


def phone_names(phones: Sequence[PhoneState]) -> list[str]:
    """Name phones; those of one name bear the ends of their ids too."""
    names = Counter(phone.subject for phone in phones)
    return [
        one.subject if names[one.subject] == 1 else f"{one.subject} ({one.device[-4:]})"
        for one in phones
    ]


def waiting_words(host: str, port: int, refused: int) -> str:
    """Say that no phone has been heard at an address."""
    aside = f", {_many(refused, 'packet')} left aside" if refused else ""
    if not port:
        return f"No picture of {host} yet"
    return f"No phone yet: send to {host} port {port}{aside}"


def phone_words(phone: PhoneState, latency: Latency, recording: float | None) -> str:
    """Say how a phone is heard, and what of its packets is missing."""
    record = "" if recording is None else f"Recording {recording:.1f} s: "
    if phone.away:
        return f"{record}{phone.subject} is silent; it goes on when it sends again"
    if phone.blind:
        return f"{record}{phone.subject} sees no face"
    delay = ""
    if len(latency):
        delay = f", {1000 * latency.median:.0f} to {1000 * latency.most:.0f} ms"
    counts = {"lost": phone.counts.lost, "late": phone.counts.late}
    missing = "".join(f", {count} {what}" for what, count in counts.items() if count)
    return f"{record}{phone.rate:.0f} fps{delay}{missing}"


def explained(latency: Latency) -> str:
    """Explain the figures of `phone_words`."""
    if not len(latency):
        return "Frames a second that arrive."
    return (
        "Frames a second that arrive; how long one takes from its packet to the screen, of half of "
        "the last frames and of 95 of 100; packets that never came, or came too late."
    )


def _many(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"
