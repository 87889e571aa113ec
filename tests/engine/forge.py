"""A stand-in for a forge: a real repository behind git's own web program, and an API that keeps what it was sent."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from instance import Instance

TOKEN = "ghp_standin0123456789abcdefABCDEF"


def git(*words: str, cwd: Path) -> str:
    return subprocess.run(["git", *words], cwd=cwd, check=True, capture_output=True, text=True).stdout


class Forge(http.server.ThreadingHTTPServer):
    """OWNER/NAME.git by git's own web program, and the part of a forge's API that is asked: a test says what is answered to what."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.folder = folder
        self.here = f"http://127.0.0.1:{self.server_address[1]}"
        self.silence = threading.Event()  # while it is not set, the API does not answer
        self.silence.set()
        self.silent: set[str] = set()  # what is not answered meanwhile; empty: nothing is
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        self.answers: dict[str, tuple[int, Any]] = {}  # a text is answered as it is, else as JSON
        self.headers: dict[str, dict[str, str]] = {}
        self.cut: set[str] = set()  # what is answered only in part: the connection breaks
        bare, source = folder / "acme" / "shop.git", folder / "source"
        bare.parent.mkdir()
        git("init", "--quiet", "--bare", "-b", "main", str(bare), cwd=folder)
        git("init", "--quiet", "-b", "main", str(source), cwd=folder)
        (source / "a.txt").write_text("one\n")
        git("add", ".", cwd=source)
        git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "first", cwd=source)
        git("push", "--quiet", str(bare), "main", cwd=source)

    def api(self) -> list[tuple[str, str, dict[str, str], Any]]:
        return [asked for asked in self.asked if is_api(asked[1])]

    def tip(self, branch: str) -> str:
        return git("rev-parse", branch, cwd=self.folder / "acme" / "shop.git").strip()


def is_api(path: str) -> bool:
    return path.startswith(("/repos/", "/api/", "/elsewhere/"))


class Answer(http.server.BaseHTTPRequestHandler):
    server: Forge

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, dict(self.headers), json.loads(body) if is_api(self.path) and body else None))
        more = 0
        if is_api(self.path):
            what = f"{self.command} {self.path}"
            if not self.server.silent or what in self.server.silent:
                self.server.silence.wait()
            status, answer = self.server.answers.get(what, (404, {"message": "Not Found"}))
            headers = self.server.headers.get(what, {})
            if "ETag" in headers and self.headers.get("If-None-Match") == headers["ETag"]:
                status, answer = 304, ""
            data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            more = 1000 if what in self.server.cut else 0
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
        else:
            data = self.backend(body)
        self.send_header("Content-Length", str(len(data) + more))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def backend(self, body: bytes) -> bytes:
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(self.server.folder), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
            "QUERY_STRING": query, "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)), "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }  # fmt: skip
        if "Authorization" in self.headers:
            environment["REMOTE_USER"] = "x-access-token"  # without one it takes no push
        done = subprocess.run(["git", "http-backend"], env=environment, input=body, capture_output=True)
        head, _, data = done.stdout.partition(b"\r\n\r\n")
        fields = [line.split(": ", 1) for line in head.decode().split("\r\n")]
        self.send_response(next((int(value.split()[0]) for name, value in fields if name == "Status"), 200))
        for name, value in fields:
            if name != "Status":
                self.send_header(name, value)
        return data

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(instance: Instance) -> Iterator[Forge]:
    """One that the instance's runs may reach, and an agent that has something to propose."""
    folder = instance.folder / "forge"
    folder.mkdir()
    made = Forge(folder)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    instance.conf |= {"privateHosts": f"127.0.0.1:{made.server_address[1]}"}
    instance.agent("edit", "open('a.txt', 'a').write('two\\n')\n")
    yield made
    made.shutdown()
    made.server_close()
