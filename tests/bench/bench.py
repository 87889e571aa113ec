"""Measure CodeCourier against the floor: what a FastCGI or CGI program costs that does nothing, under the same lighttpd.

    tests/bench/bench.py [--jobs whoami,list,...] [--rounds 5] [--duration 3] [--keys 10000] [--workflows 100000] [--json]

The jobs of the programs in OTHERS (the engine's, the Python package's) are rows of the same table.  Such a program takes --jobs
and --json, and prints a list of rows; some have a Python of their own.

Ours and the floor take turns within one run; what counts is the median of the rounds' ratios, because absolute figures drift.
The floor prints a fixed body of the same length as ours.  Data are made once and kept in build/bench/.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
BENCH = BUILD / "bench"
PROGRAM = BUILD / "codecourier.cgi"
LUA = ROOT / "tests" / "bench" / "rotate.lua"
JOBS = "whoami,mcp,list,deep,cgi,cgi-instructions,followers,run,memory"
OTHERS = {
    "engine_bench.py": (sys.executable, "engine-runs,engine-wake,engine-events,engine-follow,engine-cancel,engine-sandbox,engine-idle"),
    "postgres_bench.py": (sys.executable, "pg-whoami,pg-list,pg-run,pg-engine-runs,pg-wake"),
    "py_bench.py": (str(BUILD / "venv-py" / "bin" / "python"), "py-whoami,py-list,py-parse,py-http,py-scan,py-import"),
}
WORKERS = 4
CLIENTS = 32
CGI_CLIENTS = 8
FOLLOWERS = 200


@dataclass
class Figures:
    requests: int
    seconds: float
    refused: int
    broken: int
    median_us: int
    p99_us: int
    longest_us: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


@dataclass
class Row:
    job: str
    ours: str
    floor: str
    measured: float
    target: float
    at_most: bool = False
    more: str = ""

    @property
    def good(self) -> bool:
        return self.measured <= self.target if self.at_most else self.measured >= self.target


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Bench:
    name = ""  # behind those of its folders
    workers = WORKERS

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.data, self.keys_file = self.seed(options.keys, options.workflows)
        self.keys = self.keys_file.read_text().split()
        self.port = 0

    def seed(self, keys: int, workflows: int) -> tuple[Path, Path]:
        """The data, made once; each run works on a copy, so that its writes leave the original as it was."""
        original = BENCH / f"data-{keys}-{workflows}"
        keys_file = BENCH / f"keys-{keys}-{workflows}.txt"
        stale = original.exists() and original.stat().st_mtime < (BENCH / "seed").stat().st_mtime
        if stale:
            shutil.rmtree(original)
        if not original.exists():
            began = time.monotonic()
            making = original.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)
            with keys_file.open("w") as out:
                subprocess.run([BENCH / "seed", making, str(keys), str(workflows)], stdout=out, stderr=subprocess.DEVNULL, check=True)
            making.rename(original)
            print(f"made {keys} keys and {workflows} workflows in {time.monotonic() - began:.0f} s", file=sys.stderr)
        data = BENCH / f"data{self.name}"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(original, data)
        return data, keys_file

    @contextlib.contextmanager
    def web(self, floors: dict[str, int]) -> Iterator[None]:
        """One lighttpd with our workers and the floors': as many processes each, Unix sockets, the same settings."""
        folder = BENCH / f"web{self.name}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.port = free_port()
        shutil.copy(PROGRAM, folder / "codecourier.cgi")
        (folder / "codecourier.path").write_text(f"{self.data}\n")
        shutil.copy(BENCH / "hello", folder / "hello.cgi")

        def fastcgi(path: str, name: str, program: Path, environment: str) -> str:
            return (f'"{path}" => (( "socket" => "{folder}/{name}.socket", "bin-path" => "{program}", "min-procs" => {self.workers}, '
                    f'"max-procs" => {self.workers}, "check-local" => "disable", "disable-time" => 0, "bin-environment" => ( {environment} ) ))')  # fmt: skip

        programs = [fastcgi("/api/", "ours", folder / "codecourier.cgi", f'"CODECOURIER_DATA" => "{self.data}", "CODECOURIER_HOLD" => "1"')]
        programs += [fastcgi(f"/floor/{name}", f"floor-{name}", BENCH / "floor", f'"FLOOR_BYTES" => "{size}"') for name, size in floors.items()]
        (folder / "lighttpd.conf").write_text(
            'server.modules = ( "mod_fastcgi", "mod_cgi", "mod_alias" )\n'
            f'server.bind = "127.0.0.1"\nserver.port = {self.port}\nserver.document-root = "{folder}"\nserver.upload-dirs = ( "{folder}" )\n'
            "server.max-keep-alive-requests = 1000000\nserver.max-connections = 1024\n"
            f"fastcgi.server = ( {', '.join(programs)} )\n"
            '$HTTP["url"] =~ "/events$" { server.stream-response-body = 1 }\n'
            f'$HTTP["url"] =~ "^/cgi/api/" {{ alias.url = ( "/cgi" => "{folder}/codecourier.cgi" ) cgi.assign = ( "" => "" ) }}\n'
            f'$HTTP["url"] =~ "^/cgi/hello" {{ alias.url = ( "/cgi/hello" => "{folder}/hello.cgi" ) cgi.assign = ( "" => "" ) }}\n'
        )
        environment = {"PATH": os.environ["PATH"] + ":/usr/sbin"}
        lighttpd = shutil.which("lighttpd", path=environment["PATH"])
        if lighttpd is None:
            sys.exit("lighttpd is missing: tests/packages bench")
        log = (folder / "log").open("w")
        process = subprocess.Popen([lighttpd, "-D", "-f", folder / "lighttpd.conf"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        self.lighttpd = process
        try:
            for _ in range(100):
                with contextlib.suppress(OSError, http.client.HTTPException):
                    if self.get("/api/v1/health")[0] == 200:
                        break
                time.sleep(0.05)
            else:
                sys.exit((folder / "log").read_text())
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)
            log.close()

    def get(self, path: str, key: str | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {key}"} if key else {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def send(self, method: str, path: str, body: object, key: str) -> dict[str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, json.dumps(body), {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
            answer = json.load(connection.getresponse())
            return answer["data"] if "data" in answer else sys.exit(f"{method} {path}: {answer}")  # type: ignore[no-any-return]
        finally:
            connection.close()

    def follow(self, run: str, number: int) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", f"/api/v1/runs/{run}/events", headers={"Authorization": f"Bearer {self.keys[number]}", "Accept": "text/event-stream"})
        return connection

    def cursors(self, limit: int, workflows: int) -> tuple[str, str]:
        """The cursors of a page in the middle and of the last full page."""
        cursor, middle, last = "", "", ""
        pages = workflows // limit
        for page in range(pages):
            if page == pages // 2:
                middle = cursor
            if page == pages - 1:
                last = cursor
                break
            status, body = self.get(f"/api/v1/workflows?limit={limit}" + (f"&cursor={cursor}" if cursor else ""), self.keys[page % len(self.keys)])
            if status != 200:
                sys.exit(f"page {page} answered {status}: {body!r}")
            cursor = json.loads(body)["nextCursor"]
        return middle, last

    def wrk(self, path: str, request: str, *more: str, clients: int = CLIENTS) -> Figures:
        done = subprocess.run(
            ["wrk", "-t2", f"-c{clients}", f"-d{self.options.duration}s", "--timeout", "10s", "-s", LUA, f"http://127.0.0.1:{self.port}{path}",
             "--", self.keys_file, request, *more],
            capture_output=True, text=True,
        )  # fmt: skip
        match = re.search(r"^FIGURES (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$", done.stdout, re.MULTILINE)
        if not match:
            sys.exit(f"wrk said:\n{done.stdout}{done.stderr}")
        n = [int(text) for text in match.groups()]
        figures = Figures(n[0], n[1] / 1e6, n[2], n[3], n[4], n[5], n[6])
        if figures.refused or figures.broken:
            print(f"{path}: {figures.refused} answers were no success, {figures.broken} connections broke", file=sys.stderr)
        return figures

    def rounds(self, ours: str, floor: str, *more: str, clients: int = CLIENTS) -> tuple[list[Figures], list[Figures]]:
        """Ours and the floor in turns; a short run first warms both."""
        mine, theirs = [], []
        keep = self.options.duration
        self.options.duration = 1
        self.wrk(ours, ours, *more, clients=clients)
        self.wrk(floor, floor, *more, clients=clients)
        self.options.duration = keep
        for n in range(self.options.rounds):
            for path, into in ((ours, mine), (floor, theirs)) if n % 2 == 0 else ((floor, theirs), (ours, mine)):
                into.append(self.wrk(path, path, *more, clients=clients))
        return mine, theirs

    def row(self, job: str, ours: str, floor: str, target: float, *more: str, clients: int = CLIENTS) -> tuple[Row, list[Figures]]:
        mine, theirs = self.rounds(ours, floor, *more, clients=clients)
        ratio = statistics.median(a.rate / b.rate for a, b in zip(mine, theirs, strict=True))
        rate = [statistics.median(f.rate for f in figures) for figures in (mine, theirs)]
        bad = sum(f.refused + f.broken for f in mine + theirs)
        return Row(job, f"{rate[0]:,.0f}/s", f"{rate[1]:,.0f}/s", 0 if bad else ratio, target, more=f"{bad} refused" if bad else ""), mine

    # ---- the jobs -------------------------------------------------------------------------------------------------------

    def size(self, path: str) -> int:
        status, body = self.get(path, self.keys[0])
        if status != 200:
            sys.exit(f"{path} answered {status}: {body!r}")
        return len(body)

    def run(self) -> list[Row]:
        jobs = self.options.jobs.split(",")
        rows: list[Row] = []
        with self.web({}):
            middle, last = self.cursors(50, self.options.workflows) if {"list", "deep"} & set(jobs) else ("", "")
            flow = json.loads(self.get("/api/v1/workflows?limit=1", self.keys[0])[1])["data"][0]["id"]
            deep, first = f"/api/v1/workflows?limit=50&cursor={middle}", "/api/v1/workflows?limit=50"
            deepest = f"/api/v1/workflows?limit=50&cursor={last}"
            sizes = {"whoami": self.size("/api/v1/whoami"), "list": self.size(deep) if middle else 13000, "run": 700}
        with self.web(sizes):
            if "whoami" in jobs:
                rows.append(self.row("whoami, FastCGI", "/api/v1/whoami", "/floor/whoami", 0.95)[0])
            if "mcp" in jobs:
                rows.append(self.mcp())
            if "list" in jobs:
                rows.append(self.row(f"list of 50, deep ({sizes['list']:,} B)", deep, "/floor/list", 0.60)[0])
            if "deep" in jobs:
                mine, theirs = self.rounds(deepest, first)
                times = statistics.median(b.rate / a.rate for a, b in zip(mine, theirs, strict=True))
                rate = [statistics.median(f.rate for f in figures) for figures in (mine, theirs)]
                rows.append(Row("deepest page : first, time", f"{rate[0]:,.0f}/s", f"{rate[1]:,.0f}/s", times, 1.10, at_most=True))
            if "cgi" in jobs:
                rows.append(self.row("whoami, plain CGI", "/cgi/api/v1/whoami", "/cgi/hello", 0.58, clients=CGI_CLIENTS)[0])
            if "cgi-instructions" in jobs:
                millions = self.instructions() / 1e6
                rows.append(Row("whoami, plain CGI, million instructions", f"{millions:.2f}", "", millions, 1.2, at_most=True))
            if "followers" in jobs:  # before that many runs are started: a project has its limit
                rows += self.followers(flow)
            if "run" in jobs:
                body = json.dumps({"workflowId": flow})
                row, mine = self.row("start a run", "/api/v1/runs", "/floor/run", 0.12, "post", body)
                bad = sum(f.refused + f.broken for f in mine)
                rows.append(row)
                tail = statistics.median(f.p99_us / f.median_us for f in mine)
                median, p99 = (statistics.median(getattr(f, name) for f in mine) / 1000 for name in ("median_us", "p99_us"))
                rows.append(Row("start a run, p99 : median", f"{p99:.1f} ms", f"{median:.1f} ms", tail, 5, at_most=True))
                rows.append(Row("start a run, refused", f"{bad}", "", bad, 0, at_most=True))
            if "memory" in jobs:
                self.wrk("/api/v1/whoami", "/api/v1/whoami")
                if middle:
                    self.wrk(deep, deep)
                private = max(self.private_kib(pid) for pid in self.processes())
                rows.append(Row("private memory of a worker, MB", f"{private} KiB", "", private / 1024, 4, at_most=True))
        return rows

    def mcp(self) -> Row:
        """A tool's call beside the route that it is a call of."""
        call = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "whoami", "arguments": {}}})
        calls, plain = [], []
        for _ in range(self.options.rounds):
            calls.append(self.wrk("/api/v1/mcp", "/api/v1/mcp", "same", call))
            plain.append(self.wrk("/api/v1/whoami", "/api/v1/whoami"))
        ratio = statistics.median(a.rate / b.rate for a, b in zip(calls, plain, strict=True))
        rate = [statistics.median(f.rate for f in figures) for figures in (calls, plain)]
        bad = sum(f.refused + f.broken for f in calls + plain)
        return Row("tools/call of whoami : whoami", f"{rate[0]:,.0f}/s", f"{rate[1]:,.0f}/s", 0 if bad else ratio, 0.8, more=f"{bad} refused" if bad else "")

    def followers(self, flow: str) -> list[Row]:
        """What everybody else has left while many follow a run that nothing happens in, and how soon they all hear of its end."""
        alone, beside = [], []
        whoami = "/api/v1/whoami"
        for _ in range(self.options.rounds):
            alone.append(self.wrk(whoami, whoami).rate)
            run = self.send("POST", "/api/v1/runs", {"workflowId": flow}, self.keys[0])["id"]
            streams = [self.follow(run, number).getresponse() for number in range(FOLLOWERS)]
            beside.append(self.wrk(whoami, whoami).rate)
            began = time.monotonic()
            self.send("POST", f"/api/v1/runs/{run}/cancel", {}, self.keys[0])
            heard = sum(b'"cancelled"' in stream.read() for stream in streams)
            last = time.monotonic() - began
        ratio = statistics.median(with_them / without for with_them, without in zip(beside, alone, strict=True))
        name = f"whoami beside {FOLLOWERS} followers : alone"
        return [Row(name, f"{statistics.median(beside):,.0f}/s", f"{statistics.median(alone):,.0f}/s", ratio if heard == FOLLOWERS else 0, 0.8),
                Row(f"until {heard} followers know of the end, ms", f"{last * 1000:.0f} ms", "", last * 1000, 100, at_most=True)]  # fmt: skip

    def instructions(self) -> int:
        """Of one plain CGI call, while its warm process is there."""
        self.get("/cgi/api/v1/whoami", self.keys[0])
        variables = {"REQUEST_METHOD": "GET", "REQUEST_URI": "/api/v1/whoami", "REMOTE_ADDR": "127.0.0.1", "HTTP_AUTHORIZATION": f"Bearer {self.keys[1]}"}
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", BENCH / "web" / "codecourier.cgi"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, env={"PATH": os.environ["PATH"]} | variables,
        )  # fmt: skip
        found = re.search(r"Collected : (\d+)", done.stderr)
        if not done.stdout.startswith("Status: 200") or not found:
            sys.exit(f"valgrind said:\n{done.stdout}{done.stderr}")
        return int(found[1])

    def processes(self) -> list[int]:
        found = []
        for pid in Path(f"/proc/{self.lighttpd.pid}/task/{self.lighttpd.pid}/children").read_text().split():
            with contextlib.suppress(OSError):
                if Path(os.readlink(f"/proc/{pid}/exe")).name == "codecourier.cgi":
                    found.append(int(pid))
        return found

    @staticmethod
    def private_kib(pid: int) -> int:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return sum(int(match) for match in re.findall(r"^Private_(?:Clean|Dirty):\s+(\d+) kB", text, re.MULTILINE))


def others(wanted: set[str]) -> Iterator[Row]:
    for program, (python, jobs) in OTHERS.items():
        mine = [job for job in jobs.split(",") if job in wanted]
        if not mine:
            continue
        command = [python, ROOT / "tests" / "bench" / program, "--jobs", ",".join(mine), "--json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if not done.stdout.startswith("["):
            sys.exit(f"{program} ended with {done.returncode} and without rows")
        for row in json.loads(done.stdout):
            del row["good"]
            yield Row(**row)


def main() -> int:
    every = ",".join([JOBS, *(jobs for _, jobs in OTHERS.values())])
    parser = argparse.ArgumentParser(description="Measure CodeCourier against the floor.")
    parser.add_argument("--jobs", default=every, help=f"some of: {every}")
    parser.add_argument("--rounds", type=int, default=5, help="how often ours and the floor take turns")
    parser.add_argument("--duration", type=int, default=3, help="seconds of each turn")
    parser.add_argument("--keys", type=int, default=10_000)
    parser.add_argument("--workflows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    wanted = set(options.jobs.split(","))
    if unknown := wanted - set(every.split(",")):
        sys.exit(f"no such job: {', '.join(sorted(unknown))}; there are: {every}")
    rows = Bench(options).run() if wanted & set(JOBS.split(",")) else []
    return show([*rows, *others(wanted)], options.json)


def show(rows: list[Row], as_json: bool) -> int:
    """Print them; whether all are good, as an exit code."""
    if as_json:
        print(json.dumps([row.__dict__ | {"good": row.good} for row in rows], indent=2))
    else:
        print(f"\n{'job':40} {'ours':>12} {'floor':>12} {'ratio':>8} {'target':>9}")
        for row in rows:
            sign = "<=" if row.at_most else ">="
            print(f"{row.job:40} {row.ours:>12} {row.floor:>12} {row.measured:8.2f} {sign} {row.target:6.2f}  {'' if row.good else 'MISSED'} {row.more}".rstrip())
    return 0 if all(row.good for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
