"""What the engine costs, each job against its floor in the same run.

    tests/bench/engine_bench.py [--jobs engine-runs,engine-wake,...] [--json]

    engine-runs     empty rehearsal runs, one worker with 4 slots, against the bare database writes of as many runs
    engine-wake     from POST to the first event a follower sees, with an idle worker
    engine-events   lines from an agent through the database, as fast as they come
    engine-follow   20,000 lines a second for 10 s: how far a follower of the stream lags behind
    engine-cancel   of an agent that ignores SIGTERM
    engine-sandbox  what a step takes longer in the sandbox (start, proxy, limits, end) than with the sandbox off
    engine-idle     share of a core that a worker takes which has nothing to do
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "engine"))
from bench import Row, show
from instance import BUILD, Instance


def bare_writes(instance: Instance, runs: int) -> float:
    """The rows that one run writes, in as many transactions, by statements that are prepared once."""
    (instance.folder / "bare.db").unlink(missing_ok=True)
    database = sqlite3.connect(instance.folder / "bare.db", isolation_level=None)
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


def bench_runs(instance: Instance) -> Iterator[Row]:
    count = 400
    instance.conf |= {"runsPerProject": 100, "runsAtOnce": 100, "leaseSeconds": 30}
    instance.write_conf()
    flow = instance.workflow({"role": "designer"})
    pairs = []
    for _ in range(3):
        for _ in range(count):
            instance.start(flow)
        floor = bare_writes(instance, count)
        began = time.perf_counter()
        assert instance.worker("--drain", "--slots", "4").wait(timeout=120) == 0
        pairs.append((time.perf_counter() - began, floor))
    assert instance.sql("SELECT count(*) FROM runs WHERE status = 'completed'") == [(3 * count,)]
    rate, bare = (count / statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(ours / floor for ours, floor in pairs)
    yield Row("empty runs : bare writes, time", f"{rate:,.0f}/s", f"{bare:,.0f}/s", ratio, 5, at_most=True)
    yield Row("empty runs a second", f"{rate:,.0f}/s", "", rate, 100)


def bench_wake(instance: Instance) -> Iterator[Row]:
    flow = instance.workflow({"role": "designer"})
    instance.worker()
    time.sleep(1)
    times, floors = [], []
    for _ in range(30):
        time.sleep(0.05)
        began = time.perf_counter()
        instance.ask("GET", "/whoami")
        floors.append(time.perf_counter() - began)
        began = time.perf_counter()
        run = instance.start(flow)
        while len(instance.ask("GET", f"/runs/{run}/events?after=1&wait=5")["data"]) == 0:
            pass
        times.append(time.perf_counter() - began)
    median = statistics.median(times) * 1000
    start = f"{statistics.median(floors) * 1000:.0f} ms"
    yield Row("POST to the first event seen, ms", f"{median:.0f} ms", start, median, 100, at_most=True, more="floor: one plain CGI request, of two")


# As many as a run keeps as events; of what comes after them only the last are kept (EVENTS_MAX in core/engine/run.c).
LINES = 20_000


def bench_events(instance: Instance) -> Iterator[Row]:
    count = LINES
    instance.agent("burst", f"import sys\nfor i in range({count}): sys.stdout.write(f'line {{i}} of the burst, as long as lines of a log are\\n')\n")
    run = instance.start(instance.workflow({"role": "custom", "agent": "burst"}), "live")
    instance.worker()
    began = time.perf_counter()
    assert sum(event["type"] == "log" for event in instance.follow(run, "live")) == count
    seconds = time.perf_counter() - began
    ((written,),) = instance.sql("SELECT (max(at) - min(at)) / 1000.0 FROM run_events WHERE run_id = ? AND type = 'log'", run)
    rate = count / max(written, 0.001)
    yield Row("lines into the database, thousand/s", f"{rate:,.0f}/s", "", rate / 1000, 20, more=f"a follower by plain CGI read {count / seconds:,.0f}/s")


PACED = """
import sys, time
began = time.time()
for tick in range({ticks}):
    while (wait := began + tick * {every} - time.time()) > 0: time.sleep(wait)
    sys.stdout.write(''.join(f'{{time.time():.4f}} line {{tick}}/{{i}}, as long as lines of a log are\\n' for i in range({lines})))
    sys.stdout.flush()
"""


def bench_follow(instance: Instance) -> Iterator[Row]:
    """The agent writes the time into its lines; the follower reads the stream and compares."""
    ticks, every, lines = LINES // 500, 0.025, 500
    instance.agent("paced", PACED.format(ticks=ticks, every=every, lines=lines))
    run = instance.start(instance.workflow({"role": "custom", "agent": "paced"}), "live")
    environment = {
        "CODECOURIER_DATA": str(instance.data), "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "GET", "REMOTE_ADDR": "127.0.0.1",
        "REQUEST_URI": f"/api/v1/runs/{run}/events", "HTTP_AUTHORIZATION": "Bearer " + instance.keys["live"], "HTTP_ACCEPT": "text/event-stream",
    }  # fmt: skip
    stream = subprocess.Popen([BUILD / "codecourier.cgi"], env=environment, stdout=subprocess.PIPE)
    instance.worker()
    lags, first, last = [], 0.0, 0.0
    assert stream.stdout
    for line in stream.stdout:
        if line.startswith(b"data: ") and b"as long as lines" in line:
            event = json.loads(line[6:])
            said = float((event["data"] if "data" in event else event)["text"].split(" ", 1)[0])
            first, last = first or said, said
            lags.append(time.time() - said)
    stream.wait()
    assert len(lags) == ticks * lines
    rate = len(lags) / (last - first)
    p99 = sorted(lags)[len(lags) * 99 // 100]
    yield Row("lines followed at that pace, thousand/s", f"{rate:,.0f}/s", "", rate / 1000, 19.5)
    yield Row("longest lag of the follower, s", f"{max(lags):.2f} s", "", max(lags), 1, at_most=True, more=f"p99 {p99:.2f} s, median {statistics.median(lags):.2f} s")


def bench_cancel(instance: Instance) -> Iterator[Row]:
    instance.conf["killGraceSeconds"] = 2
    instance.agent("stubborn", "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('here', flush=True)\ntime.sleep(60)\n")
    run = instance.start(instance.workflow({"role": "custom", "agent": "stubborn"}), "live")
    instance.worker()
    instance.until(run, "here", "live")
    began = time.perf_counter()
    status = instance.ask("POST", f"/runs/{run}/cancel", mode="live")["data"]["status"]
    at_once = time.perf_counter() - began
    instance.finish(run, "live")
    seconds = time.perf_counter() - began
    assert status == "cancelling"
    yield Row("cancelling at once, ms", f"{at_once * 1000:.0f} ms", "", at_once * 1000, 100, at_most=True)
    yield Row("cancelled beyond the grace of 2 s, s", f"{seconds:.2f} s", "", seconds - 2, 1, at_most=True)


def bench_sandbox(instance: Instance) -> Iterator[Row]:
    instance.conf["agent.nothing"] = "/bin/true"
    took: dict[str, list[int]] = {"bubblewrap": [], "off": []}
    flow = instance.workflow(*[{"role": "custom", "agent": "nothing"}] * 20)
    for setting in ("off", "bubblewrap") * 2:
        instance.conf["sandbox"] = setting
        instance.write_conf()
        run = instance.start(flow, "live")
        instance.drain()
        assert instance.run(run, "live")["status"] == "completed", instance.run(run, "live")
        took[setting] += [end - begin for begin, end in instance.sql("SELECT started_at, finished_at FROM run_steps WHERE run_id = ?", run)]
    within, bare = statistics.median(took["bubblewrap"]), statistics.median(took["off"])
    yield Row("the sandbox's own cost per step, ms", f"{within:.0f} ms", f"{bare:.0f} ms", within - bare, 60, at_most=True)


def bench_idle(instance: Instance) -> Iterator[Row]:
    worker = instance.worker()
    time.sleep(2)

    def used() -> float:
        fields = Path(f"/proc/{worker.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    before = used()
    time.sleep(20)
    share = (used() - before) / 20 * 100
    yield Row("idle worker, % of a core", f"{share:.2f} %", "", share, 0.5, at_most=True)


JOBS = {"engine-runs": bench_runs, "engine-wake": bench_wake, "engine-events": bench_events, "engine-follow": bench_follow,
        "engine-cancel": bench_cancel, "engine-sandbox": bench_sandbox, "engine-idle": bench_idle}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the engine against the floor.")
    parser.add_argument("--jobs", type=lambda text: text.split(","), default=list(JOBS), help=f"some of: {','.join(JOBS)}")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    rows: list[Row] = []
    for name in options.jobs:
        instance = Instance()
        try:
            rows += JOBS[name](instance)
        finally:
            instance.close()
    return show(rows, options.json)


if __name__ == "__main__":
    sys.exit(main())
