"""Deleting a project leaves nothing of it behind, whatever tables there are, and nothing of another is touched."""

from __future__ import annotations

from pathlib import Path

import installation
import servers
import storage
from transcript import Request


def tables(database: storage.Connection) -> dict[str, list[tuple[str, str, bool]]]:
    """Every table that has a project_id, as the schema itself tells: its columns' names, types and whether they must be filled."""
    found = {}
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
        columns = [(column, kind, bool(must or key)) for _, column, kind, must, _, key in database.execute(f"PRAGMA table_info({name})")]
        if any(column == "project_id" for column, _, _ in columns):
            found[name] = columns
    return found


def fill(database: storage.Connection, table: str, columns: list[tuple[str, str, bool]], project: str) -> None:
    values = {column: 1 if kind == "INTEGER" else project.encode() if kind == "BLOB" else f"{project} x" for column, kind, must in columns if must}
    values["project_id"] = project
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    database.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def rows(database: storage.Connection, table: str, project: str) -> list[tuple[object, ...]]:
    return database.execute(f"SELECT * FROM {table} WHERE project_id = ?", (project,)).fetchall()


def open_database(data: Path) -> storage.Connection:
    return storage.connect(data, timeout=10, isolation_level=None)


def test_a_deleted_project_leaves_no_row_in_any_table_and_takes_none_of_another(core: servers.Transport) -> None:
    doomed, kept = installation.Project(core.data), installation.Project(core.data)
    key = doomed("admin")
    database = open_database(core.data)
    try:
        every = tables(database)
        assert len(every) > 10
        for table, columns in every.items():
            for project in (doomed.id, kept.id):
                fill(database, table, columns, project)
                assert rows(database, table, project), f"{table} could not be filled: the test must learn how"
        before = {table: rows(database, table, kept.id) for table in every}
    finally:
        database.close()
    answer = core.send(Request("DELETE", "/api/v1/project", [("Authorization", f"Bearer {key}")]))
    assert answer.status == 200, str(answer)
    database = open_database(core.data)
    try:
        left = {table: len(rows(database, table, doomed.id)) for table in every}
        # The one trace: who deleted it, noted after the fact.
        assert {table: count for table, count in left.items() if count} in ({}, {"audit": 1}), left
        assert {table: rows(database, table, kept.id) for table in every} == before
    finally:
        database.close()
