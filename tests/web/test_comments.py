"""A comment that says a test checks something names it: what is named is there, and nothing is left to "a test"."""

from __future__ import annotations

import re

import world

SOURCES = [path for folder, kinds in (("core", "ch"), ("cgi", "ch")) for kind in kinds for path in (world.ROOT / folder).rglob(f"*.{kind}")]


def test_named_tests_exist() -> None:
    named = {(path.name, name) for path in SOURCES for name in re.findall(r"\btests/[\w/.-]+\w", path.read_text())}
    assert named
    assert not {(where, name) for where, name in named if not (world.ROOT / name).exists()}


def test_no_comment_leaves_it_to_some_test() -> None:
    claim = re.compile(r"\b(?:a|unit|another) tests?\b[\s*]+(?:checks|holds|prepares|walks|counts|asks|looks|tries|compares|fills|finds)\b", re.IGNORECASE)
    assert not [(path.name, found[0]) for path in SOURCES if (found := claim.search(path.read_text()))]
