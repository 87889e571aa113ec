"""A resource that no page was written for, the throw-away one of tests/web, is in the reference all the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import installation

sys.path.insert(0, str(installation.ROOT / "www" / "words"))

import sources
from test_throwaway import copy  # noqa: F401: the fixture


def test_the_reference_has_it(copy: Path, sphinx: Path, tmp_path: Path) -> None:  # noqa: F811
    of_it = ["-D", "include_patterns=index.md,reference/*"]  # what it warns of is what lies elsewhere
    subprocess.run([sphinx, "-m", "sphinx", "-Q", "-b", "text", *of_it, "-d", tmp_path / "doctrees", installation.ROOT / "www" / "docs", tmp_path / "out"],
                   check=True, timeout=300, env=os.environ | {"CC_COMMAND": str(copy / "build" / "codecourier")})  # fmt: skip
    page = (tmp_path / "out" / "reference" / "index.txt").read_text(encoding="utf-8")
    for route in ("GET /notes", "POST /notes", "GET /notes/{id}", "PATCH /notes/{id}", "DELETE /notes/{id}"):
        assert route in page
    for said in ("What people want to remember of a workflow.", "How much it matters.", "string 1…120", "notes/not_0NqT3yKc8ZVbW5aXeRm1Lp"):
        assert said in page, page


def test_the_dashboard_has_its_words_once_they_are_translated(copy: Path) -> None:  # noqa: F811
    """By the keys that ui/words.js looks for; they are entries of the catalogue like any others."""
    shutil.copytree(installation.ROOT / "www", copy / "www", dirs_exist_ok=True)
    run = [sys.executable, "www/words/words.py"]
    env = os.environ | {"CC_COMMAND": str(copy / "build" / "codecourier")}
    found = subprocess.run([*run, "--check"], cwd=copy, capture_output=True, text=True, timeout=60, env=env)
    for text in ("Notes", "What people want to remember of a workflow.", "Remind at", "When to look at it again.", "Green"):
        assert f"www/app/js/table.js: de: not translated: {text}\n" in found.stdout
    with (copy / "www" / "words" / "de.po").open("a", encoding="utf-8") as catalogue:
        catalogue.write('\nmsgid "Remind at"\nmsgstr "Erinnern am"\n\nmsgid "Green"\nmsgstr "Grün"\n')
    subprocess.run(run, cwd=copy, check=True, timeout=60, env=env)
    german = sources.messages(copy / "www" / "app" / "js" / "i18n" / "de.js")
    assert (german["field.notes.remindAt"], german["notes.colour.green"]) == ("Erinnern am", "Grün")
    assert "hint.notes.remindAt" not in german
