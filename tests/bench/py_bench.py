"""Measure the Python package against the same jobs done by hand, in one run.

    tests/bench/py_bench.py [--rounds 7] [--seconds 0.5] [--workflows 100000] [--jobs py-whoami,py-list,...] [--json]

Run it with a Python that has codecourier and requests.  Ours and theirs take turns; what counts is the median of the rounds'
ratios, because absolute figures drift.  "By hand" is what a careful person writes over sqlite3, hashlib and dataclasses with the
schema at hand: key looked up by hash and checked, rate counted, scopes and times made into Python values, statements kept.
A raw page is one keep-alive request of urllib3 and json.loads.  The other side has no time-out unless the tutorial prints one:
watching for it would slow that side, and ours watches (10 s).
Ends with 1 when a ratio falls short of its target.
"""

from __future__ import annotations

import argparse
import base64
import compileall
import gc
import hashlib
import itertools
import json
import os
import resource
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, make_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
import urllib3

import codecourier
from bench import Row, show
from codecourier import _core

ROOT = Path(__file__).resolve().parents[2]
SCOPES = ["projects:read", "workflows:read", "runs:read"]
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


# ---- the data ----------------------------------------------------------------------------------------------------------


@dataclass
class Instance:
    data: Path
    key: str
    project: str
    cursor: str  # deep in the list of workflows


def identity(n: int) -> str:
    """An id as the core makes them, of the millisecond n."""
    value, text = (n << 80) | int.from_bytes(os.urandom(10), "big"), ""
    for _ in range(22):
        value, digit = divmod(value, 62)
        text = BASE62[digit] + text
    return "wfl_" + text


def make_instance(folder: Path, workflows: int) -> Instance:
    data = folder / "data"
    data.mkdir()
    (data / "codecourier.conf").write_text("rateBurst = 1000000\n")
    with codecourier.open(data, "bench", examples=False) as cc:
        key = cc.keys.create(name="quickstart", scopes=SCOPES, rate_limit=1_000_000).key
        assert key
        one = cc.workflows.create(name="Plan, build, review", description="Plans a change, makes it and reviews it.", steps=[{"role": "reviewer"}])
        project = cc.whoami().project_id
    now = int(time.time() * 1000)
    with sqlite3.connect(data / "codecourier.db") as database:
        columns = "project_id, id, name, description, status, github_repo_url, step_count, created_at, updated_at, version, steps"
        row = list(database.execute(f"SELECT {columns} FROM workflows WHERE id = ?", (one.id,)).fetchone())
        database.executemany(
            f"INSERT INTO workflows ({columns}) VALUES (?{', ?' * (len(row) - 1)})",
            ((row[0], identity(now - n * 10), f"{row[2]} {n}", *row[3:]) for n in range(1, workflows)),
        )
    database.close()
    with codecourier.open(data, "bench") as cc:
        page = cc.workflows.list(limit=100)
        for _ in range(min(20, workflows // 300)):
            page = page.next_page() or page
        assert page.next_cursor
        return Instance(data, key, project, page.next_cursor)


@contextmanager
def served(instance: Instance) -> Iterator[str]:
    """Under lighttpd with FastCGI workers, as in earnest."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    process = subprocess.Popen([ROOT / "build" / "codecourier", "serve", "--data", instance.data, "--port", str(port), "--workers", "2", "--slots", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                requests.get(f"{base}/api/v1/health", timeout=5).raise_for_status()
                break
            except requests.RequestException:
                time.sleep(0.05)
        yield base
    finally:
        process.terminate()
        process.wait(20)


# ---- by hand -------------------------------------------------------------------------------------------------------------

ALL_SCOPES = ["projects:read", "projects:write", "keys:read", "keys:write", "members:read", "members:write", "workflows:read", "workflows:write", "runs:read"]
KEY_SQL = "SELECT project_id, id, name, scopes, mode, allowed_networks, rate_limit, created_at, expires_at, revoked_at, last_used_at FROM api_keys WHERE hash = ?"
PAGE_SQL = "SELECT id, name, description, status, github_repo_url, step_count, created_at, updated_at FROM workflows WHERE project_id = ? AND id < ? ORDER BY id DESC LIMIT ?"


@dataclass(frozen=True, slots=True)
class Whoami:
    key_id: str
    project_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None
    mode: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Workflow:
    id: str
    name: str
    description: str | None
    status: str
    github_repo_url: str | None
    step_count: int
    created_at: datetime
    updated_at: datetime


def moment(ms: int | None) -> datetime | None:
    return datetime.fromtimestamp(ms // 1000, UTC) if ms else None


class ByHand:
    """The same answers over Python's sqlite3."""

    def __init__(self, instance: Instance) -> None:
        self.database = sqlite3.connect(instance.data / "codecourier.db", cached_statements=64, isolation_level=None)
        self.rate: dict[str, float] = {}

    def key(self, header: str, scope: int | None) -> tuple[Any, ...]:
        token = header.removeprefix("Bearer ")
        total = 0
        for digit in token[40:]:
            total = total * 62 + BASE62.index(digit)
        if len(token) != 46 or not token.startswith(("cc_live_", "cc_test_")) or total != zlib.crc32(token[:40].encode()):
            raise PermissionError("AUTH_INVALID")
        row = self.database.execute(KEY_SQL, (hashlib.sha256(token.encode()).digest(),)).fetchone()
        now = time.time()
        if row is None or row[9] is not None or (row[8] and row[8] <= now * 1000):
            raise PermissionError("AUTH_INVALID")
        if scope is not None and not row[3] >> scope & 1:
            raise PermissionError("SCOPE_DENIED")
        step = 60 / (row[6] or 600)
        full = max(self.rate.get(row[1], 0.0), now) + step
        if full - now > 1_000_000 * step:
            raise PermissionError("RATE_LIMITED")
        self.rate[row[1]] = full
        return tuple(row)

    def whoami(self, header: str) -> Whoami:
        row = self.key(header, None)
        scopes = tuple(name for bit, name in enumerate(ALL_SCOPES) if row[3] >> bit & 1)
        created = moment(row[7])
        assert created
        return Whoami(row[1], row[0], row[2], scopes, created, moment(row[10]), row[4], moment(row[8]))

    def workflows(self, header: str, after: str, limit: int) -> tuple[list[Workflow], str | None]:
        key = self.key(header, 6)
        rows = self.database.execute(PAGE_SQL, (key[0], after, limit + 1)).fetchall()
        made = [Workflow(*row[:6], datetime.fromtimestamp(row[6] // 1000, UTC), datetime.fromtimestamp(row[7] // 1000, UTC)) for row in rows[:limit]]
        return made, base64.urlsafe_b64encode(made[-1].id.encode()).decode() if len(rows) > limit else None


# ---- measuring -----------------------------------------------------------------------------------------------------------


def seconds_each(function: Callable[[], object], seconds: float) -> float:
    """How long one call takes, by many."""
    count, took = 1, 0.0
    while took < seconds / 4:
        count *= 2
        began = time.perf_counter()
        for _ in itertools.repeat(None, count):
            function()
        took = time.perf_counter() - began
    count = max(1, int(count * seconds / took))
    gc.collect()
    began = time.perf_counter()
    for _ in itertools.repeat(None, count):
        function()
    return (time.perf_counter() - began) / count


def compare(job: str, target: float, ours: Callable[[], object], theirs: Callable[[], object], o: argparse.Namespace, at_most: bool = False) -> Row:
    """Ratio theirs / ours (how many times as fast ours is); with at_most, ours / theirs."""
    pairs = []
    for n in range(o.rounds):
        first, second = (ours, theirs) if n % 2 else (theirs, ours)
        took = {first: seconds_each(first, o.seconds), second: seconds_each(second, o.seconds)}
        pairs.append((took[ours], took[theirs]))
    return row(job, target, pairs, at_most)


def row(job: str, target: float, pairs: list[tuple[float, float]], at_most: bool = False) -> Row:
    """Of the seconds that ours and theirs took, turn by turn."""
    ratio = statistics.median(a / b if at_most else b / a for a, b in pairs)
    ours, theirs = (f"{statistics.median(side) * 1e6:,.1f} µs" for side in zip(*pairs))
    return Row(job, ours, theirs, ratio, target, at_most)


def in_process(instance: Instance, o: argparse.Namespace) -> Iterator[Row]:
    hand, header = ByHand(instance), f"Bearer {instance.key}"
    with codecourier.open(instance.data, key=instance.key) as cc:
        ours, theirs = cc.whoami(), hand.whoami(header)
        assert (ours.name, ours.scopes, ours.key_id, ours.created_at) == (theirs.name, theirs.scopes, theirs.key_id, theirs.created_at)
        if "py-whoami" in o.jobs:
            yield compare("Python: local whoami, typed", 1.0, lambda: cc.whoami().scopes, lambda: hand.whoami(header).scopes, o)
        if "py-list" in o.jobs:
            page = cc.workflows.list(limit=50, cursor=instance.cursor)
            after = cc.workflows.list(limit=1, cursor=instance.cursor)[0].id
            assert len(page) == len(hand.workflows(header, after, 50)[0]) == 50

            def by_client() -> int:
                return len([one.name for one in cc.workflows.list(limit=50, cursor=instance.cursor).data])

            def by_hand() -> int:
                return len([one.name for one in hand.workflows(header, after, 50)[0]])

            yield compare("Python: local list of 50, typed", 1.2, by_client, by_hand, o)


def parsing(instance: Instance, o: argparse.Namespace) -> Iterator[Row]:
    if "py-parse" not in o.jobs:
        return
    app = _core.App(instance.data, False, None)
    headers = (("Authorization", f"Bearer {instance.key}"),)
    body = app.request("GET", f"/api/v1/workflows?limit=50&cursor={instance.cursor}", headers, None, None, "127.0.0.1")[2]
    names = json.loads(body)["data"][0]

    plain = make_dataclass("plain", names)
    yield compare(
        "Python: parse 50 rows into objects",
        1.0,
        lambda: [one.id for one in _core.records(codecourier.Workflow, _core.loads(body)["data"], None)],
        lambda: [one.id for one in [plain(**row) for row in json.loads(body)["data"]]],
        o,
    )


def over_http(instance: Instance, base: str, o: argparse.Namespace) -> Iterator[Row]:
    headers = {"Authorization": f"Bearer {instance.key}"}
    cc = codecourier.Client(base, instance.key)
    if "py-http" in o.jobs:
        session = requests.Session()
        session.headers.update(headers)

        def by_session() -> object:
            answer = session.get(f"{base}/api/v1/whoami")
            answer.raise_for_status()
            return answer.json()["data"]["scopes"]

        def by_tutorial() -> object:
            answer = requests.get(f"{base}/api/v1/whoami", headers=headers, timeout=30)  # as the tutorial prints it
            answer.raise_for_status()
            return answer.json()["data"]["scopes"]

        yield compare("Python: HTTP whoami : Session", 1.3, lambda: cc.whoami().scopes, by_session, o)
        yield compare("Python: HTTP whoami : requests.get", 2.0, lambda: cc.whoami().scopes, by_tutorial, o)
    if "py-scan" in o.jobs:
        pool = urllib3.connection_from_url(base, maxsize=1)

        def raw() -> int:
            cursor, count = "", 0
            while True:
                page = json.loads(pool.urlopen("GET", f"/api/v1/workflows?limit=100{cursor}", headers=headers).data)
                count += len(page["data"])
                if page["nextCursor"] is None:
                    return count
                cursor = f"&cursor={page['nextCursor']}"

        def scan() -> int:
            return sum(1 for _ in cc.workflows.list(limit=100))

        pairs, growth = [], 0
        for _ in range(o.rounds):
            began = time.perf_counter()
            there = raw()
            middle = time.perf_counter()
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            assert scan() == there == o.workflows
            pairs.append(((time.perf_counter() - middle) / o.workflows, (middle - began) / o.workflows))
            growth = max(growth, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
        yield row(f"Python: iterate {o.workflows:,} by 100 : raw", 1.3, pairs, at_most=True)
        yield Row("Python: memory that grew by, MiB", f"{growth / 1024:.1f} MiB", "", growth / 1024, 8, at_most=True)


def importing(o: argparse.Namespace) -> Iterator[Row]:
    if "py-import" not in o.jobs:
        return
    compileall.compile_dir(Path(codecourier.__file__).parent, quiet=2)

    def took(code: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return (time.perf_counter() - began) * 1000

    pairs = [(took("import codecourier"), took("pass")) for _ in range(3 * o.rounds)]
    ours, theirs = (statistics.median(side) for side in zip(*pairs))
    yield Row("Python: import, ms over an empty start", f"{ours:.1f} ms", f"{theirs:.1f} ms", statistics.median(a - b for a, b in pairs), 40, at_most=True)


JOBS = "py-whoami,py-list,py-parse,py-http,py-scan,py-import"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--workflows", type=int, default=100_000)
    parser.add_argument("--jobs", type=lambda text: text.split(","), default=JOBS.split(","), help=f"some of: {JOBS}")
    parser.add_argument("--json", action="store_true")
    o = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cc-py-bench-"))
    rows: list[Row] = []
    try:
        instance = make_instance(folder, o.workflows)
        sources = [in_process(instance, o), parsing(instance, o)]
        for source in sources:
            rows += source
        rows += importing(o)
        if {"py-http", "py-scan"} & set(o.jobs):
            with served(instance) as base:
                rows += over_http(instance, base, o)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return show(rows, o.json)


if __name__ == "__main__":
    sys.exit(main())
