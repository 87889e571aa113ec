"""The transcripts, played once more: through the extension, and through the WSGI application over HTTP."""

from __future__ import annotations

import http.client
import itertools
import json
import socket
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import places
import plain
import pytest
import storage
import transcript

import codecourier
from codecourier import _core

SCRIPTS = plain.scripts(json.loads(_core.openapi(True)))
KEYS = {
    "quickstart": places.QUICKSTART,
    "admin": places.EVERYTHING,
    "admin_too": places.EVERYTHING,
    "test": places.EVERYTHING,
    "starter": ["runs:write"],
    "canceller": ["runs:cancel"],
    "keymaker": ["keys:write", "audit:read"],
    "auditor": ["audit:read"],
}
READ = sorted({one.replace(":write", ":read") for one in places.EVERYTHING})
counter = itertools.count(1)


class Instance:
    """Keys and projects as transcripts name them, made with the client itself."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.project = f"Project {next(counter)}"
        self.values: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        if name not in self.values:
            self.values[name] = self.make(name)
        return self.values[name]

    def make(self, name: str) -> str:
        project = self.project
        if name == "other_project" or name.startswith("doomed"):
            project, scopes = f"Other {next(counter)}", places.EVERYTHING
        elif name.startswith("guest"):  # somebody without an account
            return f"{name}-{next(counter)}@example.com"
        elif name in ("owner", "owner_password"):
            self("admin")  # so that there is a project
            app = _core.App(self.data, False, None)
            self.values["owner"] = f"owner-{next(counter)}@example.com"
            self.values["owner_password"] = app.user_add(self.values["owner"], "owner", self.project)
            app.close()
            return self.values[name]
        elif name == "unknown":
            return checksummed("cc_live_" + "0123456789abcdefghijABCDEFGHIJ01")
        elif name == "misspelt":
            key = self("quickstart")
            return key[:-1] + ("0" if key[-1] != "0" else "1")
        elif name in KEYS:
            scopes = KEYS[name]
        elif name in ("reader", "expired", "revoked", "network", "slow"):
            scopes = READ
        else:
            pytest.skip(f"this instance has no {{{name}}}")
        soon = datetime.now(UTC) + timedelta(seconds=2)
        with codecourier.open(self.data, project) as owner:
            made = owner.keys.create(
                name="admin" if project != self.project else name,
                scopes=scopes,
                mode="test" if name == "test" else codecourier.UNSET,
                expires_at=soon if name == "expired" else codecourier.UNSET,
                allowed_networks=["192.0.2.0/24", "2001:db8::/32"] if name == "network" else codecourier.UNSET,
                rate_limit=6 if name == "slow" else codecourier.UNSET,
            )
            if project == self.project:
                self.project = owner.project.get().id  # a transcript may rename it
            if name == "revoked":
                owner.keys.revoke(made.id)
        time.sleep(2.1 if name == "expired" else 0.002)  # what two apps make within a millisecond has no order
        assert made.key
        return made.key

    def set_run(self, run: str, status: str) -> None:
        now = int(time.time() * 1000)
        ended = now if status in ("completed", "failed", "cancelled") else None
        with storage.connect(self.data, timeout=10) as database:
            database.execute(
                "UPDATE runs SET status = ?, version = version + 1, started_at = coalesce(started_at, ?), finished_at = ? WHERE id = ?", (status, now, ended, run)
            )
        database.close()


def checksummed(text: str) -> str:
    rest, digits = zlib.crc32(text.encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, 62)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[digit] + digits
    return text + digits


def through_the_extension(data: Path) -> Iterator[transcript.Send]:
    app = _core.App(data, True, None)

    def send(request: transcript.Request) -> transcript.Answer:
        body = request.body if request.body or request.length is not None else None
        headers = tuple((name, value.encode("utf-8", "replace").decode()) for name, value in request.headers)
        _, head, answer = app.request(request.method, request.path, headers, body, None, "127.0.0.1", request.length)
        return transcript.parse_cgi(head, answer)

    yield send
    app.close()


def over_http(base: str) -> transcript.Send:
    address = base.removeprefix("http://")

    def send(request: transcript.Request) -> transcript.Answer:
        connection = http.client.HTTPConnection(address, timeout=30)
        try:
            connection.putrequest(request.method, request.path, skip_accept_encoding=True)
            for name, value in request.headers:
                connection.putheader(name, value.encode("latin-1", "replace"))
            if request.body or request.length is not None or request.method in ("POST", "PATCH"):
                connection.putheader("Content-Length", str(len(request.body) if request.length is None else request.length))
            connection.endheaders()
            try:
                connection.send(request.body)
                if request.length is not None and request.length > len(request.body):
                    connection.sock.shutdown(socket.SHUT_WR)  # the body ends before its announced length
            except (BrokenPipeError, ConnectionResetError):
                pass
            response = connection.getresponse()
            return transcript.Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    return send


@pytest.fixture(scope="module", params=["extension", "wsgi"])
def way(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[transcript.Send, Path]]:
    if request.param == "extension":
        data = tmp_path_factory.mktemp("transcripts") / "my.db"
        for send in through_the_extension(data):
            yield send, data
    else:
        with places.development() as service:
            yield over_http(service.base), service.data


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.name for script in SCRIPTS])
def test_a_transcript_plays_as_written(way: tuple[transcript.Send, Path], script: transcript.Script) -> None:
    send, data = way
    transcript.play(script, send, Instance(data))


def test_there_are_transcripts() -> None:
    assert len(SCRIPTS) >= 17
