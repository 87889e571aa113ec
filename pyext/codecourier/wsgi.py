"""CodeCourier as a WSGI application, and a small server for development.

    python -m codecourier init --data ./var              # once: makes the instance and says its owner's password
    gunicorn codecourier.wsgi:application                # CODECOURIER_DATA names the data directory, ./var without it
    waitress-serve codecourier.wsgi:application
    python -m codecourier serve                          # wsgiref with threads: for development

The application never makes an instance: the owner's password would have to be told to somebody, and a server's log is not the
place.  Until there is one every answer is 503 and says what to run; then it works without a restart.  Each process opens the instance when its first request comes, so preloading and forking are fine.  In earnest the FastCGI
program behind a web server is faster and sturdier; this one is for where there is nothing but Python.  For mod_wsgi see
cgi/conf/apache-wsgi.conf.

An event stream holds a thread until its run is finished or its reader is gone.  Give gunicorn some (`--threads 8`): where the
server says that a process has one alone, a stream ends after twenty seconds, and its reader connects again where it left off.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

from . import _core
from ._local import log

HEADERS = _core.headers()
UNSENT = ("HTTP_AUTHORIZATION", "CONTENT_TYPE")  # which some servers set to nothing when they were not sent
TICK_S = 60.0
ALONE_S = 20.0  # a stream that holds the process's one thread: as long as the longest long poll
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class NotSetUp(Exception):
    """There is no instance, or no project in it."""


class Application:
    """A WSGI application on one data directory."""

    def __init__(self, data: str | os.PathLike[str]) -> None:
        self._data = data
        self._lock = threading.Lock()
        self._open: tuple[int, _core.App, int] | None = None  # process, instance, largest body
        self._ticked = time.monotonic()
        self._told = False

    def _app(self) -> tuple[_core.App, int]:
        opened = self._open
        if opened is None or opened[0] != os.getpid():
            with self._lock:
                opened = self._open
                if opened is None or opened[0] != os.getpid():
                    app = self._opened()
                    opened = self._open = (os.getpid(), app, int(app.setting("maxBodyBytes") or 1 << 20))
        return opened[1], opened[2]

    def _opened(self) -> _core.App:
        try:
            app = _core.App(self._data, False, log)
        except _core.CoreError as error:
            if error.args[0] == "NOT_FOUND":
                raise NotSetUp from None
            raise
        if not app.projects():
            app.close()
            raise NotSetUp
        return app

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            app, largest = self._app()
        except NotSetUp:
            if not self._told:  # once: a log that repeats it helps nobody
                self._told = True
                log(f"there is no instance in {os.path.abspath(self._data)}; make one: python -m codecourier init --data {os.path.abspath(self._data)}")
            return unavailable(start_response, "This service has not been set up yet.  On its machine, run: python -m codecourier init", ("x-should-retry", "false"))
        except _core.CoreError as error:
            log(f"the instance cannot be opened: {error.args[1]}")
            return unavailable(start_response, "Storage is busy or not reachable; nothing was changed.", ("Retry-After", "1"))
        headers = tuple((name, clean(environ[variable])) for variable, name in HEADERS.items() if variable in environ and (environ[variable] or variable not in UNSENT))
        body, announced = read_body(environ, largest)
        remote = environ.get("REMOTE_ADDR") or None
        secure = environ.get("wsgi.url_scheme") == "https"
        _, head, answer, rest = app.begin(environ["REQUEST_METHOD"], target(environ), headers, body, None, remote, announced, secure, header_bytes(environ))
        if time.monotonic() - self._ticked > TICK_S:
            self._ticked = time.monotonic()
            tick(app)
        lines = head.decode("latin-1").split("\r\n")
        pairs = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines if line)]
        start_response(next(value for name, value in pairs if name == "Status"), [pair for pair in pairs if pair[0] != "Status"])
        return [answer] if rest is None else Streamed(answer, rest, environ)


def unavailable(start_response: StartResponse, message: str, advice: tuple[str, str]) -> list[bytes]:
    """503, in the API's envelope, where there is no core to ask.  A repeat helps where the advice is to wait."""
    import json
    import uuid

    error: dict[str, object] = {"code": "UNAVAILABLE", "message": message, "requestId": str(uuid.uuid4())}
    if advice[0] == "Retry-After":
        error["retryable"] = True
    body = json.dumps({"error": error}, separators=(",", ":")).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("X-Request-ID", str(error["requestId"])), ("Access-Control-Allow-Origin", "*")]
    start_response("503 Service Unavailable", [*headers, advice])
    return [body]


class Streamed:
    """A body that goes on: each piece leaves when it is there.  An empty one lets the server look whether its client is gone."""

    def __init__(self, first: bytes, rest: _core.Stream, environ: dict[str, Any]) -> None:
        self._first, self._rest = first, rest
        self._until = time.monotonic() + (float("inf") if environ.get("wsgi.multithread") else ALONE_S)

    def __iter__(self) -> Iterator[bytes]:
        yield self._first
        for piece in self._rest:
            yield piece
            if time.monotonic() > self._until:
                return

    def close(self) -> None:
        """Called by the server, however it ended."""
        self._rest.close()


def clean(value: str) -> str:
    """A header's value as text that has no NUL and can be UTF-8."""
    return value.encode("latin-1", "replace").decode("utf-8", "replace").replace("\0", "?")


def header_bytes(environ: dict[str, Any]) -> int:
    """The size of all headers, as lines of a request; those nobody reads count as well."""
    return sum(len(name) - len("HTTP_") + len(str(value)) + len(": \r\n") for name, value in environ.items() if name.startswith("HTTP_"))


def target(environ: dict[str, Any]) -> str:
    """Path and query as the client sent them; put together again where the server does not tell."""
    sent = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if sent:
        return clean(str(sent))
    path = quote((environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1", "replace"))
    query = environ.get("QUERY_STRING", "")
    return clean(path + ("?" + query if query else ""))


def read_body(environ: dict[str, Any], largest: int) -> tuple[bytes | None, int | None]:
    """The body and the length that was announced.  No more is read than the core would take."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdigit():
        chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        return (environ["wsgi.input"].read(largest + 1), None) if chunked and environ.get("wsgi.input_terminated") else (None, None)
    announced = int(length)
    wanted, pieces = min(announced, largest + 1), []
    while wanted > 0:
        piece = environ["wsgi.input"].read(wanted)
        if not piece:
            break
        pieces.append(piece)
        wanted -= len(piece)
    return (b"".join(pieces), announced) if announced else (None, None)


def tick(app: _core.App) -> None:
    """Let the core write down what waits; if it cannot now, it can in a minute."""
    try:
        app.tick()
    except _core.CoreError as error:
        log(f"housekeeping: {error.args[1]}")


application = Application(os.environ.get("CODECOURIER_DATA") or "./var")


def make_server(data: str | os.PathLike[str], host: str = "127.0.0.1", port: int = 8080) -> Any:
    """A threading server for development, listening but not yet serving: .serve_forever(), .server_port, .shutdown()."""
    import socketserver
    from wsgiref import simple_server

    class Handler(simple_server.WSGIRequestHandler):
        timeout = 30

        def get_environ(self) -> dict[str, Any]:
            return super().get_environ() | {"REQUEST_URI": self.path}

        def address_string(self) -> str:
            return str(self.client_address[0])

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            self.log_message("%s %s %s", self.command, self.path.partition("?")[0], str(code))

    class Server(socketserver.ThreadingMixIn, simple_server.WSGIServer):
        daemon_threads = True
        request_queue_size = 128

        def server_bind(self) -> None:  # without the look-up of the machine's name, which may take seconds
            socketserver.TCPServer.server_bind(self)
            self.server_name, self.server_port = host, int(self.server_address[1])
            self.setup_environ()

    application = Application(data)
    server = Server((host, port), Handler)
    server.set_app(lambda environ, start_response: application(environ | {"wsgi.multithread": True}, start_response))  # wsgiref says there is one
    return server
