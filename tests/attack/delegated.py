"""Limits where systemd gives a worker a part of the cgroup tree: of codecourier-work.service, of scopes, and of nothing.

These change the machine's units and want systemd as process 1, so they run in a machine of their own: tests/machine makes it, and
says how.  They are what `make test` cannot have, which runs in containers too.
"""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from place import Place
from test_attack import judged, wrong_end

TREE = Path("/sys/fs/cgroup")
ACCOUNT = pwd.getpwnam("codecourier")
SCOPE = ["systemd-run", "--scope", "--quiet"]
DELEGATED = ["-p", "Delegate=yes"]
LIMITS = {"agentMemoryMb": 200, "agentProcesses": 60, "agentCpuSeconds": 20, "slots": 2, "leaseSeconds": 20}
GREED = ("memory", "memory-of-many", "shared", "memory-file", "forks", "processor")
LATE_S = 120  # a worker that does nothing looks at what is left once in a while
PATIENCE_S = 240  # the machine may be an emulated one


def has(unit: str, name: str, *of: str) -> str:
    return subprocess.run(["systemctl", *of, "show", "-P", name, unit], capture_output=True, text=True, check=True).stdout.strip()


def soon(what: Callable[[], object], seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


class Worker(Place):
    """An instance whose worker is there all the time, and is started by somebody else."""

    parent = "/var/lib"  # units have a /var/tmp of their own
    tools = "/usr/local/lib"

    def __init__(self, uid: int | None, starter: list[str]) -> None:
        super().__init__(uid, **LIMITS)
        self.environment |= {"XDG_RUNTIME_DIR": f"/run/user/{ACCOUNT.pw_uid}"}
        self.starter = starter
        self.begin_work()

    def begin_work(self) -> None:
        self.worker()

    def pid(self) -> int:
        """Of the worker that is there now."""
        worker = self.workers[-1]
        assert worker.poll() is None, self.log_text()
        return worker.pid

    def drain(self) -> None:
        """It works all the time anyway."""
        assert soon(lambda: not self.sql("SELECT 1 FROM runs WHERE finished_at IS NULL"), PATIENCE_S), self.log_text()

    def cgroup(self) -> Path:
        """What the worker was given, or is in."""
        path = TREE / Path(f"/proc/{self.pid()}/cgroup").read_text().split("0::/")[1].strip()
        return path.parent if path.name == "codecourier-worker" else path

    def steps_there(self) -> list[Path]:
        return sorted(self.cgroup().glob("step-*"))

    def processes(self) -> list[int]:
        """Who is in its cgroup, and below."""
        found = [int(pid) for path in self.cgroup().rglob("cgroup.procs") for pid in path.read_text().split()]
        return sorted(found)


class Unit(Worker):
    """The one that is shipped, adapted to where this instance lies."""

    def begin_work(self) -> None:
        self.name = f"cc-{self.folder.name[-8:].lower()}.service"
        text = (Path(__file__).resolve().parents[2] / "cgi" / "conf" / "codecourier-work.service").read_text()
        for said, here in (("/usr/local/bin/codecourier", f"{self.programs}/codecourier"), ("/var/lib/codecourier", str(self.data)),
                           ("StateDirectory=codecourier", f"StateDirectory={self.data.relative_to('/var/lib')}")):  # fmt: skip
            assert said in text
            text = text.replace(said, here)
        Path("/run/systemd/system", self.name).write_text(text)
        subprocess.run(["systemctl", "daemon-reload"], check=True)
        subprocess.run(["systemctl", "start", self.name], check=True)

    def pid(self) -> int:
        assert soon(lambda: has(self.name, "ActiveState") == "active"), self.log_text()
        return int(has(self.name, "MainPID"))

    def log_text(self) -> str:
        return subprocess.run(["journalctl", "-q", "-o", "cat", "-u", self.name], capture_output=True, text=True, check=True).stdout

    def close(self) -> None:
        subprocess.run(["systemctl", "stop", self.name], check=True)
        Path("/run/systemd/system", self.name).unlink()
        super().close()


def unit() -> Worker:
    return Unit(ACCOUNT.pw_uid, [])


def account_scope() -> Worker:
    return Worker(ACCOUNT.pw_uid, [SCOPE[0], "--user", *SCOPE[1:], *DELEGATED])


def root_scope() -> Worker:
    return Worker(None, [*SCOPE, *DELEGATED])


def account_alone() -> Worker:
    return Worker(ACCOUNT.pw_uid, [])


def root_alone() -> Worker:
    return Worker(None, [])


GIVEN = [unit, account_scope, root_scope]
ALONE = [account_alone, root_alone]


@pytest.fixture(scope="module", params=[*GIVEN, *ALONE], ids=lambda make: make.__name__)
def place(request: pytest.FixtureRequest) -> Iterator[Worker]:
    made = request.param()
    made.is_given = request.param in GIVEN
    try:
        yield made
    finally:
        made.close()


def test_doctor_and_log_say_what_is_in_force(place: Worker) -> None:
    """Asked by root in a shell, which has another cgroup than the worker."""
    assert soon(lambda: place.sql("SELECT 1 FROM workers")), place.log_text()
    said = subprocess.run([place.programs / "codecourier", "doctor", "--data", place.data], capture_output=True, text=True).stdout
    (line,) = [line for line in said.splitlines() if "limits of agents" in line]
    print(line)
    assert ("by cgroup (memory, processes)" in line) == place.is_given, said
    assert ("not enforced for a step" in place.log_text()) != place.is_given


def test_greed_ends_with_a_reason_and_the_worker_lives(place: Worker) -> None:
    before = place.pid()
    runs = {}
    for way in GREED:
        key = place.project(way)
        runs[way] = key, place.begin("glutton", f"way={way} .", key)
    place.drain()
    wrong = [said for said in (wrong_end(place, way, *run) for way, run in runs.items()) if said] + place.harm()
    assert not wrong, "\n".join([*wrong, place.log_text()[-2000:]])
    assert place.pid() == before
    assert soon(lambda: not place.steps_there(), LATE_S), place.steps_there()


def staying(place: Worker) -> str:
    """A run whose agent is there until it is ended, and at work."""
    run = place.begin("glutton", "way=stay .", "live")
    place.until(run, '"got": 0', "live", seconds=PATIENCE_S)
    return run


def taken_up(place: Worker, worker: int) -> bool:
    """Does a step of this worker have a cgroup, with an agent in it?"""
    return any((step / "cgroup.procs").read_text() for step in place.steps_there() if step.name.startswith(f"step-{worker}-"))


def end(place: Worker, run: str) -> None:
    place.ask("POST", f"/runs/{run}/cancel", {}, mode="live")
    assert soon(lambda: place.run(run, "live")["status"] == "cancelled", PATIENCE_S), place.log_text()
    assert soon(lambda: not place.steps_there(), LATE_S), place.steps_there()


def test_a_step_has_a_cgroup_of_its_own_as_long_as_it_lasts(place: Worker) -> None:
    run = staying(place)
    if not place.is_given:
        assert not place.steps_there() and place.pid() in place.processes()
        return end(place, run)
    (step,) = place.steps_there()
    held = {name: (step / name).read_text().strip() for name in ("memory.max", "memory.oom.group", "pids.max")}
    assert held == {"memory.max": str(200 << 20), "memory.oom.group": "1", "pids.max": "60"}
    worker = (place.cgroup() / "codecourier-worker" / "cgroup.procs").read_text().split()
    inside = (step / "cgroup.procs").read_text().split()
    assert str(place.pid()) in worker and not set(inside) & set(worker) and inside
    assert not (place.cgroup() / "cgroup.procs").read_text()
    end(place, run)


def test_a_killed_worker_leaves_nothing_and_the_next_one_goes_on(place: Worker) -> None:
    run, killed = staying(place), place.pid()
    mine, cgroup = place.processes(), place.cgroup()
    os.kill(killed, signal.SIGKILL)
    if not isinstance(place, Unit):
        place.workers[-1].wait()
        if place.is_given:
            assert soon(lambda: not any(Path(f"/proc/{pid}").exists() for pid in mine)), mine
            assert soon(lambda: not cgroup.exists())  # and its scope with it
        place.begin_work()
    else:
        assert soon(lambda: place.pid() != killed)
    if place.is_given:
        assert soon(lambda: taken_up(place, place.pid()), PATIENCE_S), place.log_text()
        assert [step.name.split("-")[1] for step in place.steps_there()] == [str(place.pid())]
    end(place, run)


def test_no_attempt_gets_through(place: Worker) -> None:
    ended, lines = place.attack("hostile")
    through = [f"{one['attempt']}: {one['through']}" for one in judged(lines) if one["through"]]
    harm = place.harm()
    assert not through and not harm, "\n".join([*through, *harm, f"{ended['status']} {ended['error']}", place.log_text()[-2000:]])
    assert ended["status"] == "completed", ended


# ---- scopes of other kinds


def test_who_starts_workers_again_is_in_the_scope_too_and_leftovers_go() -> None:
    """As `serve` does, and a shell."""
    place = Worker(ACCOUNT.pw_uid, [SCOPE[0], "--user", *SCOPE[1:], *DELEGATED, "sh", "-c", 'while ! "$@"; do :; done', "sh"])

    def worker() -> int:
        return int(subprocess.run(["pgrep", "-P", str(place.pid()), "codecourier"], capture_output=True, text=True).stdout or 0)

    run = staying(place)
    try:
        assert soon(worker) and soon(lambda: taken_up(place, worker()), PATIENCE_S), place.log_text()
        killed = worker()
        os.kill(killed, signal.SIGKILL)
        assert soon(lambda: worker() not in (0, killed)) and soon(lambda: taken_up(place, worker()), PATIENCE_S), place.log_text()
        assert [step.name.split("-")[1] for step in place.steps_there()] == [str(worker())]
        end(place, run)
    finally:
        for pid in [place.pid(), *place.processes()]:
            os.kill(pid, signal.SIGKILL)
        place.close()


def test_what_was_not_delegated_is_left_as_it_is() -> None:
    place = Worker(None, SCOPE)
    try:
        assert soon(lambda: "not enforced for a step" in place.log_text() or place.steps_there() or place.sql("SELECT 1 FROM workers")), place.log_text()
        assert "was given no cgroup" in place.log_text()
        assert [path for path in place.cgroup().iterdir() if path.is_dir()] == [] and place.pid() in place.processes()
    finally:
        place.close()
