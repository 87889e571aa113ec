"""Machines whose clocks are wrong, on one PostgreSQL server: its clock decides, and what they do together is in order."""

from __future__ import annotations

import datetime
import signal
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import installation
import postgres
from test_postgres import PATIENCE, Host
from test_trouble import asked, everything, get, post, workflow

MINUTES = 10
CLOCKED = installation.within_reach(installation.BUILD / "tests" / "codecourier", "clocked")


class ClockedHost(Host):
    """Its programs go by a clock of its own (tests/engine/clock.c)."""

    web = installation.within_reach(installation.BUILD / "tests" / "codecourier.cgi", "clocked.cgi")
    ahead = 0.0

    def place(self, direct: str) -> tuple[str, str]:
        return direct, "lookMs = 200\nleaseSeconds = 2\nsandbox = off\nagent.slow = /bin/sleep 5\n"

    def start(self) -> None:
        self.clock = self.folder / "clock"
        self.set_clock(self.ahead)
        super().start()

    def set_clock(self, minutes: float) -> None:
        with self.clock.open("r+b" if self.clock.exists() else "wb") as file:
            file.write(struct.pack("qq", int(minutes * 60000), 0))
        self.clock.chmod(0o666)

    def spawn(self, *arguments: str | Path, env: dict[str, str] | None = None, **more: object) -> subprocess.Popen[bytes]:
        return super().spawn(*arguments, env=(env or {}) | {"CC_TEST_CLOCK": str(self.clock)}, **more)

    def work(self) -> subprocess.Popen[bytes]:  # type: ignore[override]
        return self.spawn(CLOCKED, "work", "--data", self.data)

    def doctor(self) -> str:
        return installation.command("doctor", "--data", self.data, check=False, env={"CC_TEST_CLOCK": str(self.clock)}, program=CLOCKED).stdout


class AheadHost(ClockedHost):
    ahead = MINUTES


class BehindHost(ClockedHost):
    ahead = -MINUTES


@pytest.fixture
def hosts() -> Iterator[list[ClockedHost]]:
    made: list[ClockedHost] = []
    try:
        made.append(AheadHost())
        made.append(BehindHost(made[0]))
        yield made
    finally:
        for host in made:
            host.stop()


def from_now(text: str) -> float:
    return (datetime.datetime.fromisoformat(text) - datetime.datetime.now(datetime.UTC)).total_seconds()


def in_minutes(minutes: float) -> str:
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_what_is_made_by_turns_is_listed_in_its_order(hosts: list[ClockedHost]) -> None:
    key = installation.Project(hosts[0].data)("admin")
    made = []
    for number in range(12):
        if number == 6:  # and while they run, both are set to the other's time
            hosts[0].set_clock(-MINUTES)
            hosts[1].set_clock(MINUTES)
        made.append(asked(hosts[number % 2], post("/workflows", key, workflow(f"w{number}")), 201).json["data"])
        time.sleep(0.02)
    ids = [row["id"] for row in made]
    assert ids == sorted(ids)
    assert [row["id"] for row in everything(hosts[0], key, "/workflows") if row["id"] in ids] == ids[::-1]
    assert all(abs(from_now(row["createdAt"])) < 60 for row in made), made


def test_a_time_is_over_for_all_at_once(hosts: list[ClockedHost]) -> None:
    """What ends in half the time by which their clocks differ, and what has ended so long ago."""
    key = installation.Project(hosts[0].data)("admin")
    for host in hosts:
        soon = {"name": "soon", "scopes": ["workflows:read"], "expiresAt": in_minutes(MINUTES / 2)}
        secret = asked(host, post("/project/api-keys", key, soon), 201).json["data"]["key"]
        for asking in hosts:
            asked(asking, get("/whoami", secret), 200)
        asked(host, post("/project/api-keys", key, soon | {"expiresAt": in_minutes(-MINUTES / 2)}), 400)


def test_a_retry_on_another_machine_gets_the_first_answer(hosts: list[ClockedHost]) -> None:
    key = installation.Project(hosts[0].data)("admin")
    for first, second in (hosts, hosts[::-1]):
        request = post("/workflows", key, workflow("once"), Idempotency_Key=f"by {type(first).__name__}")
        assert asked(first, request, 201).body == asked(second, request, 201).body


def run_slowly(host: ClockedHost, key: str) -> str:
    flow = asked(host, post("/workflows", key, {"name": "slow", "steps": [{"role": "custom", "agent": "slow"}]}), 201).json["data"]["id"]
    return str(asked(host, post("/runs", key, {"workflowId": flow}), 201).json["data"]["id"])


def wait_for(host: ClockedHost, key: str, run: str, *statuses: str) -> None:
    until = time.monotonic() + PATIENCE
    while (is_now := asked(host, get(f"/runs/{run}", key), 200).json["data"]["status"]) not in statuses:
        assert time.monotonic() < until, f"{run} is {is_now}: {host.logs()}"
        time.sleep(0.05)


def attempts(host: ClockedHost, run: str) -> str:
    return postgres.server().sql(postgres.address_of(host.data), f"SELECT attempts FROM runs WHERE id = '{run}'")[0][0]


@pytest.mark.parametrize("turn", [1, -1], ids=["by the one ahead", "by the one behind"])
def test_a_lease_is_neither_stolen_nor_held_for_ever(hosts: list[ClockedHost], turn: int) -> None:
    here, there = hosts[::turn]
    key = installation.Project(here.data)("admin")
    worker = here.work()
    held = run_slowly(here, key)
    wait_for(here, key, held, "running")
    there.work()  # and the run takes longer than two leases
    wait_for(there, key, held, "completed")
    assert attempts(here, held) == "0"

    there.processes[-1].send_signal(signal.SIGSTOP)
    lost = run_slowly(here, key)
    wait_for(here, key, lost, "running")
    worker.kill()
    there.processes[-1].send_signal(signal.SIGCONT)
    wait_for(there, key, lost, "completed")
    assert attempts(here, lost) == "1"


def test_doctor_says_by_how_much(hosts: list[ClockedHost]) -> None:
    ahead, behind = (host.doctor() for host in hosts)
    assert "clock: it is 600 seconds ahead of the one of the PostgreSQL server" in ahead, ahead
    assert "clock: it is 600 seconds behind the one of the PostgreSQL server" in behind, behind
    hosts[0].set_clock(0)
    assert "clock: it agrees with the server's" in hosts[0].doctor()
    key = installation.Project(hosts[0].data)("admin")
    assert "CLOCK_DIFFERS" in {problem["code"] for problem in hosts[1].send(get("/health", key)).json["data"].get("problems", [])}
