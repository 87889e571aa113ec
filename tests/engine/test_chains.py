"""Chains: runs that follow one another, and go on after a failure."""

from __future__ import annotations

import time
from typing import Any

import pytest
from instance import Instance, Refused


def chain_of(instance: Instance, mode: str = "test", **body: object) -> str:
    return str(instance.ask("POST", "/chains", {"name": "Sprint"} | body, mode=mode)["data"]["id"])


def look(instance: Instance, chain: str, mode: str = "test") -> dict[str, Any]:
    data: dict[str, Any] = instance.ask("GET", f"/chains/{chain}", mode=mode)["data"]
    return data


def until(instance: Instance, chain: str, status: str, mode: str = "test", seconds: float = 60) -> dict[str, Any]:
    end = time.monotonic() + seconds
    while (now := look(instance, chain, mode))["status"] != status:
        assert time.monotonic() < end, (now, instance.log_text())
        time.sleep(0.1)
    return now


def runs(instance: Instance, mode: str = "test") -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = instance.ask("GET", "/runs", mode=mode)["data"]
    return sorted(data, key=lambda run: int(run["runNumber"]))


def test_a_sprint_runs_one_after_the_other(instance: Instance) -> None:
    chain = chain_of(instance, source="sprint", workflowId=instance.workflow({"role": "planner"}), runCount=3, prompt="Next.")
    for _ in range(2):
        instance.worker()
    ended = until(instance, chain, "completed")
    made = runs(instance)
    assert [run["name"] for run in made] == ["Sprint (1/3)", "Sprint (2/3)", "Sprint (3/3)"]
    instance.finish(instance.start(instance.workflow({"role": "planner"})))
    assert {run["id"] for run in instance.ask("GET", f"/runs?chainId={chain}")["data"]} == {run["id"] for run in made}
    assert {run["chainId"] for run in made} == {chain}
    assert {run["source"] for run in made} == {"sprint"} and {run["status"] for run in made} == {"completed"}
    assert ended["completedCount"] == 3 and ended["currentRunId"] == made[-1]["id"]
    times = instance.sql("SELECT started_at, finished_at FROM runs ORDER BY run_number")
    assert all(before[1] <= after[0] for before, after in zip(times, times[1:], strict=False)), times


def test_issues_are_worked_on_in_their_order(instance: Instance) -> None:
    issues = [instance.ask("POST", "/issues", {"title": f"Issue {i}"}, mode="live")["data"]["id"] for i in range(3)]
    issues.reverse()
    flow = instance.workflow({"role": "custom", "agent": "rehearsal"})
    chain = chain_of(instance, "live", source="issue", workflowId=flow, issueIds=issues)
    instance.worker()
    until(instance, chain, "completed", "live")
    assert [run["issueId"] for run in runs(instance, "live")] == issues
    assert {instance.ask("GET", f"/issues/{issue}")["data"]["status"] for issue in issues} == {"completed"}


@pytest.mark.produces("CHAIN_RUN_FAILED")
def test_a_failed_chain_goes_on_where_it_failed(instance: Instance) -> None:
    instance.agent("fussy", "import os, sys\nsys.exit(0 if os.environ['CODECOURIER_RUN_NUMBER'] != '2' else 1)\n")
    chain = chain_of(instance, "live", source="sprint", workflowId=instance.workflow({"role": "custom", "agent": "fussy"}), runCount=3)
    instance.worker()
    failed = until(instance, chain, "failed", "live")
    assert failed["completedCount"] == 1 and failed["error"] == "Run 2 failed."
    instance.ask("POST", f"/chains/{chain}/resume", {}, mode="live")
    until(instance, chain, "completed", "live")
    assert [(run["name"], run["status"]) for run in runs(instance, "live")] == [
        ("Sprint (1/3)", "completed"), ("Sprint (2/3)", "failed"), ("Sprint (2/3)", "completed"), ("Sprint (3/3)", "completed"),
    ]  # fmt: skip


def test_a_cancelled_chain_starts_nothing_more(instance: Instance) -> None:
    flow = instance.workflow({"role": "planner", "instructions": "rehearse: lines=100 wait=200"})
    chain = chain_of(instance, source="sprint", workflowId=flow, runCount=3)
    instance.worker()
    instance.wait(lambda: look(instance, chain)["currentRunId"])
    run = look(instance, chain)["currentRunId"]
    instance.until(run, "line 1 of 100")
    assert instance.ask("POST", f"/chains/{chain}/cancel", {})["data"]["status"] == "cancelled"
    assert instance.finish(run)["status"] == "cancelled"
    time.sleep(1.5)
    assert len(runs(instance)) == 1 and look(instance, chain)["status"] == "cancelled"
    with pytest.raises(Refused):
        instance.ask("POST", f"/chains/{chain}/resume", {})


def test_a_worker_that_drains_leaves_no_chain_behind(instance: Instance) -> None:
    chain = chain_of(instance, source="sprint", workflowId=instance.workflow({"role": "planner"}), runCount=3)
    instance.drain()
    assert look(instance, chain)["status"] == "completed"


@pytest.mark.produces("WORKFLOW_ARCHIVED")
def test_what_cannot_start_fails_the_chain_with_the_reason(instance: Instance) -> None:
    flow = instance.workflow({"role": "planner"})
    chain = chain_of(instance, source="sprint", workflowId=flow, runCount=2)
    instance.ask("PATCH", f"/workflows/{flow}", {"status": "archived"})
    instance.worker()
    assert "archived" in until(instance, chain, "failed")["error"]
