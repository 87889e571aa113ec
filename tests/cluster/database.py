"""A PostgreSQL server on three machines: etcd says who leads, Patroni has PostgreSQL follow it.

A commit is acknowledged when a second machine has it (synchronous_mode), or at once if there is no second one; what is acknowledged
is lost by no change of the leader then.  Times are short, so that a round is."""

from __future__ import annotations

import contextlib
import functools
import json
import re
import shutil
import subprocess
import time
import urllib.request

import installation
import network
import postgres

TTL_S = 6  # a leader that does not say for so long that it is there is one no longer
LOOP_S = 1
ANSWER_S = 2
REINIT_S = 30


class Node(network.Machine):
    def __init__(self, bridge: network.Bridge, number: int) -> None:
        super().__init__(bridge, f"db{number}", number)
        for name in ("etcd", "data"):
            folder = self.folder / name
            folder.mkdir()
            folder.chmod(0o700)
            installation.hand_over(folder)

    def start(self, nodes: list[Node]) -> None:
        self.start_etcd(nodes)
        self.start_patroni(nodes)

    def start_etcd(self, nodes: list[Node]) -> None:
        here = f"http://{self.address}"
        self.spawn(
            "etcd", "--name", self.name, "--data-dir", self.folder / "etcd", "--log-level", "error",
            "--listen-peer-urls", f"{here}:2380", "--initial-advertise-peer-urls", f"{here}:2380",
            "--listen-client-urls", f"{here}:2379,http://127.0.0.1:2379", "--advertise-client-urls", f"{here}:2379",
            "--initial-cluster", ",".join(f"{node.name}=http://{node.address}:2380" for node in nodes),
            "--initial-cluster-state", "new", "--initial-cluster-token", network.MARK, "--heartbeat-interval", "100", "--election-timeout", "1000",
            *(["--enable-v2"] if etcd_section() == "etcd" else []),
        )  # fmt: skip

    def start_patroni(self, nodes: list[Node]) -> None:
        conf = self.folder / "patroni.yml"
        conf.write_text(json.dumps(self.settings(nodes)))  # JSON is YAML as well
        conf.chmod(0o644)
        self.spawn("patroni", conf)

    def settings(self, nodes: list[Node]) -> dict[str, object]:
        anybody = ["local all all trust", f"host all all {network.NET}.0/24 trust", "host all all 127.0.0.1/32 trust",
                   f"host replication all {network.NET}.0/24 trust", "local replication all trust"]  # fmt: skip
        return {
            "scope": "codecourier",
            "name": self.name,
            "restapi": {"listen": f"{self.address}:8008", "connect_address": f"{self.address}:8008"},
            etcd_section(): {"hosts": [f"{node.address}:2379" for node in nodes]},
            "bootstrap": {
                "dcs": {
                    "ttl": TTL_S, "loop_wait": LOOP_S, "retry_timeout": ANSWER_S, "maximum_lag_on_failover": 1 << 20,
                    "master_start_timeout": 0, "synchronous_mode": True, "postgresql": {"use_pg_rewind": True, "use_slots": True},
                },  # fmt: skip
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums", "no-sync"],
                "pg_hba": anybody,
            },
            "postgresql": {
                "listen": f"{self.address}:5432", "connect_address": f"{self.address}:5432", "data_dir": str(self.folder / "data" / "pg"),
                "bin_dir": str(postgres.programs()), "pgpass": str(self.folder / "pgpass"), "pg_hba": anybody,
                "authentication": {"superuser": {"username": "cc", "password": "cc"}, "replication": {"username": "copy", "password": "copy"}},
                "parameters": {"unix_socket_directories": str(self.folder), "max_connections": 100, "fsync": "off", "shared_buffers": "32MB",
                               "wal_sender_timeout": "5s", "wal_receiver_timeout": "5s"},
            },  # fmt: skip
            "watchdog": {"mode": "off"},
        }


@functools.cache
def etcd_section() -> str:
    """Which of etcd's interfaces Patroni uses.  Until 3.0.3 it wrote the leader's key without a condition by the third one: a leader that had stood still took its
    place back from another one, and what that had acknowledged meanwhile was lost (its pull request 2689; the round of the primary's frozen postgres shows it)."""
    said = subprocess.run(["patroni", "--version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(number) for number in re.findall(r"\d+", said)[:3])
    return "etcd" if version < (3, 0, 3) else "etcd3"


def leads(node: Node, timeout: float = 2) -> bool:
    """Does it say so itself?  What the others know may be old."""
    try:
        with urllib.request.urlopen(f"http://{node.address}:8008/primary", timeout=timeout) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class Cluster:
    def __init__(self, bridge: network.Bridge) -> None:
        self.nodes = [Node(bridge, number) for number in (1, 2, 3)]
        for node in self.nodes:
            node.start(self.nodes)

    def address(self, name: str) -> str:
        return f"postgresql://cc@{','.join(f'{node.address}:5432' for node in self.nodes)}/{name}?target_session_attrs=read-write&connect_timeout=2"

    def members(self) -> list[dict[str, object]]:
        """What any of Patroni's programs knows of all of them."""
        for node in self.nodes:
            try:
                with urllib.request.urlopen(f"http://{node.address}:8008/cluster", timeout=2) as answer:
                    return list(json.load(answer)["members"])
            except (OSError, ValueError):
                continue
        return []

    def leader(self) -> Node | None:
        return next((node for node in self.nodes if leads(node)), None)

    def whole(self) -> bool:
        members = self.members()
        roles = sorted(str(member["role"]) for member in members)
        return len(members) == 3 and roles == ["leader", "replica", "sync_standby"] and all(
            member["state"] in ("running", "streaming") and member.get("lag", 0) == 0 or member["role"] == "leader" for member in members
        ) and len({member["timeline"] for member in members}) == 1  # fmt: skip

    def until_whole(self, patience: float = 180) -> None:
        """One that does not find its way back (its own log forks off before the new leader's) gets its data anew, as an operator would do it: `patronictl reinit`."""
        began = time.monotonic()
        helped: set[str] = set()
        while not (self.leader() and self.whole()):
            waited = time.monotonic() - began
            assert waited < patience, f"the database's machines do not find together: {self.members()}"
            for member in self.members() if waited > REINIT_S else []:
                name = str(member["name"])
                if member["role"] != "leader" and member["state"] not in ("running", "streaming") and name not in helped:
                    helped.add(name)
                    self.reinit(next(node for node in self.nodes if node.name == name))
            time.sleep(0.3)

    def reinit(self, node: Node) -> None:
        print(f"    {node.name} gets its data anew", flush=True)
        words = urllib.request.Request(f"http://{node.address}:8008/reinitialize", b'{"force": true}', method="POST")
        with contextlib.suppress(OSError), urllib.request.urlopen(words, timeout=5):
            pass

    def until_known(self, name: str) -> None:
        """A standby that has not heard of it yet refuses a connection, and the next server is not asked."""
        until = time.monotonic() + 60
        for node in self.nodes:
            while self.sql(f"postgresql://cc@{node.address}/postgres", f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") != "1":
                assert time.monotonic() < until, f"{node.name} does not hear of {name}"
                time.sleep(0.1)

    def sql(self, address: str, text: str) -> str:
        done = subprocess.run([postgres.programs() / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", text, address], capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def needs() -> list[str]:
    """Programs that are missing."""
    return [name for name in ("etcd", "patroni", "ip", "setpriv") if not shutil.which(name, path="/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/bin")]
