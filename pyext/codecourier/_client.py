"""Client: the methods of _generated.py over one of the two transports."""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ._call import Transport
from ._errors import ConfigurationError
from ._generated import Routes
from ._http import Http
from ._local import Local
from ._model import Secret
from ._texts import t

if TYPE_CHECKING:
    from ._generated import Change


def settled(base: str | None, key: str | None) -> tuple[str, str]:
    """Base and key, from the environment where they are not given."""
    base = base or os.environ.get("CC_BASE")
    key = Secret(key or os.environ.get("CC_KEY") or "")
    if not base:
        raise ConfigurationError(t("no base: set CC_BASE (for example http://127.0.0.1:8080) or pass base=; codecourier.open() needs no server"))
    if not key:
        raise ConfigurationError(t("no key: set CC_KEY or pass key=; keys are made under Project Settings, API Keys"))
    return base, key


class Client(Routes):
    """The service over HTTP, or in this process (see codecourier.open).

    Base and key come from CC_BASE and CC_KEY when they are not given.  Safe to use from several threads.

        cc = codecourier.Client()
        print(cc.whoami().scopes)
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
        """timeout: seconds for an attempt; retries: repeats after the first; connections: kept open for threads."""
        key = Secret(key) if key else None
        base, key = settled(base, key)
        self._start(Http(base, key, timeout, retries, ca_bundle, connections))

    def _start(self, transport: Transport, face: object = None) -> None:
        self._transport, self._face = transport, face or self
        super().__init__()

    @classmethod
    def _over(cls, transport: Transport, face: object = None) -> Self:
        self = cls.__new__(cls)
        self._start(transport, face)
        return self

    def events(self, *, after: int | None = None, timeout: float | None = None) -> Iterator[Change]:
        """What changes in the project, as it happens and in order, for ever: `for change in client.events(): …`.

        after: the number of the last change that is known, to go on where an earlier loop left off; without it, what changes from
        now on.  timeout: seconds after which the loop ends.  The service may be away meanwhile.
        """
        from ._actions import Changes, at_once

        changes = Changes(self, after, timeout)
        while (found := at_once(changes.look())) is not None:
            yield from found

    def close(self) -> None:
        """Give connections back, or close the database."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<codecourier.{type(self).__name__} {where(self)}>"

    def __reduce__(self) -> Any:
        raise TypeError("a client holds a key and is not pickled; make a new one where it is needed")


def where(client: object) -> str:
    """What a repr says of it: never the key.  "?" while it is being made."""
    transport = getattr(client, "_transport", None)
    return transport.base if isinstance(transport, Http) else transport.path if isinstance(transport, Local) else "?"


def open(
    path: str | os.PathLike[str],
    project: str | None = None,
    *,
    key: str | None = None,
    create: bool = True,
    examples: bool = True,
    data: str | os.PathLike[str] | None = None,
) -> Client:
    """Open an instance in this process: the same interface, no server.

    path is a data directory or the path of a database file ending in .db; what is not there is made.  project is a project's
    id, slug or name; it is made, with two example workflows, when there is none of that name.  You are its owner; with key=
    you are that key instead, and whatever it may not do is refused.

    path may be a PostgreSQL server, postgresql://HOST/NAME, as well.  What is not in the database, the key file above all, is in
    the directory data; without it in $CODECOURIER_DATA, else ./var.
    """
    key = Secret(key) if key is not None else None
    return Client._over(Local(path, project, create, examples, key, data))
