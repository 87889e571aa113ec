"""What acts later acts with no more than its maker has by then, in its maker's mode; and everybody gets a turn."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from house import House, Refused

Json = dict[str, Any]


class Maker:
    """A key of the project, made by the operator or by means of another key."""

    def __init__(self, house: House, *options: str, scopes: str = "runs:write,schedules:write,keys:write,workflows:write") -> None:
        self.house = house
        self.secret = house.helper("key", "create", "--data", str(house.data), "--name", "maker", "--scopes", scopes, "--rate-limit", "1000000",
                                    "--quiet", *options)  # fmt: skip
        self.id = self.ask("GET", "/whoami")["keyId"]

    def ask(self, method: str, path: str, body: Json | None = None) -> Any:
        return self.house.ask(method, path, body, HTTP_AUTHORIZATION=f"Bearer {self.secret}")["data"]

    def schedule(self) -> str:
        flow = self.house.workflow({"role": "custom", "agent": "rehearsal"})
        return str(self.ask("POST", "/schedules", {"name": "Nightly", "workflowId": flow, "frequency": "daily", "hour": 6})["id"])

    def chain(self, runs: int = 3) -> str:
        flow = self.house.workflow({"role": "custom", "agent": "rehearsal"})
        return str(self.ask("POST", "/chains", {"name": "Sprint", "source": "sprint", "workflowId": flow, "runCount": runs})["id"])


def fall_due(house: House) -> None:
    house.sql("UPDATE schedules SET next_run_at = 1000 WHERE next_run_at IS NOT NULL")
    house.drain()


def modes(house: House) -> list[str]:
    return [str(mode) for (mode,) in house.sql("SELECT mode FROM runs ORDER BY run_number")]


def stopped(house: House, schedule: str) -> Json:
    now: Json = house.ask("GET", f"/schedules/{schedule}", mode="live")["data"]
    assert now["isEnabled"] is False and now["nextRunAt"] is None, now
    assert house.sql("SELECT count(*) FROM audit WHERE action = 'schedules.stop' AND resource_id = ?", schedule) == [(1,)]
    return now


def test_a_test_keys_schedule_rehearses(house: House) -> None:
    Maker(house, "--mode", "test").schedule()
    Maker(house).schedule()
    fall_due(house)
    assert sorted(modes(house)) == ["live", "test"]
    assert house.sql("SELECT count(*) FROM runs WHERE schedule_id IS NOT NULL") == [(2,)]


def test_a_schedule_of_a_revoked_key_stops_at_once_and_says_why(house: House) -> None:
    maker = Maker(house)
    schedule = maker.schedule()
    house.helper("key", "revoke", "--data", str(house.data), maker.id)
    assert stopped(house, schedule)["lastError"] == "The key 'maker' set this up and is revoked or has expired."
    fall_due(house)
    assert modes(house) == []


def test_a_schedule_of_an_expired_key_stops_when_it_is_due(house: House) -> None:
    maker = Maker(house)
    schedule = maker.schedule()
    house.sql("UPDATE api_keys SET expires_at = 1000 WHERE id = ?", maker.id)
    fall_due(house)
    assert "has expired" in stopped(house, schedule)["lastError"]
    assert modes(house) == []


def test_a_key_that_may_start_no_runs_any_more_has_no_schedules(house: House) -> None:
    maker = Maker(house)
    schedule = maker.schedule()
    maker.ask("PATCH", f"/project/api-keys/{maker.id}", {"scopes": ["keys:write", "schedules:write"]})
    assert "runs:write" in stopped(house, schedule)["lastError"]
    with pytest.raises(Refused, match="runs:write"):
        maker.ask("PATCH", f"/schedules/{schedule}", {"isEnabled": True})


def test_what_a_rotated_key_had_set_up_goes_on_for_its_successor(house: House) -> None:
    maker = Maker(house)
    schedule, chain = maker.schedule(), maker.chain(2)
    successor = maker.ask("POST", f"/project/api-keys/{maker.id}/rotate", {"overlapSeconds": 0})["id"]
    fall_due(house)
    now = house.ask("GET", f"/schedules/{schedule}", mode="live")["data"]
    assert now["isEnabled"] and now["actsFor"] == successor and now["lastError"] is None
    assert house.ask("GET", f"/chains/{chain}", mode="live")["data"]["status"] == "completed"
    assert len(modes(house)) == 3


def test_a_chain_ends_where_its_makers_right_ends_and_somebody_else_may_go_on(house: House) -> None:
    maker = Maker(house)
    chain = maker.chain(3)
    house.sql("UPDATE api_keys SET revoked_at = 1000 WHERE id = ?", maker.id)
    house.drain()
    now = house.ask("GET", f"/chains/{chain}", mode="live")["data"]
    assert now["status"] == "failed" and "revoked" in now["error"] and modes(house) == []
    house.ask("POST", f"/chains/{chain}/resume", {}, mode="live")
    house.drain()
    now = house.ask("GET", f"/chains/{chain}", mode="live")["data"]
    assert now["status"] == "completed" and now["completedCount"] == 3


def test_nothing_acts_for_who_is_no_member_any_more(house: House) -> None:
    maker = Maker(house)
    schedule, chain = maker.schedule(), maker.chain(1)
    for table in ("schedules", "chains"):
        house.sql(f"UPDATE {table} SET acts_for = 'usr_0NqT3yKc8ZVbW5aXeRm1Lp'")
    fall_due(house)
    assert "no member" in stopped(house, schedule)["lastError"]
    assert "no member" in house.ask("GET", f"/chains/{chain}", mode="live")["data"]["error"]
    assert modes(house) == []


def test_who_waits_hears_no_more_when_the_key_is_revoked(house: House) -> None:
    maker = Maker(house)
    run = maker.ask("POST", "/runs", {"workflowId": house.workflow({"role": "planner"})})["id"]
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(maker.ask, "GET", f"/runs/{run}/events?after=1&wait=20")
        time.sleep(1)
        began = time.monotonic()
        house.helper("key", "revoke", "--data", str(house.data), maker.id)
        with pytest.raises(Refused, match="FORBIDDEN"):
            waiting.result()
    assert time.monotonic() - began < 10


def test_one_key_leaves_a_seat_to_another(house: House) -> None:
    house.conf["maxWaiting"] = 2
    house.write_conf()
    maker, other = Maker(house), Maker(house)
    run = maker.ask("POST", "/runs", {"workflowId": house.workflow({"role": "planner"})})["id"]
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(maker.ask, "GET", f"/runs/{run}/events?after=1&wait=6")
        time.sleep(1)
        with pytest.raises(Refused, match="UNAVAILABLE"):
            maker.ask("GET", f"/runs/{run}/events?after=1&wait=6")
        assert other.ask("GET", f"/runs/{run}/events?after=1&wait=1") == [] and waiting.result() == []


# ---- a turn for everybody ---------------------------------------------------------------------------


def test_the_last_slot_is_kept_for_a_project_that_has_none(house: House) -> None:
    house.agent("slow", "import time\ntime.sleep(30)\nprint('done')\n")
    other = json.loads(house.helper("project", "create", "--data", str(house.data), "--name", "Other", "--json"))["id"]
    key = house.helper("key", "create", "--data", str(house.data), "--project", other, "--name", "other", "--scopes", "runs:write,workflows:write",
                        "--rate-limit", "1000000", "--quiet")  # fmt: skip
    flow = house.workflow({"role": "custom", "agent": "slow"})
    for _ in range(6):
        house.start(flow, mode="live")
    house.worker("--slots", "4")
    running = "SELECT count(*) FROM runs WHERE status = 'running' AND project_id <> ?"
    house.wait(lambda: house.sql(running, other) == [(3,)])
    time.sleep(0.5)
    assert house.sql(running, other) == [(3,)], house.said()
    theirs = house.ask("POST", "/workflows", {"name": "Theirs", "steps": [{"role": "custom", "agent": "slow"}]}, HTTP_AUTHORIZATION=f"Bearer {key}")
    run = house.ask("POST", "/runs", {"workflowId": theirs["data"]["id"]}, HTTP_AUTHORIZATION=f"Bearer {key}")["data"]["id"]
    house.wait(lambda: house.sql("SELECT status FROM runs WHERE id = ?", run) == [("running",)])
    assert house.sql(running, other) == [(3,)], house.said()


def test_one_project_alone_has_all_slots(house: House) -> None:
    house.agent("slow", "import time\ntime.sleep(30)\nprint('done')\n")
    flow = house.workflow({"role": "custom", "agent": "slow"})
    for _ in range(5):
        house.start(flow, mode="live")
    house.worker("--slots", "4")
    house.wait(lambda: house.sql("SELECT count(*) FROM runs WHERE status = 'running'") == [(4,)])


def test_of_two_keys_in_a_project_the_one_that_asked_late_need_not_wait_for_all_of_the_other(house: House) -> None:
    first, second = Maker(house), Maker(house)
    flow = house.workflow({"role": "custom", "agent": "rehearsal"})
    for _ in range(6):
        first.ask("POST", "/runs", {"workflowId": flow})
    late = second.ask("POST", "/runs", {"workflowId": flow})["id"]
    house.agent("slow", "import time\ntime.sleep(30)\nprint('done')\n")
    house.sql("UPDATE runs SET steps = ?", json.dumps([{"role": "custom", "agent": "slow"}]))
    house.worker("--slots", "2")
    house.wait(lambda: house.sql("SELECT count(*) FROM runs WHERE status = 'running'") == [(2,)])
    assert house.sql("SELECT status FROM runs WHERE id = ?", late) == [("running",)], house.said()
