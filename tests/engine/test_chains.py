"""Chains: runs that follow one another, and go on after a failure."""

from __future__ import annotations

import time
from typing import Any

import pytest
from house import House, Refused


def chain_of(house: House, mode: str = "test", **body: object) -> str:
    return str(house.ask("POST", "/chains", {"name": "Sprint"} | body, mode=mode)["data"]["id"])


def look(house: House, chain: str, mode: str = "test") -> dict[str, Any]:
    data: dict[str, Any] = house.ask("GET", f"/chains/{chain}", mode=mode)["data"]
    return data


def until(house: House, chain: str, status: str, mode: str = "test", seconds: float = 30) -> dict[str, Any]:
    end = time.monotonic() + seconds
    while (now := look(house, chain, mode))["status"] != status:
        assert time.monotonic() < end, (now, house.said())
        time.sleep(0.1)
    return now


def runs(house: House, mode: str = "test") -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = house.ask("GET", "/runs", mode=mode)["data"]
    return sorted(data, key=lambda run: int(run["runNumber"]))


def test_a_sprint_runs_one_after_the_other(house: House) -> None:
    chain = chain_of(house, source="sprint", workflowId=house.workflow({"role": "planner"}), runCount=3, prompt="Next.")
    for _ in range(2):
        house.worker()
    ended = until(house, chain, "completed")
    made = runs(house)
    assert [run["name"] for run in made] == ["Sprint (1/3)", "Sprint (2/3)", "Sprint (3/3)"]
    house.finish(house.start(house.workflow({"role": "planner"})))
    assert {run["id"] for run in house.ask("GET", f"/runs?chainId={chain}")["data"]} == {run["id"] for run in made}
    assert {run["chainId"] for run in made} == {chain}
    assert {run["source"] for run in made} == {"sprint"} and {run["status"] for run in made} == {"completed"}
    assert ended["completedCount"] == 3 and ended["currentRunId"] == made[-1]["id"]
    times = house.sql("SELECT started_at, finished_at FROM runs ORDER BY run_number")
    assert all(before[1] <= after[0] for before, after in zip(times, times[1:], strict=False)), times


def test_issues_are_worked_on_in_their_order(house: House) -> None:
    issues = [house.ask("POST", "/issues", {"title": f"Issue {i}"}, mode="live")["data"]["id"] for i in range(3)]
    issues.reverse()
    flow = house.workflow({"role": "custom", "agent": "rehearsal"})
    chain = chain_of(house, "live", source="issue", workflowId=flow, issueIds=issues)
    house.worker()
    until(house, chain, "completed", "live")
    assert [run["issueId"] for run in runs(house, "live")] == issues
    assert {house.ask("GET", f"/issues/{issue}")["data"]["status"] for issue in issues} == {"completed"}


def test_a_failed_chain_goes_on_where_it_failed(house: House) -> None:
    house.agent("fussy", "import os, sys\nsys.exit(0 if os.environ['CODECOURIER_RUN_NUMBER'] != '2' else 1)\n")
    chain = chain_of(house, "live", source="sprint", workflowId=house.workflow({"role": "custom", "agent": "fussy"}), runCount=3)
    house.worker()
    failed = until(house, chain, "failed", "live")
    assert failed["completedCount"] == 1 and failed["error"] == "Run 2 failed."
    house.ask("POST", f"/chains/{chain}/resume", {}, mode="live")
    until(house, chain, "completed", "live")
    assert [(run["name"], run["status"]) for run in runs(house, "live")] == [
        ("Sprint (1/3)", "completed"), ("Sprint (2/3)", "failed"), ("Sprint (2/3)", "completed"), ("Sprint (3/3)", "completed"),
    ]  # fmt: skip


def test_a_cancelled_chain_starts_nothing_more(house: House) -> None:
    flow = house.workflow({"role": "planner", "instructions": "rehearse: lines=100 wait=200"})
    chain = chain_of(house, source="sprint", workflowId=flow, runCount=3)
    house.worker()
    house.wait(lambda: look(house, chain)["currentRunId"])
    run = look(house, chain)["currentRunId"]
    house.until(run, "line 1 of 100")
    assert house.ask("POST", f"/chains/{chain}/cancel", {})["data"]["status"] == "cancelled"
    assert house.finish(run)["status"] == "cancelled"
    time.sleep(1.5)
    assert len(runs(house)) == 1 and look(house, chain)["status"] == "cancelled"
    with pytest.raises(Refused):
        house.ask("POST", f"/chains/{chain}/resume", {})


def test_a_worker_that_drains_leaves_no_chain_behind(house: House) -> None:
    chain = chain_of(house, source="sprint", workflowId=house.workflow({"role": "planner"}), runCount=3)
    house.drain()
    assert look(house, chain)["status"] == "completed"


def test_what_cannot_start_fails_the_chain_with_the_reason(house: House) -> None:
    flow = house.workflow({"role": "planner"})
    chain = chain_of(house, source="sprint", workflowId=flow, runCount=2)
    house.ask("PATCH", f"/workflows/{flow}", {"status": "archived"})
    house.worker()
    assert "archived" in until(house, chain, "failed")["error"]
