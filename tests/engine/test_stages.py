"""Kill the worker, the command it runs, or the web server, at every stage of a run, and look whether everything happened once."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from instance import BUILD, OVER, Instance, stop, together
from test_lost import ALONE

# Stands before git (and as the agent): does what it is for, but waits at one place until it may go on, or is killed there.
GATE = """
import os, subprocess, sys, time
folder, word, when = {folder!r}, {word!r}, {when!r}
here = word in sys.argv and not os.path.exists(folder + '/go')
real = [{git!r}, *sys.argv[1:]]
def wait():
    open(folder + '/reached', 'w').write(str(os.getpid()))
    while not os.path.exists(folder + '/go'): time.sleep(0.02)
if here and when == 'amid':  # as a git that is killed leaves it
    for lock in ('index.lock', 'HEAD.lock', 'packed-refs.lock', 'refs/heads/main.lock'):
        for place in [os.environ.get('GIT_DIR', '')] + [w for w in sys.argv if w.endswith('.git')]:
            if os.path.isdir(os.path.join(place, 'refs')): open(os.path.join(place, lock), 'w').close()
if here and when != 'after': wait()
if not here or when != 'after': os.execv(real[0], real)
code = subprocess.call(real)
wait()
sys.exit(code)
"""

# What stands under git's name: most calls have nothing to do with the place, and a shell begins in a hundredth of the time.
DOOR = """#!/bin/sh
if [ ! -e '{folder}/go' ]; then
    for one in "$@"; do
        [ "$one" != '{word}' ] || exec '{python}' -IS '{gate}' "$@"
    done
fi
exec '{git}' "$@"
"""

# The places at which a run can be: a word of git's command line, and before, amid or behind that command.
STAGES = [
    ("clone", "before"), ("clone", "after"), ("fetch", "amid"), ("checkout", "before"), ("step", "before"), ("step", "after"),
    ("add", "amid"), ("commit-tree", "before"), ("update-ref", "before"), ("bundle", "before"), ("bundle", "after"),
    ("index-pack", "before"), ("index-pack", "after"), ("--dry-run", "before"), ("--porcelain", "before"), ("--porcelain", "after"), ("ls-remote", "before"),
]  # fmt: skip


def git(*words: str, cwd: Path) -> str:
    return subprocess.run(["git", *words], cwd=cwd, check=True, capture_output=True, text=True).stdout


class Gate:
    """An instance with a repository, an agent that changes it, and a gate at one stage of its first run."""

    def __init__(self, instance: Instance, word: str, when: str) -> None:
        self.instance = instance
        self.remote = instance.folder / "remote.git"
        source = instance.folder / "source"
        git("init", "--quiet", "--bare", "-b", "main", str(self.remote), cwd=instance.folder)
        git("init", "--quiet", "-b", "main", str(source), cwd=instance.folder)
        (source / "a.txt").write_text("one\n")
        git("add", ".", cwd=source)
        git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "first", cwd=source)
        git("push", "--quiet", str(self.remote), "main", cwd=source)
        instance.conf |= {"sandbox": "off", "lostRunRetries": 100}
        change = "open('a.txt', 'w').write('one\\ntwo\\n')\n"
        block = f"import os, time\nif not os.path.exists({str(instance.folder / 'go')!r}):\n    open({str(instance.folder / 'reached')!r}, 'w').write(str(os.getpid()))\n    time.sleep(600)\n"
        alone = ALONE.format(folder=str(instance.folder), work="pass")
        parts = [alone, block, change] if when == "before" else [alone, change, block]
        instance.agent("edit", "".join(parts) if word == "step" else alone + change)
        self.flow = instance.workflow({"role": "custom", "agent": "edit"})
        if word == "fetch":  # the mirror is there from an earlier run
            assert self.finish(self.start())["status"] == "completed"
        if word != "step":
            path = instance.bin / "git"
            real = subprocess.run(["sh", "-c", "command -v git"], capture_output=True, text=True, check=True).stdout.strip()
            gate = instance.bin / "gate.py"
            gate.write_text(GATE.format(folder=str(instance.folder), word=word, when=when, git=real))
            path.write_text(DOOR.format(folder=instance.folder, word=word, python=os.path.realpath(sys.executable), gate=gate, git=real))
            path.chmod(0o755)
            instance.environment["PATH"] = f"{instance.bin}:{os.environ['PATH']}"
        self.run = self.start()

    def start(self) -> str:
        return self.instance.start(self.flow, "live", githubRepoUrl=str(self.remote), name="Add two")

    def finish(self, run: str) -> dict[str, Any]:
        self.instance.drain()
        return self.instance.finish(run, "live")

    def reached(self) -> int:
        """The process that waits at the gate."""
        until = time.monotonic() + 60
        path = self.instance.folder / "reached"
        while not path.exists() or not path.read_text():
            assert time.monotonic() < until, self.instance.log_text()
            time.sleep(0.02)
        return int(path.read_text())

    def go(self) -> None:
        (self.instance.folder / "go").touch()

    def statuses(self) -> list[str]:
        return [event["data"]["status"] for event in self.instance.follow(self.run, "live") if event["type"] == "status"]


def once(gate: Gate, ended: dict[str, Any]) -> None:
    """The run's change is on its branch, in one commit, and the run has ended once."""
    assert ended["status"] == "completed", ended
    branch = ended["branchName"]
    assert git("show", f"{branch}:a.txt", cwd=gate.remote) == "one\ntwo\n"
    assert git("log", "--format=%s", f"main..{branch}", cwd=gate.remote) == "Add two\n"
    assert gate.statuses() == ["pending", "running", "completed"]
    assert not (gate.instance.folder / "overlap").exists()


def worker_killed(instance: Instance, stage: tuple[str, str]) -> None:
    gate = Gate(instance, *stage)
    worker = instance.worker()
    gate.reached()
    stop(worker, signal.SIGKILL)
    gate.go()
    once(gate, gate.finish(gate.run))


def test_a_worker_killed_at_any_stage_leaves_a_run_that_another_one_ends() -> None:
    together(worker_killed, STAGES)


def command_killed(instance: Instance, stage: tuple[str, str]) -> None:
    gate = Gate(instance, *stage)
    worker = instance.worker()
    os.kill(gate.reached(), signal.SIGKILL)
    gate.go()
    ended = instance.finish(gate.run, "live")
    assert ended["status"] == "failed" and ended["error"], ended
    assert gate.statuses() == ["pending", "running", "failed"]
    again = gate.start()  # and nothing of it stands in the way of the next one
    assert instance.finish(again, "live")["status"] == "completed", instance.run(again, "live")
    assert stop(worker) == 0


@pytest.mark.produces("AGENT_KILLED", "CHANGES_REFUSED")
def test_an_agent_or_git_killed_at_any_stage_fails_the_run_and_no_other() -> None:
    together(command_killed, [stage for stage in STAGES if stage[1] != "after"])


def cancelled(instance: Instance, stage: tuple[str, str]) -> None:
    gate = Gate(instance, *stage)
    worker = instance.worker()
    gate.reached()
    instance.ask("POST", f"/runs/{gate.run}/cancel", mode="live")
    assert instance.finish(gate.run, "live", 20)["status"] == "cancelled"
    assert gate.statuses() == ["pending", "running", "cancelling", "cancelled"]
    gate.go()
    again = gate.start()
    assert instance.finish(again, "live")["status"] == "completed", instance.run(again, "live")
    assert stop(worker) == 0


def test_a_run_can_be_cancelled_at_any_stage() -> None:
    together(cancelled, [stage for stage in STAGES if stage[1] != "after"])


def often_killed(instance: Instance, seed: int) -> None:
    rng = random.Random(seed)
    gate = Gate(instance, "nothing", "before")
    until = time.monotonic() + 8
    while time.monotonic() < until:
        worker = instance.worker()
        time.sleep(rng.choice([0.05, 0.3, 2.5]) * rng.random())
        stop(worker, signal.SIGKILL)
    once(gate, gate.finish(gate.run))


def test_workers_killed_at_any_moment_change_nothing() -> None:
    """Starting, taking, writing: the moments that have no name."""
    together(often_killed, list(range(3)))


# ---- the web server


def children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found + [below for child in found for below in children(child)]


def name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


class Service:
    """`codecourier serve`, started again when it ends, as systemd would."""

    def __init__(self, instance: Instance) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.instance = instance
        self.words = [BUILD / "codecourier", "serve", "--data", str(instance.data), "--port", str(self.port), "--slots", "0"]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self.words, stdout=subprocess.DEVNULL, stderr=self.instance.log)
        self.instance.workers.append(self.process)

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        """Until an answer comes that is not the server's trouble; that is what a client is told to do."""
        until = time.monotonic() + 90
        while time.monotonic() < until:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                more = {"Authorization": "Bearer " + self.instance.keys["test"], "Content-Type": "application/json"} | headers
                connection.request(method, "/api/v1" + path, None if body is None else json.dumps(body), more)
                answer = connection.getresponse()
                data = answer.read()
                if answer.status < 500 and not (answer.status == 409 and answer.headers.get("Retry-After")):
                    return answer.status, data
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            time.sleep(0.1)
        raise AssertionError(f"no answer\n{self.instance.log_text()}")

    def victims(self) -> list[int]:
        return [pid for pid in children(self.process.pid) if name(pid) in ("lighttpd", "codecourier.cgi")]


def test_a_killed_web_server_starts_no_run_twice_and_hides_no_event_from_a_follower() -> None:
    instance = Instance()
    try:
        flow = instance.workflow({"role": "custom", "agent": "rehearsal", "instructions": "rehearse: lines=100 wait=60"})
        short = instance.workflow({"role": "custom", "agent": "rehearsal"})
        service = Service(instance)
        instance.worker()
        followed = instance.start(flow)
        seen: list[int] = []

        def follow() -> None:
            while not seen or instance.run(followed)["status"] not in OVER or service_events(seen[-1]):
                seen.extend(service_events(seen[-1] if seen else 0))

        def service_events(after: int) -> list[int]:
            _, data = service.ask("GET", f"/runs/{followed}/events?after={after}&wait=2&limit=1000")
            return [event["seq"] for event in json.loads(data)["data"]]

        def start(number: int) -> str:
            status, data = service.ask("POST", "/runs", {"workflowId": short, "name": f"run {number}"}, **{"Idempotency-Key": f"key-{number}"})
            assert status == 201, data
            return str(json.loads(data)["data"]["id"])

        rng, done = random.Random(7), threading.Event()

        def kill() -> None:
            for _ in range(80):  # then it may recover, however slow this machine is
                if done.wait(0.3):
                    return
                if service.process.poll() is not None:
                    service.start()
                victims = service.victims()
                if victims:
                    try:
                        os.kill(rng.choice(victims), signal.SIGKILL)
                    except ProcessLookupError:
                        pass

        with ThreadPoolExecutor(6) as pool:
            killer = threading.Thread(target=kill)
            killer.start()
            try:
                follower = pool.submit(follow)
                started = list(pool.map(start, range(40)))
                follower.result(timeout=120)
            finally:
                done.set()
                killer.join()
        assert seen == list(range(1, len(seen) + 1)) and len(seen) >= 100
        assert len(set(started)) == 40
        for run in started:
            assert instance.finish(run)["status"] == "completed"
        assert instance.sql("SELECT count(*), count(DISTINCT run_number) FROM runs") == [(41, 41)]
        assert instance.sql("SELECT count(*) FROM run_events WHERE type = 'step.started'") == [(41,)]
    finally:
        instance.close()
