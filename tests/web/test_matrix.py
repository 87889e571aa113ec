"""Who may do what: every route with every kind of caller, generated from the table and asserted cell by cell.

A request with a parameter that no route has is refused as 400 by the first check behind key, scope and role.  So whether a
caller is let through to a route shows without doing what the route does, and the matrix may hold DELETE /project, too.

The second half asks with ids: of this project and of another, of live things with a test key, in the path, in the query and
in the body.  Whatever was tried, the other project must be the same afterwards, member by member.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

import installation
import plain
import servers
import storage
from transcript import Answer, Request

JSON = ("Content-Type", "application/json")
ALL = installation.KEYS["admin"]
Row = dict[str, Any]


class Place:
    """A core with no limits of rate, so that thousands of cells are asked in seconds."""

    def __init__(self, core: servers.Core) -> None:
        self.core = core
        self.counter = itertools.count(1)
        self.routes: list[Row] = json.loads(installation.command("routes", "--json").stdout)
        self.openapi: Row = json.loads(installation.command("openapi", "--inline").stdout)
        self.own, self.foreign = installation.Project(core.data), installation.Project(core.data)
        self.admin, self.foreign_admin = self.own("admin"), self.foreign("admin")
        catalogue = self.data("GET", "/scopes", self.admin)
        self.scopes = {row["scope"]: {row["scope"], *row["includes"]} for row in catalogue}

    def ask(self, method: str, path: str, key: str = "", body: object = None, **headers: str) -> Answer:
        sent = [(name.replace("_", "-"), value) for name, value in headers.items()]
        if key:
            sent.append(("Authorization", f"Bearer {key}"))
        text = b"" if body is None else json.dumps(body).encode()
        path = path.replace("{name}", "a.txt").replace("{version}", "1").replace("{deliveryId}", f"msg_{22 * '0'}")  # which every run, and every document, has here
        return self.core.send(Request(method, f"/api/v1{path}", [*sent, JSON] if text else sent, text))

    def data(self, method: str, path: str, key: str, body: object = None) -> Any:
        answer = self.ask(method, path, key, body)
        assert answer.status in (200, 201), f"{method} {path}\n{answer}"
        return answer.json["data"]

    def ways(self) -> Iterator[tuple[str, str, Row]]:
        """Each method and path by which a route is reached, older names included."""
        for row in self.routes:
            for way in [f"{row['method']} {row['path']}", *row["aliases"]]:
                method, path = way.split()
                yield method, path, row


def needs(row: Row) -> set[str]:
    return {row["scope"], *([row["also"]] if "also" in row else [])} - {"", None}


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    core = servers.Core()
    try:
        installation.command("init", "--data", core.data)
        (core.data / "codecourier.conf").write_text("rateLimit = 0\nsignInRate = 100000\n")
        core.start()
        yield Place(core)
    finally:
        core.stop()


def personal(place: Place, row: Row) -> bool:
    return bool(place.openapi["paths"][row["path"]][row["method"].lower()].get("security") == [{"session": []}])


OF_NO_ONE = "id=run_0NqT3yKc8ZVbW5aXeRm1Lp"


def probe(place: Place, method: str, path: str, key: str = "", **headers: str) -> str:
    """What becomes of a request that no handler shall see: the code of its refusal, or "in" if it got as far as that."""
    path = re.sub(r"\{\w+\}", "run_0NqT3yKc8ZVbW5aXeRm1Lp", path)
    answer = place.ask(method, f"{path}?no-such-parameter=1", key, None if method in ("GET", "DELETE") else {}, **headers)
    error = answer.json["error"]
    return "in" if error["code"] == "VALIDATION" and error["field"] == "no-such-parameter" else str(error["code"])


def compare(cells: list[tuple[str, str, str]], least: int) -> None:
    wrong = [f"{what}: {got}, not {right}" for what, got, right in cells if got != right]
    assert not wrong, f"{len(wrong)} of {len(cells)} cells\n" + "\n".join(wrong[:40])
    assert len(cells) >= least, f"only {len(cells)} cells were asked"


# ---- who is let in ---------------------------------------------------------------------------------


def test_a_key_with_one_scope_opens_what_that_scope_opens_and_nothing_else(place: Place) -> None:
    cells = []
    for (scope, holds), mode in itertools.product(place.scopes.items(), ("live", "test")):
        key = place.own.key(f"{scope} {mode}", [scope], "--mode", mode)
        for method, path, row in place.ways():
            right = "in" if needs(row) <= holds else "SCOPE_DENIED"
            if right == "in" and row["scope"] is not None and personal(place, row):
                right = "FORBIDDEN"
            cells.append((f"{scope} {mode} {method} {path}", probe(place, method, path, key), right))
    compare(cells, 2 * 27 * 100)


def test_a_route_that_needs_two_scopes_opens_to_both_together(place: Place) -> None:
    cells = []
    for method, path, row in place.ways():
        if len(needs(row)) > 1:
            key = place.own.key(f"both {path}"[:80], sorted(needs(row)))
            cells.append((f"{method} {path}", probe(place, method, path, key), "in"))
    compare(cells, 4)


def test_a_key_that_does_not_hold_opens_nothing(place: Place) -> None:
    good = place.admin
    gone = place.own.key("gone", ALL)
    place.data("DELETE", f"/project/api-keys/{place.data('GET', '/whoami', gone)['keyId']}", good)
    states = {
        "good": (good, "in"), "expired": (place.own("expired"), "AUTH_INVALID"), "revoked": (gone, "AUTH_INVALID"),
        "wrong checksum": (good[:-1] + ("0" if good[-1] != "0" else "1"), "AUTH_INVALID"),
        "unknown": (place.own("unknown"), "AUTH_INVALID"), "other network": (place.own("network"), "FORBIDDEN"),
        "longer": (good + "0", "AUTH_INVALID"), "no key": ("", "AUTH_MISSING"),
    }  # fmt: skip
    cells = []
    for (state, (key, refusal)), (method, path, row) in itertools.product(states.items(), place.ways()):
        right = "in" if row["scope"] is None else refusal
        if right == "in" and row["scope"] is not None and personal(place, row):
            right = "FORBIDDEN"
        cells.append((f"{state} {method} {path}", probe(place, method, path, key), right))
    compare(cells, 8 * 100)


def sign_in(place: Place, role: str) -> tuple[dict[str, str], set[str]]:
    email = f"{role}-{next(place.counter)}@example.com"
    invited = place.data("POST", "/members/invitations", place.admin, {"email": email, "role": role})
    answer = place.ask("POST", "/session/accept-invitation", body={"token": invited["token"], "password": "hold the door open"})
    data = answer.json["data"]
    cookie = (answer.header("Set-Cookie") or "").partition(";")[0]
    return {"Cookie": cookie, "X_CSRF_Token": data["csrfToken"], "X_Project": place.own.id}, set(data["scopes"])


def test_a_person_is_let_in_by_role(place: Place) -> None:
    owners_alone = {"project.delete"}  # CC_ROUTE_OWNER in routes.c
    cells = []
    for role in ("member", "admin", "owner"):
        headers, scopes = sign_in(place, role)
        assert scopes == set(place.scopes) or role == "member"
        for method, path, row in place.ways():
            right = "in" if needs(row) <= scopes else "SCOPE_DENIED"
            if right == "in" and row["operation"] in owners_alone and role != "owner":
                right = "FORBIDDEN"
            cells.append((f"{role} {method} {path}", probe(place, method, path, **headers), right))
            if row["scope"] is None:
                continue
            without = {name: value for name, value in headers.items() if name != "X_CSRF_Token"}
            right = right if row["method"] == "GET" else "FORBIDDEN"
            cells.append((f"{role} {method} {path} without a CSRF token", probe(place, method, path, **without), right))
            elsewhere = headers | {"X_Project": place.foreign.id}
            if not personal(place, row):
                cells.append((f"{role} {method} {path} in another project", probe(place, method, path, **elsewhere), "FORBIDDEN"))
    compare(cells, 3 * 250)


# ---- whose things ------------------------------------------------------------------------------------


def furnish(place: Place, key: str) -> None:
    """One of everything that a path can name."""
    flow = place.data("POST", "/workflows", key, {"name": "Flow", "steps": [{"role": "reviewer"}]})["id"]
    place.data("POST", "/runs", key, {"workflowId": flow})
    place.data("POST", "/runs", key, {"workflowId": flow, "candidates": 2})
    for name in plain.names(place.openapi):
        made = plain.make(place.openapi, name, lambda path, body: place.data("POST", path, key, body))
        if f"{plain.path_of(place.openapi, name)}/{{id}}/publish" in place.openapi["paths"]:
            place.data("POST", f"{plain.path_of(place.openapi, name)}/{made}/publish", key, {})
    place.data("POST", "/sessions", key, {"kind": "discovery"})
    place.data("POST", "/sandboxes", key, {"githubRepoUrl": "https://github.com/acme/api", "message": "Hello"})
    place.data("POST", "/chains", key, {"name": "Chain", "source": "sprint", "workflowId": flow, "runCount": 2})
    place.data("POST", "/project/api-keys", key, {"name": "another", "scopes": ["runs:read"]})
    place.data("POST", "/cost-rates", key, {"service": "anthropic", "metric": "input-tokens", "usdPerUnit": 3})
    place.data("POST", "/webhooks/endpoints", key, {"url": "https://hooks.example.com/"})
    gone = place.data("POST", "/schedules", key, {"name": "Gone", "workflowId": flow, "frequency": "daily", "hour": 6})["id"]
    place.data("DELETE", f"/schedules/{gone}", key)
    place.data("POST", "/members/invitations", key, {"email": f"{flow[-8:].lower()}@example.com", "role": "owner"})


def collections(place: Place) -> list[str]:
    return sorted({row["path"] for row in place.routes if row["method"] == "GET" and "{" not in row["path"] and
                   any(other["path"].startswith(row["path"] + "/{id}") for other in place.routes)})  # fmt: skip


@pytest.fixture(scope="module")
def furnished(place: Place) -> Place:
    for project, key in ((place.own, place.admin), (place.foreign, place.foreign_admin)):
        furnish(place, key)
        for run in place.data("GET", "/runs?limit=100", key):
            if run["source"] == "session":
                storage.add_question(place.core.data, run["id"], "Why?")
            if run["source"] in ("session", "sandbox"):
                continue
            if run["candidateGroupId"]:
                continue
            storage.add_artifact(place.core.data, run["id"], "a.txt", "fine")
            storage.add_pull(place.core.data, run["id"], "1", "failure")
            storage.add_branch(place.core.data, run["id"], "cc/run-1")
        for name in ("first", "second"):
            installation.command("user", "add", "--data", place.core.data, "--project", project.id, "--role", "owner",
                          "--email", f"{name}-{project.id[-6:].lower()}@example.com", "--quiet")  # fmt: skip
    return place


def snapshot(place: Place, key: str) -> str:
    rows = {path: place.data("GET", f"{path}?limit=100", key) for path in collections(place)}
    rows["/project"] = place.data("GET", "/project", key)
    rows["/project/settings"] = place.data("GET", "/project/settings", key)
    rows["/project/provider-keys"] = place.data("GET", "/project/provider-keys", key)
    return re.sub(r'"lastUsedAt": ("[^"]*"|null)', "", json.dumps(rows, indent=1, sort_keys=True))


def ids(place: Place, key: str) -> dict[str, str]:
    """An id of each collection: the oldest, which nothing here deletes."""
    return {path: [row for row in place.data("GET", f"{path}?limit=100", key) if not row.get("isPreset")][-1]["id"] for path in collections(place)}


def of_path(path: str, own: dict[str, str]) -> str:
    return own[max((one for one in own if path.startswith(one + "/{")), key=len)]


def required(place: Place, row: Row) -> Row:
    """What its body cannot be without."""
    schema, example = body_of(place, row)
    return {name: example[name] for name in schema.get("required", [])}


def aliased(place: Place, row: Row, way: str, identity: str) -> tuple[str, str, Row | None]:
    """The request by this way with the id where it belongs: in the path, or in query or body of an older name."""
    method, path = way.split()
    body: Row | None = None if method in ("GET", "DELETE") else required(place, row)
    if "{id}" in path:
        return method, path.replace("{id}", identity).replace("{other}", identity), body
    if "{id}" not in row["path"]:
        return method, path, body
    return (method, f"{path}?id={identity}", body) if body is None else (method, path, (body or {}) | {"id": identity})


def everything_with_an_id(place: Place, own: dict[str, str]) -> Iterator[tuple[str, str, Row | None, Row]]:
    for row in place.routes:
        if "{id}" in row["path"] and row["scope"] is not None:  # a hook's is its project's, and no key comes with it
            for way in [f"{row['method']} {row['path']}", *row["aliases"]]:
                yield *aliased(place, row, way, of_path(row["path"], own)), row


def test_an_id_of_another_project_is_an_id_that_does_not_exist(furnished: Place) -> None:
    place = furnished
    before, theirs, cells = snapshot(place, place.foreign_admin), ids(place, place.foreign_admin), []
    headers, _ = sign_in(place, "owner")
    for method, path, body, _row in everything_with_an_id(place, theirs):
        for who, more in (("key", {"key": place.admin}), ("owner", headers)):
            code = place.ask(method, path, body=body, **more).json.get("error", {}).get("code", "done")  # type: ignore[arg-type]
            cells.append((f"{who} {method} {path} {body or ''}", code, "NOT_FOUND"))
    compare(cells, 2 * 50)
    assert snapshot(place, place.foreign_admin) == before


def test_ids_of_its_own_are_found_by_every_way(furnished: Place) -> None:
    own, cells = ids(furnished, furnished.admin), []
    for method, path, body, row in everything_with_an_id(furnished, own):
        if row["method"] == "GET":
            cells.append((f"{method} {path}", str(furnished.ask(method, path, furnished.admin, body).status), "200"))
    compare(cells, 15)


def referring(schema: Row, where: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str, bool]]:
    """Members of a body that are ids: where they stand, their prefix, and whether they are a list."""
    for name, member in schema.get("properties", {}).items():
        items = member.get("items", {})
        if found := re.match(r"\^(\w+_)\[", member.get("pattern", "")):
            yield (*where, name), found[1], False
        elif found := re.match(r"\^(\w+_)\[", items.get("pattern", "")):
            yield (*where, name), found[1], True
        elif items.get("properties"):
            yield from referring(items, (*where, name, "0"))


def body_of(place: Place, row: Row) -> tuple[Row, Row]:
    operation = place.openapi["paths"][row["path"]][row["method"].lower()]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return content.get("schema", {}), json.loads(json.dumps(content.get("example", {})))


def put(body: Row, where: tuple[str, ...], value: object) -> None:
    at: Any = body
    for step in where[:-1]:
        at = at[int(step)] if step.isdigit() else at.setdefault(step, [{"role": "reviewer"}])
    at[where[-1]] = value


def test_an_id_of_another_project_is_refused_in_every_body_and_finds_nothing_in_a_query(furnished: Place) -> None:
    place = furnished
    before, cells = snapshot(place, place.foreign_admin), []
    own, theirs = ids(place, place.admin), ids(place, place.foreign_admin)
    by_prefix = {value.partition("_")[0] + "_": (value, theirs[path]) for path, value in own.items()}
    for row in place.routes:
        schema, example = body_of(place, row)
        found = list(referring(schema))
        for target, prefix, many in found:
            body = example
            for where, which, is_list in found:  # first everything is this project's
                if where[0] in body or where == target:
                    put(body, where, [by_prefix[which][0]] if is_list else by_prefix[which][0])
            if target == ("issueIds",):
                body |= {"source": "issue"}
                body.pop("runCount", None)
            put(body, target, [by_prefix[prefix][1]] if many else by_prefix[prefix][1])
            path = row["path"].replace("{id}", of_path(row["path"], own)) if "{id}" in row["path"] else row["path"]
            answer = place.ask(row["method"], path, place.admin, body)
            got = "refused" if answer.status in (400, 404) and by_prefix[prefix][1] not in json.dumps(answer.json.get("data", "")) else str(answer)
            if row["operation"] == "runs.bulkDelete":  # answers for each
                got = "refused" if answer.json["data"] == [{"id": by_prefix[prefix][1], "deleted": False, "code": "NOT_FOUND"}] else str(answer)
            cells.append((f"{row['method']} {row['path']} {'.'.join(target)}", got, "refused"))
        for parameter in place.openapi["paths"][row["path"]][row["method"].lower()].get("parameters", []):
            pattern = re.match(r"\^(\w+_)\[", parameter.get("schema", {}).get("pattern", ""))
            if parameter.get("in") == "query" and pattern and pattern[1] in by_prefix:
                path = row["path"].replace("{id}", of_path(row["path"], own)) if "{id}" in row["path"] else row["path"]
                answer = place.ask("GET", f"{path}?{parameter['name']}={by_prefix[pattern[1]][1]}", place.admin)
                cells.append((f"GET {row['path']}?{parameter['name']}", json.dumps(answer.json.get("data")), "[]"))
            if parameter.get("in") == "path" and parameter["name"] != "id" and pattern:  # the second place, behind an id of its own
                path = row["path"].replace("{id}", of_path(row["path"], own)).replace(f"{{{parameter['name']}}}", by_prefix[pattern[1]][1])
                cells.append((f"GET {row['path']}", place.ask("GET", path, place.admin).json.get("error", {}).get("code", "done"), "NOT_FOUND"))
    compare(cells, 12)
    assert snapshot(place, place.foreign_admin) == before


def test_a_test_key_changes_nothing_that_is_live(furnished: Place) -> None:
    place = furnished
    own, cells, tester = ids(place, place.admin), [], place.own("test")
    before = snapshot(place, place.admin)
    # Runs, chains and schedules have a mode; "everything else is shared by both modes" (contract section 2).
    shared = ("/cost-rates", "/notifications", "/questions", *(plain.path_of(place.openapi, one) for one in plain.names(place.openapi) if "mode" not in place.openapi["components"]["schemas"][one]["properties"]))
    for method, path, body, row in everything_with_an_id(place, own):
        if row["method"] == "GET" or row["path"].startswith(shared):
            continue
        code = place.ask(method, path, tester, body).json.get("error", {}).get("code", "done")
        right = "NOT_FOUND" if row["path"].startswith(("/runs", "/sessions", "/candidates", "/sandboxes", "/chains", "/pull-requests", "/branches")) else "FORBIDDEN"
        cells.append((f"{method} {path} {body or ''}", code, right))
    cells.append(("DELETE /project", place.ask("DELETE", "/project", tester).json["error"]["code"], "FORBIDDEN"))
    compare(cells, 20)
    assert snapshot(place, place.admin) == before


LIMITS = {
    "for a while": (ALL, "--expires", "90d"),
    "from one network": (ALL, "--networks", "127.0.0.0/8"),
    "by rate": (ALL, "--rate-limit", "100000"),  # where others are unlimited
    "in scopes": ([scope for scope in ALL if scope != "analytics:read"],),
}


def test_a_key_with_any_limit_has_no_say_over_one_without(furnished: Place) -> None:
    place = furnished
    target = place.data("POST", "/project/api-keys", place.admin, {"name": "whole", "scopes": ALL})["id"]
    invited = place.data("POST", "/members/invitations", place.admin, {"email": "top@example.com", "role": "owner"})["id"]
    member = place.data("GET", "/members?role=owner", place.admin)[-1]["id"]
    cells = []
    for name, (scopes, *options) in LIMITS.items():
        key = place.own.key(f"limited {name}", scopes, *options)
        before = snapshot(place, place.admin)
        for method, path, body in (
            ("PATCH", f"/project/api-keys/{target}", {"name": "mine"}), ("DELETE", f"/project/api-keys/{target}", None),
            ("POST", f"/project/api-keys/{target}/rotate", {}),
            ("POST", "/project/api-keys", {"name": "n", "scopes": ALL, "expiresAt": None, "allowedNetworks": None, "rateLimit": None}),
            ("POST", "/members/invitations", {"email": "mine@example.com", "role": "owner"}), ("DELETE", f"/members/invitations/{invited}", None),
            ("POST", "/members/invitations", {"email": "top@example.com", "role": "owner"}),
            ("PATCH", f"/members/{member}", {"role": "admin"}), ("DELETE", f"/members/{member}", None),
        ):  # fmt: skip
            code = place.ask(method, path, key, body).json.get("error", {}).get("code", "done")
            cells.append((f"{name} {method} {path}", code, "FORBIDDEN"))
        assert snapshot(place, place.admin) == before
    compare(cells, 4 * 9)
