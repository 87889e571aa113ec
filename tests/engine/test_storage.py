"""The disk is full, the database locked, moved away or replaced, while a run is under way: nothing that was said is lost, nothing
runs twice, and the run ends as it should once storage is back."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import storage
from house import House, Refused, stop, together
from test_lost import ALONE

# Says so many lines, one every now and then, and writes down that it ran.
TALK = ALONE.replace("time.sleep({seconds})", "for i in range({lines}): print('line', i, flush=True); time.sleep({wait})")


def talker(house: House, lines: int, wait: float) -> str:
    house.conf["sandbox"] = "off"
    house.agent("talker", TALK.format(folder=str(house.folder), lines=lines, wait=wait))
    return house.workflow({"role": "custom", "agent": "talker"})


def all_said(house: House, run: str, lines: int) -> None:
    assert house.texts(run, "live") == [f"line {i}" for i in range(lines)]
    assert (house.folder / "ran").read_text().split() == [run] and not (house.folder / "overlap").exists()
    statuses = [event["data"]["status"] for event in house.follow(run, "live") if event["type"] == "status"]
    assert statuses == ["pending", "running", "completed"]
    assert house.sql("SELECT attempts FROM runs WHERE id = ?", run) == [(0,)]


def refused(house: House, call: Callable[[], object]) -> None:
    with pytest.raises(Refused) as wrong:
        call()
    assert wrong.value.status == 503 and wrong.value.error["code"] == "UNAVAILABLE" and wrong.value.error["retryable"] is True


@contextmanager
def full_disk(house: House) -> Iterator[None]:
    house.set_world(full=True)
    yield
    house.set_world(full=False)


@contextmanager
def locked(house: House) -> Iterator[None]:
    database = storage.connect(house.data, isolation_level=None)
    database.execute("PRAGMA busy_timeout = 30000")
    database.execute("BEGIN EXCLUSIVE")
    yield
    database.execute("ROLLBACK")
    database.close()


AWAY = [full_disk, locked]


@pytest.fixture
def house() -> Iterator[House]:
    made = settled(House())
    try:
        yield made
    finally:
        made.close()


def settled(house: House) -> House:
    house.enter_world()
    house.conf |= {"busyMs": 300, "leaseSeconds": 4}
    house.write_conf()
    return house


def goes_on(house: House, away: Callable[[House], object]) -> None:
    """Longer than two leases, with another worker that watches."""
    flow = talker(house, 800, 0.015)
    run = house.start(flow, "live")
    house.worker()
    house.until(run, "line 10", "live")
    house.worker()
    before = house.sql("SELECT count(*) FROM runs")
    with away(house):  # type: ignore[attr-defined]
        until = time.monotonic() + 9
        while time.monotonic() < until:
            refused(house, lambda: house.start(flow, "live"))
            assert house.run(run, "live")["status"] == "running", "reading goes on"
            time.sleep(0.5)
    assert house.sql("SELECT count(*) FROM runs") == before
    assert house.finish(run, "live")["status"] == "completed"
    all_said(house, run, 800)
    assert house.sql("PRAGMA integrity_check") == [("ok",)]
    house.start(flow, "live")


def test_a_run_goes_on_behind_a_time_without_storage() -> None:
    together(lambda house, away: goes_on(settled(house), away), AWAY)


def ended(house: House, away: Callable[[House], object]) -> None:
    run = house.start(talker(house, 100, 0.02), "live")
    worker = house.worker()
    house.until(run, "line 10", "live")
    house.worker()
    with away(house):  # type: ignore[attr-defined]
        time.sleep(1)
        worker.kill()
        worker.wait()
        time.sleep(6)  # in which the other one finds the run lost and cannot take it
        assert house.run(run, "live")["status"] == "running"
    ended = house.finish(run, "live")
    assert ended["status"] == "completed"
    assert (house.folder / "ran").read_text().split() == [run] and not (house.folder / "overlap").exists()


def test_a_worker_that_is_ended_without_storage_leaves_a_run_that_is_taken_up() -> None:
    together(lambda house, away: ended(settled(house), away), AWAY)


def test_more_output_than_can_be_kept_waits_in_the_pipe(house: House) -> None:
    """40 MB while the disk is full, from an agent that then ends."""
    house.agent("flood", "for i in range(1000): print(f'{i:05} ' + 'x' * 40000)\n")
    run = house.start(house.workflow({"role": "custom", "agent": "flood"}), "live")
    with full_disk(house):
        house.set_world()
        worker = house.worker()
        house.until(run, "step.started", "live")
        house.set_world(full=True)
        time.sleep(3)
        assert worker.poll() is None, house.said()
    assert house.finish(run, "live", 120)["status"] == "completed"
    numbers = [int(text.split(" ", 1)[0]) for text in house.texts(run, "live")]
    assert numbers == list(range(1000))


def test_a_time_out_reaches_the_agent_although_nothing_can_be_written(house: House) -> None:
    house.conf["sandbox"] = "off"
    pid = house.folder / "pid"
    house.agent("long", f"import os, time\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\nprint('here', flush=True)\ntime.sleep(600)\n")
    run = house.start(house.workflow({"role": "custom", "agent": "long", "timeoutSeconds": 8}), "live")
    house.worker()
    house.until(run, "here", "live")
    with full_disk(house):
        time.sleep(1)
        until = time.monotonic() + 30
        while Path(f"/proc/{pid.read_text()}").exists():
            assert time.monotonic() < until, house.said()
            time.sleep(0.2)
    assert "longer than 8 s" in house.finish(run, "live")["error"]


def names(house: House) -> list[str]:
    return [path.name for path in house.data.glob("codecourier.db*") if path.name in ("codecourier.db", "codecourier.db-wal", "codecourier.db-shm")]


def test_a_database_that_is_moved_away_ends_the_worker_and_goes_on_when_it_is_back(house: House) -> None:
    flow = talker(house, 400, 0.01)
    run = house.start(flow, "live")
    worker = house.worker()
    house.until(run, "line 10", "live")
    aside = house.folder / "aside"
    aside.mkdir()
    for name in names(house):
        (house.data / name).rename(aside / name)
    refused(house, lambda: house.start(flow, "live"))
    assert worker.wait(timeout=30) == 3, house.said()
    assert "moved away" in house.said()
    for path in aside.iterdir():
        path.rename(house.data / path.name)
    house.worker()
    assert house.finish(run, "live")["status"] == "completed"
    assert (house.folder / "ran").read_text().split() == [run] and not (house.folder / "overlap").exists()
    assert house.sql("PRAGMA integrity_check") == [("ok",)]


def test_a_database_restored_from_a_copy_is_the_one_that_counts(house: House) -> None:
    flow = talker(house, 400, 0.01)
    run = house.start(flow, "live")
    copy = house.folder / "copy.db"
    with storage.connect(house.data) as database, sqlite3.connect(copy) as into:
        database.backup(into)
    database.close()
    into.close()
    worker = house.worker()
    house.until(run, "line 10", "live")
    for name in names(house):
        (house.data / name).unlink()
    shutil.copy(copy, house.data / "codecourier.db")
    assert worker.wait(timeout=30) == 3, house.said()
    assert house.run(run, "live")["status"] == "pending"
    house.worker()
    assert house.finish(run, "live")["status"] == "completed"
    all_said(house, run, 400)


def test_a_worker_told_to_stop_without_storage_ends_all_the_same(house: House) -> None:
    run = house.start(talker(house, 300, 0.01), "live")
    worker = house.worker()
    house.until(run, "line 10", "live")
    with full_disk(house):
        time.sleep(0.5)
        stop(worker)
        assert not (house.folder / "ran").exists()
    house.worker()
    assert house.finish(run, "live")["status"] == "completed"
    assert (house.folder / "ran").read_text().split() == [run] and not (house.folder / "overlap").exists()
