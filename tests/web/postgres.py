"""A PostgreSQL of the tests' own: in a folder below /tmp, on a Unix socket, ended with the tests."""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import installation

numbers = itertools.count(1)


def programs() -> Path:
    """The distribution keeps them away from PATH, one folder for each version."""
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))


class Server:
    def __init__(self) -> None:
        self.folder = installation.private_folder()
        self.data = self.folder / "data"
        self.run("initdb", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--username=cc", "--auth=trust", "-D", self.data)
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nmax_connections = 200\nfsync = off\n")
        self.start()
        atexit.register(self.stop)

    def run(self, program: str, *arguments: str | Path, check: bool = True, **options: Any) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([programs() / program, *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, **options, **installation.unprivileged())  # fmt: skip
        assert not check or done.returncode == 0, f"{program}: {done.stdout}"
        return done

    def start(self) -> None:
        # Its own output goes to a file: with a pipe, pg_ctl would not be seen to end while the server runs.
        with (self.folder / "start.log").open("w") as log:
            subprocess.run([programs() / "pg_ctl", "start", "-w", "-t", "60", "-D", self.data, "-l", self.folder / "log"], cwd=self.folder,
                           stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True, **installation.unprivileged())  # type: ignore[call-overload]  # fmt: skip

    def stop(self, mode: str = "immediate") -> None:
        self.run("pg_ctl", "stop", "-w", "-m", mode, "-D", self.data, check=False)

    def new_database(self, *options: str) -> str:
        """The address of an empty one."""
        name = f"cc{next(numbers)}"
        self.run("createdb", "-h", self.folder, "-U", "cc", *options, name)
        return f"postgresql://cc@/{name}?host={self.folder}"

    def sql(self, address: str, text: str) -> list[list[str]]:
        """What psql says to it: rows of texts."""
        done = subprocess.run([programs() / "psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", text, address], capture_output=True,
                              text=True, cwd=self.folder, **installation.unprivileged())  # type: ignore[call-overload]  # fmt: skip
        assert done.returncode == 0, done.stderr
        return [line.split("\t") for line in done.stdout.splitlines()]


@functools.cache
def server() -> Server:
    """One for all tests of this process."""
    return Server()


class Pooler:
    """PgBouncer in its transaction mode in front of such a server.  Each transaction gets the connection that was idle longest, so that two of one client
    have seldom the same."""

    def __init__(self, before: Server) -> None:
        self.folder = installation.private_folder()
        users, conf = self.folder / "users.txt", self.folder / "pgbouncer.ini"
        users.write_text('"cc" ""\n')
        conf.write_text(
            f"[databases]\n* = host={before.folder}\n[pgbouncer]\npool_mode = transaction\nserver_round_robin = 1\ndefault_pool_size = 6\nmax_client_conn = 400\n"
            f"listen_addr =\nunix_socket_dir = {self.folder}\nlogfile = {self.folder}/log\npidfile = {self.folder}/pid\nauth_type = trust\nauth_file = {users}\n"
        )
        program = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        assert program, "pgbouncer is not installed: tests/packages test"
        self.process = subprocess.Popen([program, "-q", conf], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        **installation.unprivileged())  # type: ignore[call-overload]  # fmt: skip
        atexit.register(self.stop)
        until = time.monotonic() + 30
        while not list(self.folder.glob(".s.PGSQL.*")):
            assert self.process.poll() is None and time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def address(self, direct: str) -> str:
        """Of the same database, but by the pooler."""
        return re.sub(r"host=.*", f"host={self.folder}&port=6432", direct)


@functools.cache
def pooler() -> Pooler:
    """In front of the one for all tests."""
    return Pooler(server())


def address_of(data: Path, setting: str = "database") -> str:
    """Where that data directory's settings say its database is; "": beside them."""
    settings = data / "codecourier.conf"
    found = re.search(rf"^{setting} = (\S+)$", settings.read_text(encoding="utf-8"), re.MULTILINE) if settings.exists() else None
    return found[1] if found else ""
