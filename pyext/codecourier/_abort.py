"""Breaking off what another thread does.

An asynchronous call runs in a thread.  When its task is cancelled, that thread must not go on waiting for an answer which nobody
wants: whoever waits there (for a socket, between two attempts) finds its Abort here.  A thread that has none waits as ever.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import socket  # slow to import, and who has one has imported it

T = TypeVar("T")
_here = threading.local()


class Aborted(Exception):
    """Ends a call that nobody waits for; no caller ever sees it."""


class Abort:
    """The end of one call, before its time."""

    __slots__ = ("_lock", "_set", "_socket")

    def __init__(self) -> None:
        self._lock, self._set = threading.Lock(), threading.Event()
        self._socket: socket.socket | None = None

    def run(self, function: Callable[..., T], *arguments: Any, **more: Any) -> T:
        """Call it; until it returns, set() reaches what it waits for."""
        _here.abort = self
        try:
            return function(*arguments, **more)
        finally:
            _here.abort = None
            self._hold(None)  # the connection may serve another call now

    def set(self) -> None:
        """Break it off; from any thread."""
        self._set.set()
        with self._lock:
            shut(self._socket)

    def _hold(self, one: socket.socket | None) -> None:
        with self._lock:
            self._socket = one
            if self._set.is_set():
                shut(one)


def shut(one: Any) -> None:
    """Wake who reads from it; to close it is that one's business.  Past SSLSocket's own method, which is not made for this."""
    import socket

    if isinstance(one, socket.socket):
        try:
            socket.socket.shutdown(one, socket.SHUT_RDWR)
        except OSError:  # not connected any more
            pass


def current() -> Abort | None:
    """This thread's."""
    found: Abort | None = getattr(_here, "abort", None)
    return found


def hold(one: socket.socket | None) -> None:
    """From now on this thread waits for that socket."""
    abort = current()
    if abort is not None:
        abort._hold(one)


def sleep(seconds: float) -> None:
    """Wait, or raise Aborted."""
    abort = current()
    if abort is None:
        time.sleep(seconds)
    elif abort._set.wait(seconds):
        raise Aborted
