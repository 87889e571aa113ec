"""What happens to runs, budgets, endpoints and schedules is noted for people, once, in the mode of its run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from instance import Instance, Json
from receiver import Receiver, served
from test_agent_output import play, priced
from test_costs import budget
from test_webhooks import endpoint, issue


@pytest.fixture
def receiver(instance: Instance) -> Iterator[Receiver]:
    with served(instance) as made:
        yield made


def notes(instance: Instance, mode: str = "live") -> list[Json]:
    """Oldest first, but that the owner has joined."""
    return [one for one in reversed(instance.ask("GET", "/notifications?limit=100", mode=mode)["data"]) if one["type"] != "member.joined"]


def test_a_run_that_ends_is_noted_in_its_own_mode(instance: Instance) -> None:
    flow = instance.workflow({"role": "custom", "agent": "rehearsal"})
    live, test = instance.start(flow, "live"), instance.start(flow)
    instance.drain()
    for mode, run in (("live", live), ("test", test)):
        assert [(one["type"], one["resourceId"], one["name"]) for one in notes(instance, mode)] == [("run.completed", run, instance.run(run, mode)["name"] or "Flow")]


def test_a_budget_that_runs_out_is_noted_once_a_day_and_each_run_that_it_ends(instance: Instance) -> None:
    play(instance, "claude", {"good": (priced("0.1"), 0)})
    flow = instance.workflow(*[{"role": "custom", "agent": "claude", "instructions": "CASE 0"}] * 2)
    budget(instance, warnAtPercent=50, perRunUsd=0.1)
    runs = [instance.start(flow, "live") for _ in range(2)]
    instance.drain()
    assert {instance.run(run, "live")["errorCode"] for run in runs} == {"BUDGET_RUN"}
    said = [(one["type"], one["resourceId"]) for one in notes(instance)]
    assert len([1 for kind, _ in said if kind == "budget.warning"]) == 1, said
    assert {run for kind, run in said if kind == "budget.stopped"} == {run for kind, run in said if kind == "run.failed"} == set(runs), said


def test_an_endpoint_that_is_switched_off_is_noted(instance: Instance, receiver: Receiver) -> None:
    receiver.answer = lambda _: (410, {})
    hook = endpoint(instance, receiver.here, "issue.created")
    issue(instance)
    instance.drain()
    assert [(one["type"], one["resourceId"], one["name"]) for one in notes(instance)] == [("webhook.disabled", hook["id"], receiver.here)]


def test_a_schedule_that_is_switched_off_is_noted(instance: Instance) -> None:
    flow = instance.workflow({"role": "custom", "agent": "rehearsal"})
    mine, instance.keys["live"] = instance.keys["live"], instance.make_key("live")
    made = instance.ask("POST", "/schedules", {"name": "Nightly", "workflowId": flow, "frequency": "daily", "hour": 6}, "live")["data"]
    instance.keys["live"] = mine
    instance.helper("key", "revoke", made["actsFor"], "--data", str(instance.data))
    instance.sql("UPDATE schedules SET next_run_at = 1 WHERE id = ? AND is_enabled = 1", made["id"])
    instance.drain()
    assert ("schedule.stopped", made["id"], "Nightly") in [(one["type"], one["resourceId"], one["name"]) for one in notes(instance)]


def test_old_ones_go_and_their_marks_with_them(instance: Instance) -> None:
    flow = instance.workflow({"role": "custom", "agent": "rehearsal"})
    instance.start(flow, "live")
    instance.drain()
    (one,) = notes(instance)
    instance.sql("UPDATE notifications SET created_at = created_at - 31 * 86400000")
    instance.sql("INSERT INTO notification_marks (project_id, reader, id, read_at) SELECT project_id, 'usr_x', 'ntf_0000000000000000000000', 1 FROM projects")
    instance.ask("POST", f"/notifications/{one['id']}/read", {}, "live")
    instance.start(flow, "live")
    instance.worker()
    instance.wait(lambda: [new["id"] for new in notes(instance)] not in ([], [one["id"]]) and one["id"] not in {new["id"] for new in notes(instance)})
    instance.wait(lambda: instance.sql("SELECT id FROM notification_marks") == [(one["id"],)])  # by its id it is of today
