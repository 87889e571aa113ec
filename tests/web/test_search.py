"""Search: what differs in case, in composition or in what shows nothing is the same, in every list that has `q`, and in
rows that are older than the column it looks in."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
import urllib.parse
from typing import Any

import pytest

import installation
import plain
import servers
import storage
from test_openapi import INLINED
from transcript import Request

NAME = "Der Übersetzer von Ångström, Straße 5 – ДОМ %_"
FINDS = ["übersetzer", "ÜBERSETZER", unicodedata.normalize("NFD", "ÜBER"), "STRASSE", "strasse", "straße", "дом", "ångström", unicodedata.normalize("NFD", "Ångström"), "\u212bngstr", "%_", "der ü"]
FINDS_NOT = ["ubersetzer", "angstrom", "ü%", "_bersetzer", "straẞen"]

STEPS = [{"role": "custom", "instructions": "x"}]
SEARCHED = sorted(path.removeprefix("/api/v1") for path, entry in INLINED["paths"].items() if any(one.get("name") == "q" for one in entry.get("get", {}).get("parameters", [])) and "{id}" not in path)
PLAIN = {plain.path_of(INLINED, name): name for name in plain.names(INLINED) if plain.searched(INLINED, name)}


class Caller:
    def __init__(self, transport: servers.Transport) -> None:
        self.transport, self.project = transport, installation.Project(transport.data)
        self.key = self.project("admin")

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        headers = [("Authorization", f"Bearer {self.key}"), *([("Content-Type", "application/json")] if body is not None else [])]
        answer = self.transport.send(Request(method, f"/api/v1{path}", headers, json.dumps(body).encode() if body is not None else b""))
        assert answer.status < 300, f"{method} {path}\n{answer}"
        return answer.json["data"]

    def found(self, path: str, text: str) -> int:
        return len(self("GET", f"{path}?q={urllib.parse.quote(text)}"))

    def make(self, path: str, name: str) -> str:
        """One row of the list, with that name."""
        if path in PLAIN and path != "/workflows":
            return plain.make(INLINED, PLAIN[path], lambda where, body: self("POST", where, body), **{str(plain.searched(INLINED, PLAIN[path])): name})
        flow = self("POST", "/workflows", {"name": name if path == "/workflows" else "x", "steps": STEPS})["id"]
        bodies: dict[str, Any] = {
            "/chains": {"name": name, "source": "sprint", "workflowId": flow, "runCount": 1},
            "/runs": {"name": name, "workflowId": flow, "prompt": "x"},
            "/project/api-keys": {"name": name, "scopes": ["runs:read"]},
        }
        return str(flow if path == "/workflows" else self("POST", path, bodies[path])["id"])


@pytest.fixture
def caller(core: servers.Transport) -> Caller:
    return Caller(core)


def test_every_list_with_a_search_is_tried_below() -> None:
    assert {*PLAIN, "/runs", "/chains", "/project/api-keys", "/members"} == set(SEARCHED)
    assert {"/workflows", "/issues", "/personas", "/schedules"} <= set(PLAIN)


@pytest.mark.parametrize("path", [path for path in SEARCHED if path != "/members"])
def test_names_are_found_whatever_their_case_and_composition(caller: Caller, path: str) -> None:
    caller.make(path, NAME)
    assert {text: caller.found(path, text) for text in FINDS} == dict.fromkeys(FINDS, 1)
    assert {text: caller.found(path, text) for text in FINDS_NOT} == dict.fromkeys(FINDS_NOT, 0)


def test_a_change_of_the_name_changes_what_is_found(caller: Caller) -> None:
    one = caller.make("/issues", "Größe")
    caller("PATCH", f"/issues/{one}", {"priority": "low"})
    assert caller.found("/issues", "GRÖSSE") == 1
    caller("PATCH", f"/issues/{one}", {"title": "Plain Size"})
    assert caller.found("/issues", "GRÖSSE") == 0 and caller.found("/issues", "plain SIZE") == 1
    caller("PATCH", f"/issues/{one}", {"title": "ÄNDERUNG"})
    assert caller.found("/issues", "plain size") == 0 and caller.found("/issues", "änderung") == 1


def test_members_are_found_by_their_address(core: servers.Transport) -> None:
    caller = Caller(core)
    installation.command("user", "add", "--data", core.data, "--project", caller.project.id, "--email", "JÜRGEN@example.com")
    installation.command("user", "add", "--data", core.data, "--project", caller.project.id, "--email", "Ada@example.com")
    assert [caller.found("/members", text) for text in ("jürgen", "JÜRGEN@", "ADA@", "example", "jurgen")] == [1, 1, 1, 2, 0]


def test_rows_older_than_the_search_are_found_after_the_upgrade() -> None:
    transport = servers.Core()
    try:
        installation.command("init", "--data", transport.data)
        transport.start()
        caller = Caller(transport)
        paths = ["/workflows", "/runs", "/issues", "/personas", "/schedules", "/chains", "/project/api-keys"]
        for path in paths:
            caller.make(path, NAME)
        transport.stop_player()
        forget(transport)
        transport.start()
        assert {path: caller.found(path, "STRASSE") for path in paths} == dict.fromkeys(paths, 1)
    finally:
        transport.stop()


def test_a_table_on_a_terminal_is_cleaned_of_what_steers_it(core: servers.Transport) -> None:
    """Of rows from before such names were refused."""
    caller = Caller(core)
    with storage.connect(core.data) as database:
        database.execute("UPDATE api_keys SET name = ? WHERE project_id = ?", ("ab\u202ecd\u009b31m\u200b\u2028e\x1bf می\u200cخ", caller.project.id))
    printed = installation.command("key", "list", "--data", core.data, "--project", caller.project.id).stdout
    assert "cd" in printed and "می\u200cخ" in printed and not set("\u202e\u009b\u200b\u2028\x1b") & set(printed)


def forget(transport: servers.Transport) -> None:
    """Put the same rows into a database as it was before the step that brings the search its columns."""
    path = transport.data / "codecourier.db"
    steps = sorted((installation.ROOT / "core" / "storage" / "migrations").glob("[0-9]*.h"))
    before = [step for step in steps if step.name[:4] < next(one for one in steps if one.name.endswith("_search.h")).name[:4]]
    with sqlite3.connect(path) as new, sqlite3.connect(":memory:") as old:
        for step in before:
            old.executescript(step.read_text().partition("CC_SQL_TEXT(")[2].rpartition("\n);")[0])
        for (table,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            now = {column for _, column, *_ in new.execute(f"PRAGMA table_info({table})")}  # without what later steps took away
            names = ", ".join(column for _, column, *_ in old.execute(f"PRAGMA table_info({table})") if column in now)
            for row in new.execute(f"SELECT {names} FROM {table}"):
                old.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", row)
        old.execute(f"PRAGMA user_version = {len(before)}")
        old.commit()
        old.backup(new)
