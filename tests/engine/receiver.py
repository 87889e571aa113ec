"""A program that webhooks are posted to: a real server on a port of this machine, which answers as a test says and keeps what came."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from instance import Instance

Answer = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class Message:
    path: str
    headers: dict[str, str]
    body: bytes
    at: float  # monotonic

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class Receiver:
    def __init__(self, port: int) -> None:
        self.port = port
        self.here = f"http://127.0.0.1:{port}"
        self.came: list[Message] = []
        self.may_get = False
        self.answer: Callable[[Message], Answer] = lambda _: (204, {})

    def types(self) -> list[str]:
        return [one.json["type"] for one in self.came]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    receiver: Receiver


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        self.take(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self) -> None:
        assert self.server.receiver.may_get, "webhooks are posted"
        self.take(b"")

    def take(self, body: bytes) -> None:
        message = Message(self.path, {name.lower(): value for name, value in self.headers.items()}, body, time.monotonic())
        self.server.receiver.came.append(message)
        status, headers = self.server.receiver.answer(message)
        self.send_response(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(instance: Instance) -> Iterator[Receiver]:
    """On a port that the instance may post to."""
    server = Server(("127.0.0.1", 0), Handler)
    server.receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    instance.conf["webhookPrivateHosts"] = f"127.0.0.1:{server.receiver.port}"
    instance.write_conf()
    try:
        yield server.receiver
    finally:
        server.shutdown()
        server.server_close()
