"""A data directory with agents of its own, workers to start and kill, and the API in front: by plain CGI, so that nothing
but the database and the hot file connects what the tests do.

What a test is about, the workers and the commands that it names, is the build in CC_BUILD, which is sanitized.  What only asks and
prepares is the plain one: `make test` has built both, a sanitized program takes ten times as long to start, and tests/web looks at
every route of a sanitized API."""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

sys.path.append(str(Path(__file__).resolve().parents[1] / "web"))  # storage.py

import storage  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("CC_BUILD", ROOT / "build"))
PLAIN = ROOT / "build" if (ROOT / "build" / "codecourier.cgi").exists() else BUILD
# The system's own, and without what others have installed for it: that takes longer to find than most agents to run.
PYTHON = next((path for path in ("/usr/bin/python3", "/usr/local/bin/python3") if os.access(path, os.X_OK)), shutil.which("python3"))
OVER = ("completed", "failed", "cancelled")
SCOPES = "runs:write,workflows:write,personas:write,projects:write,issues:write,schedules:write,contexts:write,webhooks:write,assets:write,learnings:write,analytics:read,members:read,keys:read"

Json = dict[str, Any]


def reasons_in(answer: Any) -> Iterator[str]:
    """The codes of the reasons in an answer, and of those that stand within others."""
    if isinstance(answer, list):
        for one in answer:
            yield from reasons_in(one)
    if isinstance(answer, dict):
        for name, value in answer.items():
            if (name == "code" or name.endswith("rrorCode")) and isinstance(value, str):
                yield value
            yield from reasons_in(value)


class Refused(Exception):
    def __init__(self, status: int, error: Json) -> None:
        super().__init__(f"{status} {error}")
        self.status = status
        self.error = error


class Instance:
    parent: str | None = None  # of its folder
    programs = BUILD  # what is tested
    helpers = PLAIN  # what asks and prepares
    reasons: ClassVar[set[str]] = set()  # that any of them has answered with since conftest.py emptied it
    account: dict[str, Any] = {}  # what subprocess needs to start our programs under another one
    starter: Sequence[str] = ()  # what starts a worker, if not we

    def __init__(self, **settings: object) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cc-engine-", dir=self.parent))
        self.settle()
        self.data = self.folder / "data"
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        self.workers: list[subprocess.Popen[bytes]] = []
        self.clock, self.disk = self.folder / "clock", self.folder / "disk"
        self.ahead = self.gone_by = 0.0  # by how much its clock differs from the system's, in seconds
        self.environment: dict[str, str] = {}  # of our programs, beside the usual one
        self.log = (self.folder / "log").open("wb")
        self.keys: dict[str, str] = {}
        self.set_up()
        self.conf = {"leaseSeconds": 2, "killGraceSeconds": 1, "maxWaiting": 8, "cgiKeepWarm": 0, "localRepositories": self.folder, "gitProtocols": "https ssh http"} | settings
        self.write_conf()

    def set_up(self) -> None:
        """Data of its own, copied from those that were made once: three programs fewer to start for each test."""
        if type(self) is not Instance:
            return self.make_data()
        made, keys = template()
        shutil.copytree(made, self.data)
        self.keys |= keys

    def make_data(self) -> None:
        self.helper("init", "--data", str(self.data))
        self.keys |= {mode: self.make_key(mode) for mode in ("live", "test")}

    def settle(self) -> None:
        """For instances of another kind: the folder is there, and nothing in it."""

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- what happens to its programs

    def own_clock(self) -> None:
        """From here on what is started goes by this instance's clock (clock.c): time goes by as always, and when the test says so."""
        self.programs, self.helpers = self.programs / "tests", self.helpers / "tests"
        self.environment["CC_TEST_CLOCK"] = str(self.clock)
        self.write_clock()

    def write_clock(self) -> None:
        with self.clock.open("r+b" if self.clock.exists() else "wb") as file:
            file.write(struct.pack("qq", int((self.ahead + self.gone_by) * 1000), int(self.gone_by * 1000)))

    def set_clock(self, ahead: float) -> None:
        """The time of day, so many seconds ahead: somebody has set it."""
        self.ahead = ahead
        self.write_clock()

    def let_pass(self, seconds: float) -> None:
        """So much time goes by for its programs, and none for us."""
        self.gone_by += seconds
        self.write_clock()

    def own_disk(self) -> None:
        """From here on what is started writes to a disk that can be full (disk.c)."""
        options = ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0")))
        self.environment |= {"LD_PRELOAD": str(BUILD / "tests" / "disk.so"), "CC_TEST_DISK": str(self.disk), "ASAN_OPTIONS": options}
        self.fill_disk(False)

    def fill_disk(self, full: bool) -> None:
        with self.disk.open("r+b" if self.disk.exists() else "wb") as file:
            file.write(struct.pack("q", full))

    # ---- commands

    def command(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.run_command(self.programs, *words, check=check)

    def helper(self, *words: str) -> str:
        """What our command says, where it is not what is tested."""
        return self.run_command(self.helpers, *words).stdout.strip()

    def run_command(self, programs: Path, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([programs / "codecourier", *words], env=os.environ | self.environment, capture_output=True, text=True, timeout=120,
                              **self.account)  # fmt: skip
        assert not check or done.returncode == 0, done.stderr
        return done

    def make_key(self, mode: str) -> str:
        return self.helper("key", "create", "--data", str(self.data), "--name", mode, "--scopes", SCOPES, "--mode", mode,
                            "--rate-limit", "1000000", "--quiet")  # fmt: skip

    def write_conf(self) -> None:
        (self.data / "codecourier.conf").write_text("".join(f"{name} = {value}\n" for name, value in self.conf.items()) + "rateBurst = 100000\n")

    def agent(self, name: str, script: str) -> None:
        """An agent of the operator's: a Python program."""
        path = self.bin / name
        path.write_text(f"#!{PYTHON} -IS\n" + script)
        path.chmod(0o755)
        self.conf[f"agent.{name}"] = f"{path} {{prompt}}"
        self.write_conf()

    def wait(self, what: Callable[[], object], seconds: float = 60, passing: float = 0) -> None:
        """Until it is so; what a test waits for with it is sure to come.  passing: how much time goes by at each look, where it is
        time that brings it."""
        until = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < until, self.log_text()
            if passing:
                self.let_pass(passing)
            time.sleep(0.05)

    def wait_for_taking(self, run: str, worker: subprocess.Popen[bytes]) -> None:
        """Until this worker has found the run lost, however long a lease lasts."""
        # While it opens the database it has patience of seconds: ours, for the lock it may wait for is held that long.
        self.wait(lambda: worker.poll() is not None or len(os.listdir(f"/proc/{worker.pid}/task")) > 1)

        def is_taken() -> bool:
            found = self.sql("SELECT 1 FROM runs WHERE id = ? AND (worker LIKE ? OR finished_at IS NOT NULL)", run, f"%:{worker.pid}:%")
            assert found or worker.poll() is None, self.log_text()
            return bool(found)

        self.wait(is_taken, passing=0.5)

    # ---- workers

    def worker(self, *words: str) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen([*self.starter, self.programs / "codecourier", "work", "--data", str(self.data), *words],
                                  env=os.environ | self.environment, stderr=self.log, **self.account)  # fmt: skip
        self.workers.append(worker)
        return worker

    def drain(self) -> None:
        assert self.worker("--drain").wait(timeout=120) == 0, self.log_text()

    def log_text(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    # ---- the API

    def ask(self, method: str, path: str, body: Json | None = None, mode: str = "test", **variables: str) -> Json:
        text = self.fetch(path, mode, method, body, **variables)
        answer: Json = json.loads(text) if text else {}
        self.reasons.update(reasons_in(answer))
        return answer

    def fetch(self, path: str, mode: str, method: str = "GET", body: Json | None = None, **variables: str) -> bytes:
        """The answer's body, as it is."""
        data = b"" if body is None else json.dumps(body).encode()
        environment = {
            "CODECOURIER_DATA": str(self.data), "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": method,
            "REQUEST_URI": "/api/v1" + path, "REMOTE_ADDR": "127.0.0.1", "HTTP_AUTHORIZATION": "Bearer " + self.keys[mode],
        } | variables  # fmt: skip
        if body is not None:
            environment |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(data))}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        environment |= self.environment
        done = subprocess.run([self.helpers / "codecourier.cgi"], env=environment, input=data, capture_output=True, timeout=60, **self.account)
        head, _, text = done.stdout.partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        if status == 429:  # a clock set back empties the bucket
            time.sleep(1)
            return self.fetch(path, mode, method, body, **variables)
        if status >= 400:
            raise Refused(status, json.loads(text)["error"])
        return text

    def workflow(self, *steps: Json, **more: object) -> str:
        return str(self.ask("POST", "/workflows", {"name": "Flow", "steps": list(steps)} | more)["data"]["id"])

    def start(self, workflow: str, mode: str = "test", **more: object) -> str:
        return str(self.ask("POST", "/runs", {"workflowId": workflow} | more, mode=mode)["data"]["id"])

    def run(self, run: str, mode: str = "test") -> Json:
        data: Json = self.ask("GET", f"/runs/{run}", mode=mode)["data"]
        return data

    def steps(self, run: str, mode: str = "test") -> list[Json]:
        data: list[Json] = self.ask("GET", f"/runs/{run}/steps", mode=mode)["data"]
        return data

    def follow(self, run: str, mode: str = "test", after: int = 0, seconds: float = 60) -> Iterator[Json]:
        """Every event, once and in order, until the run is over."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            page = self.ask("GET", f"/runs/{run}/events?after={after}&limit=1000&wait=2", mode=mode)["data"]
            for event in page:
                assert event["seq"] == after + 1, f"event {event['seq']} behind {after}"
                after = event["seq"]
                yield event
            if not page and self.run(run, mode)["status"] in OVER:
                return
        raise AssertionError(f"the run did not end: {self.run(run, mode)}\n{self.log_text()}")

    def finish(self, run: str, mode: str = "test", seconds: float = 60) -> Json:
        for _ in self.follow(run, mode, seconds=seconds):
            pass
        return self.run(run, mode)

    def until(self, run: str, what: str, mode: str = "test", seconds: float = 30) -> None:
        """Wait for an event whose type or text is this."""
        for event in self.follow(run, mode, seconds=seconds):
            if event["type"] == what or what in (event["data"].get("text") or ""):
                return
        raise AssertionError(f"no {what}")

    def texts(self, run: str, mode: str = "test") -> list[str]:
        """What its programs wrote; what the worker says of them is not among it."""
        return [event["data"]["text"] for event in self.follow(run, mode) if event["type"] == "log" and event["data"]["stream"] != "worker"]

    def sql(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        with storage.connect(self.data, timeout=10) as database:
            rows = database.execute(text, values).fetchall()
        database.close()
        return rows


class Template(Instance):
    """What every instance begins with."""


@functools.cache
def template() -> tuple[Path, dict[str, str]]:
    made = Template()
    atexit.register(made.close)
    return made.data, made.keys


def stop(worker: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> int:
    worker.send_signal(number)
    return worker.wait(timeout=30)


def together(test: Callable[[Instance, Any], None], cases: Iterable[Any], **settings: object) -> None:
    """Each case in an instance of its own, several at a time: most of their time they wait."""

    def one(case: object) -> None:
        instance = Instance(**settings)
        try:
            test(instance, case)
        except Exception as wrong:
            wrong.add_note(f"in the case {case!r}")
            raise
        finally:
            instance.close()

    with ThreadPoolExecutor(4) as pool:
        wrongs = [wrong for wrong in (done.exception() for done in [pool.submit(one, case) for case in cases]) if wrong]
    if len(wrongs) == 1:
        raise wrongs[0]
    if wrongs:
        raise BaseExceptionGroup(f"{len(wrongs)} cases went wrong", wrongs)
