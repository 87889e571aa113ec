"""What the engine costs, each job against its floor in the same run: tests/bench/engine_bench.py [JOB...]

    runs     empty rehearsal runs, one worker with 4 slots, against the bare database writes of as many runs
    wake     from POST to the first event a follower sees, with an idle worker
    events   lines from an agent through the database to a follower
    cancel   of an agent that ignores SIGTERM
    idle     share of a core that a worker takes which has nothing to do
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "engine"))
from house import House

failures = 0


def say(job: str, text: str, fine: bool) -> None:
    global failures
    failures += not fine
    print(f"{job:8} {text} {'ok' if fine else 'TOO SLOW'}", flush=True)


def bare_writes(house: House, runs: int) -> float:
    """The rows that one run writes, in as many transactions, by statements that are prepared once."""
    database = sqlite3.connect(house.folder / "bare.db", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; CREATE TABLE runs (id TEXT PRIMARY KEY, status TEXT, seq INTEGER, at INTEGER) WITHOUT ROWID;"
                           "CREATE TABLE steps (id TEXT, n INTEGER, status TEXT, output TEXT, PRIMARY KEY (id, n)) WITHOUT ROWID;"
                           "CREATE TABLE events (id TEXT, seq INTEGER, type TEXT, data TEXT, PRIMARY KEY (id, seq)) WITHOUT ROWID;")  # fmt: skip
    for i in range(runs):
        database.execute("INSERT INTO runs VALUES (?, 'pending', 1, 0)", (f"run_{i:022d}",))
        database.execute("INSERT INTO steps VALUES (?, 0, 'pending', NULL)", (f"run_{i:022d}",))
    began = time.perf_counter()
    for i in range(runs):
        run, seq = f"run_{i:022d}", 1
        for events in (1, 1, 3, 1):  # taken; step begun; step finished; ended
            database.execute("BEGIN IMMEDIATE")
            database.execute("UPDATE runs SET status = 'running', seq = seq + ?, at = ? WHERE id = ? AND seq = ?", (events, i, run, seq))
            for _ in range(events):
                seq += 1
                database.execute("INSERT INTO events VALUES (?, ?, 'log', '{\"text\":\"rehearsal: designer, line 1 of 1\"}')", (run, seq))
            database.execute("UPDATE steps SET status = 'completed', output = 'done' WHERE id = ? AND n = 0", (run,))
            database.execute("COMMIT")
    seconds = time.perf_counter() - began
    database.close()
    return seconds


def bench_runs(house: House) -> None:
    count = 400
    house.conf |= {"runsPerProject": 100, "runsAtOnce": 100, "leaseSeconds": 30}
    house.write_conf()
    flow = house.workflow({"role": "designer"})
    for _ in range(count):
        house.start(flow)
    floor = bare_writes(house, count)
    began = time.perf_counter()
    assert house.worker("--drain", "--slots", "4").wait(timeout=120) == 0
    seconds = time.perf_counter() - began
    assert house.sql("SELECT count(*) FROM runs WHERE status = 'completed'") == [(count,)]
    say("runs", f"{count / seconds:.0f} a second (at least 100); {seconds / floor:.1f} x the bare writes (at most 5)", count / seconds >= 100 and seconds / floor <= 5)


def bench_wake(house: House) -> None:
    flow = house.workflow({"role": "designer"})
    house.worker()
    time.sleep(1)
    times, floors = [], []
    for _ in range(30):
        time.sleep(0.05)
        began = time.perf_counter()
        house.ask("GET", "/whoami")
        floors.append(time.perf_counter() - began)
        began = time.perf_counter()
        run = house.start(flow)
        while len(house.ask("GET", f"/runs/{run}/events?after=1&wait=5")["data"]) == 0:
            pass
        times.append(time.perf_counter() - began)
    median = statistics.median(times) * 1000
    say("wake", f"median {median:.0f} ms, slowest {max(times) * 1000:.0f} ms (at most 100), with two CGI starts of {statistics.median(floors) * 1000:.0f} ms each", median <= 100)


def bench_events(house: House) -> None:
    count = 200_000
    house.agent("burst", f"import sys\nfor i in range({count}): sys.stdout.write(f'line {{i}} of the burst, as long as lines of a log are\\n')\n")
    run = house.start(house.workflow({"role": "custom", "agent": "burst"}), "live")
    house.worker()
    house.until(run, "step.started", "live")
    began = time.perf_counter()
    seen, lag = 0, 0.0
    for event in house.follow(run, "live"):
        seen += event["type"] == "log"
    seconds = time.perf_counter() - began
    (last,) = house.sql("SELECT max(at) FROM run_events WHERE run_id = ?", run)
    lag = time.time() - last[0] / 1000
    written = house.sql("SELECT (max(at) - min(at)) / 1000.0 FROM run_events WHERE run_id = ? AND type = 'log'", run)[0][0]
    assert seen == count
    say("events", f"{count / max(written, 0.001):.0f} lines a second into the database (at least 20000), {count / seconds:.0f} to a follower by CGI; "
        f"it had all {lag:.1f} s after the last", count / max(written, 0.001) >= 20000)  # fmt: skip


def bench_cancel(house: House) -> None:
    house.conf["killGraceSeconds"] = 2
    house.agent("stubborn", "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('here', flush=True)\ntime.sleep(60)\n")
    run = house.start(house.workflow({"role": "custom", "agent": "stubborn"}), "live")
    house.worker()
    house.until(run, "here", "live")
    began = time.perf_counter()
    status = house.ask("POST", f"/runs/{run}/cancel", mode="live")["data"]["status"]
    at_once = time.perf_counter() - began
    house.finish(run, "live")
    seconds = time.perf_counter() - began
    say("cancel", f"{status} after {at_once * 1000:.0f} ms, cancelled after {seconds:.2f} s with a grace of 2 s (at most 3)", status == "cancelling" and seconds <= 3)


def bench_idle(house: House) -> None:
    worker = house.worker()
    time.sleep(2)

    def used() -> float:
        fields = Path(f"/proc/{worker.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    before = used()
    time.sleep(20)
    share = (used() - before) / 20 * 100
    say("idle", f"{share:.2f} % of a core (under 0.5)", share < 0.5)


JOBS = {"runs": bench_runs, "wake": bench_wake, "events": bench_events, "cancel": bench_cancel, "idle": bench_idle}


def main() -> int:
    for name in sys.argv[1:] or JOBS:
        house = House()
        try:
            JOBS[name](house)
        finally:
            house.close()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
