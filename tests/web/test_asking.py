"""How a request may be written, and what is answered to one that is written otherwise."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urljoin

import pytest

import installation
import servers
import storage
import transcript
from transcript import Answer, Request

FLOW = {"name": "Asked for", "steps": [{"role": "designer"}]}


def ask(transport: servers.Transport, method: str, path: str, body: object = None, **headers: str) -> Answer:
    request = Request(method, path, [(name.replace("_", "-"), value) for name, value in headers.items()])
    if body is not None:
        request.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        if request.header("Content-Type") is None:
            request.headers.append(("Content-Type", "application/json"))
    answer = transport.send(request)
    if not (answer.status == 405 and method == "TRACE"):  # web servers answer that one by themselves
        transcript.promises(request, answer)
    return answer


def refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.json["error"]["code"]) == (status, code), answer


@pytest.fixture(scope="session")
def key(transport: servers.Transport) -> str:
    """One for all tests here that look only at what they have made themselves."""
    return key_of(transport)


@pytest.fixture(scope="session")
def core_key(core: servers.Core) -> str:
    return key_of(core)


def key_of(transport: servers.Transport) -> str:
    return "Bearer " + installation.Project(transport.data).key("asking", installation.KEYS["admin"], "--rate-limit", "6000")


# ---- methods -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["TRACE", "BREW", "PROPFIND", "get"])
@pytest.mark.parametrize("path", ["/api/v1/whoami", "/api/v1/workflows/nowhere", "/api/v1/no/such/path"])
def test_an_unknown_method_is_405_on_every_path(transport: servers.Transport, key: str, method: str, path: str) -> None:
    answer = ask(transport, method, path, Authorization=key)
    assert answer.status == 405 and answer.header("Allow") is not None, answer  # Apache itself allows nothing in place of TRACE
    assert key.encode() not in answer.body, "the key came back"


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "BREW"])
def test_beside_the_api_lighttpd_leaves_the_words_to_us(transport: servers.Transport, method: str) -> None:
    if not isinstance(transport, servers.Serve | servers.LighttpdFastcgi):
        pytest.skip("Apache refuses these by itself, with a page of its own")
    refused(ask(transport, method, "/", Authorization="Bearer secret"), 405, "METHOD_NOT_ALLOWED")
    page = transport.send(Request("GET", "/nowhere.html", []))
    assert page.status == 404 and (page.header("Content-Type") or "").startswith("text/html"), "who looks for a page gets a page"


def test_connect_is_405(core: servers.Core, fastcgi: servers.Fastcgi) -> None:
    for transport in (core, fastcgi):
        refused(ask(transport, "CONNECT", "example.org:443"), 405, "METHOD_NOT_ALLOWED")


# ---- bodies --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip", "br", "deflate", "zstd", "identity, gzip", "gzip,identity", "identityx", "*"])
def test_a_compressed_body_is_415_and_says_what_is_taken(core: servers.Core, core_key: str, coding: str) -> None:
    body = gzip.compress(json.dumps(FLOW).encode())
    answer = ask(core, "POST", "/api/v1/workflows", body, Authorization=core_key, Content_Encoding=coding)
    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")
    assert answer.header("Accept-Encoding") == "identity" and "Content-Encoding" in answer.json["error"]["message"]


@pytest.mark.parametrize("coding", ["identity", "Identity", " identity , identity", ""])
def test_a_body_may_say_that_it_is_as_it_is(core: servers.Core, core_key: str, coding: str) -> None:
    assert ask(core, "POST", "/api/v1/workflows", FLOW, Authorization=core_key, Content_Encoding=coding).status == 201


def test_what_has_no_body_is_not_compressed(core: servers.Core) -> None:
    assert ask(core, "GET", "/api/v1/health", Content_Encoding="gzip").status == 200


# ---- addresses -----------------------------------------------------------------------------------------------------------


def test_letters_in_a_path_may_be_escaped(transport: servers.Transport, key: str) -> None:
    made = ask(transport, "POST", "/api/v1/workflows", FLOW, Authorization=key).json["data"]["id"]
    for written in (made.replace("_", "%5F"), made.replace("_", "%5f"), "".join(f"%{ord(c):02X}" for c in made)):
        assert ask(transport, "GET", f"/api/v1/workflows/{written}", Authorization=key).json["data"]["id"] == made
    assert ask(transport, "GET", "/api/v1/%77hoami", Authorization=key).status == 200


@pytest.mark.parametrize("path", ["workflows%2Fx", "workflows%252Fx", "whoami%00", "whoami%", "whoami%5", "whoami%zz", "whoami%255F", "whoami%3F", "%2e%2e/whoami"])
def test_what_has_a_meaning_is_not_decoded(core: servers.Core, core_key: str, path: str) -> None:
    refused(ask(core, "GET", f"/api/v1/{path}", Authorization=core_key), 404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/api/v1/workflows", "/api/v1/workflows/", "/api/v1/workflows/list", "/some/where/api/v1/workflows", "/api/v1/%77orkflows"])
def test_the_link_leads_to_the_next_page_from_wherever_it_was_asked(core: servers.Core, path: str) -> None:
    key = f"Bearer {installation.Project(core.data)('admin')}"
    for n in range(3):
        ask(core, "POST", "/api/v1/workflows", FLOW | {"name": f"Page {n}"}, Authorization=key)
    seen, here = [], f"{path}?limit=1&q=Page%20"
    for _ in range(3):
        answer = ask(core, "GET", here, Authorization=key)
        seen += [row["name"] for row in answer.json["data"]]
        link = answer.header("Link")
        here = urljoin(here, link[1 : link.index(">")]) if link else ""
    assert seen == ["Page 2", "Page 1", "Page 0"] and here == ""


def test_the_link_of_an_older_name_keeps_the_id(core: servers.Core) -> None:
    project = installation.Project(core.data)
    key, starter = f"Bearer {project('admin')}", f"Bearer {project('starter')}"
    flow = ask(core, "POST", "/api/v1/workflows", FLOW, Authorization=key).json["data"]["id"]
    runs = {ask(core, "POST", "/api/v1/runs", {"workflowId": flow}, Authorization=starter).json["data"]["id"] for _ in range(2)}
    for path in (f"/api/v1/workflows/runs?id={flow}&limit=1", f"/api/v1/workflows/{flow}/runs?limit=1"):
        first = ask(core, "GET", path, Authorization=starter)
        link = first.header("Link") or ""
        second = ask(core, "GET", urljoin(path, link[1 : link.index(">")]), Authorization=starter)
        assert {first.json["data"][0]["id"], second.json["data"][0]["id"]} == runs


@pytest.mark.parametrize("prefix", ["", "/some/folder", "/a%20b"])
def test_the_description_names_the_path_it_was_served_from(core: servers.Core, prefix: str) -> None:
    here = f"http://example.org{prefix}/api/v1/openapi.json"
    (server,) = ask(core, "GET", f"{prefix}/api/v1/openapi.json").json["servers"]
    assert server["url"] == f"{prefix}/api/v1", "an absolute path: programs take another one for relative to the host"
    assert urljoin(here, server["url"]) + "/whoami" == f"http://example.org{prefix}/api/v1/whoami"


# ---- sizes ---------------------------------------------------------------------------------------------------------------


def test_headers_of_more_than_8_kilobytes_are_431(transport: servers.Transport, key: str) -> None:
    many = {f"X_Filler_{n}": "f" * 3000 for n in range(3)}
    refused(ask(transport, "GET", "/api/v1/whoami", Authorization=key, **many), 431, "HEADERS_TOO_LARGE")
    assert ask(transport, "GET", "/api/v1/whoami", Authorization=key, X_Filler="f" * 6000).status == 200


@pytest.mark.parametrize("size", [9000, 15000])
def test_one_header_of_more_than_8_kilobytes_is_431(transport: servers.Transport, key: str, size: int) -> None:
    if isinstance(transport, servers.ApacheHtaccess):
        pytest.skip("Apache's own limit for one header is not to be raised in an .htaccess: it answers 400 by itself")
    refused(ask(transport, "GET", "/api/v1/whoami", Authorization=key, X_Filler="f" * size), 431, "HEADERS_TOO_LARGE")


@pytest.mark.parametrize("size", [16200, 16384, 20000, 33000, 66000])
def test_what_is_too_long_is_refused_and_not_left_out(transport: servers.Transport, key: str, size: int) -> None:
    """mod_proxy_fcgi drops a variable that does not fit into 16 KiB: the request arrived without its query, or its If-Match."""
    long = "f" * size
    answers = [
        transport.send(Request("GET", f"/api/v1/workflows?q={long}", [("Authorization", key)])),
        transport.send(Request("GET", "/api/v1/whoami", [("Authorization", key), ("X-Forwarded-For", long)])),
        transport.send(Request("GET", "/api/v1/whoami", [("Authorization", key), ("Cookie", long)])),
    ]
    assert all(400 <= answer.status < 500 for answer in answers), answers


def test_how_large_headers_may_be_is_a_setting(cgi: servers.Cgi) -> None:
    (cgi.data / "codecourier.conf").write_text("maxHeaderBytes = 20000\n")
    assert ask(cgi, "GET", "/api/v1/health", X_Filler="f" * 9000).status == 200
    refused(ask(cgi, "GET", "/api/v1/health", X_Filler="f" * 20000), 431, "HEADERS_TOO_LARGE")


@pytest.mark.parametrize("size", [8000, 9000, 15000])
def test_an_address_of_more_than_8000_bytes_is_too_long(transport: servers.Transport, key: str, size: int) -> None:
    if isinstance(transport, servers.ApacheHtaccess | servers.ApacheCgid) and size > 8100:
        pytest.skip("Apache's own limit cannot be raised in an .htaccess, nor for mod_cgid: it answers 414 by itself")
    refused(ask(transport, "GET", f"/api/v1/workflows?q={'a' * size}", Authorization=key), 414, "URI_TOO_LONG")


# ---- Idempotency-Key -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", " ", '""', '"  "', '"', '"half', 'half"', 'in"side', '"a"b"', '"a\\"', '"a\\b"', "a\tb", "é", "k" * 256, '"' + "k" * 256 + '"'])
def test_an_idempotency_key_that_is_none_is_400(core: servers.Core, core_key: str, value: str) -> None:
    answer = ask(core, "POST", "/api/v1/workflows", FLOW, Authorization=core_key, Idempotency_Key=value)
    refused(answer, 400, "VALIDATION")
    assert answer.json["error"]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("value", ["", " ", '""', '" "'])
def test_an_empty_idempotency_key_is_400_where_the_web_server_hands_it_over(transport: servers.Transport, key: str, value: str) -> None:
    if isinstance(transport, servers.Serve | servers.LighttpdFastcgi) and not value.strip():
        pytest.skip("lighttpd drops a header without a value: it is as if none had been sent")
    refused(ask(transport, "POST", "/api/v1/workflows", FLOW, Authorization=key, Idempotency_Key=value), 400, "VALIDATION")


@pytest.mark.parametrize("one, other", [("k", '"k"'), ("a b", '"a b"'), ("a\\b", '"a\\\\b"'), ("k" * 255, '"' + "k" * 255 + '"'), ("k", " k ")])
def test_a_key_in_quotes_is_the_same_key(core: servers.Core, one: str, other: str) -> None:
    key = f"Bearer {installation.Project(core.data)('admin')}"
    first = ask(core, "POST", "/api/v1/workflows", FLOW, Authorization=key, Idempotency_Key=one)
    second = ask(core, "POST", "/api/v1/workflows", FLOW, Authorization=key, Idempotency_Key=other)
    assert first.status == 201 and second.body == first.body and second.header("Idempotency-Replayed") == "true"


@pytest.mark.parametrize("written", ["bearer {}", "BEARER {}", "Bearer  {}", "bearer      {}"])
def test_a_retry_may_write_its_key_otherwise(core: servers.Core, written: str) -> None:
    key = installation.Project(core.data)("admin")
    first = ask(core, "POST", "/api/v1/workflows", FLOW, Authorization=f"Bearer {key}", Idempotency_Key="retried")
    again = ask(core, "POST", "/api/v1/workflows", FLOW, Authorization=written.format(key), Idempotency_Key="retried")
    assert (again.status, again.body, again.header("Idempotency-Replayed")) == (201, first.body, "true")


@pytest.mark.parametrize("damage", ["x''", "x'00'", "substr(answer, 1, 60)", "zeroblob(length(answer))", "answer || x'00'", "'text'"])
def test_a_stored_answer_that_cannot_be_opened_is_409_and_nothing_is_done_twice(core: servers.Core, damage: str) -> None:
    key = f"Bearer {installation.Project(core.data)('admin')}"
    flow = FLOW | {"name": "Damaged"}
    ask(core, "POST", "/api/v1/workflows", flow, Authorization=key, Idempotency_Key="damaged")
    with closing(storage.connect(core.data)) as database, database:
        database.execute(f"UPDATE idempotency SET answer = {damage}")
    answer = ask(core, "POST", "/api/v1/workflows", flow, Authorization=key, Idempotency_Key="damaged")
    refused(answer, 409, "IDEMPOTENCY_MISMATCH")
    assert "can no longer be opened" in answer.json["error"]["message"]
    assert len(ask(core, "GET", "/api/v1/workflows?q=Damaged", Authorization=key).json["data"]) == 1
