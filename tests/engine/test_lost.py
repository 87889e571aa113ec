"""Kill what can be killed, at every stage, and look whether each run ends once and as it should."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from instance import OVER, Instance, Refused, stop, together

HOUR = 3600

ALONE = """
import fcntl, os, sys, time
lock = open(os.path.join({folder!r}, os.environ['CODECOURIER_RUN'] + '.lock'), 'w')
try: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError: open(os.path.join({folder!r}, 'overlap'), 'a').write('twice at once\\n')
{work}
open(os.path.join({folder!r}, 'ran'), 'a').write(os.environ['CODECOURIER_RUN'] + '\\n')
"""


def alone(instance: Instance, seconds: float | Path) -> None:
    """An agent that takes so long, or until there is that file, which it takes away."""
    instance.conf["sandbox"] = "off"  # it writes down beside the data that it ran
    work = f"while not os.path.exists({str(seconds)!r}): time.sleep(0.01)\nos.unlink({str(seconds)!r})" if isinstance(seconds, Path) else f"time.sleep({seconds})"
    instance.agent("alone", ALONE.format(folder=str(instance.folder), work=work))


@pytest.fixture
def instance() -> Iterator[Instance]:
    made = Instance()
    made.own_clock()
    try:
        yield made
    finally:
        made.close()


def test_two_workers_execute_two_hundred_runs_once_each(instance: Instance) -> None:
    instance.conf |= {"runsPerProject": 100, "runsAtOnce": 100}
    alone(instance, 0)
    flow = instance.workflow({"role": "custom", "agent": "alone"})
    runs = [instance.start(flow, "live") for _ in range(200)]
    workers = [instance.worker("--drain"), instance.worker("--drain")]
    assert [worker.wait(timeout=180) for worker in workers] == [0, 0]
    assert sorted((instance.folder / "ran").read_text().split()) == sorted(runs)
    assert not (instance.folder / "overlap").exists()
    assert instance.sql("SELECT count(*) FROM runs WHERE status = 'completed'") == [(200,)]
    assert instance.sql("SELECT count(*) FROM run_events WHERE type = 'step.started'") == [(200,)]


@pytest.mark.parametrize("after", [0.0, 0.1, 0.3, 0.6])
def test_another_worker_goes_on_when_one_is_killed(instance: Instance, after: float) -> None:
    alone(instance, 0.3)
    run = instance.start(instance.workflow({"role": "custom", "agent": "alone"}, {"role": "custom", "agent": "alone"}), "live")
    worker = instance.worker()
    time.sleep(after)
    stop(worker, signal.SIGKILL)
    instance.wait_for_taking(run, instance.worker())
    assert instance.finish(run, "live", 30)["status"] == "completed"
    assert not (instance.folder / "overlap").exists()
    assert 2 <= (instance.folder / "ran").read_text().split().count(run) <= 3


def test_a_lost_run_fails_with_a_reason_when_the_operator_wants_it_so(instance: Instance) -> None:
    instance.conf["lostRunPolicy"] = "fail"
    alone(instance, 30)
    run = instance.start(instance.workflow({"role": "custom", "agent": "alone"}), "live")
    worker = instance.worker()
    instance.until(run, "step.started", "live")
    stop(worker, signal.SIGKILL)
    instance.wait_for_taking(run, instance.worker())
    ended = instance.finish(run, "live")
    assert ended["status"] == "failed" and "lost" in ended["error"]


@pytest.mark.produces("WORKER_LOST")
def test_a_run_that_kills_its_workers_is_given_up(instance: Instance) -> None:
    instance.conf["lostRunRetries"] = 1
    alone(instance, 30)
    run = instance.start(instance.workflow({"role": "custom", "agent": "alone"}), "live")
    for _ in range(2):
        worker = instance.worker()
        instance.wait_for_taking(run, worker)
        assert instance.run(run, "live")["status"] == "running"
        stop(worker, signal.SIGKILL)
    instance.wait_for_taking(run, instance.worker())
    assert "2 times" in instance.finish(run, "live")["error"]


def test_a_worker_that_slept_through_its_lease_lets_go(instance: Instance) -> None:
    alone(instance, 1)
    run = instance.start(instance.workflow({"role": "custom", "agent": "alone"}), "live")
    sleeper = instance.worker()
    instance.until(run, "step.started", "live")
    sleeper.send_signal(signal.SIGSTOP)
    instance.wait_for_taking(run, instance.worker())
    assert instance.finish(run, "live", 30)["status"] == "completed"
    before = instance.sql("SELECT last_seq, version FROM runs WHERE id = ?", run)
    sleeper.send_signal(signal.SIGCONT)
    instance.wait(lambda: "letting go" in instance.log_text())
    assert instance.sql("SELECT last_seq, version FROM runs WHERE id = ?", run) == before
    assert sleeper.poll() is None


def test_cancel_kills_an_agent_that_will_not_go(instance: Instance) -> None:
    instance.conf |= {"killGraceSeconds": 60, "cancelGraceSeconds": HOUR}
    instance.agent("stubborn", "import signal, time\nsignal.signal(signal.SIGTERM, lambda *_: print('no', flush=True))\nprint('here', flush=True)\nwhile True: time.sleep(60)\n")
    run = instance.start(instance.workflow({"role": "custom", "agent": "stubborn"}), "live")
    instance.worker()
    instance.until(run, "here", "live")
    assert instance.ask("POST", f"/runs/{run}/cancel", mode="live")["data"]["status"] == "cancelling"
    instance.until(run, "no", "live")  # it was asked to go
    assert instance.run(run, "live")["status"] == "cancelling"
    instance.let_pass(60)  # the time that it is given
    assert instance.finish(run, "live")["status"] == "cancelled"


def test_cancel_ends_although_the_worker_is_gone(instance: Instance) -> None:
    instance.conf["cancelGraceSeconds"] = HOUR
    alone(instance, 30)
    run = instance.start(instance.workflow({"role": "custom", "agent": "alone"}), "live")
    worker = instance.worker()
    instance.until(run, "step.started", "live")
    stop(worker, signal.SIGKILL)
    instance.ask("POST", f"/runs/{run}/cancel", mode="live")
    assert instance.run(run, "live")["status"] == "cancelling"
    instance.let_pass(HOUR)
    assert instance.run(run, "live")["status"] == "cancelled"


def test_pause_takes_effect_between_steps_and_resume_goes_on(instance: Instance) -> None:
    flow = instance.workflow({"role": "designer", "instructions": "rehearse: wait=600"}, {"role": "answerer"})
    run = instance.start(flow)
    instance.worker()
    instance.until(run, "step.started")
    assert instance.ask("POST", f"/runs/{run}/pause")["data"]["status"] == "paused"
    instance.wait(lambda: [s["status"] for s in instance.steps(run)] == ["completed", "pending"])
    time.sleep(0.5)
    assert [s["status"] for s in instance.steps(run)] == ["completed", "pending"]
    assert instance.run(run)["status"] == "paused"
    instance.ask("POST", f"/runs/{run}/resume")
    assert instance.finish(run)["status"] == "completed"


def test_stop_ends_after_the_step_in_hand(instance: Instance) -> None:
    flow = instance.workflow({"role": "designer", "instructions": "rehearse: wait=500"}, {"role": "answerer"})
    run = instance.start(flow)
    instance.worker()
    instance.until(run, "step.started")
    instance.ask("POST", f"/runs/{run}/stop")
    assert instance.finish(run)["status"] == "completed"
    assert [s["status"] for s in instance.steps(run)] == ["completed", "skipped"]


def test_no_project_takes_all_places(instance: Instance) -> None:
    instance.conf |= {"runsPerProject": 2, "runsAtOnce": 3}
    instance.write_conf()
    flow = instance.workflow({"role": "designer", "instructions": "rehearse: wait=1500"})
    runs = [instance.start(flow) for _ in range(4)]
    instance.worker("--slots", "4")
    instance.wait(lambda: [instance.run(run)["status"] for run in runs] == ["running", "running", "pending", "pending"])
    for run in runs:
        assert instance.finish(run)["status"] == "completed"


NEXT = {
    "pending": {"running", "cancelled"},
    "running": {"running", "paused", "cancelling", "completed", "failed"},
    "paused": {"running", "paused", "cancelling"},
    "cancelling": {"cancelled", "cancelling"},
}


def chaos(instance: Instance, seed: int) -> None:
    """Random calls amid killed and frozen workers, a clock that jumps and a disk that is full now and then: every run ends, by
    allowed steps alone; ended runs stay as they are; no agent runs twice at once; followers see each event once, in order."""
    rng = random.Random(seed)
    instance.conf |= {"cancelGraceSeconds": 2, "lostRunRetries": 50, "busyMs": 1000}
    alone(instance, 0.2)
    instance.own_clock()
    instance.own_disk()
    rehearsed = instance.workflow({"role": "designer", "instructions": "rehearse: lines=3 wait=60"}, {"role": "checker", "loopId": "l", "instructions": "rehearse: verdict=fail,pass"})
    real = instance.workflow({"role": "custom", "agent": "alone"}, {"role": "custom", "agent": "alone"})
    runs = [(instance.start(rehearsed), "test") for _ in range(4)] + [(instance.start(real, "live"), "live") for _ in range(4)]
    workers = [instance.worker(), instance.worker()]
    ended: dict[str, object] = {}

    def deed(what: str) -> None:
        if what == "kill":
            stop(workers.pop(rng.randrange(2)), rng.choice([signal.SIGKILL, signal.SIGTERM]))
            workers.append(instance.worker())
        elif what == "freeze":
            frozen = rng.choice(workers)
            frozen.send_signal(signal.SIGSTOP)
            time.sleep(rng.choice([0.2, 3.0]))
            frozen.send_signal(signal.SIGCONT)
        elif what == "jump":
            instance.set_clock(rng.choice([0, 1, -1]) * rng.choice([5, 3600, 1e6]))
        elif what == "full":
            instance.fill_disk(True)
            time.sleep(rng.random())
            instance.fill_disk(False)
        elif what == "look":
            for run, mode in runs:
                now = instance.run(run, mode)
                if now["status"] in OVER:
                    assert ended.setdefault(run, now["status"]) == now["status"], "it came back to life"
        elif what != "nothing":
            run, mode = rng.choice(runs)
            try:
                instance.ask("POST", f"/runs/{run}/{what}", mode=mode)
            except Refused as refused:
                assert refused.status == 409, refused

    for _ in range(50):
        deed(rng.choice("cancel pause pause resume resume resume stop kill freeze jump full look nothing nothing".split()))
        time.sleep(rng.random() * 0.1)
    for run, mode in runs:
        try:
            instance.ask("POST", f"/runs/{run}/resume", mode=mode)
        except Refused:
            pass
        instance.finish(run, mode, seconds=90)
        statuses = [e["data"]["status"] for e in instance.follow(run, mode) if e["type"] == "status"]
        assert statuses[0] == "pending" and statuses[-1] in OVER, statuses
        for before, after in zip(statuses, statuses[1:]):
            assert after in NEXT[before], statuses
        assert sum(status in OVER for status in statuses) == 1, statuses
    assert not (instance.folder / "overlap").exists()
    assert instance.sql("PRAGMA integrity_check") == [("ok",)]


def test_whatever_happens_a_run_keeps_to_its_states() -> None:
    together(chaos, range(int(os.environ.get("CC_CHAOS", "4"))))
