"""What the data on a PostgreSQL server cost, beside the same on a file and beside what the server gives a program that only asks.

    tests/bench/postgres_bench.py [--jobs pg-whoami,pg-list,...] [--rounds 5] [--duration 3] [--keys 10000] [--workflows 100000] [--json]

    pg-whoami       against `pgbench -S -M prepared` through as many connections, and against a file
    pg-list         a list of 50 in the middle, against a file; and the deepest page against the first
    pg-run          start a run with 32 clients, against a file, by 1, 2 and 4 workers
    pg-engine-runs  empty rehearsal runs by 1, 2 and 4 worker processes
    pg-wake         from a POST on one machine to the first event that a follower on another one sees, whose worker was idle

The server is the tests' own (tests/web/postgres.py), which does not wait for the disk.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / name) for name in ("engine", "web")]
import installation
import postgres
import servers
from bench import BENCH, WORKERS, Bench, Figures, Row, show
from transcript import Answer, Request

COUNTS = (1, 2, 4)
RUNS = 400
ACCOUNTS = 10  # pgbench's scale: a million rows


class Moved(Bench):
    """The same data, moved to a server."""

    name = "-postgres"

    def seed(self, keys: int, workflows: int) -> tuple[Path, Path]:
        data, keys_file = super().seed(keys, workflows)
        self.address = postgres.server().new_database()
        installation.hand_over(data)
        installation.command("migrate", "--data", data, "--to", self.address)
        postgres.server().sql(self.address, "VACUUM ANALYZE")
        return data, keys_file


def median_rate(figures: list[Figures]) -> float:
    return statistics.median(one.rate for one in figures)


class Both:
    """The same data on a file and on a server, asked in turns."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.file, self.server = Bench(options), Moved(options)

    def against_file(self, job: str, path: str, target: float, *more: str) -> tuple[Row, list[Figures]]:
        ours, floor = list[Figures](), list[Figures]()
        for n in range(self.options.rounds):
            for bench, into in ((self.server, ours), (self.file, floor)) if n % 2 == 0 else ((self.file, floor), (self.server, ours)):
                into.append(bench.wrk(path, path, *more))
        bad = sum(one.refused + one.broken for one in ours + floor)
        ratio = statistics.median(a.rate / b.rate for a, b in zip(ours, floor, strict=True))
        return Row(job, f"{median_rate(ours):,.0f}/s", f"{median_rate(floor):,.0f}/s", 0 if bad else ratio, target, more=f"{bad} refused" if bad else ""), ours

    def bare(self) -> float:
        """Transactions a second of pgbench, each of which finds one row by its key, as ours does."""
        done = subprocess.run(
            [postgres.programs() / "pgbench", "-S", "-M", "prepared", "-n", "-c", str(WORKERS), "-j", str(min(WORKERS, 2)), "-T", str(self.options.duration), self.accounts],
            capture_output=True, text=True, cwd=postgres.server().folder, **installation.unprivileged(),  # type: ignore[call-overload]
        )  # fmt: skip
        found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
        return float(found[1]) if found else sys.exit(f"pgbench said:\n{done.stdout}{done.stderr}")

    def whoami(self) -> Iterator[Row]:
        self.accounts = postgres.server().new_database()
        postgres.server().run("pgbench", "-i", "-q", "-s", str(ACCOUNTS), self.accounts)
        path = "/api/v1/whoami"
        with self.file.web({}), self.server.web({}):
            bare, ours = [], []
            for _ in range(self.options.rounds):
                bare.append(self.bare())
                ours.append(self.server.wrk(path, path).rate)
            ratio = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
            yield Row("whoami, PostgreSQL : pgbench -S", f"{statistics.median(ours):,.0f}/s", f"{statistics.median(bare):,.0f}/s", ratio, 0.35)
            yield self.against_file("whoami, PostgreSQL : file", path, 0.7)[0]

    def pages(self) -> Iterator[Row]:
        with self.file.web({}), self.server.web({}):
            middle, last = self.server.cursors(50, self.options.workflows)
            first = "/api/v1/workflows?limit=50"
            yield self.against_file("list of 50, deep, PostgreSQL : file", f"{first}&cursor={middle}", 0.6)[0]
            deep, mine = self.server.rounds(f"{first}&cursor={last}", first)
            times = statistics.median(b.rate / a.rate for a, b in zip(deep, mine, strict=True))
            yield Row("deepest page : first, PostgreSQL, time", f"{median_rate(deep):,.0f}/s", f"{median_rate(mine):,.0f}/s", times, 1.10, at_most=True)

    def runs(self) -> Iterator[Row]:
        for count in COUNTS:
            self.file.workers = self.server.workers = count
            with self.file.web({}), self.server.web({}):
                flow = json.loads(self.server.get("/api/v1/workflows?limit=1", self.server.keys[0])[1])["data"][0]["id"]
                body = json.dumps({"workflowId": flow})
                yield self.against_file(f"start a run, {count} workers, PostgreSQL : file", "/api/v1/runs", 1.0, "post", body)[0]
        self.file.workers = self.server.workers = WORKERS


# ---- the engine's ------------------------------------------------------------------------------------------------------------


class Host(servers.Fastcgi):
    """A machine as far as the database can tell: one instance, a data directory for each."""

    workers = 2

    def __init__(self, first: Host | None = None) -> None:
        super().__init__()
        if first is None:
            installation.command("init", "--data", self.data, "--database", postgres.server().new_database())
            installation.settings(self.data, "rateLimit = 0", "projectRateLimit = 0", "maxWaiting = 8", "runsPerProject = 100", "runsAtOnce = 100", "lookMs = 60000")
        else:
            self.make("data")
            for name in ("codecourier.conf", "codecourier.db-key"):
                shutil.copyfile(first.data / name, self.data / name)
            (self.data / "codecourier.db-key").chmod(0o600)
            installation.hand_over(self.data)
        self.start()

    def ask(self, method: str, path: str, key: str, body: object = None) -> Answer:
        headers = [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json")][: 1 if body is None else 2]
        answer = self.send(Request(method, f"/api/v1{path}", headers, b"" if body is None else json.dumps(body).encode()))
        assert answer.status in (200, 201), answer
        return answer

    def worker(self, *words: str) -> subprocess.Popen[bytes]:
        return self.spawn(installation.COMMAND, "work", "--data", self.data, *words)


def flow_of(host: Host, key: str) -> str:
    return str(host.ask("POST", "/workflows", key, {"name": "flow", "steps": [{"role": "designer"}]}).json["data"]["id"])


def engine_runs(options: argparse.Namespace) -> Iterator[Row]:
    host = Host()
    alone = 0.0
    try:
        key = installation.Project(host.data)("test")
        flow = flow_of(host, key)
        for count in COUNTS:
            rates = []
            for _ in range(options.rounds):
                for _ in range(RUNS):
                    host.ask("POST", "/runs", key, {"workflowId": flow})
                began = time.perf_counter()
                workers = [host.worker("--drain", "--slots", "4") for _ in range(count)]
                assert [worker.wait(timeout=120) for worker in workers] == [0] * count, host.logs()
                rates.append(RUNS / (time.perf_counter() - began))
            rate = statistics.median(rates)
            alone = alone or rate
            yield Row(f"empty runs a second, {count} workers, PostgreSQL", f"{rate:,.0f}/s", f"{alone:,.0f}/s", rate, 100, more="floor: one worker")
    finally:
        host.stop()


def wake(options: argparse.Namespace) -> Iterator[Row]:
    hosts: list[Host] = []
    try:
        hosts.append(Host())
        hosts.append(Host(hosts[0]))
        here, there = hosts
        key = installation.Project(here.data)("test")
        flow = flow_of(here, key)
        there.worker()
        time.sleep(1)
        times = []
        for _ in range(10 * options.rounds):
            time.sleep(0.05)  # it is idle again
            began = time.perf_counter()
            run = here.ask("POST", "/runs", key, {"workflowId": flow}).json["data"]["id"]
            while not there.ask("GET", f"/runs/{run}/events?after=1&wait=5", key).json["data"]:
                pass
            times.append((time.perf_counter() - began) * 1000)
        median = statistics.median(times)
        yield Row("POST to the first event on another host, ms", f"{median:.1f} ms", "", median, 10, at_most=True, more=f"slowest {max(times):.0f} ms")
    finally:
        for host in hosts:
            host.stop()


def rows(options: argparse.Namespace) -> Iterator[Row]:
    both = Both(options) if {"pg-whoami", "pg-list", "pg-run"} & set(options.jobs) else None
    for job, rows in (("pg-whoami", Both.whoami), ("pg-list", Both.pages), ("pg-run", Both.runs)):
        if both and job in options.jobs:
            yield from rows(both)
    for job, measured in (("pg-engine-runs", engine_runs), ("pg-wake", wake)):
        if job in options.jobs:
            yield from measured(options)


def main() -> int:
    every = "pg-whoami,pg-list,pg-run,pg-engine-runs,pg-wake"
    parser = argparse.ArgumentParser(description="Measure CodeCourier with its data on a PostgreSQL server.")
    parser.add_argument("--jobs", type=lambda text: text.split(","), default=every.split(","), help=f"some of: {every}")
    parser.add_argument("--rounds", type=int, default=5, help="how often ours and the floor take turns")
    parser.add_argument("--duration", type=int, default=3, help="seconds of each turn")
    parser.add_argument("--keys", type=int, default=10_000)
    parser.add_argument("--workflows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    BENCH.mkdir(parents=True, exist_ok=True)
    return show(list(rows(options)), options.json)


if __name__ == "__main__":
    sys.exit(main())
