"""The WSGI application: by the letter of PEP 3333, and under servers people use."""

from __future__ import annotations

import gc
import io
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from wsgiref.validate import validator

import places
import pytest
import requests
import transcript

import codecourier
from codecourier import _core, wsgi


def call(application: Any, method: str, path: str, body: bytes = b"", **environ: Any) -> tuple[str, dict[str, str], bytes]:
    path, _, query = path.partition("?")
    sent = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "x", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.multithread": True,
        "wsgi.multiprocess": False, "wsgi.run_once": False, "REMOTE_ADDR": "127.0.0.1",
    }  # fmt: skip
    if body:
        sent |= {"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/json"}
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
        started.extend([status, dict(headers)])
        return lambda data: None

    answered = application(sent | environ, start_response)
    data = b"".join(answered)
    if hasattr(answered, "close"):
        answered.close()
    return started[0], started[1], data


@pytest.fixture
def application(tmp_path: Path) -> wsgi.Application:
    codecourier.open(tmp_path / "my.db", "tests").close()
    return wsgi.Application(tmp_path / "my.db")


def test_by_the_letter(application: wsgi.Application) -> None:
    status, headers, body = call(validator(application), "GET", "/api/v1/health")
    assert status == "200 OK" and json.loads(body)["data"]["status"] == "ok" and headers["X-Request-ID"]
    status, _, body = call(validator(application), "HEAD", "/api/v1/health")
    assert status == "200 OK" and body == b""
    assert call(validator(application), "GET", "/elsewhere")[0].startswith("404")
    assert call(validator(application), "OPTIONS", "/api/v1/runs")[0].startswith("204")


def test_bodies(application: wsgi.Application, tmp_path: Path) -> None:
    key = places.make_key(tmp_path / "my.db")
    more = {"HTTP_AUTHORIZATION": f"Bearer {key}", "CONTENT_TYPE": "application/json"}
    assert call(application, "POST", "/api/v1/issues", b'{"title":"x"}', **more)[0] == "201 Created"
    short = call(application, "POST", "/api/v1/issues", b'{"title":"x"}', **more, CONTENT_LENGTH="50")
    assert short[0] == "400 Bad Request" and b"ended before" in short[2]
    large = call(application, "POST", "/api/v1/issues", b" " * (8 << 20) + b"{}", **more)
    assert large[0].startswith("413")
    announced = call(application, "POST", "/api/v1/issues", b"{}", **more, CONTENT_LENGTH=str(1 << 40))
    assert announced[0].startswith("413"), "nothing is reserved for what is only announced"
    assert call(application, "GET", "/api/v1/issues?q=a%20b", **more)[0] == "200 OK"
    assert call(application, "GET", "/api/v1/issues", **more, REQUEST_URI="/deep/api/v1/issues?limit=0")[0] == "400 Bad Request"


def test_headers_reach_the_core(application: wsgi.Application, tmp_path: Path) -> None:
    more = {"HTTP_AUTHORIZATION": f"Bearer {places.make_key(tmp_path / 'my.db')}", "CONTENT_TYPE": "application/json"}
    large = call(application, "GET", "/api/v1/whoami", **more, HTTP_X_FILLER="f" * 9000)
    assert large[0].startswith("431") and b"HEADERS_TOO_LARGE" in large[2]
    assert call(application, "GET", "/api/v1/whoami", **more, HTTP_X_FILLER="f" * 5000)[0] == "200 OK"
    for value in ("", " ", '""'):
        assert call(application, "POST", "/api/v1/issues", b'{"title":"x"}', **more, HTTP_IDEMPOTENCY_KEY=value)[0].startswith("400")
    assert call(application, "POST", "/api/v1/issues", b'{"title":"x"}', **more, HTTP_CONTENT_ENCODING="gzip")[0].startswith("415")
    assert call(application, "TRACE", "/api/v1/whoami", **more)[0].startswith("405")


def test_a_proxy_is_believed_where_it_is_trusted(tmp_path: Path) -> None:
    codecourier.open(tmp_path / "my.db", "tests").close()
    (tmp_path / "codecourier.conf").write_text("trustedProxies = 127.0.0.1\n")
    application = wsgi.Application(tmp_path / "my.db")
    with codecourier.open(tmp_path / "my.db", "tests") as cc:
        key = cc.keys.create(name="listed", scopes=["issues:read"], allowed_networks=["203.0.113.0/24"]).key
    for address, status in (("203.0.113.9", "200"), ("6.6.6.6, 203.0.113.9", "200"), ("203.0.113.9, 6.6.6.6", "403"), ("unknown", "403")):
        answered = call(application, "GET", "/api/v1/issues", HTTP_AUTHORIZATION=f"Bearer {key}", HTTP_X_FORWARDED_FOR=address)
        assert answered[0].startswith(status), (address, answered)
    far = call(application, "GET", "/api/v1/issues", HTTP_AUTHORIZATION=f"Bearer {key}", HTTP_X_FORWARDED_FOR="203.0.113.9", REMOTE_ADDR="198.51.100.1")
    assert far[0].startswith("403")


def test_what_is_strange_is_answered_and_not_raised(application: wsgi.Application) -> None:
    for environ in ({"HTTP_AUTHORIZATION": "Bearer \xff\xfe"}, {"HTTP_AUTHORIZATION": "a\0b"}, {"RAW_URI": "/api/v1/who\0ami"}, {"QUERY_STRING": "\xff"}, {"CONTENT_LENGTH": "x"}, {"REQUEST_METHOD": "BREW"}):
        status, headers, _ = call(application, "GET", "/api/v1/whoami", **environ)
        assert status[0] == "4" and headers["X-Request-ID"], environ


def test_an_instance_that_cannot_be_opened_is_503(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("This is not a database. " * 100)
    status, headers, body = call(validator(wsgi.Application(tmp_path / "text.db")), "GET", "/api/v1/health")
    error = json.loads(body)["error"]
    assert status.startswith("503") and headers["Retry-After"] and error["code"] == "UNAVAILABLE" and error["retryable"]
    assert headers["X-Request-ID"] == error["requestId"]


@pytest.mark.parametrize("there", ["nothing", "an instance without a project"])
def test_before_it_is_set_up_it_says_what_to_run(there: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It makes nothing by itself, tells the log once, shows no path, and works as soon as `init` has run."""
    data = tmp_path / "var"
    if there != "nothing":
        _core.App(data, True, None).close()
    application = wsgi.Application(data)
    for _ in range(2):
        status, headers, body = call(validator(application), "GET", "/api/v1/whoami")
        error = json.loads(body)["error"]
        assert status.startswith("503") and error["code"] == "UNAVAILABLE" and "python -m codecourier init" in error["message"]
        assert str(tmp_path) not in body.decode() and headers["x-should-retry"] == "false" and headers["X-Request-ID"] == error["requestId"]
    assert [one.message.count(f"codecourier init --data {data}") for one in caplog.records] == [1]
    assert data.exists() == (there != "nothing")
    made = subprocess.run([places.PYTHON, "-m", "codecourier", "init", "--data", data], capture_output=True, text=True, check=True).stdout
    assert re.search(r"One-time password: [a-z0-9-]{20,}\n", made)
    assert call(application, "GET", "/api/v1/health")[0] == "200 OK" and call(application, "GET", "/api/v1/whoami")[0].startswith("401")


def numbers(pieces: bytes) -> list[int]:
    return [int(line[4:]) for line in pieces.split(b"\n") if line.startswith(b"id: ")]


def test_a_stream_goes_on_until_its_run_is_finished(application: wsgi.Application, tmp_path: Path) -> None:
    more = {"HTTP_AUTHORIZATION": f"Bearer {places.make_key(tmp_path / 'my.db')}", "HTTP_ACCEPT": "text/event-stream"}
    with codecourier.open(tmp_path / "my.db") as cc:
        run = cc.runs.start(workflow_id=cc.workflows.list()[0].id)
        later = threading.Timer(0.5, cc.runs.cancel, [run.id])
        later.start()
        began = time.monotonic()
        status, headers, body = call(validator(application), "GET", f"/api/v1/runs/{run.id}/events", **more, **{"wsgi.multithread": True})
        later.join()
        assert status == "200 OK" and headers["Content-Type"].startswith("text/event-stream") and "Content-Length" not in headers
        assert numbers(body) == [1, 2] and b'"cancelled"' in body and time.monotonic() - began > 0.4
        status, _, body = call(application, "GET", f"/api/v1/runs/{run.id}/events", **more, HTTP_LAST_EVENT_ID="1")
        assert status == "200 OK" and numbers(body) == [2], "a reader that comes back"
        assert call(application, "GET", f"/api/v1/runs/{run.id}/events", **more, HTTP_LAST_EVENT_ID="2")[0].startswith("204"), "nothing will ever come"


def test_a_stream_gives_a_lone_thread_back(application: wsgi.Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi, "ALONE_S", 0.2)
    more = {"HTTP_AUTHORIZATION": f"Bearer {places.make_key(tmp_path / 'my.db')}", "HTTP_ACCEPT": "text/event-stream"}
    with codecourier.open(tmp_path / "my.db") as cc:
        run = cc.runs.start(workflow_id=cc.workflows.list()[0].id)
        _, _, body = call(application, "GET", f"/api/v1/runs/{run.id}/events", **more, **{"wsgi.multithread": False})
        assert numbers(body) == [1] and not cc.runs.get(run.id).finished_at, "it ended though the run goes on"


def test_streams_end_in_every_order(tmp_path: Path) -> None:
    """Closed, forgotten, taken by two at once, and cut off by the instance's end; seats for waiting come back."""
    (tmp_path / "codecourier.conf").write_text("maxWaiting = 4\n")  # of which one caller may have two
    with codecourier.open(tmp_path / "my.db", "quickstart") as cc:
        run, project = cc.runs.start(workflow_id=cc.workflows.list()[0].id), cc.project.get().id
        app = _core.App(tmp_path / "my.db", False, None)

        def begin() -> _core.Stream:
            status, _, first, rest = app.begin("GET", f"/api/v1/runs/{run.id}/events", (("Accept", "text/event-stream"),), None, project, None)
            assert status == 200 and numbers(first) == [1] and rest is not None
            return rest

        for n in range(100):  # more than may wait at once
            rest = begin()
            if n % 2:
                rest.close()
                assert list(rest) == []
                rest.close()
        rest = begin()
        assert next(rest) == b"", "nothing new within a second"
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(next, rest)
            time.sleep(0.2)
            with pytest.raises(ValueError, match="another thread"):
                next(rest)
            assert waiting.result(60) == b""
            left = [begin(), rest]
            waiting = pool.submit(list, rest)
            time.sleep(0.2)
            app.close()
            assert set(waiting.result(60)) <= {b""} and [list(one) for one in left] == [[], []]
        with pytest.raises(ValueError, match="closed"):
            begin()
        assert app.closed and gc.collect() >= 0


@pytest.mark.parametrize("server", ["gunicorn", "waitress", "development"])
def test_a_stream_under(server: str, tmp_path: Path) -> None:
    port, data = places.free_port(), tmp_path / "my.db"
    key = places.make_key(data)
    arguments: list[str | Path] = {
        "gunicorn": [places.PYTHON, "-m", "gunicorn", "--threads", "4", "--bind", f"127.0.0.1:{port}", "codecourier.wsgi:application"],
        "waitress": [places.PYTHON, "-m", "waitress", "--host", "127.0.0.1", "--port", str(port), "codecourier.wsgi:application"],
        "development": [places.PYTHON, "-m", "codecourier", "serve", "--data", data, "--port", str(port), "--slots", "0"],
    }[server]  # fmt: skip
    if server != "development":
        pytest.importorskip(server)
    ready = {"gunicorn": "Booting worker", "waitress": "Serving on", "development": "Ctrl-C ends it"}[server]
    with places.started(arguments, ready, {"CODECOURIER_DATA": str(data)}), codecourier.Client(f"http://127.0.0.1:{port}", key) as cc:
        run = cc.runs.start(workflow_id=cc.workflows.list()[0].id)
        lines = streamed(cc, key, run.id)
        assert next(lines) == b"id: 1", "it comes while the answer goes on"
        assert cc.whoami().name == "tests", "and others are served"
        cc.runs.cancel(run.id)
        assert [line for line in lines if line.startswith(b"id:")] == [b"id: 2"]


@pytest.fixture
def mod_wsgi() -> Iterator[Any]:
    """Apache with cgi/conf/apache-wsgi.conf, and the package as an installation would have it."""
    servers = pytest.importorskip("servers")
    if "abi3" not in str(_core.__file__) or not places.COMMAND.exists() or not any(Path(folder, "mod_wsgi.so").exists() for folder in MODULES):
        pytest.skip("needs build/codecourier, an extension for any Python, Apache and mod_wsgi (tests/packages test)")

    class ApacheWsgi(servers.Apache):  # type: ignore[misc, name-defined, unused-ignore]
        def site(self) -> Path:
            packages = self.make("packages")
            servers.installation.copy_for_all(Path(codecourier.__file__).parent, packages / "codecourier")
            site = self.configure("apache-wsgi.conf", PACKAGES=packages, SCRIPT=self.configure("codecourier.wsgi"))
            modules = next(folder for folder in MODULES if Path(folder).is_dir())
            site.write_text(f'LoadModule wsgi_module "{modules}/mod_wsgi.so"\nWSGISocketPrefix "{self.make("run")}/wsgi"\n' + site.read_text())
            return site

    apache = ApacheWsgi()
    try:
        servers.installation.command("init", "--data", apache.data)
        apache.start()
        yield apache
    finally:
        apache.stop()


MODULES = ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules")


def test_under_mod_wsgi(mod_wsgi: Any) -> None:
    """The tutorial and more of the transcripts, and a stream, in a sub-interpreter of Apache's."""
    import installation

    for name in ("tutorial", "whoami", "errors", "idempotency", "runs", "pages"):
        project = installation.Project(mod_wsgi.data)
        transcript.play(places.ROOT / "tests" / "transcripts" / f"{name}.txt", mod_wsgi.send, project)
    key = project("admin")
    with codecourier.Client(f"http://127.0.0.1:{mod_wsgi.port}", key) as cc:
        run = cc.runs.start(workflow_id=cc.workflows.list()[0].id)
        lines = streamed(cc, key, run.id)
        assert next(lines) == b"id: 1"
        cc.runs.cancel(run.id)
        assert [line for line in lines if line.startswith(b"id:")] == [b"id: 2"]


def streamed(cc: codecourier.Client, key: str, run: str) -> Iterator[bytes]:
    """The lines of a run's event stream, as they come."""
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
    with requests.get(f"{cc._transport.base}/api/v1/runs/{run}/events", headers=headers, stream=True, timeout=20) as answer:
        yield from answer.iter_lines(chunk_size=1)


@pytest.mark.parametrize("server", ["gunicorn", "waitress"])
def test_under(server: str, tmp_path: Path) -> None:
    pytest.importorskip(server)
    port, data = places.free_port(), tmp_path / "my.db"
    key = places.make_key(data)
    if server == "gunicorn":
        arguments: list[str | Path] = [places.PYTHON, "-m", "gunicorn", "--preload", "--workers", "2", "--bind", f"127.0.0.1:{port}", "codecourier.wsgi:application"]
        ready = "Booting worker[^\n]*\n[^\n]*Booting worker"
    else:
        arguments = [places.PYTHON, "-m", "waitress", "--host", "127.0.0.1", "--port", str(port), "codecourier.wsgi:application"]
        ready = "Serving on"
    with places.started(arguments, ready, {"CODECOURIER_DATA": str(data)}):
        with codecourier.Client(f"http://127.0.0.1:{port}", key) as cc:
            assert cc.whoami().name == "tests"
            made = [cc.issues.create(title="Ä ö ü 🎉") for _ in range(20)]
            assert {one.title for one in cc.issues.list(limit=7)} == {"Ä ö ü 🎉"} and len(made) == 20
            with pytest.raises(codecourier.Validation):
                cc.issues.create(title="")
