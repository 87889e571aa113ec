"""A real server, a real Chromium, and a person who is signed in."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "web"))

import content  # noqa: E402
import installation  # noqa: E402

PASSWORD = "a quiet house by the sea"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Server:
    """`codecourier serve` on fresh data; another program than this checkout's has a dashboard with its own table."""

    folder: Path
    program: Path = installation.COMMAND
    url: str = ""
    first_password: str = ""
    process: subprocess.Popen[str] | None = None
    key: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    conf: str = ""  # further lines of codecourier.conf

    def start(self, host: str = "127.0.0.1") -> None:
        app = self.folder / "app"
        if not app.exists():
            installation.copy_for_all(installation.ROOT / "www" / "app", app)
            if self.program != installation.COMMAND:
                subprocess.run([sys.executable, installation.ROOT / "www" / "generate.py", "--into", app / "js" / "table.js"],
                               check=True, env=os.environ | {"CC_COMMAND": str(self.program)})  # fmt: skip
        with socket.socket() as free:
            free.bind((host, 0))
            port = free.getsockname()[1]
        self.url = f"http://{host}:{port}"
        made = self.command("init")
        found = re.search(r"One-time password: (\S+)", made)
        assert found, made
        self.first_password = found[1]
        # A run that a test gives to a worker elsewhere stays with it.
        (self.folder / "data" / "codecourier.conf").write_text("leaseSeconds = 3600\n" + self.conf)
        log = open(self.folder / "serve.log", "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(self.program), "serve", "--data", str(self.folder / "data"), "--port", str(port), "--www", str(app)],
            cwd="/", stdout=log, stderr=log, text=True, **installation.unprivileged(),
        )  # type: ignore[call-overload]  # fmt: skip
        log.close()
        end = time.monotonic() + 30
        while not self.answers():
            assert self.process.poll() is None and time.monotonic() < end, self.log()
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/api/v1/health", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def log(self) -> str:
        return (self.folder / "serve.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, *arguments: str) -> str:
        return installation.command(*arguments, "--data", str(self.folder / "data"), program=self.program).stdout

    def api(self, method: str, path: str, body: object = None, key: str | None = None) -> requests.Response:
        return requests.request(method, f"{self.url}/api/v1{path}", json=body, headers={"Authorization": f"Bearer {key or self.key}"}, timeout=30)


@pytest.fixture(scope="session")
def fresh_server() -> Iterator[Callable[..., Server]]:
    """A server nobody has used yet, as often as wanted."""
    made: list[Server] = []

    def make(conf: str = "", **more: Path) -> Server:
        folder = installation.private_folder()
        server = Server(folder, conf=conf.format(folder=folder), **more)
        made.append(server)
        server.start()
        return server

    yield make
    for server in made:
        server.stop()


@pytest.fixture(scope="session")
def server(fresh_server: Callable[..., Server]) -> Server:
    """The server most tests share; it has content, and its owner has chosen a password."""
    server = fresh_server()
    sign_in(server)
    content.fill(server)
    return server


def sign_in(server: Server) -> None:
    """Its owner has chosen a password, and has a session."""
    session = requests.Session()
    signed = session.post(f"{server.url}/api/v1/session", json={"email": "owner@example.com", "password": server.first_password}, timeout=30).json()["data"]
    done = session.post(f"{server.url}/api/v1/session/password", json={"currentPassword": server.first_password, "newPassword": PASSWORD},
                        headers={"X-CSRF-Token": signed["csrfToken"]}, timeout=30)  # fmt: skip
    assert done.status_code == 200, done.text
    server.ids["cookie"] = session.cookies["cc_session"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "chromium is not installed: tests/packages test"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page and everything it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: message.type in ("error", "warning") and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def check(self) -> None:
        left = [text for text in self.complaints if not any(word in text for word in self.expected)]
        assert not left, "\n".join(left)


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """open_page(server, path, language=, scheme=, width=, signed_in=, cookie=a session's own, expect=[texts of complaints that are meant to be])"""
    contexts: list[BrowserContext] = []
    watched: list[Watched] = []

    def make(server: Server, path: str = "/", *, language: str = "en", scheme: str = "light", width: int = 1280, height: int = 800,
             signed_in: bool = True, cookie: str = "", expect: tuple[str, ...] = (), touch: bool = False) -> Page:  # fmt: skip
        context = browser.new_context(locale={"en": "en-GB", "de": "de-DE"}[language], color_scheme=scheme, viewport={"width": width, "height": height},  # type: ignore[arg-type]
                                      timezone_id="Europe/Berlin", reduced_motion="reduce", has_touch=touch)  # fmt: skip
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
        if signed_in:
            context.add_cookies([{"name": "cc_session", "value": cookie or server.ids["cookie"], "url": server.url, "httpOnly": True, "sameSite": "Strict"}])
        page = context.new_page()
        page.set_default_timeout(15000)
        watched.append(Watched(page, expected=list(expect) + ([] if signed_in else ["401"])))
        page.goto(f"{server.url}/#{path}")
        return page

    yield make
    for one in watched:
        one.check()
    for context in contexts:
        context.close()
