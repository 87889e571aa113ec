"""Web hosts and workers of one instance, each with a data directory of its own."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import clients
import installation
import network
import servers


class Host(network.Machine):
    """The data directory is made on the first of them, and copied to the others as the documentation says."""

    def __init__(self, bridge: network.Bridge, name: str, number: int, address: str, first: Host | None) -> None:
        super().__init__(bridge, name, number)
        self.data = self.folder / "data"
        if first is None:
            installation.command("init", "--data", self.data, "--database", address)
            return
        self.data.mkdir()
        for file in ("codecourier.conf", "codecourier.db-key"):
            shutil.copyfile(first.data / file, self.data / file)
        (self.data / "codecourier.db-key").chmod(0o600)
        installation.hand_over(self.data)

    def start(self) -> None:
        raise NotImplementedError


class Place(servers.LighttpdFastcgi):
    """What lays out a web server's files; it runs on a machine of its own."""

    web = installation.PLAIN_WEB

    def __init__(self, machine: Host) -> None:
        super().__init__()
        shutil.rmtree(self.folder)
        self.folder, self.data, self.port = machine.folder, machine.data, 8080


class Web(Host):
    workers = 6

    def start(self) -> None:
        conf = Place(self).configure("lighttpd-fastcgi.conf", BIND=self.address, WORKERS=self.workers)
        self.spawn(servers.find("lighttpd"), "-D", "-f", conf)

    def until_up(self) -> None:
        until = time.monotonic() + 60
        while clients.ask(self, "GET", "/health", timeout=5).status != 200:
            assert time.monotonic() < until, self.logs()
            time.sleep(0.1)


class Worker(Host):
    def start(self) -> None:
        self.spawn(installation.COMMAND, "work", "--data", self.data)


AGENT = """#!/usr/bin/python3 -IS
import os, time
def say(what):
    file = os.open({path!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.write(file, (what + " " + os.environ["CODECOURIER_RUN"] + "\\n").encode())
    os.close(file)
say("began")
time.sleep(2)
say("ended")
"""


def agent(folder: Path) -> tuple[Path, Path]:
    """A program that writes down that it ran, and where it does."""
    program, ran = folder / "counter", folder / "ran"
    program.write_text(AGENT.format(path=str(ran)))
    program.chmod(0o755)
    ran.touch()
    ran.chmod(0o666)
    return program, ran
