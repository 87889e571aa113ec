"""What comments and the map of the sources name is there: tests, sections of the contract, files; nothing is left to "a test"."""

from __future__ import annotations

import re

import installation

SOURCES = [path for folder, kinds in (("core", "ch"), ("cgi", "ch")) for kind in kinds for path in (installation.ROOT / folder).rglob(f"*.{kind}")]


def test_named_tests_exist() -> None:
    named = {(path.name, name) for path in SOURCES for name in re.findall(r"\btests/[\w/.-]+\w", path.read_text())}
    assert named
    assert not {(where, name) for where, name in named if not (installation.ROOT / name).exists()}


def test_no_comment_leaves_it_to_some_test() -> None:
    claim = re.compile(r"\b(?:a|unit|another) tests?\b[\s*]+(?:checks|holds|prepares|walks|counts|asks|looks|tries|compares|fills|finds)\b", re.IGNORECASE)
    assert not [(path.name, found[0]) for path in SOURCES if (found := claim.search(path.read_text()))]


PAGES = installation.ROOT / "www" / "docs"


def sections() -> dict[str, str]:
    """Of the contract, by their numbers."""
    parts = re.split(r"^## (\d+)\. ", (PAGES / "contract.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_cited_sections_of_the_contract_exist() -> None:
    """And say what is cited in quotes before them."""
    there, cited = sections(), 0
    assert list(there) == [str(number + 1) for number in range(len(there))]
    citing = [*SOURCES, *(path for folder in ("tests", "pyext", "www") for path in (installation.ROOT / folder).rglob("*.*") if path.suffix in (".c", ".py", ".js", ".md"))]
    for path in citing:
        for quote, numbers in re.findall(r'(?:"([^"\n]+)" \()?contract,? sections? (\d+(?:(?:, | and )\d+)*)', path.read_text(encoding="utf-8")):
            cited += 1
            missing = set(re.findall(r"\d+", numbers)) - set(there)
            assert not missing, f"{path}: the contract has no section {missing}"
            assert quote in there[re.findall(r"\d+", numbers)[0]], f"{path}: section {numbers} does not say: {quote}"
    assert cited > 10


def test_the_map_of_the_sources_leads_to_what_is_there() -> None:
    text = (PAGES / "source-map.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:core|cgi|pyext|www|tests)/[\w./-]+)`", text)
    assert len(paths) > 40 and paths[0] == "core/routes.c"
    assert not [path for path in paths if not (installation.ROOT / path).exists()]
    functions = re.findall(r"`(cc_\w+)` in `([\w./]+)`", text)
    assert len(functions) >= 6
    assert not [(name, path) for name, path in functions if not re.search(rf"^{name}\(", (installation.ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)]


def test_tests_open_an_instances_database_in_one_place() -> None:
    """storage.py, so that another engine behind the same tests is one file."""
    paths = [path for folder in ("web", "engine", "browser", "attack") for path in (installation.ROOT / "tests" / folder).rglob("*.py") if path.name != "storage.py"]
    assert not [path.name for path in paths if re.search(r'sqlite3\.connect\([^)\n]*"codecourier\.db"', path.read_text(encoding="utf-8"))]
