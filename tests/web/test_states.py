"""States stand in one table (core/context/state.h): no other file of the core writes one out."""

from __future__ import annotations

import re

import world

TABLE = world.ROOT / "core" / "context" / "state.h"
# Words that are no state there: the counts of analytics, what became of a push, and what an agent says.
OTHERWISE = {"core/resources/analytics.c": {"completed", "failed", "cancelled"}, "core/resources/runs.c": {"failed"}, "core/engine/push.c": {"failed"}, "core/engine/reason.c": {"cancelled"}}


def states() -> set[str]:
    return set(re.findall(r'^#define CC_(?:RUN|STEP|CHAIN|ISSUE)_[A-Z]+ "(\w+)"$', TABLE.read_text(encoding="utf-8"), re.MULTILINE))


def written_out(text: str, words: set[str]) -> list[str]:
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.findall(rf"(?:\"|'|\\\")({'|'.join(sorted(words))})(?:\"|'|\\\")", code)


def test_the_table_names_each_state() -> None:
    assert states() == {"pending", "running", "paused", "cancelling", "completed", "failed", "cancelled", "skipped", "new"}


def test_a_state_that_is_written_out_is_found() -> None:
    assert written_out('"WHERE status = \'running\' AND id = :id"', states()) == ["running"]
    assert written_out('strcmp(status, "paused")', states()) == ["paused"]
    assert written_out('/* "paused" */ CC_RUN_PAUSED "Its run failed."', states()) == []


def test_no_other_file_of_the_core_writes_one_out() -> None:
    found = {}
    for path in sorted((world.ROOT / "core").rglob("*.[ch]")):
        name = str(path.relative_to(world.ROOT))
        if path != TABLE and "migrations" not in name:
            words = set(written_out(path.read_text(encoding="utf-8"), states())) - OTHERWISE.get(name, set())
            if words:
                found[name] = words
    assert found == {}


def ways() -> dict[str, set[str]]:
    """Where each state of a run leads, as the table has it."""
    text = TABLE.read_text(encoding="utf-8")
    names = dict(re.findall(r'^#define (CC_RUN_[A-Z]+) "(\w+)"$', text, re.MULTILINE))
    found: dict[str, set[str]] = {name: set() for name in names.values()}
    for sources, to in re.findall(r"^#define CC_RUN_[A-Z_]+\(X\) X\(\"[\w-]+\", \((CC_[^)]+)\), (CC_\w+),", text, re.MULTILINE):
        for source in sources.split(", "):
            found[names[source]] |= {names[to]} - {names[source]}
    return found


def test_the_documentation_leads_where_the_table_does() -> None:
    page = (world.ROOT / "www" / "docs" / "runs.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]*)\|$", page.split("## States")[1].split("\n## ")[0], re.MULTILINE)
    assert {state: set(re.findall(r"`(\w+)`", after)) for state, after in rows} == ways()
