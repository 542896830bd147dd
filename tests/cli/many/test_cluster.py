"""Many clips on the workers of a Dask scheduler, each a process of its own on this machine."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.io import write_sequence
from studio.takes.many.manifest import Manifest
from tests.cli.conftest import Command
from tests.document.clips import square

pytest.importorskip("distributed")
_PATIENCE = 60.0


def wait_for(there: Callable[[], object]) -> None:
    end = time.monotonic() + _PATIENCE
    while not there():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.005)


class Farm:
    """A scheduler and two workers."""

    def __init__(self, place: Path) -> None:
        self.file = place / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []
        self._log = (place / "log").open("wb")
        self._run("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        for _ in range(2):
            self._run("worker", "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny")
        wait_for(self.file.exists)

    def _run(self, what: str, *options: str) -> None:
        """Start one, which holds no stream of the tests: they would wait for it."""
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *options]
        command += ["--scheduler-file", str(self.file)]
        null, log = subprocess.DEVNULL, self._log
        self.processes.append(subprocess.Popen(command, stdin=null, stdout=log, stderr=log))

    @property
    def address(self) -> str:
        return str(json.loads(self.file.read_text())["address"])

    def close(self) -> None:
        from distributed import Client

        if self.processes[0].poll() is None:
            with Client(self.address, timeout=_PATIENCE) as client:
                client.wait_for_workers(1, timeout=_PATIENCE)
                client.shutdown()
        for process in self.processes:
            process.wait(_PATIENCE)
        self._log.close()


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    farm = Farm(tmp_path)
    yield farm
    farm.close()


def test_a_worker_may_be_killed_and_nothing_is_lost(
    command: Command, farm: Farm, tmp_path: Path
) -> None:
    clips, out = tmp_path / "clips", tmp_path / "out"
    for number in range(39):
        write_sequence(square(5 + number), clips / f"{number:02d}.npz")
    (clips / "bad.npz").write_bytes(b"PK nothing of the kind")
    manifest = Manifest.of(out)

    def kill() -> None:
        wait_for(lambda: len([*manifest.folder.glob("*.json")]) >= 3)
        farm.processes[1].send_signal(signal.SIGKILL)
        killed.append(len([*manifest.folder.glob("*.json")]))

    killed: list[int] = []
    killer = threading.Thread(target=kill)
    killer.start()
    asked = ("convert", clips, "-o", out, "--format", "npy", "--cluster", farm.address)
    ended = command(*asked)
    killer.join()
    assert killed[0] < 40
    assert ended.status == 1, ended
    assert ended.out.startswith("40 clips found: 39 made, 1 failed in ")
    assert "bad.npz" in ended.out
    assert len([*out.glob("*.npy")]) == 39
    assert not [*out.rglob(".*.part")] and not [*out.rglob("*.probe")]

    again = command(*asked)
    assert again.status == 1
    assert again.out.startswith("40 clips found: 0 made, 39 there already, 1 failed in ")
