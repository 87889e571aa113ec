"""Between the methods of _generated.py and a transport: what a call sends, and what becomes of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, cast
from urllib.parse import quote

from ._abort import Abort
from ._core import records
from ._errors import BadAnswer
from ._model import Model, camel, copied, iso
from ._page import AsyncPage, AsyncPages, Page
from ._texts import t

if TYPE_CHECKING:
    from concurrent.futures import Executor

M = TypeVar("M", bound=Model)
T = TypeVar("T")


class Unset:
    """Left out of a request, which is not the same as null."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


class Transport(Protocol):
    """A way to the service."""

    def fetch(
        self, method: str, path: str, body: Mapping[str, Any] | None, if_match: str | None, idempotency_key: str | None
    ) -> tuple[Any, str | None]:
        """Ask; the answer's JSON and its ETag.  Raises what the answer says, or why there is none.

        idempotency_key: None lets the transport choose; "" says that the route knows none.
        """

    def file(self, path: str) -> bytes:
        """What is there, as it is.  Raises as fetch does."""

    def close(self) -> None:
        """Give back what it holds."""


def segment(of: str | int) -> str:
    """A piece of a path.  Empty would be another route, and dots would climb."""
    text = str(of)
    if not text or text.strip(".") == "":
        raise ValueError(f"{text!r} is not an id")
    return quote(text, safe="")


def named(rows: object) -> object:
    """A list of objects with declared members: both createdAt and created_at are understood."""
    if isinstance(rows, Sequence) and not isinstance(rows, str):
        return [{camel(n) if "_" in n else n: v for n, v in row.items()} if isinstance(row, Mapping) else row for row in rows]
    return rows


def _wire(value: Any) -> Any:
    """For json.dumps, of what it does not know itself."""
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (Sequence, set, frozenset)):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")


def encode(body: Mapping[str, Any]) -> bytes:
    """The members that were given, as JSON."""
    import json

    given = {name: value for name, value in body.items() if value is not UNSET}
    return json.dumps(given, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_wire).encode("utf-8", "surrogatepass")


def query_text(query: Mapping[str, Any] | None) -> str:
    """?a=b&c=d of the parameters that are not None."""
    parts: list[str] = []
    for name, value in (query or {}).items():
        if value is None:
            continue
        text = ("true" if value else "false") if isinstance(value, bool) else iso(value) if isinstance(value, datetime) else str(value)
        parts.append(f"{name}={quote(text, safe='')}")
    return "?" + "&".join(parts) if parts else ""


class Seats:
    """How many calls may wait for events at once: `with seats as seated`."""

    __slots__ = ("_free",)

    def __init__(self, count: float) -> None:
        self._free = count

    def __enter__(self) -> bool:
        self._free -= 1
        return self._free >= 0

    def __exit__(self, *_: object) -> None:
        self._free += 1


class Caller:
    """What the methods of Client call."""

    __slots__ = ("__weakref__", "_face", "_transport")

    _transport: Transport
    _seats = Seats(float("inf"))  # each follower brings a thread of its own
    _face: Any  # the client that a person holds, and results with it: this one, or the AsyncClient around it

    def _one(
        self,
        model: type[M],
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> M:
        answer, etag = self._transport.fetch(method, path, body, if_match, idempotency_key)
        try:
            return model(answer["data"], self._face, etag)
        except (KeyError, TypeError):
            if answer is None:  # 204: nothing to say
                return model({}, self._face, etag)
            raise BadAnswer(t("{}: the answer has no object called 'data'", f"{method} {path}")) from None

    def _rows(
        self,
        model: type[M],
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Page[M]:
        answer, _ = self._transport.fetch(method, path, body, if_match, idempotency_key)
        try:
            rows = records(model, answer["data"], self._face)
        except (KeyError, TypeError, ValueError):
            raise BadAnswer(t("{}: the answer has no list called 'data'", f"{method} {path}")) from None
        cursor = answer.get("nextCursor")
        return Page(rows, cursor, bool(answer.get("hasMore", cursor)), self, model, path.partition("?")[0], query)

    def _page(self, model: type[M], path: str, query: Mapping[str, Any] | None) -> Page[M]:
        return self._rows(model, "GET", path + query_text(query), query=query)

    def _document(self, path: str) -> dict[str, Any]:
        answer, _ = self._transport.fetch("GET", path, None, None, None)
        if not isinstance(answer, dict):
            raise BadAnswer(t("{}: the answer is not an object", f"GET {path}"))
        return cast(dict[str, Any], copied(answer))

    def _file(self, path: str) -> bytes:
        return self._transport.file(path)


class AsyncCaller:
    """What the methods of AsyncClient call: the same, each in a thread, so that the event loop stays free."""

    __slots__ = ("__weakref__", "_seats", "_sync", "_threads")

    _sync: Caller
    _threads: Executor
    _seats: Seats

    async def _run(self, function: Callable[..., T], *arguments: Any, **more: Any) -> T:
        """Call it in a thread.  When the task is cancelled, what the thread waits for is broken off."""
        import asyncio

        abort = Abort()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, partial(abort.run, function, *arguments, **more))
        except asyncio.CancelledError:
            abort.set()
            raise

    async def _one(self, model: type[M], method: str, path: str, body: Mapping[str, Any] | None = None, **more: Any) -> M:
        return await self._run(self._sync._one, model, method, path, body, **more)

    async def _rows(self, model: type[M], method: str, path: str, body: Mapping[str, Any] | None = None, **more: Any) -> AsyncPage[M]:
        return AsyncPage(await self._run(self._sync._rows, model, method, path, body, **more), self._run)

    def _page(self, model: type[M], path: str, query: Mapping[str, Any] | None) -> AsyncPages[M]:
        return AsyncPages(self._run, partial(self._sync._page, model, path, query), (query or {}).get("cursor"))

    async def _document(self, path: str) -> dict[str, Any]:
        return await self._run(self._sync._document, path)

    async def _file(self, path: str) -> bytes:
        return await self._run(self._sync._file, path)
