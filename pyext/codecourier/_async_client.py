"""AsyncClient: the methods of _generated_async.py.  Apart, because what it needs costs a third of this package's import."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ._call import Seats, Transport
from ._client import Client, settled, where
from ._generated_async import AsyncRoutes
from ._generated_async import AsyncRun as AsyncRun
from ._http import Http
from ._local import Local
from ._model import Secret

if TYPE_CHECKING:
    from ._generated import Change


def threads(transport: Transport) -> ThreadPoolExecutor:
    """What the calls run in."""
    return ThreadPoolExecutor(transport.connections if isinstance(transport, Http) else 10, "codecourier")


class AsyncClient(AsyncRoutes):
    """The same with `await` and `async for`.  Each call runs in a thread; there are as many as connections.

    A cancelled call is broken off: its thread is free and its socket closed at once.  What it asked for may or may not have
    happened.
    """

    __slots__ = ()

    def __init__(
        self,
        base: str | None = None,
        key: str | None = None,
        *,
        timeout: float = 10.0,
        retries: int = 2,
        ca_bundle: str | None = None,
        connections: int = 10,
    ) -> None:
        """As for Client."""
        key = Secret(key) if key else None
        base, key = settled(base, key)
        self._start(Http(base, key, timeout, retries, ca_bundle, connections))

    def _start(self, transport: Transport) -> None:
        self._sync = Client._over(transport, self)
        self._threads = threads(transport)
        self._seats = Seats(self._threads._max_workers // 2)  # half of the threads stay free for calls that do not wait
        super().__init__()

    @classmethod
    def _over(cls, transport: Transport) -> Self:
        self = cls.__new__(cls)
        self._start(transport)
        return self

    @property
    def sync(self) -> Client:
        """The same client without await."""
        assert isinstance(self._sync, Client)
        return self._sync

    async def events(self, *, after: int | None = None, timeout: float | None = None) -> AsyncIterator[Change]:
        """What changes in the project, as it happens: `async for change in client.events(): …`.  As Client.events."""
        from ._actions import Changes

        changes = Changes(self, after, timeout)
        while (found := await changes.look()) is not None:
            for change in found:
                yield change

    async def close(self) -> None:
        """Give connections back, or close the database."""
        await self._run(self.sync.close)
        self._threads.shutdown(wait=False)
        self._threads = threads(self.sync._transport)  # has none before it is used

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<codecourier.{type(self).__name__} {where(getattr(self, '_sync', None))}>"

    def __reduce__(self) -> Any:
        raise TypeError("a client holds a key and is not pickled; make a new one where it is needed")


def open_async(
    path: str | os.PathLike[str],
    project: str | None = None,
    *,
    key: str | None = None,
    create: bool = True,
    examples: bool = True,
    data: str | os.PathLike[str] | None = None,
) -> AsyncClient:
    """The same for AsyncClient."""
    key = Secret(key) if key is not None else None
    return AsyncClient._over(Local(path, project, create, examples, key, data))
