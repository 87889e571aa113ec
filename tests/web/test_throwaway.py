"""A plain resource is its declaration and its migration: throwaway/ has both of one that the program does not know.  They are put into
a copy of the sources, nothing else is touched, and the copy's programs must pass what every resource passes."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import installation

THROWAWAY = Path(__file__).resolve().parent / "throwaway"
MOST_LINES = 60
PROGRAMS = ["build/codecourier", "build/codecourier.cgi", "build/tests/play", "build/tests/table_test", "build/tests/db_test"]


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run([*map(str, command)], cwd=cwd, env=os.environ | environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, f"{' '.join(map(str, command))} ended with {done.returncode}\n{done.stdout[-6000:]}{done.stderr[-6000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def copy() -> Path:
    """The sources with the new resource, compiled; what this checkout has compiled already is taken along."""
    folder = installation.private_folder() / "copy"
    for part in ("core", "cgi", "pyext", "tests/unit", "build/obj"):
        if (installation.ROOT / part).exists():
            shutil.copytree(installation.ROOT / part, folder / part, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    shutil.copy2(installation.ROOT / "Makefile", folder)
    resources, migrations = (next((folder / "core").rglob(name)) for name in ("resources", "migrations"))
    number = len(list(migrations.glob("[0-9]*.h"))) + 1
    (resources / "notes.c").write_text((THROWAWAY / "notes.c").read_text().replace("CC_SCOPE_PAIR(27,", f"CC_SCOPE_PAIR({len(installation.SCOPES)},"))
    (migrations / f"{number:04d}_notes.h").write_text((THROWAWAY / "notes.h").read_text().replace("NUMBER", str(number)))
    # A new scope makes half of the core old.  That half is compiled in a hurry; the new resource as ever, with every warning.
    jobs = f"-j{os.cpu_count()}"
    run("make", jobs, "WERROR=1", "build/obj" / (resources / "notes.o").relative_to(folder), cwd=folder)
    run("make", jobs, "WERROR=1", "CFLAGS=-O0", *PROGRAMS, cwd=folder)
    return folder


def test_its_declaration_and_its_migration_are_short() -> None:
    files = sorted(THROWAWAY.iterdir())
    assert [file.suffix for file in files] == [".c", ".h"]
    assert sum(len(file.read_text().splitlines()) for file in files) <= MOST_LINES


def test_it_keeps_the_rules_of_the_table_and_its_statements_scan_nothing(copy: Path) -> None:
    for program in ("table_test", "db_test"):
        run(copy / "build" / "tests" / program, cwd=copy)


def test_it_passes_what_every_resource_passes(copy: Path) -> None:
    """Its five routes through core and CGI, its description, who may what, its search, its end with the project."""
    tests = ["test_transcripts.py", "test_openapi.py", "test_matrix.py", "test_search.py", "test_deletion.py"]
    chosen = "(plays and plain-note and (core or cgi)) or notes or openapi or matrix or deletion or list_with_a_search"
    printed = run(sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-k", chosen, *tests, cwd=Path(__file__).parent, CC_BUILD=str(copy / "build"))
    for one in ("core-plain-note", "cgi-plain-note", "/notes", "POST /notes", "DELETE /notes/{id}"):
        assert f"[{one}] PASSED" in printed, f"{one} was not tried\n{printed[-4000:]}"
    assert int(re.findall(r"(\d+) passed", printed)[-1]) >= 150, printed[-2000:]


def test_the_python_package_has_its_model_and_its_methods(copy: Path) -> None:
    run(sys.executable, "pyext/generate.py", cwd=copy)
    for name, prefix in (("_generated.py", ""), ("_generated_async.py", "Async")):
        tree = ast.parse((copy / "pyext" / "codecourier" / name).read_text(encoding="utf-8"))
        classes = {node.name: {part.name for part in ast.walk(node) if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)} for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        assert {"list", "create", "get", "update", "delete"} <= classes[f"{prefix}NotesRoutes"]
        if not prefix:
            assert {"id", "title", "text", "colour", "workflow_id", "issue_ids", "weight", "is_pinned", "remind_at", "created_at"} <= classes["Note"]
