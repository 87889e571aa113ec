"""The whole of it on a cluster of three PostgreSQL servers, two web hosts and three workers, whose parts are killed, frozen and cut off.

    tests/cluster/run.py [--rounds N] [--first N]      `make test-cluster ROUNDS=N` builds what it needs

Each machine is a network namespace.  In each round one part is hurt while clients write, read and follow; they go on while it is hurt,
then it is healed, and when all are together again everything is looked at:

- what was acknowledged is there exactly once, and nothing else is (a primary that wakes and has been followed by another one may still
  be asked for a moment, for there is no watchdog here: what it does not know yet has to be there when it is asked for again)
- a repeated request with the same Idempotency-Key gets the first answer
- each run was executed once, and no step twice unless it is said to be a further attempt
- no walk through a list skips or repeats a row
- who follows the project's changes hears each of them, once and in order
- an answer that is none says 503 with Retry-After, and nothing of it was done
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE.parent / "web")]

import clients  # noqa: E402
import database  # noqa: E402
import hosts  # noqa: E402
import installation  # noqa: E402
import network  # noqa: E402

CALM_S = 2.0  # before something is hurt, and after it was healed
HURT_S = 6.0  # at least
WORKER_S = 20.0  # a worker that is hurt loses its lease, and another one takes its runs
SETTINGS = """
rateLimit = 0
projectRateLimit = 0
sandbox = off
leaseSeconds = 6
runsAtOnce = 50
runsPerProject = 50
agent.counter = {agent} {{prompt}}
"""

# What is hurt and how, in the order of rounds; then it begins again.
ROUNDS = [
    ("primary", "kill"), ("primary", "freeze"), ("worker", "kill"), ("primary", "cut"), ("replica", "freeze"), ("etcd", "kill"), ("web", "cut"),
    ("primary's postgres", "kill"), ("replica", "kill"), ("worker", "freeze"), ("web", "freeze"), ("primary's postgres", "freeze"), ("replica", "cut"),
    ("etcd", "freeze"), ("worker", "cut"), ("web", "kill"),
]  # fmt: skip


@dataclass
class Hurt:
    machine: network.Machine
    program: str  # "": all of it
    how: str
    again: Callable[[], object]  # start what was killed

    def strike(self) -> None:
        if self.how == "kill":
            self.machine.kill(self.program)
        elif self.how == "freeze":
            self.machine.freeze(self.program)
        else:
            self.machine.part()

    def heal(self) -> None:
        if self.how == "kill":
            self.again()
        elif self.how == "freeze":
            self.machine.thaw(self.program)
        else:
            self.machine.join()


class Installation:
    def __init__(self, bridge: network.Bridge) -> None:
        self.cluster = database.Cluster(bridge)
        self.cluster.until_whole()
        self.cluster.sql(self.cluster.address("postgres"), "CREATE DATABASE codecourier ENCODING 'UTF8' TEMPLATE template0")
        address = self.cluster.address("codecourier")
        self.cluster.until_known("codecourier")
        program, ran = hosts.agent(installation.private_folder())
        first = hosts.Web(bridge, "web1", 11, address, None)
        with (first.data / "codecourier.conf").open("a") as conf:
            conf.write(SETTINGS.format(agent=program))
        self.webs = [first, hosts.Web(bridge, "web2", 12, address, first)]
        self.workers = [hosts.Worker(bridge, f"work{number}", 20 + number, address, first) for number in (1, 2, 3)]
        for host in [*self.webs, *self.workers]:
            host.start()
        for web in self.webs:
            web.until_up()
        key = installation.Project(first.data)("admin")
        self.load = clients.Load(list(self.webs), key, ran)
        flow, _ = self.load.until_answered(0, "POST", "/workflows", {"name": "flow", "steps": [{"role": "custom", "agent": "counter"}]})
        assert flow.status == 201, flow
        self.load.flow = str(flow.body["data"]["id"])

    def hurt(self, part: str, how: str, number: int) -> Hurt:
        nodes = self.cluster.nodes
        leader = self.cluster.leader()
        assert leader
        followers = [node for node in nodes if node is not leader]
        node = followers[number % 2]
        if part == "primary":
            return Hurt(leader, "", how, lambda: leader.start(nodes))
        if part == "primary's postgres":
            return Hurt(leader, "postgres", how, lambda: None)  # Patroni starts it
        if part == "replica":
            return Hurt(node, "", how, lambda: node.start(nodes))
        if part == "etcd":
            return Hurt(node, "etcd", how, lambda: node.start_etcd(nodes))
        host = (self.webs if part == "web" else self.workers)[number % 2]
        return Hurt(host, "", how, host.start)

    def led_again(self, before: network.Machine, since: float, spent: list[float]) -> None:
        """How long it takes until Patroni has another leader."""
        while not spent and time.monotonic() < since + clients.PATIENCE:
            if any(database.leads(node, 0.5) for node in self.cluster.nodes if node is not before):
                spent.append(time.monotonic() - since)
            time.sleep(0.05)

    def first_after(self, web: network.Machine, since: float) -> float | None:
        """When this host first acknowledged a write that was asked for after that."""
        with self.load.lock:
            found = [answered for name, asked, answered in self.load.done if name == web.name and asked > since]
        return min(found) - since if found else None

    def round(self, number: int) -> list[str]:
        part, how = ROUNDS[(number - 1) % len(ROUNDS)]
        load = self.load
        spent: list[float] = []
        load.wrongs.clear()
        load.statuses.clear()
        load.woken = part.startswith("primary") and how == "freeze"
        load.begin()
        time.sleep(CALM_S)
        hurt = self.hurt(part, how, number)
        since = time.monotonic()
        hurt.strike()
        struck = time.monotonic()
        if part == "primary":
            threading.Thread(target=self.led_again, args=(hurt.machine, struck, spent), daemon=True).start()
        self.go_on(hurt, since)
        hurt.heal()
        self.cluster.until_whole()
        for web in self.webs:
            web.until_up()
        time.sleep(CALM_S)
        times = [f"{web.name} {first:.1f} s" for web in self.webs if (first := self.first_after(web, struck)) is not None]
        load.end()
        patroni = f"another primary after {spent[0]:.1f} s, " if spent else ""
        print(f"round {number}, {how} {part} ({hurt.machine.name}): {patroni}first write after {', '.join(times)}; in all {len(load.names)} writes, {len(load.runs)} runs "
              f"and {sum(load.further.values())} further attempts; "
              f"answers: {', '.join(f'{count} {what}' for what, count in sorted(load.statuses.items()))}", flush=True)  # fmt: skip
        for wrong in load.wrongs[:20]:
            print(f"    WRONG: {wrong}", flush=True)
        return list(load.wrongs)

    def go_on(self, hurt: Hurt, since: float) -> None:
        """It stays hurt until every other host has acknowledged a write that was asked for since."""
        least = since + (WORKER_S if hurt.machine in self.workers else HURT_S)
        until = since + clients.PATIENCE
        others = [web for web in self.webs if web is not hurt.machine]
        while time.monotonic() < least or any(self.first_after(web, since + 0.5) is None for web in others):
            if time.monotonic() > until:
                self.load.wrong(f"no write gets through while that lasts: {[web.name for web in others if self.first_after(web, since + 0.5) is None]}")
                return
            time.sleep(0.1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--first", type=int, default=1, help="the number of the first one")
    options = parser.parse_args()
    if why := network.why_not():
        print(f"test-cluster: skipped, for {why}.")
        return 0
    if missing := database.needs():
        print(f"test-cluster: {', '.join(missing)} is missing: tests/packages cluster")
        return 1
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit("test-cluster: ended before its time"))
    bridge, place = network.Bridge(), None
    try:
        began = time.monotonic()
        place = Installation(bridge)
        print(f"three servers, two web hosts, three workers: up after {time.monotonic() - began:.0f} s", flush=True)
        for number in range(options.first, options.first + options.rounds):
            if place.round(number):
                print(f"test-cluster: round {number} failed; what is lost stays lost, so it ends here")
                return 1
    except Exception:
        for machine in bridge.machines:
            print(machine.logs())
        raise
    finally:
        if place:
            place.load.writing = place.load.following = False
        bridge.close()
    print(f"test-cluster: {options.rounds} {'round' if options.rounds == 1 else 'rounds'} passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
