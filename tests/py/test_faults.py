"""What a network does to a client: each fault gives the documented exception, in time."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import subprocess
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import codecourier
from codecourier import _http, wsgi

WHOAMI = b'{"data":{"keyId":"kak_1","name":"x","scopes":[],"createdAt":"2025-01-15T10:04:00Z"}}'
KEY = "cc_live_" + "A" * 38
Script = Callable[[socket.socket, bytes], None]


def answer(body: bytes = WHOAMI, status: str = "200 OK", headers: str = "", kind: str = "application/json", length: int | None = None) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body) if length is None else length}\r\n{headers}\r\n"
    return head.encode() + body


def error(code: str, status: str, headers: str = "", **more: object) -> bytes:
    return answer(json.dumps({"error": {"code": code, "message": "No.", "requestId": "r-1", **more}}).encode(), status, headers)


class Peer:
    """A server that does to each connection what the next line of its script says; the last line again and again."""

    def __init__(self) -> None:
        self.script: list[bytes | Script] = []
        self.requests: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.one, args=(connection,), daemon=True).start()

    def one(self, connection: socket.socket) -> None:
        with connection:
            try:
                while request := self.receive(connection):
                    self.requests.append(request)
                    step = self.script[min(len(self.requests), len(self.script)) - 1]
                    if callable(step):
                        step(connection, request)
                        return
                    connection.sendall(step)
            except OSError:
                pass

    @staticmethod
    def receive(connection: socket.socket) -> bytes:
        text = b""
        while b"\r\n\r\n" not in text:
            piece = connection.recv(65536)
            if not piece:
                return b""
            text += piece
        head, _, body = text.partition(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
        while len(body) < length:
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body

    def header(self, index: int, name: str) -> str | None:
        for line in self.requests[index].partition(b"\r\n\r\n")[0].decode().split("\r\n"):
            if line.lower().startswith(name.lower() + ":"):
                return line.partition(":")[2].strip()
        return None

    def stop(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()


@pytest.fixture
def peer() -> Iterator[Peer]:
    one = Peer()
    yield one
    one.stop()


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the client would have waited for between attempts."""
    waits: list[float] = []
    monkeypatch.setattr(_http, "sleep", waits.append)
    return waits


def client(peer: Peer, **more: float) -> codecourier.Client:
    return codecourier.Client(peer.base, KEY, **{"timeout": 2.0, **more})  # type: ignore[arg-type]


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def cut(connection: socket.socket, _: bytes) -> None:
    connection.sendall(answer(length=len(WHOAMI) + 50))


def reset_in_the_middle(connection: socket.socket, _: bytes) -> None:
    connection.sendall(answer(length=len(WHOAMI) + 50))
    time.sleep(0.05)
    reset(connection)


def silent(connection: socket.socket, _: bytes) -> None:
    time.sleep(3)


def dripping(connection: socket.socket, _: bytes) -> None:
    connection.sendall(answer(b"", length=1000))
    for _n in range(100):
        connection.sendall(b"x")
        time.sleep(0.05)


def test_connection_refused(slept: list[float]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    with pytest.raises(codecourier.ConnectionFailed, match="cannot be reached: Connection refused") as failed:
        codecourier.Client(f"http://127.0.0.1:{port}", KEY).whoami()
    assert not isinstance(failed.value, codecourier.TimedOut) and failed.value.retryable
    assert len(slept) == 2 and 0.375 <= slept[0] <= 0.5 and 0.75 <= slept[1] <= 1.0


def test_no_such_host(slept: list[float]) -> None:
    with pytest.raises(codecourier.ConnectionFailed):
        codecourier.Client("http://no-such-host.invalid", KEY, retries=0).whoami()


@pytest.mark.parametrize("fault", [cut, reset_in_the_middle])
def test_an_answer_that_breaks_off(peer: Peer, slept: list[float], fault: Script) -> None:
    peer.script = [fault]
    with pytest.raises(codecourier.ConnectionFailed, match="broke off"):
        client(peer).whoami()
    assert len(peer.requests) == 3
    peer.script = [*[fault] * 4, answer()]
    assert client(peer).whoami().name == "x", "one that comes whole the second time is taken"


@pytest.mark.parametrize("fault", [silent, dripping])
def test_a_slow_answer(peer: Peer, slept: list[float], fault: Script) -> None:
    peer.script = [fault]
    with pytest.raises(codecourier.TimedOut):  # "broke off", had it waited for the end
        client(peer, timeout=0.3, retries=1).whoami()
    assert len(peer.requests) == 2


def test_429_with_retry_after_is_obeyed(peer: Peer, slept: list[float]) -> None:
    peer.script = [error("RATE_LIMITED", "429 Too Many Requests", "Retry-After: 7\r\n", retryable=True), answer()]
    assert client(peer).whoami().name == "x"
    assert slept == [7.0] and len(peer.requests) == 2


def test_429_for_longer_than_anyone_waits_is_handed_on(peer: Peer, slept: list[float]) -> None:
    peer.script = [error("RATE_LIMITED", "429 Too Many Requests", "Retry-After: 3600\r\n", retryable=True)]
    with pytest.raises(codecourier.RateLimited) as limited:
        client(peer).whoami()
    assert limited.value.retry_after == 3600 and limited.value.retryable and not slept and len(peer.requests) == 1


def test_503_then_200(peer: Peer, slept: list[float]) -> None:
    peer.script = [error("UNAVAILABLE", "503 Service Unavailable", retryable=True), answer()]
    assert client(peer).whoami().name == "x"
    assert len(slept) == 1


def test_503_for_ever(peer: Peer, slept: list[float]) -> None:
    peer.script = [error("UNAVAILABLE", "503 Service Unavailable", "Retry-After: 1\r\n", retryable=True)]
    with pytest.raises(codecourier.Unavailable) as failed:
        client(peer).whoami()
    assert failed.value.request_id == "r-1" and slept == [1.0, 1.0] and len(peer.requests) == 3


def test_a_web_server_that_answers_for_itself(peer: Peer, slept: list[float]) -> None:
    peer.script = [answer(b"<html>Bad Gateway</html>", "502 Bad Gateway", kind="text/html")]
    with pytest.raises(codecourier.BadAnswer, match="502") as failed:
        client(peer).whoami()
    assert failed.value.status == 502 and len(peer.requests) == 3


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b'{"data":', "application/json", "not valid JSON"),
        (b'{"data":{}}x', "application/json", "not valid JSON"),
        (b"", "application/json", "not valid JSON"),
        (b"\xff\xfe", "application/json", "not valid JSON"),
        (b"[" * 100000, "application/json", "not valid JSON"),
        (b"<html></html>", "text/html", "text/html, not JSON"),
        (WHOAMI, "text/plain", "text/plain, not JSON"),
        (b"[]", "application/json", "'data'"),
        (b'{"data":[]}', "application/json", "'data'"),
        (b'{"data":"x"}', "application/json", "'data'"),
        (b"null", "application/json", "'data'"),
    ],
)
def test_an_answer_of_another_kind(peer: Peer, slept: list[float], body: bytes, kind: str, words: str) -> None:
    peer.script = [answer(body, kind=kind)]
    with pytest.raises(codecourier.BadAnswer, match=words):
        client(peer).whoami()
    assert len(peer.requests) == 1, "a repeat would not help"


@pytest.mark.parametrize("body", [b'{"data":{}}', b'{"data":[1]}', b"{}", b"null"])
def test_a_list_of_another_kind(peer: Peer, body: bytes) -> None:
    peer.script = [answer(body)]
    with pytest.raises(codecourier.BadAnswer, match="'data'"):
        client(peer).workflows.list()


def test_a_redirect_is_not_followed_with_the_key(peer: Peer) -> None:
    peer.script = [answer(b"", "302 Found", "Location: http://elsewhere.invalid/\r\n")]
    with pytest.raises(codecourier.BadAnswer, match="redirects"):
        client(peer).whoami()
    assert len(peer.requests) == 1


def test_x_should_retry_decides(peer: Peer, slept: list[float]) -> None:
    peer.script = [error("INTERNAL", "500 Internal Server Error", "x-should-retry: false\r\n", retryable=True)]
    with pytest.raises(codecourier.Internal):
        client(peer).whoami()
    assert len(peer.requests) == 1
    peer.script = [answer(), error("CONFLICT", "409 Conflict", "x-should-retry: true\r\n"), answer(b'{"data":{"id":"run_1"}}')]
    assert client(peer).runs.cancel("run_1").id == "run_1"


def test_final_answers_are_not_repeated(peer: Peer, slept: list[float]) -> None:
    for code, status, kind in [
        ("CONFLICT", "409 Conflict", codecourier.Conflict),
        ("NOT_FOUND", "404 Not Found", codecourier.NotFound),
        ("AUTH_INVALID", "401 Unauthorized", codecourier.AuthInvalid),
        ("TEAPOT", "418 I'm a teapot", codecourier.ApiError),
    ]:
        peer.requests.clear()
        peer.script = [error(code, status)]
        with pytest.raises(kind) as refused:
            client(peer).runs.cancel("run_1")
        assert refused.value.code == code and len(peer.requests) == 1
    assert not slept


def test_one_idempotency_key_for_all_attempts_of_a_call(peer: Peer, slept: list[float]) -> None:
    peer.script = [cut, error("IDEMPOTENCY_IN_PROGRESS", "409 Conflict", "Retry-After: 1\r\n", retryable=True), answer(b'{"data":{"id":"iss_1"}}', "201 Created")]
    cc = client(peer)
    cc.issues.create(title="x")
    keys = [peer.header(n, "Idempotency-Key") for n in range(3)]
    assert keys[0] and len(set(keys)) == 1
    cc.issues.create(title="x")
    assert peer.header(3, "Idempotency-Key") not in keys, "and another one for the next call"
    cc.issues.create(title="x", idempotency_key="mine")
    assert peer.header(4, "Idempotency-Key") == "mine"
    cc.whoami
    assert peer.header(0, "Content-Type") == "application/json" and peer.header(0, "Authorization") == f"Bearer {KEY}"


def test_a_write_that_knows_no_idempotency_key_is_not_repeated_blindly(peer: Peer, slept: list[float]) -> None:
    peer.script = [cut]
    with pytest.raises(codecourier.ConnectionFailed):
        client(peer).session.create(email="a@example.com", password="x")
    assert len(peer.requests) == 1 and peer.header(0, "Idempotency-Key") is None


def test_a_kept_connection_that_the_server_has_closed_is_no_error(peer: Peer, slept: list[float]) -> None:
    def once(connection: socket.socket, _: bytes) -> None:
        connection.sendall(answer())

    peer.script = [once]
    cc = client(peer)
    for _ in range(4):
        assert cc.whoami().name == "x"
        time.sleep(0.02)


def test_an_older_envelope_and_an_unknown_code(peer: Peer) -> None:
    peer.script = [answer(b'{"error": "No such thing."}', "404 Not Found", "X-Request-ID: r-9\r\n")]
    with pytest.raises(codecourier.ApiError, match="No such thing.") as refused:
        client(peer).whoami()
    assert refused.value.code == "HTTP_404" and refused.value.request_id == "r-9"


def test_204_is_an_empty_result(peer: Peer) -> None:
    peer.script = [b"HTTP/1.1 204 No Content\r\n\r\n"]
    assert client(peer).issues.delete("iss_1").to_dict() == {}


def test_a_chunked_answer(peer: Peer) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    peer.script = [head + b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in (WHOAMI[:20], WHOAMI[20:])) + b"0\r\n\r\n"]
    assert client(peer).whoami().name == "x"


def test_a_proxy_is_used_and_can_be_avoided(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    peer.script = [answer()]
    monkeypatch.setenv("http_proxy", peer.base)
    assert codecourier.Client("http://service.invalid/under", KEY).whoami().name == "x"
    assert peer.requests[0].startswith(b"GET http://service.invalid/under/api/v1/whoami HTTP/1.1\r\n")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert client(peer).whoami().name == "x"
    assert peer.requests[1].startswith(b"GET /api/v1/whoami HTTP/1.1\r\n")


def test_https_with_an_own_authority(tmp_path: Path, slept: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, secret = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", secret, "-out", certificate], check=True, capture_output=True)  # fmt: skip
    codecourier.open(tmp_path / "my.db").close()
    server = wsgi.make_server(tmp_path / "my.db", port=0)
    server.RequestHandlerClass.log_message = lambda *_: None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, secret)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        base = f"https://127.0.0.1:{server.server_port}"
        with pytest.raises(codecourier.ConnectionFailed, match="not trusted: .*certificate"):
            codecourier.Client(base, KEY).health()
        assert not slept, "a repeat would not help"
        assert codecourier.Client(base, KEY, ca_bundle=str(certificate)).health().status == "ok"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert codecourier.Client(base, KEY).health().status == "ok"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_under_a_prefix(peer: Peer) -> None:
    peer.script = [answer()]
    for base in (peer.base + "/cc", peer.base + "/cc/", peer.base + "/cc/api/v1/"):
        assert codecourier.Client(base, KEY).whoami().name == "x"
    assert all(one.startswith(b"GET /cc/api/v1/whoami ") for one in peer.requests)


@pytest.mark.parametrize(
    ("base", "key", "words"),
    [
        (None, KEY, "CC_BASE"),
        ("http://127.0.0.1", None, "CC_KEY"),
        ("127.0.0.1:8080", KEY, "http://127.0.0.1:8080"),
        ("ftp://example.com", KEY, "address"),
        ("http://user:secret@example.com", KEY, "user name"),
        ("http://example.com/?a=b", KEY, "'\\?'"),
        ("https://happy-animal-123.convex.cloud", KEY, "use https://happy-animal-123.convex.site"),
        ("https://happy-animal-123.convex.cloud/api/v1", KEY, "convex.site"),
        ("http://127.0.0.1", "  ", "key"),
        ("http://127.0.0.1", "cc_live_\nX-Evil: 1", "key"),
        ("http://127.0.0.1", "cc_live_ä", "key"),
    ],
)
def test_a_client_that_cannot_work_is_not_made(base: str | None, key: str | None, words: str) -> None:
    with pytest.raises(codecourier.ConfigurationError, match=words) as refused:
        codecourier.Client(base, key)
    assert "secret" not in str(refused.value) and KEY not in str(refused.value)
    assert isinstance(refused.value, ValueError)


def test_base_and_key_come_from_the_environment(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_BASE", peer.base)
    monkeypatch.setenv("CC_KEY", KEY)
    peer.script = [answer()]
    assert codecourier.Client().whoami().name == "x"


def test_retry_after_in_all_its_forms() -> None:
    assert _http.seconds("3") == 3 and _http.seconds("0.5") == 0.5 and _http.seconds(None) is None
    assert _http.seconds("Fri, 31 Dec 1999 23:59:59 GMT") == 0 and (_http.seconds("Fri, 31 Dec 2199 23:59:59 GMT") or 0) > 1e9
    for nonsense in ("soon", "-3", "", "nan", "Fri, 99 Dec"):
        assert _http.seconds(nonsense) is None
    assert all(_http.delay(n) <= 8 for n in range(10)) and _http.delay(9) >= 6


def test_no_traceback_shows_the_key_even_with_its_variables(peer: Peer, slept: list[float], tmp_path: Path) -> None:
    """As debuggers, error trackers and IPython's verbose mode print them."""
    codecourier.open(tmp_path / "my.db").close()
    peer.script = [cut]
    with socket.create_server(("127.0.0.1", 0)) as one:
        nobody = f"http://127.0.0.1:{one.getsockname()[1]}"
    calls: list[Callable[[], object]] = [
        lambda: codecourier.Client(nobody, KEY).whoami(),
        lambda: codecourier.Client(peer.base, KEY, retries=0).whoami(),
        lambda: codecourier.Client(peer.base, KEY, timeout=-1),
        lambda: codecourier.Client("https://x.convex.cloud", KEY),
        lambda: codecourier.Client(peer.base, KEY + "\n" + KEY),
        lambda: codecourier.AsyncClient("nowhere", KEY),
        lambda: codecourier.open(tmp_path / "none.db", key=KEY, create=False),
        lambda: codecourier.open(tmp_path / "my.db", key=KEY).whoami(),
    ]
    for call in calls:
        with pytest.raises(codecourier.Error) as failed:
            call()
        text = "".join(traceback.TracebackException.from_exception(failed.value, capture_locals=True).format())
        assert "_client.py" in text or "_http.py" in text or "_call.py" in text
        assert KEY[8:] not in text, text
