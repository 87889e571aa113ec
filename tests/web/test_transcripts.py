"""The transcripts, played through every way in; and what they leave out, counted against the route table."""

from __future__ import annotations

import functools
import json
import re
from typing import Any

import pytest

import installation
import plain
import servers
import transcript
from transcript import Request

SCRIPTS = plain.scripts(json.loads(installation.command("openapi", "--inline").stdout))


@functools.cache
def routes() -> list[dict[str, Any]]:
    listed = json.loads(installation.command("routes", "--json").stdout)
    return list(listed["data"] if isinstance(listed, dict) else listed)


def rows() -> list[Any]:
    return [pytest.param(route, id=f"{route['method']} {route['path']}") for route in routes()]


@functools.cache
def exchanges() -> list[transcript.Exchange]:
    return [exchange for script in SCRIPTS for exchange in transcript.read(script)]


def belongs(exchange: transcript.Exchange, method: str, path: str) -> bool:
    asked = exchange.path.partition("?")[0].removeprefix("/api/v1")
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
    if not re.fullmatch(pattern, asked) or exchange.method != method:
        return False
    # /workflows/get is an older name, not a workflow called "get".
    return "{id}" not in path or not any(alias == f"{method} {asked}" for route in routes() for alias in route["aliases"])


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.name for script in SCRIPTS])
def test_a_transcript_plays_as_written(transport: servers.Transport, project: installation.Project, script: transcript.Script) -> None:
    transcript.play(script, transport.send, project)


@pytest.mark.parametrize("route", rows())
def test_a_route_has_a_good_and_a_refused_transcript(route: dict[str, Any]) -> None:
    mine = [exchange for exchange in exchanges() if belongs(exchange, route["method"], route["path"])]
    assert [exchange for exchange in mine if exchange.status < 400], "no transcript shows how it goes well"
    assert [exchange for exchange in mine if exchange.status >= 400], "no transcript shows how it is refused"


@pytest.mark.parametrize("alias", [alias for route in routes() for alias in route["aliases"]])
def test_an_older_name_is_played(alias: str) -> None:
    method, path = alias.split(" ")
    assert [exchange for exchange in exchanges() if belongs(exchange, method, path) and exchange.status < 400]


def test_no_transcript_is_forgotten() -> None:
    assert len(SCRIPTS) >= 17
    assert {script.path for script in SCRIPTS} == {*plain.TRANSCRIPTS.glob("*.*"), *plain.TRANSCRIPTS.glob("plain/*")}


def test_every_error_of_the_list_is_met() -> None:
    met = {code for exchange in exchanges() for code in re.findall(r'"error": \{\s*"code": "([A-Z_]+)"', "\n".join(exchange.expected))}
    elsewhere = {"IDEMPOTENCY_IN_PROGRESS", "UNAVAILABLE", "INTERNAL"}  # test_trouble.py: they take two processes, or damage
    elsewhere |= {"URI_TOO_LONG", "HEADERS_TOO_LARGE"}  # test_asking.py: web servers differ in what they let through
    assert met | elsewhere == set(transcript.STATUS_OF)
    assert not met & elsewhere


def nowhere(path: str) -> str:
    """The path with ids that nothing has."""
    return re.sub(r"\{\w+\}", "nothing", path.replace("{id}", NONE))


NONE = "none_0000000000000000000000"


def names_of(route: dict[str, Any]) -> list[tuple[str, str]]:
    """The route's method and path under its own and its older names, with an id that nothing has."""
    names = [(route["method"], nowhere(route["path"]))]
    for alias in route["aliases"]:
        method, path = alias.split(" ")
        by_query = "{id}" in route["path"] and "{id}" not in path and method == "GET"
        names.append((method, nowhere(path) + (f"?id={NONE}" if by_query else "")))
    return names


def ask(core: servers.Transport, method: str, path: str, key: str | None) -> transcript.Answer:
    request = Request(method, f"/api/v1{path}")
    if key:
        request.headers.append(("Authorization", f"Bearer {key}"))
    if method in ("POST", "PATCH"):
        request.headers.append(("Content-Type", "application/json"))
        request.body = b'{"id": "none_0000000000000000000000"}'
    answer = core.send(request)
    transcript.promises(request, answer)
    return answer


@pytest.fixture(scope="module")
def outsider(core: servers.Transport) -> installation.Project:
    return installation.Project(core.data)


@pytest.mark.parametrize("route", [row for row in rows() if row.values[0]["scope"]])
def test_a_key_without_the_scope_is_refused_before_anything_is_looked_up(
    core: servers.Transport, outsider: installation.Project, route: dict[str, Any]
) -> None:
    lacking = sorted(set(sum(installation.KEYS.values(), [])) - granting(route["scope"]))
    key = outsider.values.setdefault(f"lacks {route['scope']}", "") or outsider.key("lacks", lacking)
    outsider.values[f"lacks {route['scope']}"] = key
    for method, path in names_of(route):
        answer = ask(core, method, path, key)
        assert answer.status == 403, f"{method} {path}\n{answer}"
        error = answer.json["error"]
        assert error["code"] == "SCOPE_DENIED"
        assert error["message"] == f"This key does not have the required '{route['scope']}' scope."
        assert answer.header("X-Accepted-Scopes"), "X-Accepted-Scopes"


def granting(scope: str) -> set[str]:
    """Every scope that lets a key in where `scope` is asked for."""
    resource = scope.partition(":")[0]
    return {scope, f"{resource}:write"}


@pytest.mark.parametrize("route", [row for row in rows() if row.values[0]["scope"] is not None])
def test_a_route_behind_the_gate_asks_for_a_key(core: servers.Transport, route: dict[str, Any]) -> None:
    for method, path in names_of(route):
        answer = ask(core, method, path, None)
        assert (answer.status, answer.json["error"]["code"]) == (401, "AUTH_MISSING"), f"{method} {path}\n{answer}"


@pytest.mark.parametrize("route", rows())
def test_a_path_refuses_methods_it_does_not_know_and_names_those_it_does(core: servers.Transport, outsider: installation.Project, route: dict[str, Any]) -> None:
    path = nowhere(route["path"])
    known = {other["method"] for other in routes() if other["path"] == route["path"]}
    for method in {"GET", "POST", "PATCH", "DELETE", "PUT", "BREW"} - known:
        answer = ask(core, method, path, outsider("admin"))
        assert answer.status == 405, f"{method} {path}\n{answer}"
        allowed = {name.strip() for name in (answer.header("Allow") or "").split(",")}
        assert known <= allowed and method not in allowed


@pytest.mark.parametrize("route", [row for row in rows() if row.values[0]["method"] == "GET"])
def test_head_is_get_without_its_body(core: servers.Transport, outsider: installation.Project, route: dict[str, Any]) -> None:
    path, key = nowhere(route["path"]), outsider.key("head", installation.KEYS["reader"])  # of its own: all routes together are more than one may ask
    head, get = ask(core, "HEAD", path, key), ask(core, "GET", path, key)
    assert head.status == get.status
    same = {"content-type", "x-accepted-scopes", "www-authenticate", "etag", "cache-control"}
    assert [(n, v) for n, v in head.headers if n.lower() in same] == [(n, v) for n, v in get.headers if n.lower() in same]
