"""The disk is full, the database locked, moved away or replaced, while a run is under way: nothing that was said is lost, nothing
runs twice, and the run ends as it should once storage is back."""

from __future__ import annotations

import re
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import storage
from house import House, Refused, together
from test_lost import ALONE

# Says so many lines, the last half when it may go on, and writes down that it ran.
TALK = """
for i in range({lines}):
    while i == {lines} // 2 and not os.path.exists({folder!r} + '/go'): time.sleep(0.01)
    print('line', i, flush=True)
    time.sleep(0.002)
"""


def talker(house: House, lines: int) -> str:
    house.conf["sandbox"] = "off"
    house.agent("talker", ALONE.format(folder=str(house.folder), work=TALK.format(folder=str(house.folder), lines=lines)))
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
    house.fill_disk(True)
    yield
    house.fill_disk(False)


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
    house.own_clock()
    house.own_disk()
    house.conf |= {"busyMs": 300, "leaseSeconds": 4}
    house.write_conf()
    return house


def goes_on(house: House, away: Callable[[House], object]) -> None:
    """Longer than two leases, with another worker that watches."""
    flow = talker(house, 800)
    run = house.start(flow, "live")
    house.worker()
    house.until(run, "line 10", "live")
    house.worker()
    before = house.sql("SELECT count(*) FROM runs")
    with away(house):  # type: ignore[attr-defined]
        for _ in range(9):
            refused(house, lambda: house.start(flow, "live"))
            assert house.run(run, "live")["status"] == "running", "reading goes on"
            house.let_pass(1)
            time.sleep(0.1)
    (house.folder / "go").touch()
    assert house.sql("SELECT count(*) FROM runs") == before
    assert house.finish(run, "live")["status"] == "completed"
    all_said(house, run, 800)
    assert house.sql("PRAGMA integrity_check") == [("ok",)]
    house.start(flow, "live")


def test_a_run_goes_on_behind_a_time_without_storage() -> None:
    together(lambda house, away: goes_on(settled(house), away), AWAY)


def ended(house: House, away: Callable[[House], object]) -> None:
    run = house.start(talker(house, 100), "live")
    worker = house.worker()
    house.until(run, "line 10", "live")
    other = house.worker()
    house.wait(lambda: house.said().count("sandbox = off") == 2)  # it is at work
    with away(house):  # type: ignore[attr-defined]
        worker.kill()
        worker.wait()
        for _ in range(12):  # the other one finds the run lost and cannot take it
            house.let_pass(0.5)
            time.sleep(0.1)
        assert house.run(run, "live")["status"] == "running"
    house.wait_for_taking(run, other)
    (house.folder / "go").touch()
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
        house.fill_disk(False)
        worker = house.worker()
        house.until(run, "00000 ", "live")
        house.fill_disk(True)
        time.sleep(3)
        assert worker.poll() is None, house.said()
    assert house.finish(run, "live", 120)["status"] == "completed"
    numbers = [int(text.split(" ", 1)[0]) for text in house.texts(run, "live")]
    (left_out,) = [int(found[1]) for event in house.follow(run, "live") if (found := re.match(r"(\d+) events .* are left out here", event["data"].get("text") or ""))]
    first = next(i for i in range(1000) if numbers[i] != i)  # its ends are events, as of any long output
    assert numbers == [*range(first), *range(first + left_out, 1000)]


def test_a_time_out_reaches_the_agent_although_nothing_can_be_written(house: House) -> None:
    house.conf["sandbox"] = "off"
    pid = house.folder / "pid"
    house.agent("long", f"import os, time\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\nprint('here', flush=True)\ntime.sleep(600)\n")
    run = house.start(house.workflow({"role": "custom", "agent": "long", "timeoutSeconds": 3600}), "live")
    house.worker()
    house.until(run, "here", "live")
    with full_disk(house):
        house.let_pass(3600)
        until = time.monotonic() + 30
        while Path(f"/proc/{pid.read_text()}").exists():
            assert time.monotonic() < until, house.said()
            time.sleep(0.2)
    assert "longer than 3600 s" in house.finish(run, "live")["error"]


def names(house: House) -> list[str]:
    return [path.name for path in house.data.glob("codecourier.db*") if path.name in ("codecourier.db", "codecourier.db-wal", "codecourier.db-shm")]


def test_a_database_that_is_moved_away_ends_the_worker_and_goes_on_when_it_is_back(house: House) -> None:
    flow = talker(house, 400)
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
    house.wait_for_taking(run, house.worker())
    (house.folder / "go").touch()
    assert house.finish(run, "live")["status"] == "completed"
    assert (house.folder / "ran").read_text().split() == [run] and not (house.folder / "overlap").exists()
    assert house.sql("PRAGMA integrity_check") == [("ok",)]


def test_a_database_restored_from_a_copy_is_the_one_that_counts(house: House) -> None:
    flow = talker(house, 400)
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
    (house.folder / "go").touch()
    house.worker()
    assert house.finish(run, "live")["status"] == "completed"
    all_said(house, run, 400)


def test_a_worker_told_to_stop_without_storage_ends_all_the_same(house: House) -> None:
    run = house.start(talker(house, 300), "live")
    worker = house.worker()
    house.until(run, "line 10", "live")
    with full_disk(house):
        worker.send_signal(signal.SIGTERM)
        house.wait(lambda: worker.poll() is not None, passing=0.5)
        assert not (house.folder / "ran").exists()
    house.wait_for_taking(run, house.worker())
    (house.folder / "go").touch()
    assert house.finish(run, "live")["status"] == "completed"
    assert (house.folder / "ran").read_text().split() == [run] and not (house.folder / "overlap").exists()
