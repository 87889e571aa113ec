"""The clock jumps, for all programs at once and while they run: nothing that is well is lost, and nothing waits for a time that
comes never."""

from __future__ import annotations

import datetime
import itertools
import signal
from collections.abc import Callable, Iterable, Iterator

import pytest
from instance import Instance, stop, together
from test_lost import HOUR, alone

JUMPS = [30 * 24 * HOUR, -30 * 24 * HOUR]


def ran(instance: Instance, run: str) -> int:
    written = instance.folder / "ran"
    return written.read_text().split().count(run) if written.exists() else 0


@pytest.fixture
def instance() -> Iterator[Instance]:
    made = settled(Instance())
    try:
        yield made
    finally:
        made.close()


def settled(instance: Instance) -> Instance:
    instance.conf["leaseSeconds"] = 4
    instance.own_clock()
    instance.write_conf()
    return instance


def in_all(test: Callable[..., None], cases: Iterable[object]) -> None:
    together(lambda instance, case: test(settled(instance), case), cases)


def renewed(instance: Instance, seconds: float) -> None:
    """So much time goes by, and whoever holds the run's lease has renewed it since."""
    before = instance.sql("SELECT lease_until FROM runs")
    instance.let_pass(seconds)
    instance.wait(lambda: instance.sql("SELECT lease_until FROM runs") != before)


def healthy(instance: Instance, ahead: float) -> None:
    """Another worker watches, and a third starts behind the jump and knows of none."""
    alone(instance, instance.folder / "go")
    run = instance.start(instance.workflow({"role": "custom", "agent": "alone", "timeoutSeconds": 60}), "live")
    instance.worker()
    instance.until(run, "step.started", "live")
    instance.worker()
    instance.set_clock(ahead)
    late = instance.worker("--drain")
    for _ in range(6):  # two leases
        renewed(instance, instance.conf["leaseSeconds"] / 3)
    (instance.folder / "go").touch()
    assert instance.finish(run, "live")["status"] == "completed"
    assert late.wait(timeout=60) == 0
    assert ran(instance, run) == 1 and not (instance.folder / "overlap").exists()
    assert instance.sql("SELECT attempts FROM runs") == [(0,)]


def test_a_healthy_run_is_neither_ended_nor_run_twice() -> None:
    in_all(healthy, JUMPS)


def lost(instance: Instance, ahead: float) -> None:
    alone(instance, 1)
    run = instance.start(instance.workflow({"role": "custom", "agent": "alone"}), "live")
    worker = instance.worker()
    instance.until(run, "step.started", "live")
    stop(worker, signal.SIGKILL)
    instance.set_clock(ahead)
    drain = instance.worker("--drain")  # which waits until it knows
    instance.wait_for_taking(run, drain)
    assert drain.wait(timeout=60) == 0
    assert instance.run(run, "live")["status"] == "completed"
    assert not (instance.folder / "overlap").exists()


def test_a_lost_run_is_taken_up_all_the_same() -> None:
    in_all(lost, JUMPS)


def timed(instance: Instance, ahead: float) -> None:
    instance.conf["runTimeoutSeconds"] = 60
    alone(instance, 2)
    flow = instance.workflow({"role": "custom", "agent": "alone", "timeoutSeconds": 30}, {"role": "custom", "agent": "alone"})
    run = instance.start(flow, "live")
    worker = instance.worker()
    instance.until(run, "step.started", "live")
    instance.set_clock(ahead)
    instance.wait(lambda: ran(instance, run) == 1)
    assert stop(worker) == 0  # the next one learns from the row how long it has taken
    assert instance.run(run, "live")["status"] == "running"
    instance.drain()
    assert instance.run(run, "live")["status"] == "completed"


def test_time_outs_are_measured() -> None:
    in_all(timed, JUMPS)


@pytest.mark.produces("RUN_TOO_LONG")
def test_a_run_that_is_handed_on_has_no_more_time_than_one_that_is_not(instance: Instance) -> None:
    instance.conf["runTimeoutSeconds"] = 8 * HOUR
    alone(instance, instance.folder / "go")
    run = instance.start(instance.workflow(*[{"role": "custom", "agent": "alone", "timeoutSeconds": 86400}] * 2), "live")
    worker = instance.worker()
    instance.until(run, "step.started", "live")
    instance.let_pass(5 * HOUR)
    (instance.folder / "go").touch()
    instance.wait(lambda: instance.steps(run, "live")[0]["status"] == "completed")
    stop(worker)
    instance.wait_for_taking(run, instance.worker())
    instance.wait(lambda: instance.steps(run, "live")[1]["status"] == "running")
    renewed(instance, 2)
    renewed(instance, 2.5 * HOUR)
    assert instance.run(run, "live")["status"] == "running"
    instance.let_pass(HOUR)
    instance.finish(run, "live")
    assert "longer" in instance.run(run, "live")["error"]


def cancelled(instance: Instance, case: tuple[float, bool]) -> None:
    ahead, alive = case
    instance.conf["cancelGraceSeconds"] = HOUR
    alone(instance, 60)
    run = instance.start(instance.workflow({"role": "custom", "agent": "alone"}), "live")
    worker = instance.worker()
    instance.until(run, "step.started", "live")
    if not alive:
        stop(worker, signal.SIGKILL)
    assert instance.ask("POST", f"/runs/{run}/cancel", mode="live")["data"]["status"] == "cancelling"
    instance.set_clock(ahead)
    if not alive:
        instance.let_pass(2 * HOUR)
    instance.wait(lambda: instance.run(run, "live")["status"] == "cancelled")
    assert instance.finish(run, "live")["status"] == "cancelled" and ran(instance, run) == 0


def test_a_cancelled_run_ends() -> None:
    in_all(cancelled, itertools.product(JUMPS, [True, False]))


def schedule(instance: Instance, **more: object) -> str:
    flow = instance.workflow({"role": "custom", "agent": "rehearsal"})
    body = {"name": "Nightly", "workflowId": flow, "frequency": "daily", "hour": 6} | more
    return str(instance.ask("POST", "/schedules", body)["data"]["id"])


def runs_of(instance: Instance) -> int:
    return int(instance.sql("SELECT count(*) FROM runs")[0][0])


def hours_to_next(instance: Instance, schedule: str, ahead: float = 0) -> float:
    text = instance.ask("GET", f"/schedules/{schedule}")["data"]["nextRunAt"]
    now = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=ahead)
    return (datetime.datetime.fromisoformat(text) - now).total_seconds() / HOUR


def test_a_schedule_starts_once_however_far_the_clock_jumps_ahead(instance: Instance) -> None:
    made = schedule(instance)
    instance.worker()
    instance.worker()
    instance.set_clock(10 * 24 * HOUR)
    instance.wait(lambda: runs_of(instance) > 0)
    assert 0 < hours_to_next(instance, made, 10 * 24 * HOUR) <= 24
    instance.drain()
    assert runs_of(instance) == 1


@pytest.mark.parametrize("running", [True, False])
def test_a_clock_that_was_far_ahead_silences_no_schedule(instance: Instance, running: bool) -> None:
    """Whether a worker sees the jump or starts behind it."""
    instance.set_clock(400 * 24 * HOUR)
    made = schedule(instance, hour=(datetime.datetime.now(datetime.UTC).hour + 12) % 24)
    instance.sql("UPDATE schedules SET anchor_day = 0")
    if running:
        instance.worker()
        instance.wait(lambda: "worker" in instance.log_text() or instance.workers[0].poll() is None)
    instance.set_clock(0)
    if not running:
        instance.drain()
    instance.wait(lambda: 0 < hours_to_next(instance, made) <= 24)
    assert runs_of(instance) == 0


def test_what_has_started_does_not_start_again_when_the_clock_is_set_back_by_an_hour(instance: Instance) -> None:
    now = datetime.datetime.now(datetime.UTC)
    made = schedule(instance, hour=(now.hour + 1) % 24, minute=0)
    instance.sql("UPDATE schedules SET anchor_day = 0")
    instance.worker()
    instance.set_clock(HOUR)
    instance.wait(lambda: runs_of(instance) == 1)
    instance.set_clock(0)
    instance.drain()
    assert runs_of(instance) == 1 and hours_to_next(instance, made) > 23
