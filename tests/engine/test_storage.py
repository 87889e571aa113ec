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
from instance import Instance, Refused, together
from test_lost import ALONE

# Says so many lines, the last half when it may go on, and writes down that it ran.
TALK = """
for i in range({lines}):
    while i == {lines} // 2 and not os.path.exists({folder!r} + '/go'): time.sleep(0.01)
    print('line', i, flush=True)
    time.sleep(0.002)
"""


def talker(instance: Instance, lines: int) -> str:
    instance.conf["sandbox"] = "off"
    instance.agent("talker", ALONE.format(folder=str(instance.folder), work=TALK.format(folder=str(instance.folder), lines=lines)))
    return instance.workflow({"role": "custom", "agent": "talker"})


def all_said(instance: Instance, run: str, lines: int) -> None:
    assert instance.texts(run, "live") == [f"line {i}" for i in range(lines)]
    assert (instance.folder / "ran").read_text().split() == [run] and not (instance.folder / "overlap").exists()
    statuses = [event["data"]["status"] for event in instance.follow(run, "live") if event["type"] == "status"]
    assert statuses == ["pending", "running", "completed"]
    assert instance.sql("SELECT attempts FROM runs WHERE id = ?", run) == [(0,)]


def refused(instance: Instance, call: Callable[[], object]) -> None:
    with pytest.raises(Refused) as wrong:
        call()
    assert wrong.value.status == 503 and wrong.value.error["code"] == "UNAVAILABLE" and wrong.value.error["retryable"] is True


@contextmanager
def full_disk(instance: Instance) -> Iterator[None]:
    instance.fill_disk(True)
    yield
    instance.fill_disk(False)


@contextmanager
def locked(instance: Instance) -> Iterator[None]:
    database = storage.connect(instance.data, isolation_level=None)
    database.execute("PRAGMA busy_timeout = 30000")
    database.execute("BEGIN EXCLUSIVE")
    yield
    database.execute("ROLLBACK")
    database.close()


AWAY = [full_disk, locked]


@pytest.fixture
def instance() -> Iterator[Instance]:
    made = settled(Instance())
    try:
        yield made
    finally:
        made.close()


def settled(instance: Instance) -> Instance:
    instance.own_clock()
    instance.own_disk()
    instance.conf |= {"busyMs": 300, "leaseSeconds": 4}
    instance.write_conf()
    return instance


def goes_on(instance: Instance, away: Callable[[Instance], object]) -> None:
    """Longer than two leases, with another worker that watches."""
    flow = talker(instance, 800)
    run = instance.start(flow, "live")
    instance.worker()
    instance.until(run, "line 10", "live")
    instance.worker()
    before = instance.sql("SELECT count(*) FROM runs")
    with away(instance):  # type: ignore[attr-defined]
        for _ in range(9):
            refused(instance, lambda: instance.start(flow, "live"))
            assert instance.run(run, "live")["status"] == "running", "reading goes on"
            instance.let_pass(1)
            time.sleep(0.1)
    (instance.folder / "go").touch()
    assert instance.sql("SELECT count(*) FROM runs") == before
    assert instance.finish(run, "live")["status"] == "completed"
    all_said(instance, run, 800)
    assert instance.sql("PRAGMA integrity_check") == [("ok",)]
    instance.start(flow, "live")


def test_a_run_goes_on_behind_a_time_without_storage() -> None:
    together(lambda instance, away: goes_on(settled(instance), away), AWAY)


def ended(instance: Instance, away: Callable[[Instance], object]) -> None:
    run = instance.start(talker(instance, 100), "live")
    worker = instance.worker()
    instance.until(run, "line 10", "live")
    other = instance.worker()
    instance.wait(lambda: instance.log_text().count("sandbox = off") == 2)  # it is at work
    with away(instance):  # type: ignore[attr-defined]
        worker.kill()
        worker.wait()
        for _ in range(12):  # the other one finds the run lost and cannot take it
            instance.let_pass(0.5)
            time.sleep(0.1)
        assert instance.run(run, "live")["status"] == "running"
    instance.wait_for_taking(run, other)
    (instance.folder / "go").touch()
    ended = instance.finish(run, "live")
    assert ended["status"] == "completed"
    assert (instance.folder / "ran").read_text().split() == [run] and not (instance.folder / "overlap").exists()


def test_a_worker_that_is_ended_without_storage_leaves_a_run_that_is_taken_up() -> None:
    together(lambda instance, away: ended(settled(instance), away), AWAY)


def test_more_output_than_can_be_kept_waits_in_the_pipe(instance: Instance) -> None:
    """40 MB while the disk is full, from an agent that then ends.  What the worker says meanwhile, as that its transcript is not whole, is
    none of what is left out."""
    instance.agent("flood", "for i in range(1000): print(f'{i:05} ' + 'x' * 40000)\n")
    run = instance.start(instance.workflow({"role": "custom", "agent": "flood"}), "live")
    with full_disk(instance):
        instance.fill_disk(False)
        worker = instance.worker()
        instance.until(run, "00000 ", "live")
        instance.fill_disk(True)
        time.sleep(3)
        assert worker.poll() is None, instance.log_text()
    assert instance.finish(run, "live", 120)["status"] == "completed"
    numbers = [int(text.split(" ", 1)[0]) for text in instance.texts(run, "live")]
    (left_out,) = [int(found[1]) for event in instance.follow(run, "live") if (found := re.match(r"(\d+) events .* are left out here", event["data"].get("text") or ""))]
    first = next(i for i in range(1000) if numbers[i] != i)  # its ends are events, as of any long output
    assert numbers == [*range(first), *range(first + left_out, 1000)]


def test_a_time_out_reaches_the_agent_although_nothing_can_be_written(instance: Instance) -> None:
    instance.conf["sandbox"] = "off"
    pid = instance.folder / "pid"
    instance.agent("long", f"import os, time\nopen({str(pid)!r}, 'w').write(str(os.getpid()))\nprint('here', flush=True)\ntime.sleep(600)\n")
    run = instance.start(instance.workflow({"role": "custom", "agent": "long", "timeoutSeconds": 3600}), "live")
    instance.worker()
    instance.until(run, "here", "live")
    with full_disk(instance):
        instance.let_pass(3600)
        until = time.monotonic() + 30
        while Path(f"/proc/{pid.read_text()}").exists():
            assert time.monotonic() < until, instance.log_text()
            time.sleep(0.2)
    assert "longer than 3600 s" in instance.finish(run, "live")["error"]


def names(instance: Instance) -> list[str]:
    return [path.name for path in instance.data.glob("codecourier.db*") if path.name in ("codecourier.db", "codecourier.db-wal", "codecourier.db-shm")]


def test_a_database_that_is_moved_away_ends_the_worker_and_goes_on_when_it_is_back(instance: Instance) -> None:
    flow = talker(instance, 400)
    run = instance.start(flow, "live")
    worker = instance.worker()
    instance.until(run, "line 10", "live")
    aside = instance.folder / "aside"
    aside.mkdir()
    for name in names(instance):
        (instance.data / name).rename(aside / name)
    refused(instance, lambda: instance.start(flow, "live"))
    assert worker.wait(timeout=30) == 3, instance.log_text()
    assert "moved away" in instance.log_text()
    for path in aside.iterdir():
        path.rename(instance.data / path.name)
    instance.wait_for_taking(run, instance.worker())
    (instance.folder / "go").touch()
    assert instance.finish(run, "live")["status"] == "completed"
    assert (instance.folder / "ran").read_text().split() == [run] and not (instance.folder / "overlap").exists()
    assert instance.sql("PRAGMA integrity_check") == [("ok",)]


def test_a_database_restored_from_a_copy_is_the_one_that_counts(instance: Instance) -> None:
    flow = talker(instance, 400)
    run = instance.start(flow, "live")
    copy = instance.folder / "copy.db"
    with storage.connect(instance.data) as database, sqlite3.connect(copy) as into:
        database.backup(into)
    database.close()
    into.close()
    worker = instance.worker()
    instance.until(run, "line 10", "live")
    for name in names(instance):
        (instance.data / name).unlink()
    shutil.copy(copy, instance.data / "codecourier.db")
    assert worker.wait(timeout=30) == 3, instance.log_text()
    assert instance.run(run, "live")["status"] == "pending"
    (instance.folder / "go").touch()
    instance.worker()
    assert instance.finish(run, "live")["status"] == "completed"
    all_said(instance, run, 400)


def test_a_worker_told_to_stop_without_storage_ends_all_the_same(instance: Instance) -> None:
    run = instance.start(talker(instance, 300), "live")
    worker = instance.worker()
    instance.until(run, "line 10", "live")
    with full_disk(instance):
        worker.send_signal(signal.SIGTERM)
        instance.wait(lambda: worker.poll() is not None, passing=0.5)
        assert not (instance.folder / "ran").exists()
    instance.wait_for_taking(run, instance.worker())
    (instance.folder / "go").touch()
    assert instance.finish(run, "live")["status"] == "completed"
    assert (instance.folder / "ran").read_text().split() == [run] and not (instance.folder / "overlap").exists()
