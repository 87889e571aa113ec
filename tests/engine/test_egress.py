"""The proxy that is a run's only way out, with the clients that agents really use in front of it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from instance import BUILD, Instance
from standin import StandIn, served


class Proxy:
    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen([BUILD / "tests" / "proxy", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.port = int(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def ask(self, head: str) -> bytes:
        """All that is answered, until the end."""
        with self.connect() as s:
            s.sendall(head.encode("latin-1"))
            return read_all(s)

    def tunnel(self, to: str) -> tuple[int, str]:
        status, _, rest = self.ask(f"CONNECT {to} HTTP/1.1\r\n\r\n").decode().partition("\r\n")
        return int(status.split(" ")[1]), rest.partition("\r\n\r\n")[2]

    def end(self) -> list[dict[str, object]]:
        """What it has said."""
        said, _ = self.process.communicate(timeout=20)
        assert self.process.returncode == 0
        return [json.loads(line) for line in said.splitlines()]


def read_all(s: socket.socket) -> bytes:
    got = b""
    while piece := s.recv(65536):
        got += piece
    return got


@contextmanager
def proxy(*words: str) -> Iterator[Proxy]:
    made = Proxy(*words)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.end()


class Echo(StandIn):
    """Says what it was asked."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer("application/json", json.dumps({"path": self.path, "fields": dict(self.headers), "body": body.decode()}).encode())

    do_POST = do_GET


@pytest.fixture
def echo() -> Iterator[str]:
    with served(Echo) as address:
        yield address.removeprefix("http://")


def curl(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.run(["curl", "-sS", "--max-time", "20", *words], env=plain | environment, capture_output=True, text=True)


def test_curl_gets_through_to_a_listed_host_and_its_secrets_for_the_proxy_stay_there(echo: str) -> None:
    with proxy(f"host={echo}", f"permit={echo}", "secret=s3cret") as p:
        url = f"http://codecourier:s3cret@127.0.0.1:{p.port}"
        answer = json.loads(curl(f"http://{echo}/a?b=c", "-d", "body", http_proxy=url).stdout)
        assert answer["path"] == "/a?b=c" and answer["body"] == "body"
        assert answer["fields"]["Host"] == echo and answer["fields"]["Connection"] == "close"
        assert not [name for name in answer["fields"] if name.lower().startswith("proxy")]
        tunnelled = json.loads(curl("--proxytunnel", f"http://{echo}/t", http_proxy=url).stdout)
        assert tunnelled["path"] == "/t"
        for wrong in ("http://codecourier:wrong@", "http://other:s3cret@", "http://"):
            refused = curl("-o", "/dev/null", "-w", "%{http_code}", f"http://{echo}/", http_proxy=f"{wrong}127.0.0.1:{p.port}")
            assert refused.stdout == "407", wrong


def test_git_clones_through_it(tmp_path: Path) -> None:
    source, bare = tmp_path / "source", tmp_path / "www" / "repo.git"
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "init", "-q", "-b", "main", source], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], cwd=source, check=True)
    subprocess.run([*git, "clone", "-q", "--bare", source, bare], check=True)
    subprocess.run([*git, "update-server-info"], cwd=bare, check=True)

    class Files(StandIn):
        def do_GET(self) -> None:
            path = tmp_path / "www" / self.path.split("?")[0].lstrip("/")
            if path.is_file():
                self.answer("application/octet-stream", path.read_bytes())
            else:
                self.send_error(404)

    with served(Files) as address:
        place = address.removeprefix("http://")
        with proxy(f"host={place}", f"permit={place}") as p:
            subprocess.run([*git, "-c", f"http.proxy={p.url}", "clone", "-q", f"{address}/repo.git", tmp_path / "clone"], check=True)
            assert (tmp_path / "clone" / ".git" / "refs").is_dir()
            refused = subprocess.run([*git, "-c", f"http.proxy={p.url}", "clone", "-q", "https://elsewhere.example/r.git", tmp_path / "no"],
                                     capture_output=True, text=True)  # fmt: skip
            assert "403" in refused.stderr, refused.stderr


def test_node_fetches_through_it(echo: str) -> None:
    node = shutil.which("node")
    assert node, "tests/packages test"
    if int(subprocess.run([node, "--version"], capture_output=True, text=True).stdout[1:].split(".")[0]) < 24:
        pytest.skip("this node's fetch knows no proxy")
    script = f"fetch('http://{echo}/from-node').then(a => a.json()).then(a => console.log(a.path, a.fields.Connection))"
    with proxy(f"host={echo}", f"permit={echo}") as p:
        plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        done = subprocess.run([node, "-e", script], env=plain | {"NODE_USE_ENV_PROXY": "1", "HTTP_PROXY": p.url}, capture_output=True, text=True)
        assert done.stdout.strip() == "/from-node close", done.stderr


SPELLINGS = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "127.0.0.1.", "0.0.0.0", "0", "[::1]", "[::]",
    "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "169.254.169.254", "2852039166", "0xa9fea9fe", "[fe80::1]", "[fe80::1%25lo]",
    "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "[fd00::1]", "224.0.0.1", "255.255.255.255", "localhost.test", "metadata.test",
    "mixed.test", "mixed6.test", "mapped.test",
]  # fmt: skip
NAMES = [
    "localhost.test=127.0.0.1", "metadata.test=169.254.169.254", "mixed.test=127.0.0.1,8.8.8.8", "mixed6.test=2606:4700::1111,::1",
    "mapped.test=::ffff:10.0.0.1",
]  # fmt: skip


def test_no_spelling_and_no_name_leads_to_this_machine_or_a_private_network(echo: str) -> None:
    port = echo.split(":")[1]
    with proxy("open", *(f"name={name}" for name in NAMES)) as p:
        for spelling in SPELLINGS:
            status, words = p.tunnel(f"{spelling}:{port}")
            assert status == 403 and "privateHosts" in words, (spelling, status, words)
        assert p.ask(f"GET http://{SPELLINGS[1]}:{port}/ HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 403")
        said = p.end()
        assert len(said) == len({spelling.replace("%25lo", "") for spelling in SPELLINGS}) and {line["setting"] for line in said} == {"privateHosts"}


def own_addresses() -> list[str]:
    """Those of this machine's interfaces."""
    said = subprocess.run(["hostname", "-I"], capture_output=True, text=True).stdout.split()
    return [f"[{a}]" if ":" in a else a for a in said]


def test_this_machine_s_own_addresses_are_reached_only_when_listed_with_their_port() -> None:
    own = [address for address in own_addresses() if not address.startswith("[fe80")]
    if not own:
        pytest.skip("this machine has no address but loopback")
    with proxy("open", "permit=0.0.0.0/0", "permit=::/0") as p:
        for address in own:
            assert p.tunnel(f"{address}:9")[0] == 403
    with proxy("open", *(f"permit={address}:9" for address in own)) as p:
        for address in own:
            assert p.tunnel(f"{address}:9")[0] in (502, 504)  # permitted; nobody listens


def test_a_name_is_looked_up_once_and_connected_to_at_the_address_that_was_judged(echo: str) -> None:
    port = echo.split(":")[1]
    with proxy("open", f"permit=127.0.0.1:{port}", "name=rebound.test=127.0.0.1;10.0.0.1") as p:
        first = p.ask(f"GET http://rebound.test:{port}/ HTTP/1.1\r\n\r\n")
        assert first.startswith(b"HTTP/1.0 200") or first.startswith(b"HTTP/1.1 200"), first  # a second look would have led elsewhere
        assert p.tunnel(f"rebound.test:{port}")[0] == 403


def test_a_refusal_names_the_host_and_the_setting_and_is_said_once() -> None:
    with proxy("host=good.test", "name=good.test=10.0.0.1", "name=gone.test=again", "host=gone.test", "host=unknown.test") as p:
        for _ in range(3):
            status, words = p.tunnel("Evil.test:443")
            assert status == 403 and "Evil.test:443" in words and "egressHosts" in words
        assert p.tunnel("good.test:443")[0] == 403
        assert p.tunnel("unknown.test:443") == (502, "unknown.test:443 is not known to the name servers.\n")
        assert p.tunnel("gone.test:443")[0] == 504
        assert p.tunnel("bad..host:443")[0] == 400
        assert p.end() == [
            {"host": "Evil.test", "port": 443, "setting": "egressHosts"},
            {"host": "good.test", "port": 443, "setting": "privateHosts"},
        ]


def test_a_host_that_is_not_listed_is_not_even_looked_up() -> None:
    with proxy("host=a.test", "name=slow.test=slow20") as p:
        began = time.monotonic()
        assert p.tunnel("slow.test:443")[0] == 403
        assert time.monotonic() - began < 20


def test_what_it_says_is_bounded_though_nobody_reads() -> None:
    with proxy() as p:
        for i in range(200):
            assert p.tunnel(f"h{i}.test:443")[0] == 403
        assert len(p.end()) == 64


def test_a_slow_name_and_a_silent_client_hold_up_nobody_else(echo: str) -> None:
    with proxy("open", "name=slow.test=slow3", f"permit={echo}") as p:
        silent = [p.connect() for _ in range(20)]
        with ThreadPoolExecutor(8) as pool:
            slow = [pool.submit(p.tunnel, "slow.test:443") for _ in range(6)]
            time.sleep(0.1)
            assert b"/quick" in p.ask(f"GET http://{echo}/quick HTTP/1.1\r\n\r\n")
            assert not any(answer.done() for answer in slow)
            assert {answer.result()[0] for answer in slow} == {502}
        for s in silent:
            s.close()


def test_heads_are_bounded() -> None:
    with proxy("open") as p:
        assert p.ask("GET http://a.test/ HTTP/1.1\r\n" + "A: " + "b" * 20000).startswith(b"HTTP/1.1 431")
        for head in ("GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x00\r\n\r\n", "CONNECT http://a.test:1 HTTP/1.1\r\n\r\n"):
            assert p.ask(head).startswith(b"HTTP/1.1 400")


class Upstream:
    """Listens, and does one thing with one connection."""

    def __init__(self, does: object) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.got = b""
        self.thread = threading.Thread(target=self.one, args=(does,), daemon=True)
        self.thread.start()

    def one(self, does: object) -> None:
        connection, _ = self.socket.accept()
        with connection:
            self.got = does(connection) or b""  # type: ignore[operator]


def test_one_side_may_end_while_the_other_goes_on() -> None:
    def counts(s: socket.socket) -> None:
        s.sendall(b"%d" % len(read_all(s)))  # only when the other side has said all

    upstream = Upstream(counts)
    with proxy("open", f"permit={upstream.place}") as p, p.connect() as s:
        s.sendall(f"CONNECT {upstream.place} HTTP/1.1\r\n\r\n".encode() + b"early")
        assert s.recv(1000).startswith(b"HTTP/1.1 200")
        s.sendall(b"x" * 3_000_000)
        s.shutdown(socket.SHUT_WR)
        assert read_all(s) == b"3000005"


def test_much_goes_through_both_ways_at_once() -> None:
    size = 20_000_000

    def both(s: socket.socket) -> bytes:
        sender = threading.Thread(target=lambda: (s.sendall(b"d" * size), s.shutdown(socket.SHUT_WR)))
        sender.start()
        got = read_all(s)
        sender.join()
        return b"%d" % len(got)

    upstream = Upstream(both)
    with proxy("open", f"permit={upstream.place}") as p, p.connect() as s:
        s.sendall(f"CONNECT {upstream.place} HTTP/1.1\r\n\r\n".encode())
        assert s.recv(39).startswith(b"HTTP/1.1 200")
        sender = threading.Thread(target=lambda: (s.sendall(b"u" * size), s.shutdown(socket.SHUT_WR)))
        sender.start()
        got = read_all(s)
        sender.join()
        upstream.thread.join(10)
        assert len(got) == size and upstream.got == b"%d" % size


def test_it_ends_with_connections_open() -> None:
    upstream = Upstream(lambda s: time.sleep(30))
    with proxy("open", f"permit={upstream.place}") as p:
        half_said, through = p.connect(), p.connect()
        half_said.sendall(b"GET http://")
        through.sendall(f"CONNECT {upstream.place} HTTP/1.1\r\n\r\n".encode())
        assert through.recv(100).startswith(b"HTTP/1.1 200")
        began = time.monotonic()
        p.end()
        assert time.monotonic() - began < 20
        assert through.recv(1) == b""


def test_more_connections_than_it_takes_wait_for_their_turn(echo: str) -> None:
    with proxy("open", f"permit={echo}") as p:
        silent = [p.connect() for _ in range(140)]
        with p.connect() as s:
            s.sendall(f"GET http://{echo}/late HTTP/1.1\r\n\r\n".encode())
            s.settimeout(0.5)
            with pytest.raises(TimeoutError):
                s.recv(1)
            for other in silent:
                other.close()
            s.settimeout(20)
            assert b"/late" in read_all(s)


def test_as_root_it_becomes_an_account_that_owns_nothing_and_keeps_no_descriptor() -> None:
    with proxy("open") as p:
        p.tunnel("a.test:443")  # it serves: all that comes before is done
        child = int(Path(f"/proc/{p.process.pid}/task/{p.process.pid}/children").read_text().split()[0])
        status = Path(f"/proc/{child}/status").read_text()
        assert "NoNewPrivs:\t1" in status
        uid = int(status.split("Uid:\t")[1].split()[0])
        assert uid == (2000065536 if os.geteuid() == 0 else os.geteuid())
        if os.geteuid() == 0:
            assert "CapEff:\t0000000000000000" in status and "Groups:\t \n" in status
            until = time.monotonic() + 30
            while not {int(fd.name) for fd in Path(f"/proc/{child}/fd").iterdir()} <= set(range(6)):  # the connection's own, for a moment
                assert time.monotonic() < until
                time.sleep(0.01)


def test_a_password_is_compared_as_a_whole() -> None:
    def asked(credentials: str) -> int:
        answer = p.ask(f"CONNECT a.test:443 HTTP/1.1\r\nProxy-Authorization: {credentials}\r\n\r\n")
        return int(answer.split(b" ")[1])

    def basic(text: str) -> str:
        return "Basic " + base64.b64encode(text.encode()).decode()

    with proxy("secret=long-secret") as p:
        assert asked(basic("codecourier:long-secret")) == 403  # let in, and the host is not listed
        for wrong in ("codecourier:long-secre", "codecourier:long-secret ", "codecourier:", "", ":long-secret", "codecourier:long-secretx"):
            assert asked(basic(wrong)) == 407, wrong
        assert asked("Bearer long-secret") == 407 and asked("Basic") == 407 and asked("Basic  ") == 407


@pytest.mark.parametrize(("setting", "value"), [
    ("egress", "all"), ("egressHosts", "https://a.example"), ("egressHosts", "a.example b.example:0"), ("egressHosts", "*"),
    ("privateHosts", "127.0.0.1"), ("privateHosts", "10.0.0.0/8 169.254.0.0/16"), ("privateHosts", "intranet.example"),
])  # fmt: skip
def test_a_list_that_cannot_be_meant_is_told_at_the_start(instance: Instance, setting: str, value: str) -> None:
    instance.conf[setting] = value
    instance.write_conf()
    for words in (["doctor"], ["work", "--drain"]):
        done = instance.command(*words, "--data", str(instance.data), check=False)
        assert done.returncode != 0 and f"'{setting}' cannot be '{value}'" in done.stdout + done.stderr


def test_lists_are_taken_with_spaces_and_commas(instance: Instance) -> None:
    instance.conf |= {"egressHosts": "a.example:8443, *.b.example  127.0.0.1:11434", "privateHosts": "10.0.0.0/8,127.0.0.1:11434", "egress": "open"}
    instance.write_conf()
    done = instance.command("doctor", "--data", str(instance.data), check=False)
    assert "cannot be" not in done.stdout + done.stderr
