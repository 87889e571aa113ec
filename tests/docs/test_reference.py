"""A resource that no page was written for, the throw-away one of tests/web, is in the reference all the same."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import world
from test_throwaway import copy  # noqa: F401: the fixture


def test_the_reference_has_it(copy: Path, python: Path, tmp_path: Path) -> None:  # noqa: F811
    subprocess.run([python, "-m", "sphinx", "-q", "-n", "-W", "-b", "text", "-d", tmp_path / "doctrees", world.ROOT / "www" / "docs", tmp_path / "out"],
                   check=True, timeout=300, env=os.environ | {"CC_COMMAND": str(copy / "build" / "codecourier")})  # fmt: skip
    page = (tmp_path / "out" / "reference" / "index.txt").read_text(encoding="utf-8")
    for route in ("GET /notes", "POST /notes", "GET /notes/{id}", "PATCH /notes/{id}", "DELETE /notes/{id}"):
        assert route in page
    for said in ("What people want to remember of a workflow.", "How much it matters.", "string 1…120", "notes/not_0NqT3yKc8ZVbW5aXeRm1Lp"):
        assert said in page, page
