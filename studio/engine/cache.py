"""Latents of clips that were seen, bounded in bytes."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from weakref import WeakKeyDictionary

from studio.core import MeshSequence
from studio.core.sequence import Floats


class LatentCache:
    """Least recently used latents, by what the clip holds and not by its name.

    Safe to use from several threads.

    Parameters
    ----------
    limit : int
        Bytes kept; a single clip larger than that is not kept.
    """

    def __init__(self, limit: int = 64 * 2**20) -> None:
        self.limit = limit
        self.bytes = 0
        self._entries: OrderedDict[str, Floats] = OrderedDict()
        self._digests: WeakKeyDictionary[MeshSequence, str] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, sequence: MeshSequence) -> Floats | None:
        """Look up the latents (T, D) of a clip with the same vertices; None where none are kept."""
        key = self._digest(sequence)
        with self._lock:
            latents = self._entries.get(key)
            if latents is not None:
                self._entries.move_to_end(key)
            return latents

    def put(self, sequence: MeshSequence, latents: Floats) -> None:
        """Keep the latents (T, D) of a clip, and let go of the ones not used for longest."""
        key = self._digest(sequence)
        with self._lock:
            old = self._entries.pop(key, None)
            self.bytes -= 0 if old is None else old.nbytes
            self._entries[key] = latents
            self.bytes += latents.nbytes
            while self.bytes > self.limit:
                self.bytes -= self._entries.popitem(last=False)[1].nbytes

    def _digest(self, sequence: MeshSequence) -> str:
        """Hash the vertices, once per clip object."""
        with self._lock:
            known = self._digests.get(sequence)
        if known is None:
            digest = hashlib.blake2b(str(sequence.vertices.shape).encode(), digest_size=16)
            digest.update(sequence.vertices.data)
            known = digest.hexdigest()
            with self._lock:
                self._digests[sequence] = known
        return known
