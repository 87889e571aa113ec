"""What acts later acts with no more than its maker has by then, in its maker's mode; and everybody gets a turn."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from instance import Instance, Refused

Json = dict[str, Any]


class Maker:
    """A key of the project, made by the operator or by means of another key."""

    def __init__(self, instance: Instance, *options: str, scopes: str = "runs:write,schedules:write,keys:write,workflows:write") -> None:
        self.instance = instance
        self.secret = instance.helper("key", "create", "--data", str(instance.data), "--name", "maker", "--scopes", scopes, "--rate-limit", "1000000",
                                    "--quiet", *options)  # fmt: skip
        self.id = self.ask("GET", "/whoami")["keyId"]

    def ask(self, method: str, path: str, body: Json | None = None) -> Any:
        return self.instance.ask(method, path, body, HTTP_AUTHORIZATION=f"Bearer {self.secret}")["data"]

    def schedule(self) -> str:
        flow = self.instance.workflow({"role": "custom", "agent": "rehearsal"})
        return str(self.ask("POST", "/schedules", {"name": "Nightly", "workflowId": flow, "frequency": "daily", "hour": 6})["id"])

    def chain(self, runs: int = 3) -> str:
        flow = self.instance.workflow({"role": "custom", "agent": "rehearsal"})
        return str(self.ask("POST", "/chains", {"name": "Sprint", "source": "sprint", "workflowId": flow, "runCount": runs})["id"])


def fall_due(instance: Instance) -> None:
    instance.sql("UPDATE schedules SET next_run_at = 1000 WHERE next_run_at IS NOT NULL")
    instance.drain()


def modes(instance: Instance) -> list[str]:
    return [str(mode) for (mode,) in instance.sql("SELECT mode FROM runs ORDER BY run_number")]


def stopped(instance: Instance, schedule: str) -> Json:
    now: Json = instance.ask("GET", f"/schedules/{schedule}", mode="live")["data"]
    assert now["isEnabled"] is False and now["nextRunAt"] is None, now
    assert instance.sql("SELECT count(*) FROM audit WHERE action = 'schedules.stop' AND resource_id = ?", schedule) == [(1,)]
    return now


def test_a_test_keys_schedule_rehearses(instance: Instance) -> None:
    Maker(instance, "--mode", "test").schedule()
    Maker(instance).schedule()
    fall_due(instance)
    assert sorted(modes(instance)) == ["live", "test"]
    assert instance.sql("SELECT count(*) FROM runs WHERE schedule_id IS NOT NULL") == [(2,)]


@pytest.mark.produces("KEY_ENDED")
def test_a_schedule_of_a_revoked_key_stops_at_once_and_says_why(instance: Instance) -> None:
    maker = Maker(instance)
    schedule = maker.schedule()
    instance.helper("key", "revoke", "--data", str(instance.data), maker.id)
    now = stopped(instance, schedule)
    assert now["lastError"] == "The key 'maker' set this up and is revoked or has expired."
    assert (now["lastErrorCode"], now["lastErrorParams"]) == ("KEY_ENDED", {"key": "maker"})
    fall_due(instance)
    assert modes(instance) == []


def test_a_schedule_of_an_expired_key_stops_when_it_is_due(instance: Instance) -> None:
    maker = Maker(instance)
    schedule = maker.schedule()
    instance.sql("UPDATE api_keys SET expires_at = 1000 WHERE id = ?", maker.id)
    fall_due(instance)
    assert "has expired" in stopped(instance, schedule)["lastError"]
    assert modes(instance) == []


def test_a_key_that_may_start_no_runs_any_more_has_no_schedules(instance: Instance) -> None:
    maker = Maker(instance)
    schedule = maker.schedule()
    maker.ask("PATCH", f"/project/api-keys/{maker.id}", {"scopes": ["keys:write", "schedules:write"]})
    now = stopped(instance, schedule)
    assert "runs:write" in now["lastError"] and (now["lastErrorCode"], now["lastErrorParams"]["scope"]) == ("SCOPE_LOST", "runs:write")
    with pytest.raises(Refused, match="runs:write"):
        maker.ask("PATCH", f"/schedules/{schedule}", {"isEnabled": True})


def test_what_a_rotated_key_had_set_up_goes_on_for_its_successor(instance: Instance) -> None:
    maker = Maker(instance)
    schedule, chain = maker.schedule(), maker.chain(2)
    successor = maker.ask("POST", f"/project/api-keys/{maker.id}/rotate", {"overlapSeconds": 0})["id"]
    fall_due(instance)
    now = instance.ask("GET", f"/schedules/{schedule}", mode="live")["data"]
    assert now["isEnabled"] and now["actsFor"] == successor and now["lastError"] is now["lastErrorCode"] is now["lastErrorParams"] is None
    assert instance.ask("GET", f"/chains/{chain}", mode="live")["data"]["status"] == "completed"
    assert len(modes(instance)) == 3


@pytest.mark.produces("KEY_ENDED")
def test_a_chain_ends_where_its_makers_right_ends_and_somebody_else_may_go_on(instance: Instance) -> None:
    maker = Maker(instance)
    chain = maker.chain(3)
    instance.sql("UPDATE api_keys SET revoked_at = 1000 WHERE id = ?", maker.id)
    instance.drain()
    now = instance.ask("GET", f"/chains/{chain}", mode="live")["data"]
    assert now["status"] == "failed" and "revoked" in now["error"] and modes(instance) == []
    instance.ask("POST", f"/chains/{chain}/resume", {}, mode="live")
    instance.drain()
    now = instance.ask("GET", f"/chains/{chain}", mode="live")["data"]
    assert now["status"] == "completed" and now["completedCount"] == 3


@pytest.mark.produces("MEMBER_GONE")
def test_nothing_acts_for_who_is_no_member_any_more(instance: Instance) -> None:
    maker = Maker(instance)
    schedule, chain = maker.schedule(), maker.chain(1)
    for table in ("schedules", "chains"):
        instance.sql(f"UPDATE {table} SET acts_for = 'usr_0NqT3yKc8ZVbW5aXeRm1Lp'")
    fall_due(instance)
    now = stopped(instance, schedule)
    assert "no member" in now["lastError"] and now["lastErrorCode"] == "MEMBER_GONE"
    assert "no member" in instance.ask("GET", f"/chains/{chain}", mode="live")["data"]["error"]
    assert modes(instance) == []


def test_who_waits_hears_no_more_when_the_key_is_revoked(instance: Instance) -> None:
    maker, other = Maker(instance), Maker(instance)
    run = maker.ask("POST", "/runs", {"workflowId": instance.workflow({"role": "planner"})})["id"]
    with ThreadPoolExecutor() as pool:
        staying = pool.submit(other.ask, "GET", f"/runs/{run}/events?after=1&wait=20")
        waiting = pool.submit(maker.ask, "GET", f"/runs/{run}/events?after=1&wait=20")
        time.sleep(1)
        instance.helper("key", "revoke", "--data", str(instance.data), maker.id)
        with pytest.raises(Refused, match="FORBIDDEN"):
            waiting.result()
        assert not staying.done(), "who began to wait before, with a key that holds, waits on"
        other.ask("POST", f"/runs/{run}/cancel", {})
        staying.result()


def test_one_key_leaves_a_seat_to_another(instance: Instance) -> None:
    instance.conf["maxWaiting"] = 2
    instance.write_conf()
    maker, other = Maker(instance), Maker(instance)
    run = maker.ask("POST", "/runs", {"workflowId": instance.workflow({"role": "planner"})})["id"]
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(maker.ask, "GET", f"/runs/{run}/events?after=1&wait=20")
        time.sleep(1)
        with pytest.raises(Refused, match="UNAVAILABLE"):
            maker.ask("GET", f"/runs/{run}/events?after=1&wait=6")
        assert other.ask("GET", f"/runs/{run}/events?after=1&wait=1") == [] and not waiting.done()
        other.ask("POST", f"/runs/{run}/cancel", {})
        assert [event["data"]["status"] for event in waiting.result()] == ["cancelled"]


# ---- a turn for everybody ---------------------------------------------------------------------------


def test_the_last_slot_is_kept_for_a_project_that_has_none(instance: Instance) -> None:
    instance.agent("slow", "import time\ntime.sleep(30)\nprint('done')\n")
    other = json.loads(instance.helper("project", "create", "--data", str(instance.data), "--name", "Other", "--json"))["id"]
    key = instance.helper("key", "create", "--data", str(instance.data), "--project", other, "--name", "other", "--scopes", "runs:write,workflows:write",
                        "--rate-limit", "1000000", "--quiet")  # fmt: skip
    flow = instance.workflow({"role": "custom", "agent": "slow"})
    for _ in range(6):
        instance.start(flow, mode="live")
    instance.worker("--slots", "4")
    running = "SELECT count(*) FROM runs WHERE status = 'running' AND project_id <> ?"
    instance.wait(lambda: instance.sql(running, other) == [(3,)])
    time.sleep(0.5)
    assert instance.sql(running, other) == [(3,)], instance.log_text()
    theirs = instance.ask("POST", "/workflows", {"name": "Theirs", "steps": [{"role": "custom", "agent": "slow"}]}, HTTP_AUTHORIZATION=f"Bearer {key}")
    run = instance.ask("POST", "/runs", {"workflowId": theirs["data"]["id"]}, HTTP_AUTHORIZATION=f"Bearer {key}")["data"]["id"]
    instance.wait(lambda: instance.sql("SELECT status FROM runs WHERE id = ?", run) == [("running",)])
    assert instance.sql(running, other) == [(3,)], instance.log_text()


def test_one_project_alone_has_all_slots(instance: Instance) -> None:
    instance.agent("slow", "import time\ntime.sleep(30)\nprint('done')\n")
    flow = instance.workflow({"role": "custom", "agent": "slow"})
    for _ in range(5):
        instance.start(flow, mode="live")
    instance.worker("--slots", "4")
    instance.wait(lambda: instance.sql("SELECT count(*) FROM runs WHERE status = 'running'") == [(4,)])


def test_of_two_keys_in_a_project_the_one_that_asked_late_need_not_wait_for_all_of_the_other(instance: Instance) -> None:
    first, second = Maker(instance), Maker(instance)
    flow = instance.workflow({"role": "custom", "agent": "rehearsal"})
    for _ in range(6):
        first.ask("POST", "/runs", {"workflowId": flow})
    late = second.ask("POST", "/runs", {"workflowId": flow})["id"]
    instance.agent("slow", "import time\ntime.sleep(30)\nprint('done')\n")
    instance.sql("UPDATE runs SET steps = ?", json.dumps([{"role": "custom", "agent": "slow"}]))
    instance.worker("--slots", "2")
    instance.wait(lambda: instance.sql("SELECT count(*) FROM runs WHERE status = 'running'") == [(2,)])
    assert instance.sql("SELECT status FROM runs WHERE id = ?", late) == [("running",)], instance.log_text()
