"""What a worker leaves that was killed at each stage of a run: no process of its own then, and nothing at all in the end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from instance import Instance, stop
from test_git import Place

STAGES = ("fetch", "clone", "step", "record", "take", "push")

# What there may be in a run's directory (git.h, workspace.c) while it is under way.
NAMES = {"work", "home", "tmp", "git", "kept", "out", "clean", "project", "branch", "branch.new", "agent", "transcript", "artifacts"}

AGENT = """import os, time
open('a.txt', 'a').write('two\\n')
os.makedirs(os.environ['HOME'] + '/cache', exist_ok=True)
if os.environ.get('WAIT'): time.sleep(600)
"""


def words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
    except OSError:
        return []


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    except OSError:
        pass
    return found + [below for child in found for below in descendants(child)]


def began(pid: int) -> str:
    """With its number it names one process; nothing for one that is over."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def alive(processes: dict[int, str]) -> list[int]:
    return [pid for pid, since in processes.items() if began(pid) == since and words(pid)]


def others(processes: dict[int, str]) -> list[str]:
    """What still runs of them.  Bubblewrap may wait for ever for a process that was killed; the next worker ends it."""
    programs = [words(pid)[:1] for pid in alive(processes)]
    return [program for program, in filter(None, programs) if "bwrap" not in program]


def is_at(stage: str, agent: str) -> Callable[[int], bool]:
    """Does it do that?  A stage of git's is the last word but one of a shell's command line, and of its sandbox's."""
    return lambda pid: words(pid)[-2:] == ["git", stage] or (stage == "step" and agent in words(pid)[1:3])


def go_on(pids: Iterable[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            pass


def caught(worker: subprocess.Popen[bytes], stage: str, agent: str) -> dict[int, str]:
    """All its processes, stopped wherever they are while it is at this stage.  Empty: that was over too quickly."""
    at = is_at(stage, agent)
    while worker.poll() is None:
        if any(at(pid) for pid in descendants(worker.pid)):
            for pid in descendants(worker.pid):
                try:
                    os.kill(pid, signal.SIGSTOP)
                except ProcessLookupError:
                    pass
            if any(at(pid) and began(pid) for pid in descendants(worker.pid)):
                return {pid: began(pid) for pid in descendants(worker.pid)}
            go_on(descendants(worker.pid))
    return {}


def shape(data: Path) -> set[str]:
    """Every path but for what differs from run to run, and what git names by its contents."""
    names = set()
    for path in data.rglob("*"):
        name = str(path.relative_to(data))
        if not re.search(r"/(objects|work)/", name):
            name = re.sub(r"(prj|run)_\w+", r"\1", name)
            name = re.sub(r"(/transcript/step-\d+-\d+)-\d+", r"\1", name)  # one for each attempt at a step
            names.add(re.sub(r"repos/prj/[^/]+", "repos/prj/mirror", re.sub(r"run-1-\w+", "branch", name)))
    return {name for name in names if not re.match(r"codecourier\.(db|conf|log)|.*/refs/heads/cc", name)}  # pushed already, and fetched again


def finished(place: Place) -> set[str]:
    """One run to its end, if need be by another worker; what is there then."""
    place.instance.drain()
    run = place.instance.ask("GET", "/runs", mode="live")["data"][0]
    ended = place.instance.finish(run["id"], "live")
    assert ended["status"] == "completed", (ended, place.instance.log_text())
    assert place.files(ended["branchName"]) == ["a.txt", "src/b.txt"]
    return shape(place.instance.data)


def ready(instance: Instance) -> Place:
    place = Place(instance)
    instance.conf["lostRunRetries"] = 100
    instance.agent("agent", AGENT)
    instance.start(instance.workflow({"role": "custom", "agent": "agent"}), "live", githubRepoUrl=str(place.remote), name="Change")
    return place


@pytest.fixture(scope="module")
def usual() -> set[str]:
    """What a run leaves whose worker nobody killed."""
    instance = Instance()
    try:
        return finished(ready(instance))
    finally:
        instance.close()


def caught_at(stage: str) -> tuple[Place, subprocess.Popen[bytes], dict[int, str]]:
    """A run whose worker is stopped at that stage.  One that was over before it was seen is tried again, in a new instance."""
    for _ in range(10):
        place = ready(Instance())
        if stage == "step":
            place.instance.ask("PATCH", "/project/settings", {"envVars": {"WAIT": "yes"}}, mode="live")
        worker = place.instance.worker()
        if processes := caught(worker, stage, str(place.instance.bin / "agent")):
            return place, worker, processes
        place.instance.close()
    raise AssertionError("no process of that stage was seen")


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_worker_leaves_no_process_and_the_next_one_leaves_nothing_more(usual: set[str], stage: str) -> None:
    place, worker, processes = caught_at(stage)
    instance = place.instance
    try:
        stop(worker, signal.SIGKILL)
        go_on(pid for pid, since in processes.items() if began(pid) == since)
        until = time.monotonic() + 30
        while others(processes) and time.monotonic() < until:
            time.sleep(0.02)
        assert not others(processes)
        (run,) = (instance.data / "runs").iterdir()
        assert {path.name for path in run.iterdir()} <= NAMES
        if stage == "step":
            instance.ask("PATCH", "/project/settings", {"envVars": {"WAIT": ""}}, mode="live")
        assert finished(place) == usual
    finally:
        instance.close()
