"""Who is asking: the caller's address behind proxies, and how fast somebody may try to sign in from where."""

from __future__ import annotations

import concurrent.futures
import contextlib
import http.client
import json
import os
import re
import select
import socket
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

import installation
import servers
import storage
from test_session import Person, owner_of, refused
from transcript import Answer, Request

PROXIES = "127.0.0.1 ::1, 10.0.0.0/8 2001:db8:1::/48"
CALLER = "203.0.113.9"


def configured(*lines: str, kind: Callable[[], servers.Transport] = servers.Core) -> Iterator[servers.Transport]:
    transport = kind()
    try:
        installation.command("init", "--data", transport.data)
        (transport.data / "codecourier.conf").write_text("\n".join(lines) + "\n")
        transport.start()
        yield transport
    finally:
        transport.stop()


@pytest.fixture(scope="module")
def proxied() -> Iterator[servers.Core]:
    """A library that believes the proxies above."""
    yield from configured(f"trustedProxies = {PROXIES}", "signInRate = 10")  # type: ignore[misc]


@pytest.fixture(scope="module")
def key(proxied: servers.Core) -> str:
    return installation.Project(proxied.data).key("audited", ["personas:write", "audit:read"], "--rate-limit", "1000000")


def seen_as(transport: servers.Transport, key: str, headers: list[tuple[str, str]], **more: str) -> str | None:
    """The address that the audit log has of a caller with these headers."""
    body = json.dumps({"name": "Ada", "type": "custom"}).encode()
    own = [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json")]
    answer = transport.send(Request("POST", "/api/v1/personas", own + headers, body), **more)
    assert answer.status == 201, answer
    log = transport.send(Request("GET", f"/api/v1/audit?resourceId={answer.json['data']['id']}", own[:1]))
    [entry] = log.json["data"]
    address = entry["address"]
    assert address is None or isinstance(address, str)
    return address


# ---- X-Forwarded-For ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sent", "seen"), [
    (CALLER, CALLER), (f" {CALLER}\t", CALLER), (f"6.6.6.6, {CALLER}", CALLER), (f"6.6.6.6,{CALLER},10.0.0.2", CALLER),
    (f"10.9.9.9, {CALLER}, 10.1.1.1", CALLER), (f"127.0.0.1, {CALLER}", CALLER), (f"unknown, {CALLER}", CALLER), (f"\"{CALLER}, {CALLER}", CALLER),
    ("10.0.0.3, 10.0.0.2", "10.0.0.3"), ("127.0.0.1", "127.0.0.1"), (f"{CALLER}:4711", CALLER), (f"::ffff:{CALLER}", CALLER), (f"{CALLER}, , ", CALLER),
    ("2001:db8::7", "2001:db8::7"), ("2001:DB8:0::0:7", "2001:db8::7"), ("[2001:db8::7]", "2001:db8::7"), ("[2001:db8::7]:443", "2001:db8::7"),
    ("2001:db8::7, 2001:db8:1::2", "2001:db8::7"), (f"{CALLER}, [2001:db8:1::2]:80", CALLER),
])  # fmt: skip
def test_the_first_address_from_the_end_that_is_no_proxy_is_the_caller(proxied: servers.Core, key: str, sent: str, seen: str) -> None:
    assert seen_as(proxied, key, [("X-Forwarded-For", sent)]) == seen


@pytest.mark.parametrize("bad", [
    "unknown", "_hidden", "nobody.example.org", "203.0.113", "203.0.113.999", "203.0.113.9.1", "0x7f.0.0.1", "3405803785", "0313.0.0.1", "203.0.113.9/32",
    "203.0.113.9:", "203.0.113.9:x", "203.0.113.9:123456", "203.0.113.9 6.6.6.6", "[203.0.113.9]", "[203.0.113.9]:80", "203.0.113.9;6.6.6.6", "\"203.0.113.9\"",
    "2001:db8::7::1", "[2001:db8::7", "2001:db8::7]", "[2001:db8::7]80", "[]", "[]:80", ":", "::1%lo", "fe80::1%eth0", "for=203.0.113.9", "*", "é", "1" * 5000,
])  # fmt: skip
def test_what_is_no_address_ends_at_the_last_proxy(proxied: servers.Core, key: str, bad: str) -> None:
    assert seen_as(proxied, key, [("X-Forwarded-For", bad)]) == "127.0.0.1"
    assert seen_as(proxied, key, [("X-Forwarded-For", f"6.6.6.6, {bad}")]) == "127.0.0.1"
    assert seen_as(proxied, key, [("X-Forwarded-For", f"{bad}, 10.0.0.2")]) == "10.0.0.2"
    assert seen_as(proxied, key, [("X-Forwarded-For", f"{bad}, {CALLER}, 10.0.0.2")]) == CALLER


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
@pytest.mark.parametrize("remote", ["198.51.100.1", "2001:db8:2::1", "11.0.0.1", ""])
def test_nobody_else_is_believed(proxied: servers.Core, key: str, remote: str, header: str) -> None:
    value = CALLER if header.startswith("X") else f"for={CALLER}"
    assert seen_as(proxied, key, [(header, value)], remote_addr=remote) == (remote or None)


def test_by_default_nobody_is_believed(cgi: servers.Cgi) -> None:
    key = installation.Project(cgi.data).key("audited", ["personas:write", "audit:read"])
    assert seen_as(cgi, key, [("X-Forwarded-For", CALLER), ("Forwarded", f"for={CALLER}"), ("X-Real-IP", CALLER)]) == "127.0.0.1"


# ---- Forwarded (RFC 7239) ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sent", "seen"), [
    (f"for={CALLER}", CALLER), (f"For={CALLER}; Proto=http;by=203.0.113.43", CALLER), (f'for="{CALLER}"', CALLER), (f'for="{CALLER}:4711"', CALLER),
    ('for="[2001:db8::7]:4711"', "2001:db8::7"), ('FOR="[2001:db8::7]"', "2001:db8::7"), (f'for="{CALLER}:_obf"', CALLER), (f";for={CALLER};", CALLER),
    (f"for=6.6.6.6, for={CALLER}", CALLER), (f"for={CALLER}, for=10.0.0.2", CALLER), (f'for=6.6.6.6;by="a, for=7.7.7.7", for={CALLER}', CALLER),
    (f'for={CALLER};host="a;b, c"', CALLER), (f'for={CALLER};host="a\\", for=6.6.6.6"', CALLER), (f'for="6.6.6.6, for={CALLER}', CALLER),
    (f'for=6.6.6.6;x=", for={CALLER};host="example.org"', CALLER), (f"for=_hidden, for={CALLER}", CALLER), ("for=10.0.0.3, for=10.0.0.2", "10.0.0.3"),
])  # fmt: skip
def test_forwarded_is_read_from_its_end(proxied: servers.Core, key: str, sent: str, seen: str) -> None:
    assert seen_as(proxied, key, [("Forwarded", sent)]) == seen


@pytest.mark.parametrize("bad", [
    "for=unknown", "for=_hidden", "for=", 'for=""', "for", "=", CALLER, "by=203.0.113.9", f"for={CALLER};for=6.6.6.6", f"for={CALLER};FOR={CALLER}", "for=[2001:db8::7]",
    "for=2001:db8::7", f"for={CALLER}:80", f"for = {CALLER}", f'for="{CALLER}', f"for={CALLER}\"", f"for={CALLER};proto", f"for={CALLER};proto=https;proto=http",
    f"for={CALLER};=x", f'for="{CALLER}\\""', f"for='{CALLER}'", f'for="\\{CALLER}"', "for=example.org",
])  # fmt: skip
def test_an_element_that_names_no_address_ends_at_the_last_proxy(proxied: servers.Core, key: str, bad: str) -> None:
    assert seen_as(proxied, key, [("Forwarded", bad)]) == "127.0.0.1"
    assert seen_as(proxied, key, [("Forwarded", f"{bad}, for=10.0.0.2")]) == "10.0.0.2"


def test_two_headers_that_agree_are_believed_and_two_that_do_not_are_in_no_network_list(proxied: servers.Core, key: str) -> None:
    assert seen_as(proxied, key, [("Forwarded", f"for={CALLER}"), ("X-Forwarded-For", CALLER)]) == CALLER
    made_up = [("Forwarded", "for=6.6.6.6"), ("X-Forwarded-For", CALLER)]
    assert seen_as(proxied, key, made_up) == "127.0.0.1"
    listed = installation.Project(proxied.data).key("here", ["runs:read"], "--networks", f"127.0.0.1,{CALLER},6.6.6.6")
    asked = proxied.send(Request("GET", "/api/v1/runs", [("Authorization", f"Bearer {listed}"), *made_up]))
    refused(asked, 403, "FORBIDDEN")


# ---- what it is good for -------------------------------------------------------------------------------------------------------


def test_a_network_list_looks_at_the_caller(proxied: servers.Core) -> None:
    key = installation.Project(proxied.data).key("listed", ["runs:read"], "--networks", "203.0.113.0/24,2001:db8::/48")

    def status(remote: str, *headers: tuple[str, str]) -> int:
        return proxied.send(Request("GET", "/api/v1/runs", [("Authorization", f"Bearer {key}"), *headers]), remote_addr=remote).status

    assert status("127.0.0.1", ("X-Forwarded-For", CALLER)) == 200
    assert status("127.0.0.1", ("Forwarded", 'for="[2001:db8::7]"')) == 200
    assert status("127.0.0.1", ("X-Forwarded-For", f"{CALLER}, 198.51.100.7")) == 403
    assert status("198.51.100.7", ("X-Forwarded-For", CALLER)) == 403
    assert status("127.0.0.1") == 403
    assert status(CALLER) == 200


def test_a_socket_without_an_address_is_believed_where_that_is_said() -> None:
    for core in configured("trustedProxies = unix"):
        key = installation.Project(core.data).key("audited", ["personas:write", "audit:read"])
        assert seen_as(core, key, [("X-Forwarded-For", CALLER)], remote_addr="") == CALLER
        assert seen_as(core, key, [("X-Forwarded-For", CALLER)], remote_addr="127.0.0.1") == "127.0.0.1"


@pytest.mark.parametrize("value", ["localhost", "10.0.0.0/33", "10.0.0.0/x", "unix:", "2001:db8::/129", "127.0.0.1;10.0.0.1", "*"])
def test_a_network_that_is_none_is_said_at_the_start(value: str) -> None:
    data = installation.private_folder() / "data"
    installation.command("init", "--data", data)
    (data / "codecourier.conf").write_text(f"trustedProxies = 127.0.0.1 {value}\n")
    done = installation.command("key", "list", "--data", data, check=False)
    assert done.returncode != 0 and "trustedProxies" in done.stderr


@pytest.mark.parametrize(("headers", "remote", "secure"), [
    ([("X-Forwarded-Proto", "https")], "127.0.0.1", True), ([("X-Forwarded-Proto", "HTTPS")], "127.0.0.1", True),
    ([("X-Forwarded-Proto", "https")], "198.51.100.1", False), ([("X-Forwarded-Proto", "http")], "127.0.0.1", False),
    ([("X-Forwarded-Proto", "https, http")], "127.0.0.1", False), ([("X-Forwarded-Proto", "httpsx")], "127.0.0.1", False),
    ([("Forwarded", f"for={CALLER};proto=https")], "127.0.0.1", True), ([("Forwarded", f"for={CALLER};proto=https, for=10.0.0.1;proto=http")], "127.0.0.1", True),
    ([("Forwarded", f"proto=https;for=6.6.6.6, for={CALLER};proto=http")], "127.0.0.1", False), ([], "127.0.0.1", False),
])  # fmt: skip
def test_a_cookie_is_secure_where_a_proxy_says_https(proxied: servers.Core, headers: list[tuple[str, str]], remote: str, secure: bool) -> None:
    project = installation.Project(proxied.data)
    body = json.dumps({"email": project("owner"), "password": project("owner_password")}).encode()
    places = [] if any(name == "Forwarded" for name, _ in headers) else [("X-Forwarded-For", f"192.0.2.{len(headers) + secure}")]
    answer = proxied.send(Request("POST", "/api/v1/session", [("Content-Type", "application/json"), *places, *headers], body), remote_addr=remote)
    assert answer.status == 201, answer
    assert (answer.header("Set-Cookie") or "").endswith("; Secure") == secure


# ---- real proxies ---------------------------------------------------------------------------------------------------------------


class Fronted(servers.LighttpdFastcgi):
    """A proxy of that kind in front of lighttpd."""

    front = ""

    def start(self) -> None:
        super().start()
        self.backend, self.port = self.port, servers.free_port()
        getattr(self, self.front)()
        self.wait_until_up()

    def words(self) -> dict[str, object]:
        return {"BACKEND": f"127.0.0.1:{self.backend}", "HOST": "127.0.0.1", "BACKEND_PORT": self.backend}

    def lighttpd(self) -> None:
        self.spawn(servers.find("lighttpd"), "-D", "-f", self.configure("front-lighttpd.conf", **self.words()))

    def apache(self) -> None:
        site = self.configure("front-apache.conf", **self.words())
        site.write_text(f"LoadModule proxy_http_module {servers.apache_modules()}/mod_proxy_http.so\n" + site.read_text())
        self.spawn(servers.find("apache2"), "-f", servers.apache_server(self, site), "-D", "FOREGROUND")

    def nginx(self) -> None:
        site = self.configure("front-nginx.conf", **self.words())
        run = self.make("run")
        whole = self.folder / "nginx.conf"
        paths = "".join(f"{name}_temp_path {run}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        whole.write_text(f"pid {run}/nginx.pid;\ndaemon off;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}include {site};\n}}\n")
        self.spawn(servers.find("nginx"), "-e", "stderr", "-c", whole)

    def caddy(self) -> None:
        site = self.configure("front-caddy.conf", NAME=f"http://127.0.0.1:{self.port}", **self.words())
        whole = self.folder / "Caddyfile"
        whole.write_text(f"{{\n\tadmin off\n}}\nimport {site}\n")
        self.spawn(servers.find("caddy"), "run", "--adapter", "caddyfile", "--config", whole)


@pytest.fixture(scope="module", params=["lighttpd", "apache", "nginx", "caddy"])
def fronted(request: pytest.FixtureRequest) -> Iterator[servers.Transport]:
    try:
        servers.find(request.param if request.param != "apache" else "apache2")
    except AssertionError as missing:
        pytest.skip(f"NOT TESTED: {missing}")

    class Kind(Fronted):
        front = request.param

    yield from configured("trustedProxies = 127.0.0.0/8", kind=Kind)


@pytest.fixture(scope="module")
def behind(fronted: servers.Transport) -> installation.Project:
    return installation.Project(fronted.data)


@pytest.mark.parametrize("claimed", [
    [], [("X-Forwarded-For", "6.6.6.6")], [("Forwarded", "for=6.6.6.6")], [("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "7.7.7.7")],
    [("Forwarded", "for=6.6.6.6;proto=https"), ("X-Forwarded-For", "6.6.6.6")], [("X-Forwarded-Proto", "https")], [("Forwarded", 'for="')],
])  # fmt: skip
def test_a_caller_behind_a_real_proxy_cannot_choose_its_address(fronted: servers.Transport, behind: installation.Project, claimed: list[tuple[str, str]]) -> None:
    assert (seen_as(fronted, behind("admin"), claimed) or "").startswith("127.0.0."), "the proxy's own peer is this machine"
    body = json.dumps({"email": behind("owner"), "password": behind("owner_password")}).encode()
    answer = fronted.send(Request("POST", "/api/v1/session", [("Content-Type", "application/json"), *claimed], body))
    assert answer.status == 201 and "Secure" not in (answer.header("Set-Cookie") or ""), answer


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("name", ["X_Forwarded_For", "x-forwarded_for", "X.Forwarded.For"])
def test_a_header_that_cgi_cannot_tell_from_the_proxys_says_nothing(fronted: Fronted, behind: installation.Project, name: str, first: bool) -> None:
    """CGI has one name for all of these.  The proxies put their own last; others sort, so the web server is asked in both orders, too."""
    whole = [(name, "6.6.6.6"), ("X-Forwarded-For", CALLER)]
    body = json.dumps({"name": "Ada", "type": "custom"}).encode()
    for port, headers in ((fronted.port, whole[:1]), (fronted.backend, whole if first else whole[::-1])):
        own = [("Authorization", f"Bearer {behind('admin')}"), ("Content-Type", "application/json")]
        answer = servers.over_http(port, Request("POST", "/api/v1/personas", own + headers, body))
        if answer.status == 201:
            [entry] = fronted.send(Request("GET", f"/api/v1/audit?resourceId={answer.json['data']['id']}", own[:1])).json["data"]
            assert entry["address"] == ("127.0.0.1" if port == fronted.port else CALLER), entry
        else:
            refused(answer, 400, "VALIDATION")


def begun(port: int, data: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(data)
    return connection


def test_an_event_goes_through_a_real_proxy_when_it_happens(fronted: Fronted, behind: installation.Project) -> None:
    """And not when the answer ends, which it does as the run is over."""
    own = [("Authorization", f"Bearer {behind('admin')}"), ("Content-Type", "application/json")]
    flow = fronted.send(Request("GET", "/api/v1/workflows", own[:1])).json["data"][0]["id"]
    run = fronted.send(Request("POST", "/api/v1/runs", own, json.dumps({"workflowId": flow}).encode())).json["data"]["id"]
    asked = f"GET /api/v1/runs/{run}/events HTTP/1.1\r\nHost: 127.0.0.1:{fronted.port}\r\nAccept: text/event-stream\r\nAuthorization: Bearer {behind('admin')}\r\n\r\n"
    with begun(fronted.port, asked.encode()) as connection:
        said = b""
        while b"id: 1\n" not in said:
            said += (more := connection.recv(65536))
            assert more, said
        assert b"id: 2\n" not in said
        assert fronted.send(Request("POST", f"/api/v1/runs/{run}/cancel", own)).status < 300
        while b"id: 2\n" not in said:
            said += (more := connection.recv(65536))
            assert more, said
    assert b'"status":"cancelled"' in said


# ---- where one request ends and the next one begins ------------------------------------------------------------------------------

# What two servers may read differently: header lines, where LONG is the size of all that follows and SHORT of its beginning.
LENGTHS = {
    "both": "Content-Length: LONG\r\nTransfer-Encoding: chunked", "both, turned round": "Transfer-Encoding: chunked\r\nContent-Length: LONG",
    "both, short": "Content-Length: SHORT\r\nTransfer-Encoding: chunked", "another coding": "Content-Length: LONG\r\nTransfer-Encoding: xchunked",
    "another coding, short": "Content-Length: SHORT\r\nTransfer-Encoding: xchunked", "another one alone": "Transfer-Encoding: xchunked",
    "two codings": "Content-Length: LONG\r\nTransfer-Encoding: chunked, identity", "chunked twice": "Transfer-Encoding: chunked, chunked",
    "two lines of codings": "Content-Length: SHORT\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x", "chunked within": "Transfer-Encoding: chunked, gzip",
    "space before the colon": "Content-Length: LONG\r\nTransfer-Encoding : chunked", "a tab": "Content-Length: LONG\r\nTransfer-Encoding:\tchunked",
    "a vertical tab": "Content-Length: LONG\r\nTransfer-Encoding: \x0bchunked", "quotes": 'Content-Length: LONG\r\nTransfer-Encoding: "chunked"',
    "a folded line": "Content-Length: LONG\r\nX-A: b\r\n Transfer-Encoding: chunked", "a folded value": "Content-Length: LONG\r\nTransfer-Encoding:\r\n chunked",
    "a folded length": "Content-Length:\r\n SHORT\r\nX-A: b", "a bare line feed": "Content-Length: LONG\r\nX-A: b\nTransfer-Encoding: chunked",
    "a bare return": "Content-Length: LONG\r\nX-A: b\rTransfer-Encoding: chunked", "a feed in the name": "Content-Length: LONG\r\nTransfer-Encoding\n: chunked",
    "a nul": "Content-Length: LONG\r\nTransfer-Encoding: chunked\0", "an underline": "Content-Length: LONG\r\nTransfer_Encoding: chunked",
    "an underlined length": "Content_Length: SHORT\r\nContent-Length: LONG", "other letters": "Content-Length: LONG\r\ntRANSFER-eNCODING: cHUNKED",
    "two lengths": "Content-Length: SHORT\r\nContent-Length: LONG", "two lengths, turned round": "Content-Length: LONG\r\nContent-Length: SHORT",
    "two in one line": "Content-Length: SHORT, LONG", "the same twice": "Content-Length: SHORT\r\nContent-Length: SHORT", "a sign": "Content-Length: +SHORT",
    "below zero": "Content-Length: -1", "a zero before": "Content-Length: 00SHORT", "hexadecimal": "Content-Length: 0xSHORT", "an underscore": "Content-Length: 1_SHORT",
    "a fraction": "Content-Length: SHORT.0", "words behind": "Content-Length: SHORT LONG", "too large": "Content-Length: 18446744073709551616", "no length": "X-A: b",
    "a length of 2^64 and more": "Content-Length: 1844674407370955161SHORT", "an expectation": "Expect: 100-continue\r\nContent-Length: LONG\r\nTransfer-Encoding: chunked",
    "named as of this hop": "Connection: Content-Length\r\nContent-Length: LONG", "coding named so": "Connection: Transfer-Encoding\r\nContent-Length: LONG\r\nTransfer-Encoding: chunked",
    "an upgrade": "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: LONG",
}  # fmt: skip
# How bytes come in chunks, where it is not as it should be: before what is hidden.
CHUNKS = {
    "the end": b"0\r\n\r\n", "the end by line feeds": b"0\n\n", "an extension with a feed": b"0;a\nb\r\n\r\n", "a size with a prefix": b"0x0\r\n\r\n",
    "a size below zero": b"-0\r\n\r\n", "a size with a sign": b"+0\r\n\r\n", "a space before": b" 0\r\n\r\n", "a space behind": b"0 \r\n\r\n",
    "a size of 2^64": b"10000000000000000\r\n\r\n", "trailers": b"0\r\nContent-Length: 9\r\n\r\n", "a trailer with a feed": b"0\r\nX: y\n\r\n", "no size": b"\r\n\r\n",
    "a return alone": b"0\r\r\n\r\n", "no end of a chunk": b"2\r\n{}0\r\n\r\n", "an end that is none": b"2\r\n{}XX0\r\n\r\n", "a long one": b"0" * 200 + b"\r\n\r\n",
}  # fmt: skip


def ambiguous(hidden: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Header lines and what follows them: to who reads it otherwise than was meant, the hidden is a request's beginning."""
    for name, lines in LENGTHS.items():
        for kind, body in (("behind the end", b"0\r\n\r\n" + hidden), ("in a chunk", f"{len(hidden):x}\r\n".encode() + hidden + b"\r\n0\r\n\r\n")):
            short = 5 if kind == "behind the end" else body.index(b"\n") + 1
            yield f"{name}, {kind}", lines.replace("SHORT", str(short)).replace("LONG", str(len(body))), body
    for name, chunks in CHUNKS.items():
        yield f"chunks: {name}", "Transfer-Encoding: chunked", chunks + hidden


def test_no_request_is_hidden_in_anothers(fronted: Fronted, behind: installation.Project) -> None:
    """One sends what two servers could read differently, and another's request comes behind it: over the proxy's own connection, if it
    keeps one.  Each gets what he asked for, and nothing was done in the other's name."""
    victim = behind.key("victim", ["personas:write"], "--rate-limit", "1000000")
    sender = behind.key("sender", ["personas:write"], "--rate-limit", "1000000")
    own = [("Authorization", f"Bearer {victim}")]
    made = fronted.send(Request("POST", "/api/v1/personas", [*own, ("Content-Type", "application/json")], b'{"name": "Kept", "type": "custom"}')).json["data"]["id"]
    me = fronted.send(Request("GET", "/api/v1/whoami", own)).json["data"]
    answered = 0
    with closing(http.client.HTTPConnection("127.0.0.1", fronted.port, timeout=60)) as others:
        for name, lines, body in ambiguous(f"DELETE /api/v1/personas/{made} HTTP/1.1\r\nHost: 127.0.0.1:{fronted.port}\r\nX-Swallowed: ".encode()):
            head = f"POST /api/v1/personas HTTP/1.1\r\nHost: 127.0.0.1:{fronted.port}\r\nAuthorization: Bearer {sender}\r\nContent-Type: application/json\r\n{lines}\r\n\r\n"
            with begun(fronted.port, head.encode() + body) as connection:
                select.select([connection], [], [], 0.2)  # some wait for more, rightly
                for _ in range(2):
                    others.request("GET", "/api/v1/whoami", headers=dict(own))
                    answer = others.getresponse()
                    assert (answer.status, json.load(answer)["data"]) == (200, me), name
                said = b""
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_WR)
                    while more := connection.recv(65536):
                        said += more
            codes = [int(code) for code in re.findall(rb"(?m)^HTTP/1\.[01] (\d{3})", said) if code != b"100"]
            assert len(codes) <= 2 and set(codes[1:]) <= {400, 408}, (name, said)
            answered += bool(codes)
    assert answered > 20, "they came to the proxy"
    entries = fronted.send(Request("GET", f"/api/v1/audit?resourceId={made}", [("Authorization", f"Bearer {behind('admin')}")])).json["data"]
    assert [entry["action"] for entry in entries] == ["personas.create"], entries
    assert fronted.send(Request("GET", f"/api/v1/personas/{made}", own)).status == 200


def test_what_the_real_proxy_says_is_believed(fronted: Fronted) -> None:
    """Connected from another address of this machine, which the proxy has to tell and trustedProxies does not list."""
    (fronted.data / "codecourier.conf").write_text("trustedProxies = 127.0.0.1\n")
    for process in list(subprocess.run(["pgrep", "-P", str(fronted.processes[0].pid)], capture_output=True, text=True).stdout.split()):
        subprocess.run(["kill", process], check=False)  # workers read their settings when they start; lighttpd starts others
    time.sleep(0.5)
    fronted.wait_until_up()
    key = installation.Project(fronted.data).key("far", ["runs:read"], "--networks", "127.0.0.77")
    asked = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", f"Authorization: Bearer {key}", f"http://127.0.0.1:{fronted.port}/api/v1/runs"]
    assert subprocess.run([*asked, "--interface", "127.0.0.77"], capture_output=True, text=True).stdout == "200"
    assert subprocess.run([*asked, "-H", "X-Forwarded-For: 127.0.0.77"], capture_output=True, text=True).stdout == "403"


# ---- signing in -----------------------------------------------------------------------------------------------------------------


def from_(place: str) -> dict[str, str]:
    return {"X_Forwarded_For": place}


def guess(transport: servers.Transport, email: str, place: str, password: str = "not it") -> int:
    return Person(transport, email, "").ask("POST", "/session", {"email": email, "password": password}, **from_(place)).status


@pytest.fixture
def quick() -> Iterator[servers.Core]:
    yield from configured("trustedProxies = 127.0.0.1", kind=servers.Still)  # type: ignore[misc]


def test_guesses_from_elsewhere_do_not_keep_the_owner_out(quick: servers.Core) -> None:
    ada = owner_of(quick, installation.Project(quick.data))
    assert [guess(quick, ada.email, "198.51.100.1") for _ in range(12)] == [401] * 10 + [429] * 2
    assert ada.sign_in(**from_(CALLER)).status == 201, "from a place that was never seen before"


def test_guesses_at_one_account_do_not_keep_others_of_the_same_place_out(quick: servers.Core) -> None:
    ada = owner_of(quick, installation.Project(quick.data))
    for _ in range(11):
        guess(quick, "somebody@example.org", CALLER)
    assert ada.sign_in(**from_(CALLER)).status == 201


@pytest.mark.parametrize(("places", "again"), [
    (["2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:1:1:2:3:4"], "2001:db8:0:2::1"), ([CALLER, f"::ffff:{CALLER}", f"{CALLER}:99"], "203.0.113.10"),
])  # fmt: skip
def test_one_customer_is_one_place(quick: servers.Core, places: list[str], again: str) -> None:
    seen = [guess(quick, "somebody@example.org", places[n % 3]) for n in range(12)]
    assert seen == [401] * 10 + [429] * 2
    assert guess(quick, "somebody@example.org", again) == 401


@pytest.fixture
def slow() -> Iterator[servers.Core]:
    """Which takes few guesses a minute."""
    yield from configured("trustedProxies = 127.0.0.1", "signInRate = 4", kind=servers.Still)  # type: ignore[misc]


def test_a_place_may_not_try_account_after_account_for_ever(slow: servers.Core) -> None:
    seen = [guess(slow, f"somebody{n}@example.org", CALLER) for n in range(30)]
    assert seen[:20] == [401] * 20 and seen[-1] == 429
    assert guess(slow, "somebody@example.org", "203.0.113.10") == 401


def test_a_place_that_has_signed_in_before_is_let_try_whatever_its_neighbours_do(slow: servers.Core) -> None:
    ada = owner_of(slow, installation.Project(slow.data))
    ada.sign_in(**from_(CALLER))
    while guess(slow, f"somebody{time.monotonic_ns()}@example.org", CALLER) != 429:
        pass
    assert ada.sign_in(**from_(CALLER)).status == 201


def test_guesses_from_many_places_at_once_are_slowed_down_and_the_owner_is_not(slow: servers.Core) -> None:
    ada = owner_of(slow, installation.Project(slow.data))
    ada.sign_in(**from_(CALLER))
    for n in range(30):  # a crowd
        guess(slow, ada.email, f"198.51.100.{n}")
    assert [guess(slow, ada.email, "198.51.100.200") for _ in range(3)] == [401, 429, 429], "one a minute for each of them"
    assert [ada.sign_in(**from_(CALLER)).status for _ in range(2)] == [201] * 2, "known"
    assert ada.sign_in(**from_("192.0.2.5")).status == 201, "and the owner's first attempt from anywhere"


class LighttpdFastcgi(servers.LighttpdFastcgi):
    """Whose workers may end by SIGBUS without a sanitizer's report: their memory is cut off below."""

    web = installation.PLAIN_WEB


@pytest.mark.parametrize("kind", [LighttpdFastcgi, servers.LighttpdCgi])
def test_many_guesses_at_once_stay_few_whatever_becomes_of_the_shared_state(kind: Callable[[], servers.Transport]) -> None:
    """Sixteen at a time over a real web server, each with another chain before its address; meanwhile the file is deleted, cut to nothing, overwritten."""
    made = configured("trustedProxies = 127.0.0.1", "signInRate = 2", kind=kind)  # a bucket fills slowly again
    server = next(made)
    shared = server.data / "codecourier.db-hot"

    def guess_in_a_chain(n: int, place: str) -> int:
        chain = (place, f"6.6.6.{n}, {place}", f"::ffff:{place}", f"{place}:{n + 1000}", f"127.0.0.9, {place}, 127.0.0.1")[n % 5]
        body = json.dumps({"email": "somebody@example.org", "password": "x"}).encode()
        return server.send(Request("POST", "/api/v1/session", [("Content-Type", "application/json"), ("X-Forwarded-For", chain)], body)).status

    def burst(place: str) -> list[int]:
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            return list(pool.map(guess_in_a_chain, range(48), [place] * 48))

    try:
        for n, harm in enumerate((lambda: None, shared.unlink, lambda: os.truncate(shared, 0), lambda: shared.write_bytes(os.urandom(100_000)))):
            while not shared.exists():  # made anew when somebody looks
                server.wait_until_up()
            harm()
            server.wait_until_up()  # a process whose memory is cut off ends, and another takes its place
            seen = burst(f"203.0.113.{n}")
            assert seen.count(201) == 0 and seen.count(401) <= 4, seen
            server.wait_until_up()
            seen += burst(f"203.0.113.{n}")  # each process is there by now
            assert set(seen[48:]) <= {401, 429, 503} and seen.count(401) <= 8 and seen[-1] == 429, seen
            assert guess_in_a_chain(0, f"198.51.100.{n}") == 401, "a place of its own"
    finally:
        made.close()  # type: ignore[attr-defined]


def test_a_throttle_tells_nothing_about_who_exists(quick: servers.Core) -> None:
    ada = owner_of(quick, installation.Project(quick.data))
    answers: list[list[str]] = []
    for email in (ada.email, "nobody@example.org"):
        told = []
        for _ in range(13):
            answer = Person(quick, email, "").ask("POST", "/session", {"email": email, "password": "x"}, **from_(CALLER))
            error = {name: value for name, value in answer.json["error"].items() if name != "requestId"}
            told.append(json.dumps([answer.status, error, sorted(name for name, _ in answer.headers)]))
        answers.append(told)
    assert answers[0] == answers[1]


def test_the_places_of_an_account_are_few_and_the_last(quick: servers.Core) -> None:
    ada = owner_of(quick, installation.Project(quick.data))
    for n in range(20):
        ada.sign_in(**from_(f"192.0.2.{n}"))
    ada.sign_in(**from_("2001:db8:0:1::5"))
    with closing(storage.connect(quick.data)) as database:
        (places,) = database.execute("SELECT places FROM users WHERE email = ?", (ada.email,)).fetchone()
    assert places.split() == ["2001:db8:0:1::/64", *(f"192.0.2.{n}" for n in range(19, 4, -1))]


# ---- many at once ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def busy() -> Iterator[servers.Serve]:
    yield from configured("signInRate = 100000", "rateLimit = 0", kind=servers.Serve)  # type: ignore[misc]


def test_fifty_who_sign_in_at_once_hold_nobody_up(busy: servers.Serve) -> None:
    project = installation.Project(busy.data)
    key, owner, password = project("quickstart"), project("owner"), project("owner_password")
    told: list[int] = []

    def sign_in(n: int) -> int:
        email, tried = (owner, password) if n % 2 else (f"nobody{n}@example.org", "x")
        body = json.dumps({"email": email, "password": tried}).encode()
        while True:
            answer = busy.send(Request("POST", "/api/v1/session", [("Content-Type", "application/json")], body))
            if answer.status != 503:
                return answer.status
            told.append(int(answer.header("Retry-After") or 0))
            time.sleep(told[-1])

    overtaken: list[int] = []  # by each of the others: sign-ins that ended while it waited
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        asked = [pool.submit(sign_in, n) for n in range(50)]
        while not all(one.done() for one in asked):
            waiting = sum(not one.done() for one in asked)
            assert busy.send(Request("GET", "/api/v1/whoami", [("Authorization", f"Bearer {key}")])).status == 200
            overtaken.append(waiting - sum(not one.done() for one in asked))
            time.sleep(0.02)
    assert [one.result() for one in asked] == [401, 201] * 25, "in the end everybody is served"
    assert len(told) > 10 and set(told) <= {1, 2, 3, 4} and len(set(told)) > 1, "and those that were told to come again do not all come at once"
    assert statistics.median(overtaken) <= 2 and max(overtaken) < 20, f"others wait behind sign-ins: {overtaken}"
