"""One run at a time per output in a store, by an object that its owner renews.

A store has no lock that ends with its holder. So the holder writes a second object, named in the
lease, every BEAT seconds. A run that finds a lease watches both: a change means another run is
alive; no change for PATIENCE seconds means it is dead, and the lease is taken over. Clocks are
never compared. The lease itself is written once, when it is taken, so a late renewal cannot take it
back. A run that lost its lease (on a machine that slept) notices before it publishes anything.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from itertools import count
from types import TracebackType

from scrubber import storage
from scrubber.errors import IncompleteError, OutputError, Place, ScrubberError

BEAT = 10.0
"""Seconds between renewals."""
PATIENCE = 60.0
"""Seconds without a renewal after which a run counts as dead."""
SETTLE = 2.0
"""Seconds in which two concurrent takeovers notice each other."""
_OWNER = re.compile(rb"([0-9a-f]{32}) ")


class Lease:
    """The lease on the object `url`, held while the context is open.

    Raises: OutputError ``output-busy`` if another run holds it.
    """

    def __init__(self, url: str, name: str) -> None:
        self._url, self._name = url, name
        self.owner = secrets.token_hex(16)
        self._claim = f"{self.owner} writes this output\n".encode()
        self._ended = threading.Event()
        self._keeper = threading.Thread(target=self._keep_alive, daemon=True)

    def __enter__(self) -> Lease:
        # Some stores ignore conditions and always create, so look for the object first.
        seen = storage.read(self._url, self._name)
        if seen is not None or not storage.create(self._url, self._claim, self._name):
            self._take_over()
        self._keeper.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._keeper.join()
        try:
            storage.remove([_beats(self._url, self.owner)], self._name)
            if is_held(self._url, self.owner, self._name):
                storage.remove([self._url], self._name)
        except ScrubberError:
            pass  # it later counts as a missing renewal

    def _take_over(self) -> None:
        seen = self._signs()
        since = time.monotonic()
        while time.monotonic() - since < PATIENCE:
            time.sleep(min(BEAT, PATIENCE) / 4)
            now = self._signs()
            if now[0] is None:  # released just now
                break
            if now != seen:
                raise self._busy()
        if now[0] is None:
            if not storage.create(self._url, self._claim, self._name):
                raise self._busy()
            return
        storage.write(self._url, self._claim, self._name)
        time.sleep(SETTLE)
        if not is_held(self._url, self.owner, self._name):
            raise self._busy()

    def _keep_alive(self) -> None:
        for beat in count(1):
            if self._ended.wait(BEAT):
                return
            try:
                if not is_held(self._url, self.owner, self._name):
                    return
                storage.write(_beats(self._url, self.owner), b"%d\n" % beat, self._name)
            except ScrubberError:
                continue  # the store may answer the next request

    def _signs(self) -> tuple[bytes | None, bytes | None]:
        """The lease, and the last renewal by its holder."""
        claim = storage.read(self._url, self._name)
        owner = _OWNER.match(claim or b"")
        if owner is None:
            return claim, None
        return claim, storage.read(_beats(self._url, owner[1].decode()), self._name)

    def _busy(self) -> OutputError:
        text = "another run is writing this output"
        return OutputError("output-busy", text, place=Place(file=self._name))


def _beats(url: str, owner: str) -> str:
    """The object that `owner` renews for the lease `url`."""
    return f"{url}-{owner}"


def is_held(url: str, owner: str, name: str) -> bool:
    """True if `owner` holds the lease."""
    return (storage.read(url, name) or b"").startswith(owner.encode() + b" ")


def refuse_superseded(url: str, owner: str, name: str) -> None:
    """Refuse to continue without the lease: the output no longer belongs to this run.

    Raises: IncompleteError ``superseded``.
    """
    if not is_held(url, owner, name):
        text = "another run has taken over this output"
        raise IncompleteError("superseded", text, place=Place(file=name))
