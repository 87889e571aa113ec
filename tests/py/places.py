"""Where things are, and the service as the tests meet it: in this process, over the development server, under lighttpd."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import codecourier
from codecourier import _core, wsgi
from codecourier._model import snake

ROOT = Path(__file__).resolve().parents[2]
COMMAND = ROOT / "build" / "codecourier"
PYTHON = sys.executable
QUICKSTART = ["projects:read", "workflows:read", "runs:read"]
# What a key of the tests may do: every scope there is.
SCOPES = json.loads(_core.openapi(True))["components"]["schemas"]["apiKey"]["properties"]["scopes"]["items"]["enum"]
EVERYTHING = [*(scope for scope in SCOPES if scope.endswith(":write")), "analytics:read", "audit:read"]


@dataclass
class Service:
    """A running instance: its data, its address if it has one, and a client with all scopes."""

    data: Path
    base: str
    key: str
    client: codecourier.Client

    def with_scopes(self, *scopes: str) -> codecourier.Client:
        """Another client of the same service whose key may do this and no more."""
        key = self.client.keys.create(name="less", scopes=list(scopes)).key
        assert key
        return self.with_key(key)

    def with_key(self, key: str) -> codecourier.Client:
        return codecourier.Client(self.base, key) if self.base else codecourier.open(self.data, key=key)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def make_key(data: Path, scopes: list[str] = EVERYTHING, project: str = "tests") -> str:
    with codecourier.open(data, project) as owner:
        key = owner.keys.create(name="tests", scopes=scopes, rate_limit=1_000_000).key
        assert key
        return key


@contextmanager
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="cc-py-"))
    (made / "codecourier.conf").write_text("rateBurst = 1000000\n")  # in this process 120 requests are over in no time
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def local() -> Iterator[Service]:
    """In this process, as a key: the same gate as over HTTP."""
    with folder() as place:
        key = make_key(place / "tests.db")
        with codecourier.open(place / "tests.db", key=key) as client:
            yield Service(place / "tests.db", "", key, client)


@contextmanager
def serving(data: Path, port: int = 0) -> Iterator[int]:
    """codecourier.wsgi in a thread of this process; the port."""
    server = wsgi.make_server(data, port=port)
    server.RequestHandlerClass.log_message = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def development() -> Iterator[Service]:
    with folder() as place:
        data = place / "tests.db"
        key = make_key(data)
        with serving(data) as port:
            base = f"http://127.0.0.1:{port}"
            with codecourier.Client(base, key) as client:
                yield Service(data, base, key, client)


@contextmanager
def started(arguments: list[str | Path], ready: str, env: dict[str, str] | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A program that serves, and what it printed until a line held `ready`."""
    process = subprocess.Popen(
        [str(one) for one in arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | {"LC_ALL": "C.UTF-8"} | (env or {})
    )
    printed = ""
    try:
        assert process.stdout
        end = time.monotonic() + 30
        while not re.search(ready, printed):
            line = process.stdout.readline()
            assert line and time.monotonic() < end, f"{arguments} did not start:\n{printed}"
            printed += line
        drain = threading.Thread(target=process.stdout.read, daemon=True)
        drain.start()
        yield process, printed
    finally:
        process.terminate()
        process.wait(20)


def lighttpd_there() -> bool:
    return COMMAND.exists() and bool(shutil.which("lighttpd", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"))


@contextmanager
def lighttpd() -> Iterator[Service]:
    """The real thing: `codecourier serve`, with lighttpd and FastCGI workers."""
    with folder() as place:
        data, port = place / "data", free_port()
        with started([COMMAND, "serve", "--data", data, "--port", str(port), "--workers", "3", "--slots", "0"], "CC_KEY="):
            key = make_key(data)
            base = f"http://127.0.0.1:{port}"
            with codecourier.Client(base, key) as client:
                yield Service(data, base, key, client)


WAYS = {"local": local, "development": development, "lighttpd": lighttpd}


# ---- calling what is in the table

DESTRUCTIVE = {"project.delete", "session.deleteAll"}


def anything(parameter: inspect.Parameter) -> Any:
    """A value of its type, and mostly a wrong one."""
    kind = str(parameter.annotation)
    if parameter.name == "id":
        return "none_0000000000000000000000"
    return 1 if kind.startswith("int") else ["x"] if kind.startswith("Sequence") else {} if kind.startswith("Mapping") else True if kind.startswith("bool") else "x"


def any_call(client: Any, operation: str) -> tuple[Any, list[Any], dict[str, Any]]:
    """The method of an operation, and values for what it must be given."""
    for name in operation.split("."):
        client = getattr(client, snake(name))
    parameters = inspect.signature(client).parameters.values()
    positional = [anything(one) for one in parameters if one.kind is one.POSITIONAL_ONLY]
    return client, positional, {one.name: anything(one) for one in parameters if one.default is one.empty and one.kind is one.KEYWORD_ONLY}
