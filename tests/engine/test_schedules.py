"""Schedules start runs: once, whoever looks first, and late rather than never."""

from __future__ import annotations

import datetime
import time
from zoneinfo import ZoneInfo

import pytest
from instance import Instance

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Casablanca", "UTC"]


def make(instance: Instance, **more: object) -> str:
    flow = instance.workflow({"role": "custom", "agent": "rehearsal"})
    body = {"name": "Nightly", "workflowId": flow, "frequency": "daily", "hour": 6} | more
    return str(instance.ask("POST", "/schedules", body)["data"]["id"])


def runs(instance: Instance) -> list[tuple[object, ...]]:
    return instance.sql("SELECT id, source, status, name, schedule_id FROM runs")


def test_a_schedule_that_is_due_starts_one_run_although_two_workers_look(instance: Instance) -> None:
    schedule = make(instance)
    instance.sql("UPDATE schedules SET next_run_at = ?", int(time.time() * 1000) + 1500)
    instance.worker()
    instance.worker()
    instance.wait(lambda: [status for _, _, status, *_ in runs(instance)] == ["completed"])
    time.sleep(1.2)  # a look of either worker, and more
    ((run, source, status, name, by),) = runs(instance)
    assert (source, status, name, by) == ("scheduled", "completed", "Nightly", schedule)
    now = instance.ask("GET", f"/schedules/{schedule}")["data"]
    assert now["lastRunId"] == run and now["lastError"] is None
    assert now["nextRunAt"] > datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_what_was_missed_starts_once(instance: Instance) -> None:
    make(instance)
    instance.sql("UPDATE schedules SET next_run_at = 1000, anchor_day = 0")
    instance.drain()
    assert len(runs(instance)) == 1
    instance.drain()
    assert len(runs(instance)) == 1


@pytest.mark.produces("WORKFLOW_ARCHIVED")
def test_a_workflow_that_is_gone_is_said(instance: Instance) -> None:
    schedule = make(instance)
    instance.sql("UPDATE workflows SET status = 'archived'")
    instance.sql("UPDATE schedules SET next_run_at = 1000")
    instance.drain()
    assert not runs(instance)
    now = instance.ask("GET", f"/schedules/{schedule}")["data"]
    assert "archived" in now["lastError"] and (now["lastErrorCode"], now["lastErrorParams"]) == ("WORKFLOW_ARCHIVED", {})


def test_a_disabled_one_starts_nothing(instance: Instance) -> None:
    make(instance, isEnabled=False)
    instance.drain()
    assert not runs(instance)


@pytest.mark.parametrize("zone", ZONES)
def test_the_next_time_is_what_the_clock_there_shows(instance: Instance, zone: str) -> None:
    for hour, minute in ((0, 0), (6, 30), (23, 59)):
        schedule = make(instance, timeZone=zone, hour=hour, minute=minute)
        text = instance.ask("GET", f"/schedules/{schedule}")["data"]["nextRunAt"]
        at = datetime.datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
        assert (at.hour, at.minute) == (hour, minute)
        assert datetime.timedelta(0) < at - datetime.datetime.now(datetime.UTC) <= datetime.timedelta(hours=25)


def test_days_count_from_the_first_run(instance: Instance) -> None:
    now = datetime.datetime.now(datetime.UTC)
    today = (now - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)).days
    for frequency, days in (("every_other_day", 2), ("weekly", 7), ("biweekly", 14)):
        schedule = make(instance, frequency=frequency, hour=now.hour, minute=now.minute)
        instance.sql("UPDATE schedules SET anchor_day = ? WHERE id = ?", today, schedule)
        text = instance.ask("PATCH", f"/schedules/{schedule}", {"name": "Same"})["data"]["nextRunAt"]
        assert (datetime.datetime.fromisoformat(text) - now.replace(second=0, microsecond=0)).days in (days, days - 1)


def test_a_short_month_has_its_last_day(instance: Instance) -> None:
    schedule = make(instance, frequency="monthly", hour=0)
    anchor = (datetime.date(2026, 1, 31) - datetime.date(1970, 1, 1)).days
    instance.sql("UPDATE schedules SET anchor_day = ? WHERE id = ?", anchor, schedule)
    text = instance.ask("PATCH", f"/schedules/{schedule}", {"minute": 1})["data"]["nextRunAt"]
    at = datetime.datetime.fromisoformat(text)
    assert (at + datetime.timedelta(days=1)).day == 1
