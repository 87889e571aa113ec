"""No web server hands out what it should run or keep: the program, the data, the configuration.

Each sample of cgi/conf/ under its real server, and each once more as it goes wrong: the module that runs programs is not
loaded, the .htaccess is ignored, what answers behind the server is gone, the program's folder is open as Debian's cgi-bin is.
"""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import installation
import servers
from transcript import Request

SECRET = "# a line of the configuration that nobody may read"
FILES = ["codecourier.db", "codecourier.db-wal", "codecourier.db-shm", "codecourier.db-hot", "codecourier.db-key", "codecourier.conf"]


class Open:
    """Its program may be read and its folder be asked: what protects it must be the configuration."""

    def program(self) -> Path:
        program = super().program()  # type: ignore[misc]
        program.chmod(0o755)
        return program

    def configure(self, name: str, **values: object) -> Path:
        path: Path = super().configure(name, **values)  # type: ignore[misc]
        if name.startswith("apache-") and name != "apache-server.conf":
            with open(path, "a") as site:
                site.write(f'\n<Directory "{self.program().parent}">\nRequire all granted\nOptions +ExecCGI\n</Directory>\n')
        return path


class Broken(Open):
    """Comes up without answering as it should: `cut` is what its configuration lacks."""

    cut = r"(?!)"

    def configure(self, name: str, **values: object) -> Path:
        path = super().configure(name, **values)
        path.write_text(re.sub(self.cut, "", path.read_text(), flags=re.MULTILINE))
        return path

    def wait_until_up(self, timeout: float = 60) -> None:
        end = time.monotonic() + timeout
        while True:
            try:
                servers.over_http(self.port, Request("GET", "/"))  # type: ignore[attr-defined]
                return
            except OSError:
                assert time.monotonic() < end, self.logs()  # type: ignore[attr-defined]
                time.sleep(0.05)


class LighttpdCgiWithoutModule(Broken, servers.LighttpdCgi):
    cut = r', "mod_cgi"'


class LighttpdCgiWithoutRule(Broken, servers.LighttpdCgi):
    cut = r"^cgi\.assign.*$"


class LighttpdFastcgiWithoutModule(Broken, servers.LighttpdFastcgi):
    cut = r', "mod_fastcgi"'


class LighttpdFastcgiWithoutProgram(Broken, servers.LighttpdFastcgi):
    cut = r"^.*# spawn$"


class ApacheCgidWithoutModule(Broken, servers.ApacheCgid):
    cut = r"^(LoadModule cgid_module|ScriptSock).*$"


class ApacheProxyWithoutProgram(Broken, servers.ApacheProxyFcgi):
    def before(self) -> None:
        pass


class ApacheHtaccessWithoutModule(Broken, servers.ApacheHtaccess):
    cut = r"^(LoadModule cgid_module|ScriptSock).*$"


class ApacheHtaccessIgnored(Broken, servers.ApacheHtaccess):
    """Nothing but the modes is left to protect anything."""

    def program(self) -> Path:
        program = servers.ApacheHtaccess.program(self)
        (program.parent / "codecourier.path").chmod(0o600)
        return program

    def site(self) -> Path:
        site = super().site()
        site.write_text(site.read_text().replace("AllowOverride FileInfo Options=ExecCGI", "AllowOverride None"))
        return site


GOOD = {kind.__name__: type(kind.__name__, (Open, kind), {}) for kind in servers.TRANSPORTS.values() if kind.http}
BAD = {kind.__name__: kind for kind in (
    LighttpdCgiWithoutModule, LighttpdCgiWithoutRule, LighttpdFastcgiWithoutModule, LighttpdFastcgiWithoutProgram,
    ApacheCgidWithoutModule, ApacheProxyWithoutProgram, ApacheHtaccessWithoutModule, ApacheHtaccessIgnored,
)}  # fmt: skip


@pytest.fixture(scope="module", params=[*GOOD, *BAD])
def server(request: pytest.FixtureRequest) -> Iterator[servers.Transport]:
    server = (GOOD | BAD)[request.param]()
    if request.param == "ApacheHtaccessIgnored" and servers.unprivileged() == {}:
        pytest.skip("the server runs under the account that owns the program, which can always read it")
    try:
        installation.command("init", "--data", server.data)
        (server.data / "codecourier.conf").write_text(SECRET + "\n")
        server.start()
        yield server
    finally:
        server.stop()


def encoded(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def addresses(server: servers.Transport) -> list[str]:
    """Everything that could lead to one of them, in one spelling or another."""
    program = ["codecourier.cgi", "codecourier.path", ".htaccess"]
    names = [*program, *FILES, *(f"data/{file}" for file in FILES), "data/", "run/", "cgi-bin/codecourier.cgi", "lighttpd-cgi.conf"]
    found = [folder + name for name in names for folder in ("/", "/api/", "/api/v1/", "/../", "/docs/../", "/%2e%2e/", "/docs/..%2f", "//")]
    for name in [*program, "data/codecourier.db-key"]:
        for spelling in (name.upper(), encoded(name), name + "/", name + "/.", name + "%00", name + "%00.html", name + ";a", name + "~",
                         name + ".bak", name + "?a=b", name + "%20", name + "\\", "./" + name, "x/../" + name):  # fmt: skip
            found.append("/" + spelling)
    for path in ("/api", "/api/", "/api//", "/api/.", "/api/..", "/api/../api", "/%61pi", "/api?", "/api/v1", "/API", "/API/v1/whoami", "/Api/",
                 "/api/v1/whoami", "/api/v1/whoami/", "/api/v1/WHOAMI", "/api//v1/whoami", "/api/v1/../v1/whoami", "/api%2fv1/whoami",
                 "/%61%70%69/v1/whoami", "/api/%2e%2e/api/v1/whoami", "/api/v1/whoami%00", "/api/v1/whoami.html", "/api;x/v1/whoami"):  # fmt: skip
        found.append(path)
    return [server.prefix + path for path in found]


def ask(server: servers.Transport, method: str, path: str, headers: list[tuple[str, str]]) -> bytes:
    try:
        return servers.over_http(server.port, Request(method, path, headers)).body
    except http.client.HTTPException:
        return b""


def test_nothing_that_is_run_or_kept_is_handed_out(server: servers.Transport) -> None:
    key = (server.data / "codecourier.db-key").read_bytes()
    for path in addresses(server):
        for method, headers in (("GET", []), ("POST", []), ("GET", [("Range", "bytes=0-63")])):
            if method == "POST" and "v1/" in path:
                continue  # the API's own
            body = ask(server, method, path, headers)
            wrong = (b"\x7fELF" in body[:64] or body[:2] == b"#!" or b"SQLite format" in body or key in body
                     or SECRET.encode() in body or str(server.data).encode() in body)  # fmt: skip
            assert not wrong, f"{method} {path} {headers}: {body[:80]!r}"


def doctor(server: servers.Transport, url: str) -> tuple[int, list[dict[str, object]]]:
    done = installation.command("doctor", "--data", server.data, "--url", url, "--json", check=False)
    return done.returncode, [row for row in json.loads(done.stdout) if row["check"] == "web server"]


def test_doctor_asks_the_web_server(server: servers.Transport) -> None:
    good = type(server).__name__ in GOOD
    code, rows = doctor(server, f"http://127.0.0.1:{server.port}{server.prefix}/")
    assert [row["ok"] for row in rows] == ([True] if good else [False, True]), rows


@pytest.mark.parametrize("file, words", [
    ("api/v1/health", "hands out the program"), ("codecourier.cgi", "hands out the program"), ("cgi-bin/codecourier.cgi", "hands out the program"),
    ("codecourier.db", "hands out a file"), ("data/codecourier.db-key", "hands out a file"), ("codecourier.conf", "hands out a file"),
    ("codecourier.path", "hands out a file"),
])  # fmt: skip
def test_doctor_sees_what_is_handed_out(core: servers.Transport, tmp_path: Path, file: str, words: str) -> None:
    shown = tmp_path / file
    shown.parent.mkdir(parents=True, exist_ok=True)
    kept = core.data / shown.name
    shown.write_bytes(installation.WEB.read_bytes() if words.endswith("program") else f"{core.data}\n".encode() if file.endswith(".path")
                      else kept.read_bytes())  # fmt: skip
    port = servers.free_port()
    web = subprocess.Popen(["python3", "-m", "http.server", str(port), "--bind", "127.0.0.1"], cwd=tmp_path, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                servers.over_http(port, Request("GET", "/"))
                break
            except OSError:
                time.sleep(0.05)
        code, rows = doctor(core, f"http://127.0.0.1:{port}")
    finally:
        web.terminate()
        web.wait(20)
    found = [row for row in rows if words in str(row["words"])]
    assert code == 1 and len(found) == 1 and f"/{file}" in str(found[0]["words"]), rows


def test_doctor_says_when_nobody_answers(core: servers.Transport) -> None:
    code, rows = doctor(core, f"http://127.0.0.1:{servers.free_port()}")
    assert code == 1 and [row["ok"] for row in rows] == [False] and "does not answer" in str(rows[0]["words"])


def test_doctor_minds_a_data_directory_in_a_web_space() -> None:
    space = installation.private_folder()
    (space / ".htaccess").touch()
    installation.command("init", "--data", space / "data")
    done = installation.command("doctor", "--data", space / "data", check=False)
    assert done.returncode == 1 and f"in the web space {space}" in done.stdout
