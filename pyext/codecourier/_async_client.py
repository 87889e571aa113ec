"""AsyncClient: the methods of _generated_async.py.  Apart, because asyncio costs a third of this package's import."""

from __future__ import annotations

import asyncio
import os
from types import TracebackType
from typing import Any, Self

from ._call import Transport
from ._client import Client, settled, where
from ._generated_async import AsyncRoutes
from ._http import Http
from ._local import Local


class AsyncClient(AsyncRoutes):
    """The same with `await` and `async for`.  Each call runs in a thread of the event loop's pool.

    A cancelled call stops being waited for; its request still ends by itself, within the time-out.
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
        base, key = settled(base, key)
        self._start(Http(base, key, timeout, retries, ca_bundle, connections))

    def _start(self, transport: Transport) -> None:
        self._sync = Client._over(transport)
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

    async def close(self) -> None:
        """Give connections back, or close the database."""
        await asyncio.to_thread(self.sync.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<codecourier.{type(self).__name__} {where(self.sync._transport)}>"

    def __reduce__(self) -> Any:
        raise TypeError("a client holds a key and is not pickled; make a new one where it is needed")


def open_async(
    path: str | os.PathLike[str],
    project: str | None = None,
    *,
    key: str | None = None,
    create: bool = True,
    examples: bool = True,
) -> AsyncClient:
    """The same for AsyncClient."""
    return AsyncClient._over(Local(path, project, create, examples, key))
