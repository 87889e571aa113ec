"""Trouble: what the contract promises when the storage, the disk, the processes or the callers misbehave."""

from __future__ import annotations

import concurrent.futures
import contextlib
import http.client
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import installation
import servers
import storage
import transcript
from transcript import Answer, Request

STEPS = [{"role": "designer"}]


def post(path: str, key: str, body: object, **headers: str) -> Request:
    more = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Request(
        "POST",
        f"/api/v1{path}",
        [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json"), *more],
        json.dumps(body).encode(),
    )


def get(path: str, key: str, **headers: str) -> Request:
    more = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Request("GET", f"/api/v1{path}", [("Authorization", f"Bearer {key}"), *more])


def workflow(name: str) -> dict[str, object]:
    return {"name": name, "steps": STEPS}


def asked(transport: servers.Transport, request: Request, status: int) -> Answer:
    answer = transport.send(request)
    transcript.promises(request, answer)
    assert answer.status == status, f"{request.method} {request.path}\n{answer}\n{transport.logs()}"
    return answer


def code(answer: Answer) -> str:
    return str(answer.json["error"]["code"])


def everything(transport: servers.Transport, key: str, path: str) -> list[dict[str, object]]:
    """All rows of a list, page by page."""
    rows: list[dict[str, object]] = []
    cursor = ""
    while True:
        body = asked(transport, get(f"{path}?limit=100{cursor}", key), 200).json
        rows += body["data"]
        if not body["hasMore"]:
            return rows
        cursor = f"&cursor={body['nextCursor']}"


def unlimited(data: Path) -> None:
    """What is tried here is storage, not how much a project may ask."""
    with (data / "codecourier.conf").open("a") as conf:
        conf.write("\nrateLimit = 0\nprojectRateLimit = 0\n")


@pytest.fixture
def serve() -> Iterator[servers.Serve]:
    server = servers.Serve()
    try:
        installation.command("init", "--data", server.data)
        unlimited(server.data)
        server.start()
        yield server
    finally:
        server.stop()


# ---- storage -----------------------------------------------------------------------------------------------------------


def test_a_locked_database_is_503_with_retry_after_and_nothing_is_written(fastcgi: servers.Fastcgi) -> None:
    project = installation.Project(fastcgi.data)
    key = project("admin")
    asked(fastcgi, get("/workflows", key), 200)
    holder = storage.connect(fastcgi.data, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        answer = asked(fastcgi, post("/workflows", key, workflow("Locked out")), 503)
        assert code(answer) == "UNAVAILABLE"
        assert int(answer.header("Retry-After") or 0) >= 1
        asked(fastcgi, get("/workflows", key), 200)  # readers need no lock
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert asked(fastcgi, get("/workflows?q=Locked", key), 200).json["data"] == []
    asked(fastcgi, post("/workflows", key, workflow("Let in")), 201)


def test_a_lock_that_ends_soon_is_waited_for(fastcgi: servers.Fastcgi) -> None:
    key = installation.Project(fastcgi.data)("admin")
    holder = storage.connect(fastcgi.data, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, lambda: (holder.execute("ROLLBACK"), holder.close()))
    timer.start()
    asked(fastcgi, post("/workflows", key, workflow("Patient")), 201)
    timer.join()


def test_a_read_only_database_is_503_and_nothing_is_written(cgi: servers.Cgi) -> None:
    key = installation.Project(cgi.data)("admin")
    asked(cgi, post("/workflows", key, workflow("Before")), 201)
    files = [path for path in cgi.data.iterdir() if path.is_file()]
    modes = {path: path.stat().st_mode for path in [cgi.data, *files]}
    for path in files:
        path.chmod(0o444)
    cgi.data.chmod(0o555)
    try:
        assert code(asked(cgi, post("/workflows", key, workflow("Refused")), 503)) == "UNAVAILABLE"
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    assert [row["name"] for row in everything(cgi, key, "/workflows") if row["name"] in ("Before", "Refused")] == ["Before"]


def test_a_database_that_lost_a_table_is_500_and_says_nothing_of_it(core: servers.Core) -> None:
    project = installation.Project(core.data)
    asked(core, get("/issues", project("admin")), 200)
    with storage.connect(core.data) as database:
        database.execute("ALTER TABLE issues RENAME TO gone")
    database.close()
    try:
        answer = asked(core, get("/issues", project("admin")), 500)
        assert code(answer) == "INTERNAL"
        assert "issues" not in answer.json["error"]["message"]
    finally:
        with storage.connect(core.data) as database:
            database.execute("ALTER TABLE gone RENAME TO issues")
        database.close()
    asked(core, get("/issues", project("admin")), 200)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 5 MiB.  Needs the right to mount; without it the test is skipped aloud."""
    folder = installation.private_folder()
    owner = folder.stat()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size=5m,mode=755,uid={owner.st_uid},gid={owner.st_gid}", "tmpfs", folder],
        capture_output=True, text=True,
    )  # fmt: skip
    if mounted.returncode != 0:
        folder.rmdir()
        pytest.skip(f"NOT TESTED: a full disk, because this account may not mount a small one ({mounted.stderr.strip()})")
    yield folder
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


def test_a_full_disk_is_503_and_nothing_is_half_written(small_disk: Path) -> None:
    cgi = servers.Cgi()
    cgi.data = small_disk / "data"
    installation.command("init", "--data", cgi.data)
    cgi.start()
    project = installation.Project(cgi.data)
    keys = [project.key(f"filler {n}", installation.KEYS["admin"], "--rate-limit", "1000000") for n in range(40)]
    asked(cgi, get("/workflows?limit=1", keys[0]), 200)  # the first list makes the key file that signs cursors
    large = {"name": "Row", "steps": [{"role": "designer", "instructions": "i" * 5000}] * 5}
    made: list[str] = []
    answer = Answer(0, [], b"")
    for n in range(2000):
        request = post("/workflows", keys[n % 20], large)
        answer = cgi.send(request)
        transcript.promises(request, answer)
        if answer.status != 201:
            break
        made.append(answer.json["data"]["id"])
    assert answer.status == 503 and code(answer) == "UNAVAILABLE", str(answer)
    assert len(made) > 10
    # Reading goes on, for keys too that were never used before the disk was full.
    for key in keys[20:]:
        asked(cgi, get("/workflows?limit=1", key), 200)
    for _ in range(3):
        asked(cgi, post("/workflows", keys[30], large), 503)
    database = storage.connect(cgi.data)
    try:
        stored = {row[0] for row in database.execute("SELECT id FROM workflows WHERE name = 'Row'")}
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        database.close()
    assert stored == set(made), "what was acknowledged is what is there"
    # With room again, all is well.
    subprocess.run(["mount", "-o", "remount,size=16m", small_disk], check=True)
    asked(cgi, post("/workflows", keys[30], large), 201)
    cgi.stop()


def test_a_missing_data_directory_is_503_and_its_return_is_noticed(fastcgi: servers.Fastcgi) -> None:
    """Workers that start without an instance stay and look again."""
    other = servers.Fastcgi()
    try:
        other.start()
        request = Request("GET", "/api/v1/health")
        answer = asked(other, request, 503)
        assert code(answer) == "UNAVAILABLE"
        log = other.logs()
        assert str(other.data) in log, f"the log does not say what is missing:\n{log}"
        installation.command("init", "--data", other.data)
        end = time.monotonic() + 60
        while other.send(request).status != 200:
            assert time.monotonic() < end, f"never noticed\n{other.logs()}"
            time.sleep(0.3)
    finally:
        other.stop()


def test_plain_cgi_without_a_data_directory_is_503(cgi: servers.Cgi) -> None:
    shutil.rmtree(cgi.data)
    assert code(asked(cgi, Request("GET", "/api/v1/health"), 503)) == "UNAVAILABLE"


def test_serve_without_a_right_to_its_directory_says_what_to_do() -> None:
    done = installation.command("serve", "--data", "/proc/nowhere/data", "--port", str(servers.free_port()), check=False)
    assert done.returncode != 0
    assert "/proc/nowhere/data" in done.stderr


PATIENCE_S = 120  # how long a slow machine may take over what a good one does in seconds


# ---- processes -----------------------------------------------------------------------------------------------------------


def test_killing_a_worker_amid_32_writing_clients_loses_nothing_that_was_acknowledged(serve: servers.Serve) -> None:
    project = installation.Project(serve.data)
    keys = [project.key(f"writer {n}", installation.KEYS["admin"]) for n in range(32)]
    acknowledged: list[str] = []
    over = threading.Event()

    def write(key: str) -> None:
        for n in itertools.count():
            if over.is_set():
                break
            try:
                answer = serve.send(post("/workflows", key, workflow(f"{key[-6:]} {n}")))
            except (OSError, http.client.HTTPException):  # cut by the kill
                continue
            if answer.status == 201:
                acknowledged.append(answer.json["data"]["id"])

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        writing = [pool.submit(write, key) for key in keys]
        killed, end = 0, time.monotonic() + PATIENCE_S
        while (killed < 6 or len(acknowledged) <= 100) and time.monotonic() < end:
            time.sleep(0.4)
            workers = serve.workers()
            if workers:
                os.kill(workers[0], signal.SIGKILL)
                killed += 1
        over.set()
        for done in writing:
            done.result()
    assert killed >= 6 and len(acknowledged) > 100
    stored = {row["id"] for row in everything(serve, project("admin"), "/workflows")}
    assert set(acknowledged) <= stored, f"{len(set(acknowledged) - stored)} of {len(acknowledged)} are lost"
    names = [row["name"] for row in everything(serve, project("admin"), "/workflows")]
    assert len(names) == len(set(names))


def persist(transport: servers.Transport, key: str, number: int, over: threading.Event, acknowledged: dict[str, str]) -> None:
    """One writer: issue after issue, each asked for with one Idempotency-Key until it is acknowledged.  Title -> id."""
    for n in itertools.count():
        if over.is_set():
            return
        title = f"writer {number} issue {n}"
        request = post("/issues", key, {"title": title}, Idempotency_Key=title)
        for _ in range(200):
            try:
                answer = transport.send(request)
            except (OSError, AssertionError, http.client.HTTPException):  # cut by a kill
                continue
            if answer.status == 201:
                acknowledged[title] = answer.json["data"]["id"]
                break
            assert answer.status in (409, 500, 502, 503), str(answer)
            time.sleep(0.02)


@pytest.mark.parametrize("web", ["fastcgi", "serve"])
def test_sigkill_rounds_with_32_writers_and_4_processes_keep_every_acknowledged_write(web: str) -> None:
    """Every write is retried with its Idempotency-Key until it is acknowledged: it is then there once, whole, and under the id
    that was told."""
    server = servers.TRANSPORTS[web]()
    installation.command("init", "--data", server.data)
    unlimited(server.data)
    with (server.data / "codecourier.conf").open("a") as conf:
        conf.write("busyMs = 2000\n")
    if isinstance(server, servers.Fastcgi):
        server.workers = 4
    server.start()
    try:
        project = installation.Project(server.data)
        keys = [project.key(f"writer {n}", installation.KEYS["admin"]) for n in range(8)]
        over, killed = threading.Event(), 0
        acknowledged: dict[str, str] = {}
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            writing = [pool.submit(persist, server, keys[n % 8], n, over, acknowledged) for n in range(32)]
            end = time.monotonic() + PATIENCE_S
            while (killed < 20 or len(acknowledged) <= 200) and time.monotonic() < end and not any(one.done() for one in writing):
                time.sleep(0.25)
                if isinstance(server, servers.Serve):
                    victims = server.workers()[-2:]
                    for pid in victims:
                        os.kill(pid, signal.SIGKILL)
                else:
                    victims = [server.processes[killed % 4].pid]
                    server.processes[killed % 4].kill()
                    server.processes[killed % 4].wait()
                    server.spawn(server.program(), stdin=server.listener)  # type: ignore[attr-defined]
                    server.processes[killed % 4] = server.processes.pop()
                killed += len(victims)
            over.set()
            for one in writing:
                one.result()
        assert killed >= 8 and len(acknowledged) > 200, (killed, len(acknowledged), server.logs())
        database = storage.connect(server.data)
        try:
            rows = database.execute("SELECT title, id FROM issues WHERE title LIKE 'writer %'").fetchall()
            noted = {row[0] for row in database.execute("SELECT resource_id FROM audit WHERE action = 'issues.create'")}
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        finally:
            database.close()
        assert len(rows) == len({title for title, _ in rows}), "a retry made a second one"
        stored = dict(rows)
        wrong = {title for title, identity in acknowledged.items() if stored.get(title) != identity}
        assert not wrong, f"{len(wrong)} of {len(acknowledged)} acknowledged writes are lost or have another id"
        assert set(stored.values()) <= noted, "a row without its trace in the audit log: half a transaction"
    finally:
        server.stop()


def test_a_worker_that_died_is_replaced(serve: servers.Serve) -> None:
    before = serve.workers()
    assert before
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 60
    while True:
        after = serve.workers()
        if len(after) == len(before) and not set(after) & set(before):
            break
        assert time.monotonic() < end, f"workers {before}, now {after}"
        serve_once(serve)
        time.sleep(0.2)
    asked(serve, Request("GET", "/api/v1/health"), 200)


def test_a_killed_web_server_is_started_again_and_runs_go_on() -> None:
    serve = servers.Serve()
    serve.slots = 1
    installation.command("init", "--data", serve.data)
    serve.start()
    try:
        project = installation.Project(serve.data)
        key = project.key("rehearsing", installation.KEYS["admin"], "--mode", "test")
        steps = [{"label": "One", "role": "custom", "instructions": "rehearse: lines=30 wait=100"}]
        made = asked(serve, post("/workflows", key, {"name": "Long", "steps": steps}), 201).json["data"]["id"]
        run = asked(serve, post("/runs", key, {"workflowId": made}), 201).json["data"]["id"]
        workers = serve.workers()
        for _ in range(3):
            before = serve.web_server()
            assert before
            os.kill(before, signal.SIGKILL)
            until_up(serve, lambda: serve.web_server() not in (0, before))
        assert serve.workers() == workers, "the workers do not notice"
        until_up(serve, lambda: status_of(serve, run, key) == "completed")
        events = asked(serve, get(f"/runs/{run}/events?limit=1000", key), 200).json["data"]
        assert sum(event["type"] == "log" for event in events) == 30
        said = [line for line in serve.logs().splitlines() if "codecourier: lighttpd " in line]
        assert len(said) == 3 and all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ codecourier: lighttpd ended \(signal 9\)", line) for line in said), said
    finally:
        serve.stop()


def status_of(serve: servers.Serve, run: str, key: str) -> str:
    return str(asked(serve, get(f"/runs/{run}", key), 200).json["data"]["status"])


def until_up(serve: servers.Serve, what: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            if what() and serve.send(Request("GET", "/api/v1/health")).status == 200:
                return
        except OSError:
            pass
        assert time.monotonic() < end, serve.logs()
        time.sleep(0.05)


def serve_once(serve: servers.Serve) -> None:
    try:
        serve.send(Request("GET", "/api/v1/health"))
    except OSError:
        pass


def test_sigterm_amid_a_request_finishes_it(fastcgi: servers.Fastcgi) -> None:
    key = installation.Project(fastcgi.data)("admin")
    request = post("/workflows", key, workflow("Finished"))
    half = len(request.body) // 2
    connection = fastcgi.connect(request)
    fastcgi.send_body(connection, request.body[:half], end=False)
    time.sleep(0.3)
    for process in fastcgi.processes:
        process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    fastcgi.send_body(connection, request.body[half:])
    answer = fastcgi.receive(connection)
    assert answer.status == 201, str(answer)
    for process in fastcgi.processes:
        assert process.wait(10) == 0, f"a worker ended with {process.returncode}\n{fastcgi.logs()}"


def test_sigterm_ends_an_idle_worker_at_once(fastcgi: servers.Fastcgi) -> None:
    asked(fastcgi, Request("GET", "/api/v1/health"), 200)
    time.sleep(1)  # so that the other one waits too
    for process in fastcgi.processes:
        process.send_signal(signal.SIGTERM)
    for process in fastcgi.processes:
        assert process.wait(5) == 0


def test_serve_ends_all_it_started(serve: servers.Serve) -> None:
    started = servers.descendants(serve.processes[0].pid)
    assert started
    serve.processes[0].send_signal(signal.SIGINT)
    serve.processes[0].wait(15)
    end = time.monotonic() + 30
    while any(servers.executable(pid) for pid in started):
        assert time.monotonic() < end, [servers.executable(pid) for pid in started]
        time.sleep(0.1)


def test_serve_keeps_its_data_when_started_again() -> None:
    first = servers.Serve()
    installation.command("init", "--data", first.data)
    first.start()
    key = installation.Project(first.data)("admin")
    made = asked(first, post("/workflows", key, workflow("Kept")), 201).json["data"]["id"]
    first.processes[0].send_signal(signal.SIGTERM)
    first.processes.pop().wait(15)
    first.start()
    asked(first, get(f"/workflows/{made}", key), 200)
    first.stop()


# ---- callers -------------------------------------------------------------------------------------------------------------


def test_a_body_shorter_than_announced_is_400_and_nothing_is_written(fastcgi: servers.Fastcgi) -> None:
    cgi = servers.Cgi()
    cgi.data = fastcgi.data
    player = servers.Core()
    player.data = fastcgi.data
    player.start()
    try:
        project = installation.Project(fastcgi.data)
        request = post("/workflows", project("admin"), workflow("Cut short"))
        request.length = len(request.body) + 10
        for transport in (cgi, player, fastcgi):
            assert code(asked(transport, request, 400)) == "VALIDATION"
        # Cut where the JSON is whole: the length decides, not whether it parses.
        assert asked(fastcgi, get("/workflows?q=Cut", project("admin")), 200).json["data"] == []
    finally:
        cgi.stop()
        player.stop()


def test_a_client_that_leaves_amid_its_body_harms_nobody(fastcgi: servers.Fastcgi) -> None:
    project = installation.Project(fastcgi.data)
    request = post("/workflows", project("admin"), workflow("Left"))
    for _ in range(5):
        connection = fastcgi.connect(request)
        fastcgi.send_body(connection, request.body[:10], end=False)
        connection.close()
    assert asked(fastcgi, get("/workflows?q=Left", project("admin")), 200).json["data"] == []
    assert all(process.poll() is None for process in fastcgi.processes)


def test_broken_fastcgi_records_harm_nobody(fastcgi: servers.Fastcgi) -> None:
    """What only a broken web server would send; some of it overflowed old versions of fcgi2 (CVE-2025-23016)."""
    begin = fastcgi.record(1, b"\x00\x01\x00\x00\x00\x00\x00\x00")
    huge = b"\xff\xff\xff\xff\xff\xff\xff\xff" + b"a" * 16
    for text in (
        b"", b"\x00", b"GET / HTTP/1.1\r\n\r\n", os.urandom(64), begin, begin[:5], begin + fastcgi.record(4, huge), begin + fastcgi.record(4, huge * 1000),
        begin + fastcgi.record(4, b"\x80\x00\x00\x05\x01ab"), begin + fastcgi.record(99, b"x") + fastcgi.record(4, b""), b"\x02" + begin[1:],
        fastcgi.record(5, b"body before all"), begin + b"\x01\x04\x00\x01\xff\xff\x00\x00" + b"short",
    ):  # fmt: skip
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(fastcgi.socket))
            with contextlib.suppress(OSError):
                connection.sendall(text)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(4096):
                    pass
    for _ in range(20):
        asked(fastcgi, Request("GET", "/api/v1/health"), 200)
    assert all(process.poll() is None for process in fastcgi.processes), fastcgi.logs()


def test_a_large_body_passes_every_server(transport: servers.Transport, project: installation.Project) -> None:
    """mod_fcgid alone would stop it at 131,072 bytes."""
    request = post("/workflows", project("admin"), workflow("Large"))
    request.body = request.body[:-1] + b" " * 400_000 + b"}"
    asked(transport, request, 201)


def test_the_etag_of_a_compressed_answer_is_the_same_version(transport: servers.Transport, project: installation.Project) -> None:
    answer = asked(transport, get("/project", project("quickstart")), 200)
    etag = (answer.header("ETag") or "").removeprefix("W/")
    for changed in (etag[:-1] + '-gzip"', etag[:-1] + '-br"', f'W/{etag[:-1]}-gzip"', f"W/{etag}", "*"):
        asked(transport, get("/project", project("quickstart"), If_None_Match=changed), 304)
    asked(transport, get("/project", project("quickstart"), If_None_Match='"other"'), 200)


def test_an_unchanged_answer_costs_nothing_of_the_rate_limit(core: servers.Core) -> None:
    project = installation.Project(core.data)
    etag = asked(core, get("/project", project("slow")), 200).header("ETag") or ""
    left = int(asked(core, get("/project", project("slow")), 200).header("X-RateLimit-Remaining") or -1)
    for _ in range(30):
        asked(core, get("/project", project("slow"), If_None_Match=etag), 304)
    assert int(asked(core, get("/project", project("slow")), 200).header("X-RateLimit-Remaining") or -1) == left - 1


INJECTION = "x\r\nX-Injected: yes\r\n\r\n<b>"


@pytest.mark.parametrize("variable", [
    "HTTP_AUTHORIZATION", "CONTENT_TYPE", "HTTP_ACCEPT", "HTTP_IDEMPOTENCY_KEY", "HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH",
    "HTTP_LAST_EVENT_ID", "HTTP_X_API_VERSION", "HTTP_ORIGIN", "REQUEST_URI", "REQUEST_METHOD", "REMOTE_ADDR", "CONTENT_LENGTH",
    "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "SERVER_NAME", "HTTP_HOST",
])  # fmt: skip
def test_no_variable_adds_a_header_to_the_answer(cgi: servers.Cgi, variable: str) -> None:
    key = installation.Project(cgi.data)("admin")
    for request in (get("/workflows?limit=1", key), post("/workflows", key, workflow("Injected"))):
        answer = cgi.send(request, env={variable: INJECTION})
        assert answer.header("X-Injected") is None, str(answer)
        assert b"X-Injected: yes\r\n\r\n" not in answer.body


@pytest.mark.parametrize("path", [
    "/workflows?q=a%0d%0aX-Injected:%20yes&limit=1", "/workflows/x%0d%0aX-Injected:%20yes", "/workflows/get?id=x%0d%0aX-Injected:%20yes",
    "/workflows?x%0d%0aX-Injected:%20yes=1", "/runs?status=x%0d%0aX-Injected:%20yes", "/workflows?cursor=x%0d%0aX-Injected:%20yes",
])  # fmt: skip
def test_no_value_in_the_address_adds_a_header(transport: servers.Transport, project: installation.Project, path: str) -> None:
    for n in range(3):
        transport.send(post("/workflows", project("admin"), workflow(f"a\r\nX-Injected: yes {n}".replace("\r\n", " "))))
    answer = transport.send(get(path, project("admin")))
    assert answer.header("X-Injected") is None, str(answer)
    assert answer.status in (200, 400, 404)


def test_the_authorization_header_is_found_after_an_internal_redirect(cgi: servers.Cgi) -> None:
    key = installation.Project(cgi.data)("quickstart")
    request = Request("GET", "/api/v1/whoami")
    assert cgi.send(request, env={"REDIRECT_HTTP_AUTHORIZATION": f"Bearer {key}"}).status == 200
    assert cgi.send(request, env={"REDIRECT_HTTP_AUTHORIZATION": f"Bearer {key}", "HTTP_AUTHORIZATION": ""}).status == 200


def test_the_service_may_lie_anywhere_below_a_web_space(cgi: servers.Cgi) -> None:
    key = installation.Project(cgi.data)("quickstart")
    base = "/~someone/cgi-bin/codecourier.cgi"
    answer = cgi.send(
        get("/workflows?limit=1", key),
        env={"REQUEST_URI": f"{base}/api/v1/workflows?limit=1", "SCRIPT_NAME": base, "PATH_INFO": "/api/v1/workflows"},
    )
    assert answer.status == 200, str(answer)
    following = urllib.parse.urljoin(f"http://example.com{base}/api/v1/workflows?limit=1", (answer.header("Link") or "").split(">")[0].strip("<"))
    assert following.startswith(f"http://example.com{base}/api/v1/workflows?limit=1&cursor="), answer.header("Link")


def test_a_server_that_sends_no_request_uri_is_understood(cgi: servers.Cgi) -> None:
    key = installation.Project(cgi.data)("quickstart")
    answer = cgi.send(
        get("/workflows", key),
        env={"REQUEST_URI": "", "SCRIPT_NAME": "/cgi-bin/cc", "PATH_INFO": "/api/v1/workflows", "QUERY_STRING": "limit=1"},
    )
    assert answer.status == 200 and len(answer.json["data"]) == 1, str(answer)


def test_32_clients_with_one_idempotency_key_have_exactly_one_effect(serve: servers.Serve) -> None:
    project = installation.Project(serve.data)
    key = project("admin")
    flow = asked(serve, post("/workflows", key, workflow("Once")), 201).json["data"]["id"]
    barrier = threading.Barrier(32)

    def start(_: int) -> Answer:
        barrier.wait()
        return serve.send(post("/runs", key, {"workflowId": flow}, Idempotency_Key="the-one"))

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(start, range(32)))
    for answer in answers:
        assert answer.status == 201 or code(answer) == "IDEMPOTENCY_IN_PROGRESS", str(answer)
    bodies = {answer.body for answer in answers if answer.status == 201}
    assert len(bodies) == 1, "every answer that is a run is the same run, byte for byte"
    assert [answer.header("Idempotency-Replayed") for answer in answers if answer.status == 201].count(None) == 1
    assert len(everything(serve, key, "/runs")) == 1
    # Whoever was told to wait gets the same answer afterwards.
    again = asked(serve, post("/runs", key, {"workflowId": flow}, Idempotency_Key="the-one"), 201)
    assert again.body in bodies and again.header("Idempotency-Replayed") == "true"


def test_a_second_request_while_the_first_is_running_is_409_in_progress(fastcgi: servers.Fastcgi) -> None:
    project = installation.Project(fastcgi.data)
    key = project("admin")
    request = post("/workflows", key, workflow("Slow"), Idempotency_Key="slow-one")
    holder = storage.connect(fastcgi.data, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")  # holds the first one up between its claim and its effect
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        first = pool.submit(fastcgi.send, request)
        time.sleep(0.5)
        second = fastcgi.send(request)
        holder.execute("ROLLBACK")
        holder.close()
        assert first.result().status in (201, 503)
    transcript.promises(request, second)
    assert (second.status, code(second)) == (409, "IDEMPOTENCY_IN_PROGRESS"), str(second)
    assert second.header("Retry-After") == "1"


def test_runs_started_at_once_get_numbers_without_holes(serve: servers.Serve) -> None:
    project = installation.Project(serve.data)
    flow = asked(serve, post("/workflows", project("admin"), workflow("Counted")), 201).json["data"]["id"]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: serve.send(post("/runs", project("admin"), {"workflowId": flow})), range(64)))
    assert {answer.status for answer in answers} == {201}
    assert sorted(answer.json["data"]["runNumber"] for answer in answers) == list(range(1, 65))


# ---- time ----------------------------------------------------------------------------------------------------------------

HOUR = 3_600_000


@pytest.fixture
def clock() -> Iterator[servers.Core]:
    """A core of its own whose clock the test moves."""
    core = servers.Still()
    try:
        installation.command("init", "--data", core.data)
        core.start()
        yield core
    finally:
        core.stop()


def test_an_idempotency_key_is_kept_for_24_hours(clock: servers.Core) -> None:
    key = installation.Project(clock.data)("admin")
    request = post("/workflows", key, workflow("Daily"), Idempotency_Key="daily")
    first = clock.send(request)
    later = clock.send(request, shift_ms=24 * HOUR - 60_000)
    assert later.body == first.body and later.header("Idempotency-Replayed") == "true"
    next_day = clock.send(request, shift_ms=24 * HOUR + 60_000)
    assert next_day.status == 201 and next_day.header("Idempotency-Replayed") is None
    assert next_day.json["data"]["id"] != first.json["data"]["id"]


def test_a_rotated_key_lives_on_for_its_overlap_and_no_longer(clock: servers.Core) -> None:
    project = installation.Project(clock.data)
    old = project("reader")
    identity = asked(clock, get("/whoami", old), 200).json["data"]["keyId"]
    new = asked(clock, post(f"/project/api-keys/{identity}/rotate", project("admin"), {"overlapSeconds": 3600}), 201).json["data"]["key"]
    assert clock.send(get("/whoami", old), shift_ms=HOUR - 10_000).status == 200
    assert clock.send(get("/whoami", old), shift_ms=HOUR + 10_000).status == 401
    assert clock.send(get("/whoami", new), shift_ms=HOUR + 10_000).status == 200


def test_a_rotation_that_names_no_overlap_gives_a_day(clock: servers.Core) -> None:
    project = installation.Project(clock.data)
    old = project("reader")
    identity = asked(clock, get("/whoami", old), 200).json["data"]["keyId"]
    asked(clock, post(f"/project/api-keys/{identity}/rotate", project("admin"), {}), 201)
    assert clock.send(get("/whoami", old), shift_ms=24 * HOUR - 10_000).status == 200
    assert clock.send(get("/whoami", old), shift_ms=24 * HOUR + 10_000).status == 401


def test_a_key_ends_when_its_expiry_says(clock: servers.Core) -> None:
    project = installation.Project(clock.data)
    expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    made = asked(clock, post("/project/api-keys", project("admin"), {"name": "brief", "scopes": ["audit:read"], "expiresAt": expires}), 201)
    key = made.json["data"]["key"]
    assert clock.send(get("/whoami", key), shift_ms=HOUR - 10_000).status == 200
    assert clock.send(get("/whoami", key), shift_ms=HOUR + 10_000).status == 401


def test_a_full_rate_bucket_fills_again_with_time(clock: servers.Core) -> None:
    project = installation.Project(clock.data)
    for _ in range(6):
        asked(clock, get("/whoami", project("slow")), 200)
    refused = asked(clock, get("/whoami", project("slow")), 429)
    wait = int(refused.header("Retry-After") or 0)
    assert 1 <= wait <= 10
    assert clock.send(get("/whoami", project("slow")), shift_ms=wait * 1000).status == 200
    assert clock.send(get("/whoami", project("slow")), shift_ms=wait * 1000).status == 429


def test_a_run_that_is_being_cancelled_is_cancelled_at_its_deadline(clock: servers.Core) -> None:
    """Even if its worker is gone."""
    project = installation.Project(clock.data)
    key = project("admin")
    flow = asked(clock, post("/workflows", key, workflow("Stuck")), 201).json["data"]["id"]
    run = asked(clock, post("/runs", key, {"workflowId": flow}), 201).json["data"]["id"]
    project.set_run(run, "running")
    assert asked(clock, post(f"/runs/{run}/cancel", key, {}), 200).json["data"]["status"] == "cancelling"
    later = clock.send(get(f"/runs/{run}", key), shift_ms=HOUR)
    assert later.json["data"]["status"] == "cancelled", str(later)
    # And it never comes back to life.
    assert clock.send(post(f"/runs/{run}/resume", key, {}), shift_ms=HOUR).status == 409


def test_last_used_is_recorded_at_most_once_a_minute(clock: servers.Core) -> None:
    key = installation.Project(clock.data)("quickstart")
    clock.send(get("/whoami", key))
    first = clock.send(get("/whoami", key)).json["data"]["lastUsedAt"]
    assert clock.send(get("/whoami", key), shift_ms=30_000).json["data"]["lastUsedAt"] == first
    clock.send(get("/whoami", key), shift_ms=61_000)
    assert clock.send(get("/whoami", key), shift_ms=61_500).json["data"]["lastUsedAt"] > first
