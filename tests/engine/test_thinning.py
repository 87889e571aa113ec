"""What agents wrote goes a time after the run's end; what became of the run stays."""

from __future__ import annotations

import gzip

import pytest

from instance import Instance, Json, Refused

WRITTEN_BY_AGENTS = {"log", "message", "tool"}
LINES = 4500  # more than two portions


def ended(instance: Instance, days: int) -> str:
    """A run that ended so many days ago."""
    instance.agent("agent", f"for i in range({LINES}): print(f'line {{i}}')")
    run = instance.start(instance.workflow({"role": "custom", "agent": "agent", "instructions": "Speak."}), "live")
    instance.drain()
    assert instance.run(run, "live")["status"] == "completed", instance.log_text()
    instance.sql("UPDATE runs SET finished_at = finished_at - ? WHERE id = ?", days * 86400000, run)
    return run


def events(instance: Instance, run: str) -> list[Json]:
    found: list[Json] = []
    while page := instance.ask("GET", f"/runs/{run}/events?limit=1000&after={found[-1]['seq'] if found else 0}", mode="live")["data"]:
        found += page
    return found


def test_what_agents_wrote_goes_and_what_became_of_the_run_stays(instance: Instance) -> None:
    instance.conf["eventDays"] = 0
    run, young = ended(instance, 31), ended(instance, 29)
    before, of_young = events(instance, run), events(instance, young)
    assert len(before) > LINES and {one["type"] for one in before} & WRITTEN_BY_AGENTS
    whole = instance.run(run, "live")
    assert whole["eventsThinnedAt"] is None
    instance.conf["eventDays"] = 30
    instance.write_conf()
    instance.worker()
    instance.wait(lambda: instance.run(run, "live")["eventsThinnedAt"])
    assert instance.run(run, "live") | {"eventsThinnedAt": None, "updatedAt": 0} == whole | {"updatedAt": 0}
    assert events(instance, run) == [one for one in before if one["type"] not in WRITTEN_BY_AGENTS]
    assert events(instance, young) == of_young
    kept = instance.ask("GET", f"/runs/{run}/artifacts", mode="live")["data"]
    assert len(kept) == 1 and f"line {LINES - 1}".encode() in gzip.decompress(instance.fetch(f"/runs/{run}/artifacts/{kept[0]['name']}", "live"))


def test_nothing_goes_where_nothing_is_to_go(instance: Instance) -> None:
    instance.conf["eventDays"] = 0
    run = ended(instance, 4000)
    before = events(instance, run)
    instance.drain()
    assert events(instance, run) == before


def in_trash(instance: Instance, name: str, days: int) -> str:
    """A context with a version, which was deleted so many days ago."""
    made: str = instance.ask("POST", "/contexts", {"name": name, "content": name}, mode="live")["data"]["id"]
    instance.ask("POST", f"/contexts/{made}/publish", {}, mode="live")
    instance.ask("DELETE", f"/contexts/{made}", mode="live")
    instance.sql("UPDATE trash SET deleted_at = deleted_at - ? WHERE id = ?", days * 86400000, made)
    return made


def test_what_has_been_in_the_trash_for_long_is_gone_with_what_belongs_to_it(instance: Instance) -> None:
    _, young = in_trash(instance, "old", 31), in_trash(instance, "young", 29)
    instance.worker()
    instance.wait(lambda: len(instance.ask("GET", "/trash", mode="live")["data"]) == 1)
    assert instance.ask("GET", "/trash", mode="live")["data"][0]["id"] == young
    assert instance.sql("SELECT DISTINCT document_id FROM document_versions") == [(young,)]


def test_old_changes_are_told_no_more_and_who_asks_for_them_is_told_so(instance: Instance) -> None:
    """The last one stays, however old: it says how far the numbers have come."""
    for number in range(3):
        instance.ask("POST", "/contexts", {"name": f"context {number}", "content": "x"}, mode="live")
    last = instance.ask("GET", "/events", mode="live")["data"][0]["seq"]
    instance.sql("UPDATE changes SET at = at - ?", 91 * 86400000)
    instance.worker()
    instance.wait(lambda: instance.sql("SELECT seq FROM changes") == [(last,)])
    assert instance.ask("GET", f"/events?after={last}", mode="live")["data"] == []
    assert [one["seq"] for one in instance.ask("GET", f"/events?after={last - 1}", mode="live")["data"]] == [last]
    with pytest.raises(Refused) as refused:
        instance.ask("GET", f"/events?after={last - 2}", mode="live")
    error = refused.value.error
    assert (refused.value.status, error["code"], error["field"]) == (409, "CONFLICT", "after") and f"behind {last}" in error["message"]
