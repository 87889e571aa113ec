"""The warm process behind plain CGI: who answers, what is kept, when it ends, and what becomes of a request if it is lost."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import installation
import servers
import storage
import transcript
from transcript import Answer, Request

STEPS = [{"role": "designer"}]

def ask(transport: servers.Transport, method: str, path: str, key: str = "", body: object = None, **headers: str) -> Answer:
    sent = [(name.replace("_", "-"), value) for name, value in headers.items()]
    if key:
        sent.append(("Authorization", f"Bearer {key}"))
    if body is not None:
        sent.append(("Content-Type", "application/json"))
    return transport.send(Request(method, f"/api/v1{path}", sent, b"" if body is None else json.dumps(body).encode()))


def well(answer: Answer, status: int = 200) -> Answer:
    assert answer.status == status, str(answer)
    return answer


def sockets(transport: servers.Transport) -> list[str]:
    return sorted(path.name for path in transport.data.glob("codecourier-warm-*"))


def wait_for(what: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def read_so_far(pid: int) -> int:
    return int(Path(f"/proc/{pid}/io").read_text().split()[1])


def started(transport: servers.Transport) -> int:
    """The process id of a warm process that answers."""
    well(ask(transport, "GET", "/openapi.json"))
    wait_for(lambda: len(transport.warm()) == 1)
    pid = transport.warm()[0]
    wait_for(lambda: answered_by(transport, pid, lambda: well(ask(transport, "GET", "/openapi.json"))))
    return pid


def answered_by(transport: servers.Transport, pid: int, request: Callable[[], object]) -> bool:
    before = read_so_far(pid)
    request()
    return read_so_far(pid) > before


def never_answered_by(transport: servers.Transport, pid: int, request: Callable[[], object]) -> bool:
    """It also reads when it has been idle for a while, or a caller has gone before it took him: now and then, and not at each of many requests."""
    return any(not answered_by(transport, pid, request) for _ in range(30))


@pytest.fixture
def key(cgi: servers.Cgi) -> str:
    return installation.Project(cgi.data)("admin")


# ---- who answers -----------------------------------------------------------------------------------


def test_the_first_call_leaves_a_process_that_answers_the_next(cgi: servers.Cgi, key: str) -> None:
    assert not cgi.warm()
    pid = started(cgi)
    assert answered_by(cgi, pid, lambda: well(ask(cgi, "GET", "/whoami", key)))
    assert answered_by(cgi, pid, lambda: well(ask(cgi, "POST", "/workflows", key, {"name": "Warm", "steps": STEPS}), 201))
    assert cgi.warm() == [pid]
    assert len(sockets(cgi)) == 1


def test_data_may_be_named_from_where_the_program_is(cgi: servers.Cgi, key: str) -> None:
    request = Request("GET", "/api/v1/whoami", [("Authorization", f"Bearer {key}")])
    well(cgi.send(request, {"CODECOURIER_DATA": "../data"}))
    wait_for(cgi.warm)
    pid = cgi.warm()[0]
    wait_for(lambda: answered_by(cgi, pid, lambda: well(cgi.send(request, {"CODECOURIER_DATA": "../data"}))))
    assert never_answered_by(cgi, pid, lambda: well(cgi.send(request, {"CODECOURIER_DATA": "../data/codecourier.db"})))


def test_it_keeps_nothing_of_the_web_server_and_the_request(cgi: servers.Cgi, key: str) -> None:
    well(ask(cgi, "GET", "/whoami", key))
    wait_for(lambda: cgi.warm())
    pid = cgi.warm()[0]
    wait_for(lambda: sockets(cgi))
    held = []
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile: it has just answered
            held.append(os.readlink(path))
    assert not [name for name in held if name.startswith("pipe:")], held
    assert not [name for name in held if name.startswith("/") and not name.startswith(("/dev/null", "/memfd:", str(cgi.data)))], held
    environment = Path(f"/proc/{pid}/environ").read_text()
    assert "HTTP_" not in environment and key not in environment
    assert os.getsid(pid) not in (os.getsid(0), os.getpid())
    assert (cgi.data / sockets(cgi)[0]).stat().st_mode & 0o777 == 0o600


def test_what_may_take_long_is_answered_by_the_program_itself(cgi: servers.Cgi, key: str) -> None:
    pid = started(cgi)
    sign_in = {"email": "nobody@example.com", "password": "wrong wrong wrong"}
    assert never_answered_by(cgi, pid, lambda: well(ask(cgi, "POST", "/session", "", sign_in), 401))
    assert never_answered_by(cgi, pid, lambda: well(ask(cgi, "GET", f"/runs/run_{22 * '0'}/events?wait=1", key), 404))


def test_bodies_too_long_to_hand_over_are_read_whole(cgi: servers.Cgi, key: str) -> None:
    pid = started(cgi)
    for size in (60_000, 65_535, 65_536, 65_537, 90_000):
        prompt = "p" * (size - 200)
        body = {"title": "Long", "description": prompt[:9000], "suggestedPrompt": prompt[:9000]}
        text = json.dumps(body).encode() + b" " * max(0, size - len(json.dumps(body)))
        answer = cgi.send(Request("POST", "/api/v1/issues", [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json")], text))
        well(answer, 201)
        assert answer.json["data"]["description"] == prompt[:9000]
    assert cgi.warm() == [pid]


def test_a_body_that_breaks_off_is_refused(cgi: servers.Cgi, key: str) -> None:
    started(cgi)
    request = Request("POST", "/api/v1/issues", [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json")], b'{"title":"Half"', length=400)
    assert cgi.send(request).status == 400
    assert not ask(cgi, "GET", "/issues", key).json["data"]


def test_what_it_says_reaches_the_error_log(cgi: servers.Cgi, key: str) -> None:
    pid = started(cgi)
    with contextlib.closing(storage.connect(cgi.data)) as db:
        db.execute("DROP TABLE issues")
    assert answered_by(cgi, pid, lambda: well(ask(cgi, "GET", "/issues", key), 500))
    assert "no such table: issues" in cgi.logs()


def test_32_clients_at_once_each_get_their_own_answer(cgi: servers.Cgi, key: str) -> None:
    (cgi.data / "codecourier.conf").write_text("rateLimit = 0\nprojectRateLimit = 0\n")
    names = [f"Number {n}" for n in range(96)]
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda name: ask(cgi, "POST", "/issues", key, {"title": name}), names))
    assert [well(answer, 201).json["data"]["title"] for answer in answers] == names
    listed = ask(cgi, "GET", "/issues?limit=100", key).json["data"]
    assert sorted(row["title"] for row in listed) == sorted(names)
    assert len(cgi.warm()) == 1


# ---- when there is none ----------------------------------------------------------------------------


def test_an_operator_can_do_without(cgi: servers.Cgi, key: str) -> None:
    (cgi.data / "codecourier.conf").write_text("cgiKeepWarm = 0\n")
    for _ in range(2):
        well(ask(cgi, "GET", "/whoami", key))
    time.sleep(0.3)
    assert not cgi.warm() and not sockets(cgi)


def test_there_is_none_where_others_could_put_a_socket(cgi: servers.Cgi, key: str) -> None:
    cgi.data.chmod(0o770)
    for _ in range(2):
        well(ask(cgi, "GET", "/whoami", key))
    time.sleep(0.3)
    assert not cgi.warm() and not sockets(cgi)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as two accounts")
def test_another_account_that_listens_is_not_asked(cgi: servers.Cgi, key: str) -> None:
    """As root, which may put a socket anywhere."""
    os.kill(started(cgi), signal.SIGKILL)
    with impostor(cgi, sockets(cgi)[0], b"", account=False):
        well(ask(cgi, "POST", "/issues", key, {"title": "Mine"}), 201)


# ---- when it ends ----------------------------------------------------------------------------------


def test_it_ends_when_nobody_comes(cgi: servers.Cgi, key: str) -> None:
    (cgi.data / "codecourier.conf").write_text("cgiKeepWarm = 1\n")
    started(cgi)
    wait_for(lambda: not cgi.warm() and not sockets(cgi))
    well(ask(cgi, "GET", "/whoami", key))


def test_it_ends_when_told_to(cgi: servers.Cgi, key: str) -> None:
    os.kill(started(cgi), signal.SIGTERM)
    wait_for(lambda: not cgi.warm() and not sockets(cgi))
    well(ask(cgi, "GET", "/whoami", key))


def test_a_changed_setting_holds_at_once_and_the_old_process_ends(cgi: servers.Cgi, key: str) -> None:
    pid = started(cgi)
    for limit in ("77", "78"):
        (cgi.data / "codecourier.conf").write_text(f"rateLimit = {limit}\n")
        for _ in range(3):
            assert dict(well(ask(cgi, "GET", "/whoami", key)).headers)["X-RateLimit-Limit"] == limit
    wait_for(lambda: pid not in cgi.warm() and len(cgi.warm()) == 1 and len(sockets(cgi)) == 1)


def test_a_broken_setting_is_refused_at_once(cgi: servers.Cgi) -> None:
    started(cgi)
    (cgi.data / "codecourier.conf").write_text("rateLimitt = 5\n")
    assert ask(cgi, "GET", "/openapi.json").status == 503
    wait_for(lambda: not cgi.warm())


def test_a_new_program_answers_at_once_and_the_old_one_ends(cgi: servers.Cgi, key: str) -> None:
    pid = started(cgi)
    program = cgi.program()
    shutil.copy(program, program.with_suffix(".new"))
    program.with_suffix(".new").rename(program)
    assert never_answered_by(cgi, pid, lambda: well(ask(cgi, "GET", "/whoami", key)))
    wait_for(lambda: pid not in cgi.warm() and len(cgi.warm()) == 1 and len(sockets(cgi)) == 1)
    assert started(cgi) != pid


def test_a_restored_database_is_the_one_that_answers(cgi: servers.Cgi, key: str) -> None:
    well(ask(cgi, "POST", "/issues", key, {"title": "Before"}), 201)
    with contextlib.closing(storage.connect(cgi.data)) as db:
        db.execute("VACUUM INTO ?", [str(cgi.folder / "backup.db")])
    pid = started(cgi)
    well(ask(cgi, "POST", "/issues", key, {"title": "After"}), 201)
    os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not cgi.warm())
    for end in ("-wal", "-shm"):
        (cgi.data / f"codecourier.db{end}").unlink(missing_ok=True)
    owner = (cgi.data / "codecourier.db").stat()
    os.chown(cgi.folder / "backup.db", owner.st_uid, owner.st_gid)
    (cgi.folder / "backup.db").replace(cgi.data / "codecourier.db")
    assert [row["title"] for row in well(ask(cgi, "GET", "/issues", key)).json["data"]] == ["Before"]


def test_it_ends_when_the_data_are_gone(cgi: servers.Cgi) -> None:
    started(cgi)
    shutil.rmtree(cgi.data)
    wait_for(lambda: not cgi.warm())
    assert ask(cgi, "GET", "/health").status == 503


# ---- when it is lost -------------------------------------------------------------------------------


def test_one_that_was_killed_is_replaced_and_leaves_nothing(cgi: servers.Cgi, key: str) -> None:
    os.kill(started(cgi), signal.SIGKILL)
    name = sockets(cgi)[0]
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as earlier:  # of another program, before
        earlier.bind(str(cgi.data / "codecourier-warm-0000000000000000"))
        os.chown(cgi.data / "codecourier-warm-0000000000000000", (cgi.data / name).stat().st_uid, -1)
    well(ask(cgi, "GET", "/whoami", key))
    time.sleep(6)  # one that dies at once is not started again and again
    started(cgi)
    assert sockets(cgi) == [name]


def test_a_change_in_the_middle_of_which_it_is_killed_is_not_repeated(cgi: servers.Cgi, key: str) -> None:
    pid = started(cgi)
    with contextlib.closing(storage.connect(cgi.data, isolation_level=None)) as db, concurrent.futures.ThreadPoolExecutor() as pool:
        db.execute("BEGIN IMMEDIATE")
        before = read_so_far(pid)
        asked = pool.submit(ask, cgi, "POST", "/issues", key, {"title": "Once"})
        wait_for(lambda: read_so_far(pid) > before)
        time.sleep(0.2)
        os.kill(pid, signal.SIGKILL)
        answer = asked.result(20)
        db.execute("ROLLBACK")
    assert answer.status == 500 and answer.json["error"]["code"] == "INTERNAL"
    assert "not known" in answer.json["error"]["message"]
    assert not ask(cgi, "GET", "/issues", key).json["data"]
    assert "lost in the middle of a request" in cgi.logs()


def test_however_often_it_is_killed_nothing_is_done_twice_or_forgotten(cgi: servers.Cgi, key: str) -> None:
    (cgi.data / "codecourier.conf").write_text("rateLimit = 0\nprojectRateLimit = 0\n")
    names = [f"Number {n}" for n in range(200)]
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.15):
            for pid in cgi.warm():
                os.kill(pid, signal.SIGKILL)
            for path in cgi.data.glob("codecourier-warm-*"):  # or the next one would not be started for some seconds
                path.unlink()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda name: ask(cgi, "POST", "/issues", key, {"title": name}), names))
    finally:
        over.set()
        killer.join()
    by_status = {status: [name for name, answer in zip(names, answers, strict=True) if answer.status == status] for status in (201, 500)}
    assert len(by_status[201]) + len(by_status[500]) == len(names)
    assert len(by_status[201]) > len(names) / 2
    stored = [row["title"] for page in pages(cgi, key) for row in page]
    assert len(stored) == len(set(stored))
    assert set(by_status[201]) <= set(stored) <= set(by_status[201]) | set(by_status[500])


def pages(cgi: servers.Cgi, key: str) -> Iterator[list[dict[str, str]]]:
    cursor = ""
    while True:
        page = well(ask(cgi, "GET", f"/issues?limit=100{cursor}", key)).json
        yield page["data"]
        if not page["nextCursor"]:
            return
        cursor = f"&cursor={page['nextCursor']}"


@contextlib.contextmanager
def impostor(cgi: servers.Cgi, name: str, answer: bytes | None, account: bool = True) -> Iterator[None]:
    """Listens under a warm process's name: welcomes, reads, says `answer` and hangs up; None: lets everybody wait."""
    listener, callers = socket.socket(socket.AF_UNIX), []
    owner = (cgi.data / "codecourier.db").stat().st_uid
    (cgi.data / name).unlink(missing_ok=True)
    listener.bind(str(cgi.data / name))
    os.chown(cgi.data / name, owner, -1)
    if account:
        os.seteuid(owner)  # who listens is who asks to
    listener.listen(8)
    os.seteuid(os.getuid())

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                caller = listener.accept()[0]
                callers.append(caller)
                if answer is not None:
                    caller.send(b"\n")
                    if caller.recv(1 << 20):
                        caller.send(answer)
                    caller.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
        for caller in callers:
            caller.close()


HALF = servers.Fastcgi.record(6, b"Status: 200 OK\r\nContent-Type: application/json\r\n\r\n{")


@pytest.mark.parametrize("answer", [b"", HALF, HALF[:20]])
def test_what_only_reads_is_answered_after_all(cgi: servers.Cgi, key: str, answer: bytes) -> None:
    os.kill(started(cgi), signal.SIGKILL)
    with impostor(cgi, sockets(cgi)[0], answer):
        assert well(ask(cgi, "GET", "/whoami", key)).json["data"]["keyId"]
        lost = ask(cgi, "POST", "/issues", key, {"title": "Lost"})
        assert lost.status == 500 and "not known" in lost.json["error"]["message"]
        transcript.promises(Request("POST", "/api/v1/issues"), lost)
        assert not ask(cgi, "GET", "/issues", key).json["data"]


def test_one_that_welcomes_nobody_holds_nobody_up(cgi: servers.Cgi, key: str) -> None:
    os.kill(started(cgi), signal.SIGKILL)
    with impostor(cgi, sockets(cgi)[0], None):
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda n: ask(cgi, "POST", "/issues", key, {"title": f"{n}"}), range(16)))
        assert [answer.status for answer in answers] == [201] * 16
        assert time.monotonic() - began < 30
    assert len(ask(cgi, "GET", "/issues", key).json["data"]) == 16


def test_one_that_is_stopped_holds_nobody_up(cgi: servers.Cgi, key: str) -> None:
    pid = started(cgi)
    os.kill(pid, signal.SIGSTOP)
    try:
        well(ask(cgi, "POST", "/issues", key, {"title": "Meanwhile"}), 201)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert len(ask(cgi, "GET", "/issues", key).json["data"]) == 1


# ---- under web servers -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [servers.LighttpdCgi, servers.ApacheCgid, servers.ApacheHtaccess])
def test_web_servers_neither_wait_for_it_nor_keep_it(kind: type[servers.Transport]) -> None:
    transport = kind()
    try:
        installation.command("init", "--data", transport.data)
        transport.start()
        pid = started(transport)
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: ask(transport, "GET", "/openapi.json"), range(40)))
        assert {answer.status for answer in answers} == {200} and time.monotonic() - began < 30
        assert transport.warm() == [pid] and pid not in servers.descendants(transport.processes[0].pid)
        transport.processes[0].send_signal(signal.SIGTERM)
        transport.processes[0].wait(10)
    finally:
        transport.stop()
    wait_for(lambda: not transport.warm())


# ---- what it costs ---------------------------------------------------------------------------------


def instructions(cgi: servers.Cgi, program: Path, key: str) -> int:
    """Of one call of the program (without a sanitizer), counted and not timed."""
    variables = transcript.cgi_variables(Request("GET", "/api/v1/whoami", [("Authorization", f"Bearer {key}")]))
    done = subprocess.run(
        [servers.find("valgrind"), "--tool=callgrind", "--callgrind-out-file=/dev/null", program],
        stdin=subprocess.DEVNULL, capture_output=True, env={"PATH": "/usr/bin:/bin"} | variables, **installation.unprivileged(),  # type: ignore[call-overload]
    )  # fmt: skip
    assert done.stdout.startswith(b"Status: 200"), done.stdout + done.stderr
    found = re.search(rb"Collected : (\d+)", done.stderr)
    assert found, done.stderr
    return int(found[1])


def test_a_call_costs_little_however_many_tables_there_are(cgi: servers.Cgi, key: str) -> None:
    program = cgi.program()
    shutil.copyfile(installation.ROOT / "build" / "codecourier.cgi", program)
    program.chmod(0o755)  # valgrind has to read it
    started(cgi)
    before = instructions(cgi, program, key)
    with contextlib.closing(storage.connect(cgi.data)) as db:
        for n in range(10):
            columns = ", ".join(f"member_{i} TEXT NOT NULL" for i in range(12))
            db.execute(f"CREATE TABLE resource_{n} (project_id TEXT NOT NULL, id TEXT NOT NULL, {columns}, PRIMARY KEY (project_id, id)) WITHOUT ROWID")
    well(ask(cgi, "GET", "/whoami", key))
    after = instructions(cgi, program, key)
    assert before <= 1_200_000
    assert after <= 1.02 * before
