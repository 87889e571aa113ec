"""States stand in one table (core/context/state.h): no other file writes one out, and what shows them reads it."""

from __future__ import annotations

import json
import re
from typing import Any

import installation

TABLE = installation.ROOT / "core" / "context" / "state.h"
# Words that are no state there: the counts of analytics, what became of a delivery, what became of a push, and what an agent says.
# Nor are what checks of pull requests come to.
FORGES = ("cgi/forge_github.c", "cgi/forge_gitlab.c", "cgi/forge_gitea.c", "core/resources/pulls.c", "core/engine/pulls.c")
OTHERWISE = {"core/gate/outbox.h": {"pending", "failed"}, "core/context/metrics.h": {"failed"}, "core/resources/analytics.c": {"completed", "failed", "cancelled"}, "core/resources/runs.c": {"failed"}, "core/engine/push.c": {"failed"}, "core/engine/reason.c": {"cancelled"}, **{name: {"pending", "skipped", "completed", "failed"} for name in FORGES}}


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


def test_no_other_file_writes_one_out() -> None:
    found = {}
    for path in sorted([*(installation.ROOT / "core").rglob("*.[ch]"), *(installation.ROOT / "cgi").glob("*.[ch]")]):
        name = str(path.relative_to(installation.ROOT))
        if path != TABLE and "migrations" not in name and name != "cgi/words.h":  # which is made
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


def declared(value: Any) -> dict[str, tuple[list[str], list[dict[str, Any]]]]:
    """What the API's description says of states: of what -> the choices, and each with its tone and the ways that lead from it."""
    if isinstance(value, list):
        return {of: found for one in value for of, found in declared(one).items()}
    if not isinstance(value, dict):
        return {}
    made = {of: found for one in value.values() for of, found in declared(one).items()}
    if "x-states" in value:
        made[value["x-states"]["of"]] = value["enum"], value["x-states"]["states"]
    return made


DOCUMENT: dict[str, Any] = json.loads(installation.command("openapi", "--inline").stdout)
DECLARED = declared(DOCUMENT)


def test_the_description_tells_the_states_of_each_kind() -> None:
    assert set(DECLARED) == {"run", "step", "chain", "issue", "pull", "learning", "question", "sandbox", "candidates"}
    for of, (choices, each) in DECLARED.items():
        assert [one["name"] for one in each] == choices, of
        assert {one["name"] for one in each} <= states() | {"open", "merged", "closed", "proposed", "approved", "rejected", "answered", "dismissed", "judging", "decided", "undecided"} | {"opening", "idle", "working", "killing", "killed", "expired"}, of  # as the forges call them, too


def test_ways_lead_from_what_is_not_over_to_a_state_there_is() -> None:
    for of, (choices, each) in DECLARED.items():
        for one in each:
            assert {move["to"] for move in one["moves"]} <= set(choices), of
            assert not (one["over"] and one["moves"]), f"a {one['name']} {of} is over"
            assert one["over"] or one["moves"], f"a {one['name']} {of} stays so"


def test_the_description_of_a_run_leads_where_the_table_does() -> None:
    """The page about runs is drawn from it (tests/docs/test_pages.py)."""
    assert {one["name"]: {move["to"] for move in one["moves"]} - {one["name"]} for one in DECLARED["run"][1]} == ways()


def test_what_a_person_does_is_an_operation() -> None:
    operations = {row["operationId"] for rows in DOCUMENT["paths"].values() for row in rows.values()}
    by = {move["by"] for _, each in DECLARED.values() for one in each for move in one["moves"]}
    assert {one for one in by if "." in one} <= operations
    assert {"runs.pause", "runs.resume", "runs.stop", "runs.cancel", "chains.resume", "chains.cancel"} <= by


def test_the_dashboard_has_a_look_for_each_tone_and_one_look_for_each_word() -> None:
    said = (installation.ROOT / "www" / "app" / "js" / "ui" / "status.js").read_text(encoding="utf-8")
    looks = set(re.findall(r"(\w+):", re.search(r"const TONES = \{(.*?)\}", said, re.DOTALL)[1]))  # type: ignore[index]
    tones: dict[str, set[str]] = {}
    for _, each in DECLARED.values():
        for one in each:
            tones.setdefault(one["name"], set()).add(one["tone"])
    assert set().union(*tones.values()) == looks
    assert {name: found for name, found in tones.items() if len(found) > 1} == {}
