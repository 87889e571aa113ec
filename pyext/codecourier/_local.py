"""The way without a server: the core in this process, on a database file."""

from __future__ import annotations

import os
import sys
import time
import weakref
from collections.abc import Mapping
from typing import Any

from . import _core
from ._abort import current, sleep
from ._call import encode
from ._errors import ConfigurationError, OpenError, SqliteConflict, api_error
from ._http import asked_to_wait, check_key, seconds
from ._model import Secret
from ._texts import t

_open: weakref.WeakSet[Local] = weakref.WeakSet()
_watching = False
SERVERS = ("postgresql://", "postgres://")


class Local:
    """One open instance, asked as its owner or with a key."""

    __slots__ = ("__weakref__", "_app", "_headers", "_identity", "_project", "_remote", "path", "project_id")

    def __init__(
        self, path: str | os.PathLike[str], project: str | None, create: bool, examples: bool, key: str | None, data: str | os.PathLike[str] | None = None
    ) -> None:
        server = os.fspath(path) if os.fspath(path).startswith(SERVERS) else None
        if server is None and data is not None:
            raise ConfigurationError(t("data= goes with the address of a server; a path says it itself"))
        if server is not None:  # from here on it is the directory, and the address, which may hold a password, stands nowhere
            path = data if data is not None else os.environ.get("CODECOURIER_DATA") or "./var"
        self.path = os.path.abspath(os.fspath(path))
        database = self.path if self.path.endswith(".db") else os.path.join(self.path, "codecourier.db")
        two = server is None and two_sqlites()
        if two:
            refuse_if_open_elsewhere(database)
        try:
            self._app = _core.App(os.fspath(path), create, log, server)
        except _core.CoreError as error:
            raise OpenError(error.args[1], error.args[0]) from None
        self._headers: tuple[tuple[str, str], ...] | None = None
        self._project: str | None = None
        self._remote: str | None = None
        self.project_id: str | None = None
        self._identity = identity(database)
        if two:
            watch()
        _open.add(self)
        try:
            if key is not None:
                self._headers, self._remote = (("Authorization", Secret(f"Bearer {check_key(key)}")),), "127.0.0.1"
            else:
                self._project = self.project_id = self._choose(project, create, examples)
        except BaseException:
            self.close()
            raise

    def _choose(self, wanted: str | None, create: bool, examples: bool) -> str:
        projects = self._app.projects()
        fitting = [one for one in projects if wanted is None or wanted in one[:3]]
        if len(fitting) == 1:
            return fitting[0][0]
        if fitting:
            known = ", ".join(sorted(repr(slug) for _, _, slug, _ in fitting))
            raise ConfigurationError(t("there is more than one project here: say which with project=, one of {}", known))
        if not create:
            raise ConfigurationError(t("there is no project {} here, and create=False", repr(wanted)) if wanted else t("there is no project here, and create=False"))
        try:
            return self._app.project_create(wanted or "My Project", None, examples)[0]
        except _core.CoreError as error:
            raise ConfigurationError(t("the project {} cannot be made: {}", repr(wanted), error.args[1])) from None

    def fetch(
        self, method: str, path: str, body: Mapping[str, Any] | None, if_match: str | None, idempotency_key: str | None
    ) -> tuple[Any, str | None]:
        """Ask the core; the answer's JSON and its ETag."""
        headers, data = self._headers, None
        if body is not None:
            headers = (headers or ()) + (("Content-Type", "application/json"),)
            data = encode(body)
            if idempotency_key:
                headers += (("Idempotency-Key", idempotency_key),)
        if if_match is not None:
            headers = (headers or ()) + (("If-Match", if_match),)
        wait = asked_to_wait(path) if current() is not None else 0
        if wait > 1:
            path = path.replace(f"wait={wait}", "wait=1")  # the core waits to its end; between seconds a cancelled task is heard
        while True:
            began = time.monotonic()
            status, head, value = self._app.fetch(method, "/api/v1" + path, headers, data, self._project, self._remote)
            wait -= 1
            if wait < 1 or status >= 400 or value["data"] or time.monotonic() - began < 0.9:  # so soon: there is nothing to wait for
                break
            sleep(0)
        if status >= 400:
            raise api_error(status, value, header(head, b"X-Request-ID"), seconds(header(head, b"Retry-After")))
        return value, header(head, b"ETag") if b"\nETag:" in head else None

    def file(self, path: str) -> bytes:
        """What is there, as it is."""
        status, head, body = self._app.request("GET", "/api/v1" + path, self._headers, None, self._project, self._remote)
        if status >= 400:
            import json  # who only imports the package does not pay for it

            raise api_error(status, json.loads(body), header(head, b"X-Request-ID"), seconds(header(head, b"Retry-After")))
        return body

    def close(self) -> None:
        """Close the database."""
        _open.discard(self)
        self._app.close()


def header(head: bytes, name: bytes) -> str | None:
    """A header of the core's answer."""
    at = head.find(b"\n" + name + b": ")
    if at < 0:
        return None
    at += len(name) + 3
    return head[at : head.index(b"\r", at)].decode("latin-1")


def log(line: str) -> None:
    """What the core has to tell its operator."""
    import logging

    quiet = line.startswith("storage: schema")
    logging.getLogger("codecourier").log(logging.INFO if quiet else logging.WARNING, "%s", line)


# ---- two SQLite libraries on one file --------------------------------------------------------------------------------
#
# POSIX drops all of a process's locks on a file when any descriptor of it is closed.  One SQLite library knows that and
# keeps its descriptors together; two in one process do not know of each other and corrupt the database.  From source this
# package uses the library that Python's own sqlite3 uses, and nothing need be done.  A self-contained wheel brings its own.
#
# What is open already is found among the descriptors, however it was opened; sqlite3.connect() is heard of before it happens.
# Of ATTACH nobody hears: a connection has no event for it, and takes an authorizer only after its own events are over.  So it is
# said in the documentation: when the file is detached, the other library may take itself for the last user and remove the WAL under
# this instance, whose next writes then fail.


def two_sqlites() -> bool:
    """Would Python's sqlite3 call another library than ours does?"""
    try:
        import _sqlite3
    except ImportError:
        return False
    theirs = getattr(_sqlite3, "__file__", None)
    ours = _core.sqlite_seen_by(str(_core.__file__))
    return not (ours and theirs and ours == _core.sqlite_seen_by(theirs))


def identity(path: str) -> tuple[int, int] | None:
    """The file itself, whatever it is called."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


ADVICE = (
    "This process has two SQLite libraries, and both on one file would corrupt it.  Close the sqlite3 connection before "
    "codecourier.open(), read the file in another process, or install codecourier from source (pip install --no-binary codecourier "
    "codecourier), which then shares Python's library."
)


def refuse_if_open_elsewhere(database: str) -> None:
    """Raise SqliteConflict if this process has the file open already, other than through us."""
    wanted = identity(database)
    if wanted is None or any(one._identity == wanted for one in list(_open)):
        return
    try:
        descriptors = os.listdir("/proc/self/fd")
    except OSError:
        return
    for descriptor in descriptors:
        if identity(f"/proc/self/fd/{descriptor}") == wanted:
            raise SqliteConflict(t("{} is open in this process already.", database) + "  " + t(ADVICE))


def watch() -> None:
    """From now on, refuse sqlite3.connect() on a file that is open here."""
    global _watching
    if not _watching:
        _watching = True
        sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "sqlite3.connect" or not _open:
        return
    name = os.fsdecode(arguments[0]) if isinstance(arguments[0], (str, bytes, os.PathLike)) else ""
    if name.startswith("file:"):
        from urllib.parse import unquote

        name = unquote(name.removeprefix("file:").partition("?")[0]).removeprefix("//")
    wanted = identity(name)
    if wanted is not None and any(one._identity == wanted for one in list(_open)):
        raise SqliteConflict(t("{} is open as a codecourier instance.", name) + "  " + t(ADVICE))
