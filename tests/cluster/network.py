"""Machines of a cluster, as far as the network can tell: namespaces on one bridge, each with programs of its own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "web"))  # installation.py

import installation  # noqa: E402

NET = "10.213.77"
MARK = f"cc{os.getpid()}"


def ip(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert not check or done.returncode == 0, f"ip {' '.join(words)}: {done.stderr.strip()}"
    return done


def why_not() -> str:
    """Why there can be no such network here; "": there can."""
    if os.geteuid() != 0:
        return "it makes network namespaces, which only root may"
    if ip("netns", "add", f"{MARK}try", check=False).returncode != 0:
        return "network namespaces cannot be made here"
    ip("netns", "del", f"{MARK}try")
    if ip("link", "add", f"{MARK}b", "type", "bridge", check=False).returncode != 0:
        return "a bridge cannot be made here"
    ip("link", "del", f"{MARK}b")
    return ""


class Bridge:
    """What connects the machines, this one at .254 included."""

    def __init__(self) -> None:
        self.name = f"{MARK}b"
        self.machines: list[Machine] = []
        ip("link", "add", self.name, "type", "bridge")
        ip("addr", "add", f"{NET}.254/24", "dev", self.name)
        ip("link", "set", self.name, "up")

    def close(self) -> None:
        for machine in self.machines:
            machine.close()
        ip("link", "del", self.name, check=False)


class Machine:
    """One namespace, its folder, and what runs in it.  Programs run under an account without rights."""

    def __init__(self, bridge: Bridge, name: str, number: int) -> None:
        self.bridge, self.name, self.address = bridge, name, f"{NET}.{number}"
        self.space, self.link = f"{MARK}{name}", f"{MARK}v{number}"
        self.folder = installation.private_folder()
        self.processes: list[subprocess.Popen[bytes]] = []
        ip("netns", "add", self.space)
        ip("link", "add", self.link, "type", "veth", "peer", "name", "eth0", "netns", self.space)
        ip("-n", self.space, "addr", "add", f"{self.address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            ip("-n", self.space, "link", "set", device, "up")
        ip("link", "set", self.link, "up")
        self.join()
        bridge.machines.append(self)

    def close(self) -> None:
        self.thaw()
        self.kill()
        ip("link", "del", self.link, check=False)
        ip("netns", "del", self.space, check=False)

    # ---- its programs

    def spawn(self, *words: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        account = installation.unprivileged()
        with (self.folder / f"{Path(words[0]).name}.log").open("ab") as log:
            process = subprocess.Popen(
                ["ip", "netns", "exec", self.space, "setpriv", f"--reuid={account['user']}", f"--regid={account['group']}", "--clear-groups", *map(str, words)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=cwd or self.folder, start_new_session=True,
                env={"PATH": f"{os.environ['PATH']}:/usr/sbin", "HOME": str(self.folder), "LANG": "C.UTF-8"} | (env or {}),
            )  # fmt: skip
        self.processes.append(process)
        return process

    def pids(self, program: str = "") -> list[int]:
        """All that runs there, or what is called so."""
        found = [int(word) for word in ip("netns", "pids", self.space, check=False).stdout.split()]
        return [pid for pid in found if not program or name_of(pid) == program]

    def signal(self, number: int, pids: Sequence[int]) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self, program: str = "") -> None:
        """Until nothing is left: some start others."""
        until = time.monotonic() + 30
        while pids := self.pids(program):
            assert time.monotonic() < until, f"{self.name}: {pids} do not end"
            self.signal(signal.SIGKILL, pids)
            for process in self.processes:
                process.poll()
            time.sleep(0.02)
        self.processes = [process for process in self.processes if process.poll() is None]

    def freeze(self, program: str = "") -> None:
        """Twice, for those that were only just started by others."""
        for _ in range(2):
            self.signal(signal.SIGSTOP, self.pids(program))

    def thaw(self, program: str = "") -> None:
        self.signal(signal.SIGCONT, self.pids(program))

    # ---- its cable

    def join(self) -> None:
        ip("link", "set", self.link, "master", self.bridge.name)

    def part(self) -> None:
        """Nothing gets through, and nobody is told so: its own device stays up."""
        ip("link", "set", self.link, "nomaster")

    def logs(self, lines: int = 60) -> str:
        """The last lines that say something."""
        found = []
        for log in sorted(self.folder.glob("*.log")):
            text = [line for line in log.read_text(errors="replace").splitlines() if not re.search(r"INFO: (no action|Lock owner)|is starting up$", line)]
            found.append("\n".join([f"== {self.name}: {log.name}", *text[-lines:]]))
        return "\n".join(found)


def name_of(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""
