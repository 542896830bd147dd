"""How long a live pose takes from its packet to the painted frame, at 30 and 60 packets a second.

A process of its own sends a take over loopback, round and round. The window shows the face, reads
it and records it, as in use; a frame counts as painted when Qt has swapped the window's buffers.
Where packets come faster than the view can be drawn, the newest is drawn and the others are not.
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.windows import (
    Facts,
    Pulse,
    close_window,
    open_window,
    probe,
    rest,
    samples,
    tell,
    until,
)
from studio.ui.window.main_window import MainWindow

Row = dict[str, object]
SECONDS, RATES = 10.0, (30, 60)
BAR_MS = 50.0


def run() -> list[Row]:
    """Rows of name, ours_ms and bar_ms: the median and the 95th percentile at each rate."""
    facts = probe("bench_live")
    return [
        {
            "name": f"packet to painted frame, {rate} a second, {word}",
            "ours_ms": facts[str(rate)][key],
            "peer": f"{facts[str(rate)]['painted']:.0f} frames a second painted",
            "bar_ms": BAR_MS,
        }
        for rate in RATES
        for key, word in (("median_ms", "median"), ("most_ms", "95 %"))
    ]


def measured(window: MainWindow, rate: int) -> Facts:
    """Let a phone send at a rate for a while."""
    live = window.services.live
    live.listen(port=0)
    host, port = live.place
    take, to = str(samples()[0]), ("--address", host, "--port", str(port))
    command = [sys.executable, "-m", "studio", "live", "send", take, *to, "--loop"]
    phone = subprocess.Popen([*command, "--fps", str(rate)], stdout=subprocess.DEVNULL)
    try:
        until(lambda: live.phone is not None)
        rest(3.0)
        live.record()
        live.latency.clear()
        pulse = Pulse()
        pulse.start()
        rest(SECONDS)
        found = live.phone
        facts: Facts = {
            "median_ms": 1000 * live.latency.median,
            "most_ms": 1000 * live.latency.most,
            "painted": live.latency.painted / SECONDS,
            "timer": pulse.stop(),
            "counts": vars(found.counts) if found is not None else {},
        }
        live.finish()
        return facts
    finally:
        phone.terminate()
        phone.wait()
        live.stop()


def run_probe() -> None:
    window = open_window()
    window.living.open()
    facts = {str(rate): measured(window, rate) for rate in RATES}
    close_window(window)
    tell(facts)


def main() -> None:
    if "--probe" in sys.argv:
        run_probe()
        return
    for row in run():
        print(f"{row['name']:<50}{row['ours_ms']:>6.1f} ms  at most {BAR_MS:.0f} ms")


if __name__ == "__main__":
    main()
