"""The one way in which tests open an instance's database beside its programs: to give it a past, to hold its lock, to look at what no answer tells."""

from __future__ import annotations

import hashlib
import itertools
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Connection = sqlite3.Connection


class OnServer:
    """As much of sqlite3.Connection as tests need of a database on a server: each statement alone, by psql."""

    rowcount = -1

    def __init__(self, address: str) -> None:
        self.address = address
        self.rows: list[list[str]] = []

    @staticmethod
    def literal(value: object) -> str:
        if isinstance(value, bytes):
            return f"'\\x{value.hex()}'"
        return "NULL" if value is None else str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"

    def execute(self, sql: str, values: Sequence[object] = ()) -> OnServer:
        import postgres

        pieces = sql.split("?")
        assert len(pieces) == len(values) + 1
        text = "".join(piece + literal for piece, literal in zip(pieces, [*map(self.literal, values), ""], strict=True))
        changes = text.split()[0] in ("UPDATE", "DELETE")
        self.rows = postgres.server().sql(self.address, text + " RETURNING 1" if changes else text)
        self.rowcount = len(self.rows)
        return self

    def fetchall(self) -> list[list[str]]:
        return self.rows

    def fetchone(self) -> list[str] | None:
        return self.rows[0] if self.rows else None

    def __enter__(self) -> OnServer:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def close(self) -> None:
        pass


def connect(data: Path, *, timeout: float = 10, isolation_level: str | None = "DEFERRED", **options: object) -> Any:
    """`data`: the data directory, or the path of a database.  As sqlite3.connect: `with` commits and does not close; isolation_level None: each statement alone."""
    settings = data / "codecourier.conf"
    if settings.exists() and "\ndatabase = postgresql://" in settings.read_text(encoding="utf-8"):
        import postgres

        return OnServer(postgres.address_of(data))
    path = data if data.suffix == ".db" else data / "codecourier.db"
    return sqlite3.connect(path, timeout=timeout, isolation_level=isolation_level, **options)  # type: ignore[call-overload]


artifacts = itertools.count(1)


def add_artifact(data: Path, run: str, name: str, text: str) -> None:
    """As if an agent had put it into $CC_ARTIFACTS."""
    file = f"art_{next(artifacts):022}"
    with connect(data) as database:
        database.execute(
            "INSERT INTO artifacts (project_id, run_id, name, bytes, changed_ns, position, iteration, file_id, created_at, sha256) "
            "SELECT project_id, id, ?, ?, 1, 0, 1, ?, 1700000000000, ? FROM runs WHERE id = ?", (name, len(text), file, hashlib.sha256(text.encode()).hexdigest(), run)
        )  # fmt: skip
        database.execute(
            "INSERT INTO artifact_parts (project_id, run_id, file_id, part, data) SELECT project_id, id, ?, 0, ? FROM runs WHERE id = ?",
            (file, text.encode(), run),
        )
    database.close()


def add_pull(data: Path, run: str, number: str, checks: str) -> str:
    """As if the run had opened it and a worker had looked at it: its one check came to that.  Its id."""
    made = f"pul_{run[4:-4]}{int(number):04}"
    failures = [{"name": "build", "text": "error: expected ';'"}] if checks == "failure" else []
    with connect(data) as database:
        database.execute(
            "INSERT INTO pull_requests (project_id, mode, id, run_id, forge, repository, number, url, title, state, branch, base, mergeable, checks_status, checks, "
            "failures, comments, refreshed_at, created_at, updated_at) SELECT project_id, mode, ?, id, 'github', 'https://git.example.com/example/shop', ?, ?, 'Fix the sign-in', "
            "'open', ?, 'main', 1, ?, ?, ?, '[]', 1700000000000, 1700000000000, 1700000000000 FROM runs WHERE id = ?",
            (made, int(number), f"https://git.example.com/example/shop/pull/{number}", f"cc/run-{number}", checks,
             json.dumps([{"name": "build", "status": checks, "url": None}]), json.dumps(failures), run),
        )  # fmt: skip
    database.close()
    return made


def add_question(data: Path, session: str, text: str) -> str:
    """As if that session had asked it.  Its id."""
    mark = hashlib.sha256(f"{session} {text}".encode()).hexdigest()[:22]
    made = f"qst_{session[4:-4]}{mark[:4]}"
    with connect(data) as database:
        database.execute(
            "INSERT INTO questions (project_id, id, text, status, session_id, fingerprint, created_at, updated_at) "
            "SELECT project_id, ?, ?, 'open', id, ?, 1700000000000, 1700000000000 FROM runs WHERE id = ?",
            (made, text, mark, session),
        )  # fmt: skip
    database.close()
    return made


def set_candidates(data: Path, run: str, status: str) -> None:
    """As if a worker had moved the run's group to that state, with its other runs cancelled."""
    with connect(data) as database:
        group = "(SELECT candidate_group_id FROM runs WHERE id = ?)"
        database.execute(f"UPDATE candidate_groups SET status = ? WHERE id = {group}", (status, run))
        database.execute(f"UPDATE runs SET status = 'cancelled', finished_at = updated_at WHERE candidate_group_id = {group} AND finished_at IS NULL", (run,))
    database.close()


def add_branch(data: Path, run: str, name: str, host: str = "github.com") -> None:
    """As if the run had made and pushed it, and a worker had looked at it."""
    with connect(data) as database:
        database.execute(
            "INSERT INTO branches (project_id, mode, id, name, repository, run_id, is_own, state, head_commit, seen_commit, ahead, behind, merged, is_protected, "
            "refreshed_at, created_at, updated_at) SELECT project_id, mode, ?, ?, ?, id, ?, 'present', ?, ?, 2, 0, 0, 0, "
            "1700000000000, 1700000000000, 1700000000000 FROM runs WHERE id = ?",
            (f"brn_{run[4:-4]}{hashlib.sha256(name.encode()).hexdigest()[:4]}", name, f"https://{host}/example/shop", int(name.startswith("cc/")), "f" * 40, "f" * 40, run),
        )  # fmt: skip
    database.close()
