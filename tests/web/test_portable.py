"""SQLite is the engine, or PostgreSQL: a real one is asked whether it takes every statement we could say to it."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from installation import BUILD, private_folder, unprivileged
from postgres import programs


@dataclass
class Postgres:
    """An empty PostgreSQL in a folder of its own; no server: one process that reads statements from its standard input."""

    programs: Path
    folder: Path

    def complaints(self, statements: list[str]) -> list[str]:
        assert not any("\n\n" in text for text in statements)  # which ends a statement
        done = self.run("postgres", "--single", "-j", "-D", self.folder, "postgres", input=";\n\n".join([*statements, ""]))
        return [line for line in (done.stdout + done.stderr).splitlines() if re.search(r"\b(ERROR|FATAL|PANIC):", line)]

    def run(self, program: str, *arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.programs / program, *arguments], cwd=self.folder, capture_output=True, text=True, **options, **unprivileged())  # type: ignore[call-overload, no-any-return]


@pytest.fixture(scope="module")
def postgres() -> Postgres:
    made = Postgres(programs(), private_folder())
    done = made.run("initdb", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--username=cc", "-D", made.folder)
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    return json.loads(subprocess.run([BUILD / "tests" / "statements"], capture_output=True, check=True).stdout)  # type: ignore[no-any-return]


def prepared(number: int, statement: dict[str, Any]) -> str:
    """`:name` becomes $1, $2, … in the order of the declaration."""
    names = list(statement["parameters"])
    sql = re.sub(r"(?<!:):([a-z_]+)", lambda found: f"${names.index(found[1]) + 1}", statement["sql"])
    types = ", ".join(statement["parameters"].values())
    return f"PREPARE s{number}{f' ({types})' if types else ''} AS {sql}"


def test_it_takes_the_schema_and_every_statement(postgres: Postgres, said: dict[str, Any]) -> None:
    steps, statements, made = said["steps"], said["statements"], said["made"]
    assert len(steps) > 10 and len(statements) > 100 and len(made) > 60
    texts = [prepared(number, statement) for number, statement in enumerate(statements)]
    texts += [f"PREPARE m{number} AS {statement['sql']}" for number, statement in enumerate(made)]
    assert postgres.complaints([*steps, *texts]) == []


def test_it_would_tell_what_it_does_not_take(postgres: Postgres) -> None:
    complaints = postgres.complaints(["PREPARE a AS SELECT 1", "PREPARE b AS SELECT strftime('%s')", "CREATE TABLE t (id BLOB)"])
    assert len(complaints) == 2 and "strftime" in complaints[0] and "blob" in complaints[1]


def test_it_orders_texts_byte_by_byte(postgres: Postgres, said: dict[str, Any]) -> None:
    """As ids, slugs and cursors need it, whatever the machine's language."""
    others = """DO $$ DECLARE it record; BEGIN
        FOR it IN SELECT table_name, column_name FROM information_schema.columns
                  WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C' LOOP
            RAISE EXCEPTION '%.%', it.table_name, it.column_name;
        END LOOP; END $$"""
    assert postgres.complaints([others]) == []
    [complaint] = postgres.complaints(["CREATE TABLE astray (id TEXT)", others])
    assert "astray.id" in complaint
