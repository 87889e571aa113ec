"""Schedules start runs: once, whoever looks first, and late rather than never."""

from __future__ import annotations

import datetime
import time
from zoneinfo import ZoneInfo

import pytest
from house import House

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Casablanca", "UTC"]


def make(house: House, **more: object) -> str:
    flow = house.workflow({"role": "custom", "agent": "rehearsal"})
    body = {"name": "Nightly", "workflowId": flow, "frequency": "daily", "hour": 6} | more
    return str(house.ask("POST", "/schedules", body)["data"]["id"])


def runs(house: House) -> list[tuple[object, ...]]:
    return house.sql("SELECT id, source, status, name, schedule_id FROM runs")


def test_a_schedule_that_is_due_starts_one_run_although_two_workers_look(house: House) -> None:
    schedule = make(house)
    house.sql("UPDATE schedules SET next_run_at = ?", int(time.time() * 1000) + 1500)
    house.worker()
    house.worker()
    house.wait(lambda: [status for _, _, status, *_ in runs(house)] == ["completed"])
    time.sleep(1.2)  # a look of either worker, and more
    ((run, source, status, name, by),) = runs(house)
    assert (source, status, name, by) == ("scheduled", "completed", "Nightly", schedule)
    now = house.ask("GET", f"/schedules/{schedule}")["data"]
    assert now["lastRunId"] == run and now["lastError"] is None
    assert now["nextRunAt"] > datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_what_was_missed_starts_once(house: House) -> None:
    make(house)
    house.sql("UPDATE schedules SET next_run_at = 1000, anchor_day = 0")
    house.drain()
    assert len(runs(house)) == 1
    house.drain()
    assert len(runs(house)) == 1


def test_a_workflow_that_is_gone_is_said(house: House) -> None:
    schedule = make(house)
    house.sql("UPDATE workflows SET status = 'archived'")
    house.sql("UPDATE schedules SET next_run_at = 1000")
    house.drain()
    assert not runs(house)
    assert "archived" in house.ask("GET", f"/schedules/{schedule}")["data"]["lastError"]


def test_a_disabled_one_starts_nothing(house: House) -> None:
    make(house, isEnabled=False)
    house.drain()
    assert not runs(house)


@pytest.mark.parametrize("zone", ZONES)
def test_the_next_time_is_what_the_clock_there_shows(house: House, zone: str) -> None:
    for hour, minute in ((0, 0), (6, 30), (23, 59)):
        schedule = make(house, timeZone=zone, hour=hour, minute=minute)
        text = house.ask("GET", f"/schedules/{schedule}")["data"]["nextRunAt"]
        at = datetime.datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
        assert (at.hour, at.minute) == (hour, minute)
        assert datetime.timedelta(0) < at - datetime.datetime.now(datetime.UTC) <= datetime.timedelta(hours=25)


def test_days_count_from_the_first_run(house: House) -> None:
    now = datetime.datetime.now(datetime.UTC)
    today = (now - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)).days
    for frequency, days in (("every_other_day", 2), ("weekly", 7), ("biweekly", 14)):
        schedule = make(house, frequency=frequency, hour=now.hour, minute=now.minute)
        house.sql("UPDATE schedules SET anchor_day = ? WHERE id = ?", today, schedule)
        text = house.ask("PATCH", f"/schedules/{schedule}", {"name": "Same"})["data"]["nextRunAt"]
        assert (datetime.datetime.fromisoformat(text) - now.replace(second=0, microsecond=0)).days in (days, days - 1)


def test_a_short_month_has_its_last_day(house: House) -> None:
    schedule = make(house, frequency="monthly", hour=0)
    anchor = (datetime.date(2026, 1, 31) - datetime.date(1970, 1, 1)).days
    house.sql("UPDATE schedules SET anchor_day = ? WHERE id = ?", anchor, schedule)
    text = house.ask("PATCH", f"/schedules/{schedule}", {"minute": 1})["data"]["nextRunAt"]
    at = datetime.datetime.fromisoformat(text)
    assert (at + datetime.timedelta(days=1)).day == 1
