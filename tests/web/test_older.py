"""Databases as builds of other days made them (older/make.py), opened by the programs of today.

Steps are tried on what they were written for: rows that an older program left, and not on an empty schema."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

import installation
import servers
import storage
from older.known import KEY_FILE, REPOSITORY
from test_session import refused
from transcript import Answer, Request

OLDER = Path(__file__).parent / "older"
LATEST = len(list((installation.ROOT / "core" / "storage" / "migrations").glob("[0-9]*.h")))


class Opened(servers.Core):
    """A data directory with that database in it, as it was."""

    def __init__(self, text: Path) -> None:
        super().__init__()
        installation.command("init", "--data", self.data)
        for path in self.data.glob("codecourier.db*"):
            path.unlink()
        sql = text.read_text(encoding="utf-8")
        self.live, self.test, self.gone = sql.partition("\n")[0].removeprefix("-- keys: ").split()
        with storage.connect(self.data) as database:
            database.executescript(sql)
            self.step: int = database.execute("PRAGMA user_version").fetchone()[0]
            database.row_factory = sqlite3.Row
            self.was = {name: [dict(row) for row in database.execute(f"SELECT * FROM {name}")]
                        for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}  # fmt: skip
        database.close()
        (self.data / "codecourier.db-key").write_bytes(KEY_FILE)
        (self.data / "codecourier.db-key").chmod(0o600)
        installation.hand_over(self.data)
        self.start()

    def ask(self, method: str, path: str, key: str = "", body: object = None) -> Answer:
        headers = [("Authorization", f"Bearer {key or self.live}")] + [("Content-Type", "application/json")] * (body is not None)
        return self.send(Request(method, f"/api/v1{path}", headers, b"" if body is None else json.dumps(body).encode()))

    def data_of(self, path: str, key: str = "") -> list[dict[str, object]]:
        answer = self.ask("GET", path, key)
        assert answer.status == 200, answer
        found: list[dict[str, object]] = answer.json["data"]
        return found


@pytest.fixture(params=sorted(OLDER.glob("*.sql")), ids=lambda path: path.stem)
def opened(request: pytest.FixtureRequest) -> Iterator[Opened]:
    transport = Opened(request.param)
    try:
        yield transport
    finally:
        transport.stop()


def shape(path: Path) -> dict[str, object]:
    """What there is in a database, whatever order its steps brought it in."""
    with storage.connect(path) as database:
        found: dict[str, object] = {}
        for kind, name in database.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall():
            table = kind == "table"
            found[name] = sorted(database.execute(f"SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info('{name}')")) if table else kind
    database.close()
    return found


def test_its_keys_are_its_keys(opened: Opened) -> None:
    assert opened.step <= LATEST
    for key, mode in ((opened.live, "live"), (opened.test, "test")):
        who = opened.ask("GET", "/whoami", key).json["data"]
        assert (who["mode"], who["projectId"]) == (mode, opened.was["projects"][0]["project_id"])
    refused(opened.ask("GET", "/whoami", opened.gone), 401, "AUTH_INVALID")
    assert {(row["name"], row["revokedAt"] is None) for row in opened.data_of("/project/api-keys")} == {("live", True), ("test", True), ("gone", False)}


def test_it_has_the_schema_of_a_new_one(opened: Opened, core: servers.Core) -> None:
    assert opened.ask("GET", "/whoami").status == 200
    assert core.send(Request("GET", "/api/v1/health")).status == 200
    assert shape(opened.data) == shape(core.data)


def test_its_runs_are_told_as_they_were(opened: Opened) -> None:
    for mode, key in (("live", opened.live), ("test", opened.test)):
        runs = {row["id"]: row for row in opened.data_of("/runs", key)}
        was = {row["id"]: row for row in opened.was["runs"] if row["mode"] == mode}
        assert runs.keys() == was.keys() and len(runs) == 3
        for run, row in was.items():
            now = runs[run]
            assert (now["runNumber"], now["name"], now["status"], now["githubRepoUrl"]) == (row["run_number"], row["name"], row["status"], row["github_repo_url"])
            events = [(e["seq"], e["type"], e["data"]) for e in opened.data_of(f"/runs/{run}/events", key)]
            assert events == [(e["seq"], e["type"], json.loads(e["data"])) for e in opened.was["run_events"] if e["run_id"] == run] != []
            steps = [(s["label"], s["status"], s["agent"]) for s in opened.data_of(f"/runs/{run}/steps", key)]
            assert steps == [(s["label"], s["status"], s["agent"]) for s in opened.was["run_steps"] if s["run_id"] == run] != []
    failed, = (row for row in opened.data_of("/runs") if row["status"] == "failed")
    assert failed["error"] == "Step 1 (custom) failed: the agent ended with code 3: no good" and (failed["errorCode"] is None) == (opened.step < 15)


def test_what_its_runs_changed_and_left_is_there(opened: Opened) -> None:
    changed, = (row for row in opened.data_of("/runs") if row["githubRepoUrl"] == REPOSITORY)
    changes = opened.ask("GET", f"/runs/{changed['id']}/changes").json["data"]
    assert [(file["path"], "+two" in file["patch"]) for file in changes["files"]] == ([("a.txt", True)] if opened.step >= 14 else []), changes
    left = opened.data_of(f"/runs/{changed['id']}/artifacts")
    assert sorted(str(row["name"]) for row in left) == (["note.txt", "step-0-1-1.jsonl.gz"] if opened.step >= 17 else [])
    if left:
        assert opened.ask("GET", f"/runs/{changed['id']}/artifacts/note.txt").body == b"kept\n"


def test_what_was_set_up_is_found_and_can_be_changed(opened: Opened) -> None:
    (variable,) = opened.ask("GET", "/project/settings").json["data"]["envVars"].items()
    assert variable[0] == "TOKEN" and "am-1" in str(variable[1]), "sealed by the older one, and opened"
    (flow,) = opened.data_of("/workflows?q=STRASSE")
    assert flow["name"] == "Straße"
    assert [row["name"] for row in opened.data_of("/personas")] == ["Ada"] and [row["title"] for row in opened.data_of("/issues")] == ["Fix it"]
    (schedule,) = opened.data_of("/schedules")
    assert opened.ask("PATCH", f"/schedules/{schedule['id']}", body={"hour": 4}).json["data"]["hour"] == 4
    (chain,) = opened.data_of("/chains", opened.test)
    assert (chain["status"], chain["completedCount"]) == ("completed", 2)
    waiting, = (row for row in opened.data_of("/runs") if row["status"] == "pending")
    assert opened.ask("POST", f"/runs/{waiting['id']}/cancel").status < 300
    assert opened.ask("GET", f"/runs/{waiting['id']}").json["data"]["status"] == "cancelled"
    assert opened.ask("POST", "/runs", opened.test, {"workflowId": flow["id"]}).json["data"]["runNumber"] == 7
    assert len(opened.data_of("/audit")) > len(opened.was["audit"])


def test_its_project_is_deleted_with_all_it_had(opened: Opened) -> None:
    assert opened.ask("DELETE", "/project").status == 200
    refused(opened.ask("GET", "/whoami"), 401, "AUTH_INVALID")
    with storage.connect(opened.data) as database:
        tables = [name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%project_id%'")]
        left = {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
    database.close()
    assert len(tables) > 10 and {name: count for name, count in left.items() if count} in ({}, {"audit": 1}), left
