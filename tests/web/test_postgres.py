"""The data on a PostgreSQL server: what is refused and why, what happens when the server goes away, and that many writers keep every rule.

That each transcript plays there as everywhere: test_transcripts.py, way in `core-postgres`.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import ctypes
import json
import os
import re
import select
import shutil
import signal
import socket
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import installation
import postgres
import servers
from test_trouble import asked, code, everything, get, post, unlimited, workflow
from transcript import Answer, Request


class FastcgiPostgres(servers.OnPostgres, servers.Fastcgi):
    workers = 4


class FastcgiPooler(servers.OnPooler, servers.Fastcgi):
    workers = 4


@pytest.fixture(params=[FastcgiPostgres])
def workers(request: pytest.FixtureRequest) -> Iterator[servers.Fastcgi]:
    """Four workers on an instance whose keys may ask as often as they like."""
    transport: servers.Fastcgi = request.param()
    try:
        installation.command("init", "--data", transport.data, *transport.init_options(), program=installation.HELPER)
        unlimited(transport.data)
        transport.start()
        yield transport
    finally:
        transport.stop()


by_both = pytest.mark.parametrize("workers", [FastcgiPostgres, FastcgiPooler], ids=["", "by a pooler"], indirect=True)


def init(data: Path, address: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return installation.command("init", "--data", data, "--database", address, check=False, env=environment)


def key_copied(data: Path, other: Path) -> None:
    shutil.copyfile(data / "codecourier.db-key", other / "codecourier.db-key")
    (other / "codecourier.db-key").chmod(0o600)
    installation.hand_over(other)


def at_once(jobs: list[Any]) -> list[Answer]:
    with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:
        return [done.result() for done in [pool.submit(job) for job in jobs]]


# ---- what is refused ---------------------------------------------------------------------------------------------------


def in_quotes(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_what_cannot_be_used_is_said_with_what_to_do() -> None:
    server, folder = postgres.server(), installation.private_folder()
    latin, other = server.new_database("-E", "LATIN1", "--locale=C", "-T", "template0"), server.new_database()
    server.sql(other, "CREATE TABLE theirs (id INT)")
    cases = {
        latin: "has the encoding LATIN1. Make one with ENCODING 'UTF8'",
        other: "holds tables of another program. Give CodeCourier a database of its own",
        re.sub(r"/cc\d+", "/nothing", other): "does not exist",
        f"postgresql://cc@/cc?host={folder}": "cannot be reached",
        f"postgresql://nobody_knows@/cc?host={server.folder}": "does not exist",
    }
    for number, (address, words) in enumerate(cases.items()):
        data = folder / f"data{number}"
        done = init(data, address)
        assert done.returncode == 3 and words in in_quotes(done.stderr), done
        assert "SELECT" not in done.stderr and not (data / "codecourier.conf").exists()
    assert server.sql(other, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [["1"]], "something was made there"


def test_a_password_is_neither_on_a_command_line_nor_in_a_message() -> None:
    folder = installation.private_folder()
    done = init(folder / "data", "postgresql://cc:geheim@localhost/cc")
    assert done.returncode == 2 and "codecourier.conf" in done.stderr and "geheim" not in done.stderr + done.stdout
    done = installation.command("init", "--data", folder / "data", check=False, env={"CC_DATABASE": f"postgresql://cc:geheim@/cc?host={folder}"})
    assert done.returncode == 3 and "cannot be reached" in done.stderr and "geheim" not in done.stderr + done.stdout


@pytest.mark.parametrize("value", ["mysql://localhost/cc", "/var/lib/cc.db", "postgresql://a b", "postgres"])
def test_an_address_that_is_none_is_refused(value: str) -> None:
    folder = installation.private_folder()
    done = installation.command("init", "--data", folder / "data", check=False, env={"CC_DATABASE": value})
    assert done.returncode == 3 and "postgresql://HOST/NAME" in done.stderr


def test_a_newer_schema_is_left_alone(workers: servers.Fastcgi) -> None:
    server, address = postgres.server(), postgres.address_of(workers.data)
    server.sql(address, "UPDATE codecourier_schema SET version = 9999")
    done = installation.command("project", "list", "--data", workers.data, check=False)
    assert done.returncode == 3 and "made by a newer CodeCourier (schema 9999" in done.stderr


def test_a_second_machine_needs_the_first_ones_key(workers: servers.Fastcgi) -> None:
    address, folder = postgres.address_of(workers.data), installation.private_folder()
    done = init(folder / "data", address)
    assert done.returncode == 3 and "copy it from the machine where the instance was made" in in_quotes(done.stderr)
    key_copied(workers.data, folder / "data")
    assert init(folder / "data", address).returncode == 0
    listed = [installation.command("project", "list", "--data", data, "--json").stdout for data in (workers.data, folder / "data")]
    assert listed[0] == listed[1]


def test_a_machine_with_another_instances_key_is_refused(workers: servers.Fastcgi) -> None:
    """Nothing would fail at once, and settings it wrote could be read nowhere else."""
    other = installation.new_data(installation.private_folder())
    host = servers.Fastcgi()
    host.make("data")
    shutil.copyfile(workers.data / "codecourier.conf", host.data / "codecourier.conf")
    key_copied(other, host.data)
    host.start()
    try:
        words = "is not the one of the instance on the server: copy it from the machine where the instance was made"
        for done in (installation.command("init", "--data", host.data, check=False), installation.command("project", "list", "--data", host.data, check=False),
                     installation.command("doctor", "--data", host.data, check=False)):  # fmt: skip
            assert done.returncode == 3 and words in in_quotes(done.stderr + done.stdout), done
        key = installation.Project(workers.data)("admin")
        assert host.send(get("/whoami", key)).status == 503 and words in in_quotes(host.logs())
        asked(workers, get("/whoami", key), 200)
        key_copied(workers.data, host.data)
        until = time.monotonic() + 30
        while host.send(get("/whoami", key)).status != 200:
            assert time.monotonic() < until, host.logs()
            time.sleep(0.1)
    finally:
        host.stop()


def test_a_key_that_is_lost_everywhere_is_followed_by_another(workers: servers.Fastcgi) -> None:
    """Made anew where there is none, or the one that is there; the one before counts no longer, wherever it turns up."""
    address, folder = postgres.address_of(workers.data), installation.private_folder()
    other = installation.new_data(installation.private_folder())

    def listed(data: Path) -> subprocess.CompletedProcess[str]:
        return installation.command("project", "list", "--data", data, check=False)

    machine = folder / "machine"
    assert "'codecourier init --new-key'" in in_quotes(init(machine, address).stderr)
    done = installation.command("init", "--data", machine, "--database", address, "--new-key")
    assert "what was sealed with the lost one cannot be read" in in_quotes(done.stdout), done
    assert listed(machine).returncode == 0 and (machine / "codecourier.db-key").stat().st_mode & 0o777 == 0o600
    before = listed(workers.data)
    assert before.returncode == 3 and "'codecourier init --new-key'" in in_quotes(before.stderr), before
    key_copied(machine, workers.data)
    assert listed(workers.data).stdout == listed(machine).stdout

    key_copied(other, machine)
    assert listed(machine).returncode == 3 == installation.command("init", "--data", machine, check=False).returncode
    installation.command("init", "--data", machine, "--new-key")
    assert (listed(machine).returncode, listed(workers.data).returncode) == (0, 3)


def test_two_that_make_it_at_once_make_one() -> None:
    address, folder = postgres.server().new_database(), installation.private_folder()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda number: init(folder / f"data{number}", address), range(4)))
    # The others find an instance whose key they do not have; one has made it.
    assert sorted(one.returncode for one in done).count(0) >= 1, done
    assert postgres.server().sql(address, "SELECT count(*) FROM projects") == [["1"]]


def test_doctor_says_where_the_data_are(workers: servers.Fastcgi) -> None:
    done = installation.command("doctor", "--data", workers.data, check=False)
    assert "storage: a PostgreSQL server (setting database)" in done.stdout
    assert "key: the key file is its owner's alone" in done.stdout


# ---- a server that goes away --------------------------------------------------------------------------------------------


def test_what_the_server_misses_is_503_and_comes_back_by_itself() -> None:
    server, workers = postgres.Server(), FastcgiPostgres()
    try:
        installation.command("init", "--data", workers.data, "--database", server.new_database(), program=installation.HELPER)
        unlimited(workers.data)
        workers.start()
        key = installation.Project(workers.data)("admin")
        made = asked(workers, post("/workflows", key, workflow("before")), 201).json["data"]["id"]

        server.stop("fast")
        for _ in range(8):
            read, write = workers.send(get(f"/workflows/{made}", key)), workers.send(post("/workflows", key, workflow("meanwhile")))
            for answer in (read, write):
                assert answer.status == 503 and answer.header("Retry-After") and answer.json["error"]["code"] == "UNAVAILABLE", answer
                assert not re.search(r"SELECT|INSERT|libpq|socket", answer.body.decode())

        server.start()
        until = time.monotonic() + 30
        while workers.send(get(f"/workflows/{made}", key)).status != 200:
            assert time.monotonic() < until, workers.logs()
            time.sleep(0.1)
        time.sleep(1.1)  # each of the four workers tries once a second
        asked(workers, get(f"/workflows/{made}", key), 200)
        names = [row["name"] for row in everything(workers, key, "/workflows")]
        assert "before" in names and "meanwhile" not in names
    finally:
        workers.stop()
        server.stop()


def test_a_restarted_server_is_asked_again_without_a_word(workers: servers.Fastcgi) -> None:
    """Its connections are ended under idle workers: a read notices nothing, a write is done or says that it is not."""
    server, address = postgres.server(), postgres.address_of(workers.data)
    key = installation.Project(workers.data)("admin")
    for _ in range(16):
        asked(workers, get("/whoami", key), 200)
    for _ in range(4):
        server.sql(address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        for _ in range(8):
            asked(workers, get("/workflows?limit=1", key), 200)


@by_both
def test_a_lock_that_somebody_keeps_is_503(workers: servers.Fastcgi) -> None:
    with (workers.data / "codecourier.conf").open("a") as conf:
        conf.write("\nbusyMs = 300\n")
    cgi = servers.Cgi()
    shutil.rmtree(cgi.data, ignore_errors=True)
    cgi.data = workers.data
    key = installation.Project(workers.data)("admin")
    server, address = postgres.server(), postgres.address_of(workers.data)
    holder = subprocess.Popen([postgres.programs() / "psql", "-X", "-q", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **installation.unprivileged())  # type: ignore[call-overload]
    assert holder.stdin and holder.stdout
    holder.stdin.write("BEGIN; LOCK TABLE workflows; SELECT 'held';\n")
    holder.stdin.flush()
    while "held" not in holder.stdout.readline():
        pass
    try:
        cgi.start()
        refused = cgi.send(post("/workflows", key, workflow("waits")))
        assert refused.status == 503 and refused.header("Retry-After"), refused
    finally:
        holder.stdin.close()
        holder.wait(10)
        cgi.stop()
    assert server.sql(address, "SELECT count(*) FROM workflows WHERE name = 'waits'") == [["0"]]


def connection_of(pid: int, port: int) -> socket.socket:
    """A copy of the process's connection to that port."""
    pidfd = os.pidfd_open(pid)
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            copy = ctypes.CDLL(None, use_errno=True).syscall(438, pidfd, int(name), 0)  # pidfd_getfd
            if copy < 0 or not stat.S_ISSOCK(os.fstat(copy).st_mode):
                if copy >= 0:
                    os.close(copy)
                continue
            found = socket.socket(fileno=copy)
            with contextlib.suppress(OSError):
                if found.family == socket.AF_INET and found.getpeername()[1] == port:
                    return found
            found.close()
    finally:
        os.close(pidfd)
    raise AssertionError(f"process {pid} has no connection to port {port}")


@pytest.mark.parametrize(("given", "idle_s", "given_up_ms"), [("", 10, 15000), ("?keepalives_idle=77&tcp_user_timeout=7000", 77, 7000)])
def test_a_server_that_is_cut_off_is_noticed(given: str, idle_s: int, given_up_ms: int) -> None:
    """Nothing comes back then, not even that the connection is broken: the kernel has to ask, and to give up."""
    server, transport, port = postgres.Server(), FastcgiPostgres(), servers.free_port()
    transport.workers = 1
    try:
        server.stop("fast")
        with (server.data / "postgresql.conf").open("a") as settings:
            settings.write(f"listen_addresses = '127.0.0.1'\nport = {port}\n")
        server.start()
        server.run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "cc", "cc")
        installation.command("init", "--data", transport.data, "--database", f"postgresql://cc@127.0.0.1:{port}/cc{given}", program=installation.HELPER)
        transport.start()
        asked(transport, get("/whoami", installation.Project(transport.data)("admin")), 200)
        with connection_of(transport.processes[0].pid, port) as connection:
            assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == idle_s
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == given_up_ms
    finally:
        transport.stop()
        server.stop()


def everything_of(server: postgres.Server) -> list[int]:
    """Its first process, and all that this one has started."""
    first = int((server.data / "postmaster.pid").read_text().split()[0])
    return [first, *(int(pid) for pid in Path(f"/proc/{first}/task/{first}/children").read_text().split())]


def test_a_server_that_stands_still_is_given_up() -> None:
    """Its machine goes on saying that the connection is good, so that no keep-alive finds it out; but it greets nobody."""
    server, transport = postgres.Server(), FastcgiPostgres()
    transport.workers = 1
    stopped: list[int] = []
    try:
        installation.command("init", "--data", transport.data, "--database", server.new_database() + "&connect_timeout=2", program=installation.HELPER)
        unlimited(transport.data)
        transport.start()
        key = installation.Project(transport.data)("admin")
        asked(transport, get("/whoami", key), 200)
        stopped = everything_of(server)
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        answer = transport.send(post("/workflows", key, workflow("meanwhile"), Idempotency_Key="meanwhile"))
        assert answer.status == 503 and answer.header("Retry-After"), answer
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
        stopped = []
        until = time.monotonic() + 30
        while (answer := transport.send(post("/workflows", key, workflow("meanwhile"), Idempotency_Key="meanwhile"))).status != 201:
            assert answer.status in (409, 503) and time.monotonic() < until, answer
            time.sleep(0.1)
        assert [row["name"] for row in everything(transport, key, "/workflows")].count("meanwhile") == 1
        assert "the server stands still" in transport.logs()
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
        transport.stop()
        server.stop()


def test_a_server_that_begins_to_refuse_writes_is_left_for_another() -> None:
    """As one does whose place as primary another has taken; here it is the same one, and the connection is new."""
    server, transport = postgres.Server(), FastcgiPostgres()
    transport.workers = 1
    try:
        installation.command("init", "--data", transport.data, "--database", server.new_database(), program=installation.HELPER)
        unlimited(transport.data)
        transport.start()
        key, address = installation.Project(transport.data)("admin"), postgres.address_of(transport.data)
        asked(transport, post("/workflows", key, workflow("before")), 201)

        def connection() -> list[list[str]]:
            return server.sql(address, "SELECT pid FROM pg_stat_activity WHERE application_name = 'codecourier'")

        before = connection()
        server.sql(address, "ALTER SYSTEM SET default_transaction_read_only = on")
        server.sql(address, "SELECT pg_reload_conf()")
        until = time.monotonic() + 30
        while (answer := transport.send(post("/workflows", key, workflow("meanwhile")))).status == 201:
            assert time.monotonic() < until, "the server has not heard of it"
        assert answer.status == 503 and answer.header("Retry-After") and code(answer) == "UNAVAILABLE", answer
        asked(transport, get("/workflows?limit=1", key), 200)
        assert len(before) == 1 == len(connection()) and connection() != before
        server.sql(address, "ALTER SYSTEM RESET default_transaction_read_only")
        server.sql(address, "SELECT pg_reload_conf()")
        while (answer := transport.send(post("/workflows", key, workflow("after")))).status != 201:
            assert answer.status == 503 and time.monotonic() < until, answer
    finally:
        transport.stop()
        server.stop()


class Between:
    """Passes on what a client and the server say to each other, until a transaction that makes a workflow is to be committed: once, that gets lost on the way
    there, or the answer on the way back.  (Workers have transactions of their own, at any moment.)"""

    def __init__(self, server: postgres.Server) -> None:
        self.server, self.folder, self.lose = server, installation.private_folder(), ""
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.folder / ".s.PGSQL.5432"))
        (self.folder / ".s.PGSQL.5432").chmod(0o777)
        self.listener.listen(8)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self.server.folder / ".s.PGSQL.5432"))
            writes = meant = False
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    if not (said := ready.recv(1 << 20)):
                        return
                    if ready is server:
                        client.sendall(said)
                        continue
                    begun = max(said.rfind(b"BEGIN\0"), said.rfind(b"BEGIN ISOLATION"))
                    if begun >= 0:
                        writes, meant = said[begun:].startswith(b"BEGIN\0"), False
                    meant |= b"INSERT INTO workflows " in said[max(begun, 0) :]
                    if self.lose and writes and meant and b"COMMIT\0" in said[max(begun, 0) :]:
                        if self.lose == "the answer":
                            server.sendall(said)
                            server.recv(1 << 20)
                        self.lose = ""
                        return
                    server.sendall(said)


@pytest.mark.parametrize("lost", ["the commit", "the answer"])
def test_whether_a_commit_has_happened_says_the_answer_to_the_same_request(lost: str) -> None:
    """Nobody else can: who asked has 503 in both cases, and then the first answer, or the one of now."""
    server, transport = postgres.server(), FastcgiPostgres()
    transport.workers = 1
    try:
        between = Between(server)
        direct = server.new_database()
        installation.command("init", "--data", transport.data, "--database", direct.replace(str(server.folder), str(between.folder)), program=installation.HELPER)
        unlimited(transport.data)
        transport.start()
        key = installation.Project(transport.data)("admin")
        asked(transport, get("/whoami", key), 200)
        between.lose = lost
        request = post("/workflows", key, workflow("once"), Idempotency_Key="once")
        answer = transport.send(request)
        assert answer.status == 503 and answer.header("Retry-After") and not between.lose, answer
        count = "SELECT count(*) FROM workflows WHERE name = 'once'"
        assert server.sql(direct, count) == [["1" if lost == "the answer" else "0"]]
        until = time.monotonic() + 30
        while (answer := transport.send(request)).status != 201:
            assert answer.status == 503 and time.monotonic() < until, answer
            time.sleep(0.1)
        assert answer.header("Idempotency-Replayed") == ("true" if lost == "the answer" else None)
        assert server.sql(direct, count) == [["1"]]
    finally:
        transport.stop()


# ---- transactions that stand in each other's way ------------------------------------------------------------------------


def collide(address: str, table: str, times: int) -> None:
    """The server ends so many attempts to write into the table as if another transaction had been in the way."""
    postgres.server().sql(address, f"""
        CREATE SEQUENCE attempts;
        CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('attempts') <= {times} THEN RAISE EXCEPTION 'in the way' USING ERRCODE = '40001'; END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER collide BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION collide();""")  # fmt: skip


def attempts(address: str) -> int:
    """A sequence goes on whatever becomes of the transaction that took from it."""
    return int(postgres.server().sql(address, "SELECT last_value FROM attempts")[0][0])


def test_what_collides_three_times_is_done_all_the_same(workers: servers.Fastcgi) -> None:
    address, key = postgres.address_of(workers.data), installation.Project(workers.data)("admin")
    collide(address, "workflows", 3)
    request = post("/workflows", key, workflow("once"), Idempotency_Key="collides")
    made = asked(workers, request, 201)
    assert attempts(address) == 4
    assert asked(workers, request, 201).body == made.body
    assert [row["name"] for row in everything(workers, key, "/workflows")].count("once") == 1


def test_what_collides_for_ever_is_503(workers: servers.Fastcgi) -> None:
    address, key = postgres.address_of(workers.data), installation.Project(workers.data)("admin")
    collide(address, "workflows", 1000)
    refused = asked(workers, post("/workflows", key, workflow("never")), 503)
    assert refused.header("Retry-After") and refused.json["error"]["code"] == "UNAVAILABLE"
    assert attempts(address) == 4


def test_what_is_tried_again_is_one_request_of_its_keys_limit(workers: servers.Fastcgi) -> None:
    address, project = postgres.address_of(workers.data), installation.Project(workers.data)
    key = project.key("limited", installation.KEYS["admin"], "--rate-limit", "6")
    collide(address, "workflows", 1000)
    left = [int(asked(workers, request, status).header("X-RateLimit-Remaining") or -1) for request, status in
            [(get("/whoami", key), 200), (post("/workflows", key, workflow("never")), 503)]]  # fmt: skip
    assert left[0] - left[1] == 1 and attempts(address) == 4



def test_a_sign_in_that_collides_is_not_tried_again(workers: servers.Fastcgi) -> None:
    """It has been counted among the attempts, and a password has been checked: more than its transaction."""
    address = postgres.address_of(workers.data)
    project = installation.Project(workers.data)
    collide(address, "sessions", 1000)
    body = {"email": project("owner"), "password": project("owner_password")}
    refused = workers.send(Request("POST", "/api/v1/session", [("Content-Type", "application/json")], json.dumps(body).encode()))
    assert refused.status == 503 and refused.header("Retry-After"), refused
    assert attempts(address) == 1


def lock_number(name: str) -> int:
    """The advisory lock of that name: core/storage/postgres.c."""
    number = 14695981039346656037
    for letter in name.encode():
        number = (number ^ letter) * 1099511628211 % 2**64
    return number - 2**64 if number >= 2**63 else number


def test_a_deadlock_with_somebody_elses_transaction_is_no_refusal() -> None:
    """An operator's psql has the row and wants the object's lock, the request has the lock and wants the row."""
    server, transport = postgres.server(), FastcgiPostgres()
    transport.workers = 1
    psql = None
    try:
        installation.command("init", "--data", transport.data, *transport.init_options(), program=installation.HELPER)
        unlimited(transport.data)
        with (transport.data / "codecourier.conf").open("a") as conf:
            conf.write("busyMs = 60000\n")
        address = postgres.address_of(transport.data)
        # The request is the one that finds the deadlock; and until it looks, psql has time to bring it about.
        name = server.sql(address, "SELECT current_database()")[0][0]
        server.sql(address, f"ALTER DATABASE {name} SET deadlock_timeout = '3s'")
        transport.start()
        key = installation.Project(transport.data)("admin")
        made = asked(transport, post("/workflows", key, workflow("before")), 201).json["data"]["id"]
        psql = subprocess.Popen([postgres.programs() / "psql", "-X", "-q", "-A", "-t", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **installation.unprivileged())  # type: ignore[call-overload]
        assert psql.stdin and psql.stdout
        psql.stdin.write(f"SET deadlock_timeout = '1h'; BEGIN; SELECT 'has it' FROM workflows WHERE id = '{made}' FOR UPDATE;\n")
        psql.stdin.flush()
        assert psql.stdout.readline() == "has it\n"
        change = post(f"/workflows/{made}", key, {"name": "after"})
        change.method = "PATCH"
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            answer = pool.submit(transport.send, change)
            until = time.monotonic() + 30
            while server.sql(address, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == [["0"]]:
                assert time.monotonic() < until and not answer.done(), "the request does not wait for the row"
            psql.stdin.write(f"SELECT pg_advisory_xact_lock({lock_number(made)}); COMMIT;\n")
            psql.stdin.close()
            assert answer.result().status == 200, answer.result()
        assert "deadlock detected" in transport.logs()
        assert asked(transport, get(f"/workflows/{made}", key), 200).json["data"]["name"] == "after"
    finally:
        if psql:
            psql.wait(10)
        transport.stop()


# ---- many writers -------------------------------------------------------------------------------------------------------


@by_both
def test_every_acknowledged_write_is_there_once(workers: servers.Fastcgi) -> None:
    key = installation.Project(workers.data)("admin")
    answers = at_once([lambda number=number: workers.send(post("/workflows", key, workflow(f"w{number}"))) for number in range(64)])
    made = [answer.json["data"]["id"] for answer in answers if answer.status == 201]
    assert len(made) == 64, [answer.status for answer in answers]
    listed = [row["id"] for row in everything(workers, key, "/workflows")]
    assert set(made) <= set(listed) and len(listed) == len(set(listed))


@by_both
def test_runs_are_numbered_without_a_gap_or_a_twin(workers: servers.Fastcgi) -> None:
    key = installation.Project(workers.data)("test")
    flow = asked(workers, post("/workflows", key, workflow("flow")), 201).json["data"]["id"]
    answers = at_once([lambda: workers.send(post("/runs", key, {"workflowId": flow})) for _ in range(32)])
    numbers = sorted(answer.json["data"]["runNumber"] for answer in answers if answer.status == 201)
    assert numbers == list(range(1, 33)), [str(answer) for answer in answers if answer.status != 201][:1]


@by_both
def test_a_follower_misses_no_change_although_writers_end_in_another_order(workers: servers.Fastcgi) -> None:
    """Some begin with a lock that is kept from them, and end after others that began later: no number shows before a lower one."""
    key = installation.Project(workers.data)("admin")
    flows = [asked(workers, post("/workflows", key, workflow("flow")), 201).json["data"]["id"] for _ in range(2)]
    seen: list[int] = [asked(workers, get("/events", key), 200).json["data"][-1]["seq"]]
    first = seen[0]
    address = postgres.address_of(workers.data)

    def renamed(flow: str) -> Answer:
        change = post(f"/workflows/{flow}", key, {"name": "after"})
        change.method = "PATCH"
        return workers.send(change)

    def look() -> None:
        seen.extend(change["seq"] for change in asked(workers, get(f"/events?after={seen[-1]}", key), 200).json["data"])

    psql = subprocess.Popen([postgres.programs() / "psql", "-X", "-q", "-A", "-t", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **installation.unprivileged())  # type: ignore[call-overload]
    assert psql.stdin and psql.stdout
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        psql.stdin.write(f"BEGIN; SELECT 'has it' FROM workflows WHERE id = '{flows[0]}' FOR UPDATE;\n")
        psql.stdin.flush()
        assert psql.stdout.readline() == "has it\n"
        late = pool.submit(renamed, flows[0])
        until = time.monotonic() + 60
        while postgres.server().sql(address, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == [["0"]]:
            assert time.monotonic() < until and not late.done(), "the request does not wait for the row"
        assert renamed(flows[1]).status == 200
        look()
        assert seen == [first, first + 1], "who began later is told of, and the other one's number is not taken yet"
        psql.stdin.write("COMMIT;\n")
        psql.stdin.close()
        assert psql.wait(60) == 0
        assert late.result().status == 200
        writing = [pool.submit(workers.send, post("/workflows", key, workflow(f"w{number}"))) for number in range(48)]
        while not all(one.done() for one in writing):
            look()
        assert {one.result().status for one in writing} == {201}
    look()
    assert seen == list(range(first, first + 51))


@by_both
def test_a_retry_that_comes_at_once_is_done_once(workers: servers.Fastcgi) -> None:
    key = installation.Project(workers.data)("admin")
    for number in range(6):
        answers = at_once([lambda number=number: workers.send(post("/workflows", key, workflow("one"), Idempotency_Key=f"once-{number}")) for _ in range(8)])
        assert {answer.status for answer in answers} <= {201, 409}
        assert len({answer.json["data"]["id"] for answer in answers if answer.status == 201}) == 1
    rows = [row for row in everything(workers, key, "/workflows") if row["name"] == "one"]
    assert len(rows) == 6


@by_both
def test_of_two_changes_of_one_version_one_wins(workers: servers.Fastcgi) -> None:
    key = installation.Project(workers.data)("admin")
    made = asked(workers, post("/workflows", key, workflow("v1")), 201)
    path, tag = f"/workflows/{made.json['data']['id']}", made.header("ETag")
    assert tag

    def change(number: int) -> Answer:
        request = post(path, key, {"name": f"by {number}"}, If_Match=tag)
        request.method = "PATCH"
        return workers.send(request)

    answers = at_once([lambda number=number: change(number) for number in range(12)])
    assert sorted(answer.status for answer in answers) == [200] + [412] * 11


@by_both
def test_what_many_say_to_a_sandbox_that_is_about_to_rest_is_answered_once_each(workers: servers.Fastcgi) -> None:
    """A worker that found nothing to answer, and who says something just then, come one after the other."""
    key = installation.Project(workers.data)("test")
    sandboxes = [asked(workers, post("/sandboxes", key, {}), 201).json["data"]["id"] for _ in range(4)]

    def drain() -> None:
        done = installation.command("work", "--data", workers.data, "--drain", check=False)
        assert done.returncode == 0, done

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        working = [pool.submit(drain) for _ in range(12)]
        said = at_once([lambda of=of, n=n: workers.send(post(f"/sandboxes/{of}/messages", key, {"text": f"Hello {n}"})) for n in range(5) for of in sandboxes])
        for one in working:
            one.result()
    assert {answer.status for answer in said} == {201}
    drain()
    for of in sandboxes:
        messages = asked(workers, get(f"/sandboxes/{of}/messages", key), 200).json["data"][::-1]
        assert [(one["position"], one["status"], one["attempt"]) for one in messages] == [(n, "completed", 1) for n in range(5)]
        events = asked(workers, get(f"/sandboxes/{of}/events?limit=1000", key), 200).json["data"]
        assert [event["data"]["position"] for event in events if event["type"] == "step.finished"] == [0, 1, 2, 3, 4]
        assert asked(workers, get(f"/sandboxes/{of}", key), 200).json["data"]["status"] == "idle"


@by_both
def test_a_rehearsal_runs_to_its_end(workers: servers.Fastcgi) -> None:
    """By workers of two machines, as far as the database can tell: each run once."""
    key = installation.Project(workers.data)("test")
    flow = asked(workers, post("/workflows", key, {"name": "flow", "steps": [{"role": "designer"}, {"role": "checker"}]}), 201).json["data"]["id"]
    runs = [asked(workers, post("/runs", key, {"workflowId": flow}), 201).json["data"]["id"] for _ in range(12)]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        for done in pool.map(lambda _: installation.command("work", "--data", workers.data, "--drain", check=False), range(3)):
            assert done.returncode == 0, done
    for run in runs:
        assert asked(workers, get(f"/runs/{run}", key), 200).json["data"]["status"] == "completed"
        events = asked(workers, get(f"/runs/{run}/events?limit=1000", key), 200).json["data"]
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        assert [event["type"] for event in events].count("step.started") == 2, json.dumps(events)
        assert [event["data"]["status"] for event in events if event["type"] == "status"].count("completed") == 1, json.dumps(events)


@by_both
def test_what_several_sessions_find_at_once_is_made_once(workers: servers.Fastcgi) -> None:
    """Each of them looks before it writes, and none of them sees what another has written and not yet kept."""
    found = {"issues": [{"title": f"Issue {n}", "description": "So.", "kind": "bug", "priority": "low"} for n in range(5)], "questions": [{"text": "Why?"}]}
    finder = workers.data.parent / f"{workers.data.name}-finder"
    finder.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(found)}\nEND\n")
    finder.chmod(0o755)
    with (workers.data / "codecourier.conf").open("a") as conf:
        conf.write(f"agent.finder = {finder} {{prompt}}\nsandbox = off\n")
    key = installation.Project(workers.data)("admin")
    sessions = [asked(workers, post("/sessions", key, {"kind": "discovery", "agent": "finder"}), 201).json["data"]["id"] for _ in range(6)]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        for done in pool.map(lambda _: installation.command("work", "--data", workers.data, "--drain", check=False), range(3)):
            assert done.returncode == 0, done
    ended = [asked(workers, get(f"/sessions/{one}", key), 200).json["data"] for one in sessions]
    assert [one["status"] for one in ended] == ["completed"] * 6, ended
    issues, questions = everything(workers, key, "/issues"), everything(workers, key, "/questions")
    assert sorted(str(one["title"]) for one in issues) == [f"Issue {n}" for n in range(5)] and len(questions) == 1
    assert sorted(made for one in ended for made in one["result"]["issueIds"]) == sorted(str(one["id"]) for one in issues)
    answers = {"answers": [{"question": 1, "answer": "Therefore.", "confidence": 50}]}
    finder.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(answers)}\nEND\n")
    asked(workers, post("/sessions", key, {"kind": "answering", "agent": "finder"}), 201)
    installation.command("work", "--data", workers.data, "--drain")
    assert [(one["status"], one["confidence"]) for one in everything(workers, key, "/questions")] == [("answered", 50)]
    finder.unlink()


# ---- machines that wake each other ---------------------------------------------------------------------------------------

PATIENCE = 30  # half of what a follower or a worker lets pass before it looks by itself: whoever hears before has been told
LISTEN_LOCK = 6369837112469  # shared by those who listen: core/storage/postgres.c


class Host(servers.Fastcgi):
    """A machine of its own as far as the database can tell: one instance, a data directory for each."""

    def __init__(self, first: Host | None = None) -> None:
        super().__init__()
        if first is None:
            address, more = self.place(postgres.server().new_database())
            installation.command("init", "--data", self.data, "--database", address, program=installation.HELPER)
            unlimited(self.data)
            with (self.data / "codecourier.conf").open("a") as conf:
                conf.write(more)
        else:
            self.make("data")
            shutil.copyfile(first.data / "codecourier.conf", self.data / "codecourier.conf")
            key_copied(first.data, self.data)
        self.start()

    def place(self, direct: str) -> tuple[str, str]:
        """How it reaches that database, and what else it is told.  Nothing is found by looking within the tests' patience."""
        return direct, "lookMs = 60000\n"

    def follow(self, run: str, key: str, until: bytes = b": here") -> socket.socket:
        """A stream of the run's events that has told what there is and waits."""
        connection = self.connect(get(f"/runs/{run}/events?after=1", key, Accept="text/event-stream"))
        connection.settimeout(PATIENCE)
        self.send_body(connection, b"")
        read_until(connection, until)
        return connection

    def work(self) -> None:
        self.spawn(installation.COMMAND, "work", "--data", self.data)


class HoldingHost(Host):
    workers = 1
    holds = True


class PooledHost(Host):
    """Behind a pooler, and around it to listen."""

    def place(self, direct: str) -> tuple[str, str]:
        return postgres.pooler().address(direct), f"lookMs = 60000\nlistenDatabase = {direct}\n"


class PooledHoldingHost(PooledHost):
    workers = 1
    holds = True


class DeafHost(Host):
    """Behind a pooler, told of no way around it."""

    def place(self, direct: str) -> tuple[str, str]:
        return postgres.pooler().address(direct), "lookMs = 500\n"


@pytest.fixture(params=[Host, HoldingHost, PooledHost, PooledHoldingHost, DeafHost])
def hosts(request: pytest.FixtureRequest) -> Iterator[list[Host]]:
    made: list[Host] = []
    try:
        made.append(request.param())
        made.append(request.param(made[0]))
        yield made
    finally:
        for host in made:
            host.stop()


def read_until(connection: socket.socket, words: bytes) -> bytes:
    text = b""
    while words not in text:
        piece = connection.recv(65536)
        assert piece, f"ended before {words!r}: {text!r}"
        text += piece
    return text


def run_of(host: Host, key: str) -> str:
    flow = asked(host, post("/workflows", key, {"name": "flow", "steps": [{"role": "designer"}]}), 201).json["data"]["id"]
    return str(asked(host, post("/runs", key, {"workflowId": flow}), 201).json["data"]["id"])


def cut_off(host: Host) -> None:
    postgres.server().sql(postgres.address_of(host.data), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")


def asked_again(host: Host, request: Request, status: int) -> Answer:
    """What was under way when the connections were lost is answered by 503."""
    until = time.monotonic() + PATIENCE
    while (answer := host.send(request)).status == 503:
        assert time.monotonic() < until, answer
        time.sleep(0.1)
    assert answer.status == status, answer
    return answer


@pytest.mark.parametrize("lost", [False, True], ids=["", "after the connections were lost"])
def test_who_follows_a_run_hears_what_another_machine_does(hosts: list[Host], lost: bool) -> None:
    here, there = hosts
    key = installation.Project(here.data)("test")
    run = run_of(here, key)
    following = there.follow(run, key)
    if lost:
        cut_off(here)
    asked_again(here, post(f"/runs/{run}/cancel", key, {}), 200)
    told, until = b"", time.monotonic() + PATIENCE
    while b'"status":"cancelled"' not in told:
        assert time.monotonic() < until, told
        piece = following.recv(65536)
        told += piece
        if not piece:  # a look was under way when its connection was lost: a client comes again then
            assert lost, told
            following.close()
            following = there.follow(run, key, b"")
    following.close()


def test_a_worker_hears_of_runs_that_another_machine_starts(hosts: list[Host]) -> None:
    """The first one it may find by itself, when it begins; and the one after its connection was lost is heard of again."""
    here, there = hosts
    key = installation.Project(here.data)("test")
    there.work()
    for number in range(4):
        if number == 3:
            cut_off(here)
        until = time.monotonic() + PATIENCE
        run = asked_again(here, post("/workflows", key, {"name": f"flow {number}", "steps": [{"role": "designer"}]}), 201).json["data"]["id"]
        run = asked_again(here, post("/runs", key, {"workflowId": run}), 201).json["data"]["id"]
        while (is_now := asked_again(here, get(f"/runs/{run}", key), 200).json["data"]["status"]) != "completed":
            assert time.monotonic() < until, f"run {number} is {is_now}: {there.logs()}"
            time.sleep(0.05)


def test_a_limit_holds_for_all_machines_together() -> None:
    """What a key has taken on one machine is not there for it on the other, once they have told each other."""
    here = Host()
    there = Host(here)
    try:
        key = installation.Project(here.data).key("limited", ["workflows:read"], "--rate-limit", "120")
        taken = 0
        while here.send(get("/whoami", key)).status == 200:
            taken += 1
        assert taken >= 120
        until, given, last = time.monotonic() + PATIENCE, 0, None
        while (last := there.send(get("/whoami", key))).status == 200:
            given += 1
            assert time.monotonic() < until, f"{taken} here, and then {given} there"
            time.sleep(0.25)
        assert last.status == 429
        assert given < 60, "it had heard of it before it gave away what it had"
    finally:
        there.stop()
        here.stop()


@pytest.mark.parametrize("holds", [True, False], ids=["held", "in a worker of its own"])
def test_a_stream_outlives_a_server_that_is_away_for_a_moment(holds: bool) -> None:
    server, transport = postgres.Server(), FastcgiPostgres()
    transport.holds = holds
    try:
        installation.command("init", "--data", transport.data, "--database", server.new_database(), program=installation.HELPER)
        unlimited(transport.data)
        transport.start()
        key = installation.Project(transport.data)("test")
        flow = asked(transport, post("/workflows", key, workflow("flow")), 201).json["data"]["id"]
        run = asked(transport, post("/runs", key, {"workflowId": flow}), 201).json["data"]["id"]
        stream = transport.connect(get(f"/runs/{run}/events?after=1", key, Accept="text/event-stream"))
        transport.send_body(stream, b"")
        read_until(stream, b": here")
        server.stop("immediate")
        for _ in range(8):
            assert transport.send(get("/whoami", key)).status == 503
        time.sleep(1.5)  # it looks each second, and finds that nobody is there
        server.start()
        until = time.monotonic() + 30
        while (answer := transport.send(post(f"/runs/{run}/cancel", key, {}))).status != 200:
            assert answer.status == 503 and time.monotonic() < until, answer
            time.sleep(0.1)
        told = read_until(stream, b'"status":"cancelled"')
        assert told.count(b"id: 2\n") == 1, told
        stream.close()
    finally:
        transport.stop()
        server.stop()


def test_a_pooler_is_left_with_nothing_of_ours() -> None:
    """Its connections are others' as well: no name of a statement stays there, no setting and no lock; and each is told what it needs."""
    host = PooledHost()
    try:
        key = installation.Project(host.data)("test")
        run = run_of(host, key)
        following = host.follow(run, key)
        pooled, direct = postgres.address_of(host.data), postgres.address_of(host.data, "listenDatabase")
        names = "SELECT (SELECT count(*) FROM pg_prepared_statements), current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')"
        assert {tuple(postgres.server().sql(pooled, names)[0]) for _ in range(12)} == {("0", "0", "0")}
        [[listens]] = postgres.server().sql(direct, "SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory'")
        assert listens == "1", "the follower's connection, and that is the one around the pooler"
        following.close()
    finally:
        host.stop()


def test_one_commit_says_one_thing_and_nothing_that_nobody_waits_for() -> None:
    host = HoldingHost()
    address = postgres.address_of(host.data)
    ear = subprocess.Popen([postgres.programs() / "psql", "-X", "-q", "-A", "-t", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **installation.unprivileged())  # type: ignore[call-overload]
    try:
        def heard() -> list[str]:
            """What was notified so far.  The host's own word has been said when it answers the next request."""
            asked(host, get("/whoami", key), 200)
            assert ear.stdin and ear.stdout
            ear.stdin.write("NOTIFY codecourier, 'that was all';\n")
            ear.stdin.flush()
            lines: list[str] = []
            while not lines or lines[-1] != "that was all":
                found = re.search('with payload "(.*)" received', ear.stdout.readline())
                lines += [found[1]] if found else []
            return lines[:-1]

        key = installation.Project(host.data)("test")
        assert ear.stdin
        ear.stdin.write("LISTEN codecourier;\n")
        assert heard() == []
        run_of(host, key)
        assert heard() == [], "nobody has said that he waits"
        ear.stdin.write(f"SELECT pg_advisory_lock_shared({LISTEN_LOCK});\n")
        assert heard() == []
        run = run_of(host, key)
        assert heard() == [f"work {run}"], "a workflow was made, too, for which nobody waits"
        asked(host, get(f"/runs/{run}/events?wait=1&after=1", key), 200)
        assert heard() == []
        asked(host, post(f"/runs/{run}/cancel", key, {}), 200)
        assert heard() == [f"work {run}"]
        asked(host, post(f"/runs/{run}/pause", key, {}), 409)
        assert heard() == []
    finally:
        assert ear.stdin
        ear.stdin.close()
        ear.wait(10)
        host.stop()


# ---- moving --------------------------------------------------------------------------------------------------------------


def snapshot(cgi: servers.Transport, key: str) -> dict[str, Any]:
    return {path: asked(cgi, get(f"{path}?limit=100", key), 200).json["data"] for path in ("/workflows", "/runs", "/project/api-keys", "/audit")}


@pytest.mark.parametrize("pooled", [False, True], ids=["", "by a pooler"])
def test_an_instance_moves_there_and_back_and_is_the_same(fastcgi: servers.Fastcgi, pooled: bool) -> None:
    unlimited(fastcgi.data)
    cgi = servers.Cgi()
    cgi.data = fastcgi.data
    try:
        cgi.start()
        project = installation.Project(fastcgi.data)
        key = project("admin")
        flow = asked(cgi, post("/workflows", key, {"name": "Ünïcode \u2603 'quoted'", "steps": [{"role": "designer"}]}), 201).json["data"]["id"]
        start = post("/runs", project("test"), {"workflowId": flow}, Idempotency_Key="before the move")
        first = asked(cgi, start, 201)
        cursor = asked(cgi, get("/workflows?limit=1", key), 200).json["nextCursor"]
        before = snapshot(cgi, key)
        asked(fastcgi, get("/whoami", key), 200)

        there = postgres.server().new_database()
        for to in (postgres.pooler().address(there) if pooled else there, "sqlite"):
            done = installation.command("migrate", "--data", fastcgi.data, "--to", to)
            assert "workflows: " in done.stdout and "Restart all programs now" in done.stdout, done
            assert snapshot(cgi, key) == before
            assert asked(cgi, start, 201).body == first.body, "a stored answer is still the answer"
            asked(cgi, get(f"/workflows?limit=1&cursor={cursor}", key), 200)
            if to != "sqlite":  # who still has the old one open acknowledges nothing any more
                for _ in range(4):
                    asked(fastcgi, post("/workflows", key, workflow("lost")), 503)
        assert (fastcgi.data / "codecourier.db.old").exists()
        asked(cgi, post("/workflows", key, workflow("after")), 201)
    finally:
        cgi.stop()


def test_a_move_that_cannot_be_changes_nothing(workers: servers.Fastcgi) -> None:
    taken, folder = postgres.address_of(workers.data), installation.private_folder()
    data = installation.new_data(folder)
    settings = (data / "codecourier.conf").read_text()
    cases = {
        taken: (3, "There is an instance already"),
        f"postgresql://cc@/cc?host={folder}": (3, "cannot be reached"),
        "sqlite": (3, "The data are there already"),
        "postgresql://cc:geheim@localhost/cc": (2, "A password on a command line"),
        "mysql://localhost": (2, "--to must be postgresql://HOST/NAME, or sqlite"),
    }
    for to, (code, words) in cases.items():
        done = installation.command("migrate", "--data", data, "--to", to, check=False)
        assert done.returncode == code and words in in_quotes(done.stderr) and "geheim" not in done.stderr, done
    assert (data / "codecourier.conf").read_text() == settings and not list(data.glob("*.old*"))
    assert "My Project" in installation.command("project", "list", "--data", data).stdout


def test_a_table_that_changes_on_the_way_is_noticed(workers: servers.Fastcgi) -> None:
    """A server that drops what it should keep: the two sides differ, and nothing is kept."""
    data, server = installation.new_data(installation.private_folder()), postgres.server()
    address = server.new_database()
    # The schema is made first; then a rule eats the rows of one table.
    taken = installation.private_folder()
    assert init(taken / "data", address).returncode == 0
    for [table] in server.sql(address, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'codecourier_schema'"):
        server.sql(address, f"DELETE FROM {table}")
    server.sql(address, "CREATE RULE eat AS ON INSERT TO workflows DO INSTEAD NOTHING")
    done = installation.command("migrate", "--data", data, "--to", address, check=False)
    assert done.returncode == 3 and "The table workflows is not there what it was; nothing was kept" in in_quotes(done.stderr), done
    assert server.sql(address, "SELECT count(*) FROM projects") == [["0"]]
