"""The clock jumps, for all programs at once and while they run: nothing that is well is lost, and nothing waits for a time that
comes never."""

from __future__ import annotations

import datetime
import itertools
import signal
from collections.abc import Callable, Iterable, Iterator

import pytest
from house import House, stop, together
from test_lost import HOUR, alone

JUMPS = [30 * 24 * HOUR, -30 * 24 * HOUR]


def ran(house: House, run: str) -> int:
    written = house.folder / "ran"
    return written.read_text().split().count(run) if written.exists() else 0


@pytest.fixture
def house() -> Iterator[House]:
    made = settled(House())
    try:
        yield made
    finally:
        made.close()


def settled(house: House) -> House:
    house.conf["leaseSeconds"] = 4
    house.own_clock()
    house.write_conf()
    return house


def in_all(test: Callable[..., None], cases: Iterable[object]) -> None:
    together(lambda house, case: test(settled(house), case), cases)


def renewed(house: House, seconds: float) -> None:
    """So much time goes by, and whoever holds the run's lease has renewed it since."""
    before = house.sql("SELECT lease_until FROM runs")
    house.let_pass(seconds)
    house.wait(lambda: house.sql("SELECT lease_until FROM runs") != before)


def healthy(house: House, ahead: float) -> None:
    """Another worker watches, and a third starts behind the jump and knows of none."""
    alone(house, house.folder / "go")
    run = house.start(house.workflow({"role": "custom", "agent": "alone", "timeoutSeconds": 60}), "live")
    house.worker()
    house.until(run, "step.started", "live")
    house.worker()
    house.set_clock(ahead)
    late = house.worker("--drain")
    for _ in range(6):  # two leases
        renewed(house, house.conf["leaseSeconds"] / 3)
    (house.folder / "go").touch()
    assert house.finish(run, "live")["status"] == "completed"
    assert late.wait(timeout=60) == 0
    assert ran(house, run) == 1 and not (house.folder / "overlap").exists()
    assert house.sql("SELECT attempts FROM runs") == [(0,)]


def test_a_healthy_run_is_neither_ended_nor_run_twice() -> None:
    in_all(healthy, JUMPS)


def lost(house: House, ahead: float) -> None:
    alone(house, 1)
    run = house.start(house.workflow({"role": "custom", "agent": "alone"}), "live")
    worker = house.worker()
    house.until(run, "step.started", "live")
    stop(worker, signal.SIGKILL)
    house.set_clock(ahead)
    drain = house.worker("--drain")  # which waits until it knows
    house.wait_for_taking(run, drain)
    assert drain.wait(timeout=60) == 0
    assert house.run(run, "live")["status"] == "completed"
    assert not (house.folder / "overlap").exists()


def test_a_lost_run_is_taken_up_all_the_same() -> None:
    in_all(lost, JUMPS)


def timed(house: House, ahead: float) -> None:
    house.conf["runTimeoutSeconds"] = 60
    alone(house, 2)
    flow = house.workflow({"role": "custom", "agent": "alone", "timeoutSeconds": 30}, {"role": "custom", "agent": "alone"})
    run = house.start(flow, "live")
    worker = house.worker()
    house.until(run, "step.started", "live")
    house.set_clock(ahead)
    house.wait(lambda: ran(house, run) == 1)
    assert stop(worker) == 0  # the next one learns from the row how long it has taken
    assert house.run(run, "live")["status"] == "running"
    house.drain()
    assert house.run(run, "live")["status"] == "completed"


def test_time_outs_are_measured() -> None:
    in_all(timed, JUMPS)


def test_a_run_that_is_handed_on_has_no_more_time_than_one_that_is_not(house: House) -> None:
    house.conf["runTimeoutSeconds"] = 8 * HOUR
    alone(house, house.folder / "go")
    run = house.start(house.workflow(*[{"role": "custom", "agent": "alone", "timeoutSeconds": 86400}] * 2), "live")
    worker = house.worker()
    house.until(run, "step.started", "live")
    house.let_pass(5 * HOUR)
    (house.folder / "go").touch()
    house.wait(lambda: house.steps(run, "live")[0]["status"] == "completed")
    stop(worker)
    house.wait_for_taking(run, house.worker())
    house.wait(lambda: house.steps(run, "live")[1]["status"] == "running")
    renewed(house, 2)
    renewed(house, 2.5 * HOUR)
    assert house.run(run, "live")["status"] == "running"
    house.let_pass(HOUR)
    house.finish(run, "live")
    assert "longer" in house.run(run, "live")["error"]


def cancelled(house: House, case: tuple[float, bool]) -> None:
    ahead, alive = case
    house.conf["cancelGraceSeconds"] = HOUR
    alone(house, 60)
    run = house.start(house.workflow({"role": "custom", "agent": "alone"}), "live")
    worker = house.worker()
    house.until(run, "step.started", "live")
    if not alive:
        stop(worker, signal.SIGKILL)
    assert house.ask("POST", f"/runs/{run}/cancel", mode="live")["data"]["status"] == "cancelling"
    house.set_clock(ahead)
    if not alive:
        house.let_pass(2 * HOUR)
    house.wait(lambda: house.run(run, "live")["status"] == "cancelled")
    assert house.finish(run, "live")["status"] == "cancelled" and ran(house, run) == 0


def test_a_cancelled_run_ends() -> None:
    in_all(cancelled, itertools.product(JUMPS, [True, False]))


def schedule(house: House, **more: object) -> str:
    flow = house.workflow({"role": "custom", "agent": "rehearsal"})
    body = {"name": "Nightly", "workflowId": flow, "frequency": "daily", "hour": 6} | more
    return str(house.ask("POST", "/schedules", body)["data"]["id"])


def runs_of(house: House) -> int:
    return int(house.sql("SELECT count(*) FROM runs")[0][0])


def hours_to_next(house: House, schedule: str, ahead: float = 0) -> float:
    text = house.ask("GET", f"/schedules/{schedule}")["data"]["nextRunAt"]
    now = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=ahead)
    return (datetime.datetime.fromisoformat(text) - now).total_seconds() / HOUR


def test_a_schedule_starts_once_however_far_the_clock_jumps_ahead(house: House) -> None:
    made = schedule(house)
    house.worker()
    house.worker()
    house.set_clock(10 * 24 * HOUR)
    house.wait(lambda: runs_of(house) > 0)
    assert 0 < hours_to_next(house, made, 10 * 24 * HOUR) <= 24
    house.drain()
    assert runs_of(house) == 1


@pytest.mark.parametrize("running", [True, False])
def test_a_clock_that_was_far_ahead_silences_no_schedule(house: House, running: bool) -> None:
    """Whether a worker sees the jump or starts behind it."""
    house.set_clock(400 * 24 * HOUR)
    made = schedule(house, hour=(datetime.datetime.now(datetime.UTC).hour + 12) % 24)
    house.sql("UPDATE schedules SET anchor_day = 0")
    if running:
        house.worker()
        house.wait(lambda: "worker" in house.said() or house.workers[0].poll() is None)
    house.set_clock(0)
    if not running:
        house.drain()
    house.wait(lambda: 0 < hours_to_next(house, made) <= 24)
    assert runs_of(house) == 0


def test_what_has_started_does_not_start_again_when_the_clock_is_set_back_by_an_hour(house: House) -> None:
    now = datetime.datetime.now(datetime.UTC)
    made = schedule(house, hour=(now.hour + 1) % 24, minute=0)
    house.sql("UPDATE schedules SET anchor_day = 0")
    house.worker()
    house.set_clock(HOUR)
    house.wait(lambda: runs_of(house) == 1)
    house.set_clock(0)
    house.drain()
    assert runs_of(house) == 1 and hours_to_next(house, made) > 23
