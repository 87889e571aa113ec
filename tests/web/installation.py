"""The installation a transcript plays in: a data directory, and projects and keys in it, made by the `codecourier` command."""

from __future__ import annotations

import atexit
import itertools
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import zlib
from pathlib import Path

import storage

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("CC_BUILD", ROOT / "build")).resolve()

# What the tests make is for an account without rights, whatever umask they were started with.
os.umask(0o022)


def unprivileged() -> dict[str, object]:
    """What subprocess needs to give up root: everything the tests start runs under an account without rights."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def private_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="cc-", dir="/tmp"))
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def hand_over(folder: Path) -> None:
    """To the account that everything here runs under, with all that is in it."""
    account = unprivileged()
    for path in (folder, *folder.rglob("*")) if account else ():
        os.chown(path, account["user"], account["group"], follow_symlinks=False)  # type: ignore[arg-type]


def within_reach(program: Path, name: str = "") -> Path:
    """The program where that account can run it, wherever this checkout lies."""
    if os.geteuid() != 0 or not program.exists():
        return program
    reached = PROGRAMS / (name or program.name)
    shutil.copyfile(program, reached)
    reached.chmod(0o755)
    return reached


def copy_for_all(files: Path, to: Path) -> None:
    """A copy of that directory which any account may read, whatever the modes in this checkout."""
    to.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-R", "--no-preserve=mode", f"{files}/.", to], check=True)


PROGRAMS = private_folder()
COMMAND = within_reach(BUILD / "codecourier")
WEB = within_reach(BUILD / "codecourier.cgi")
PLAY = within_reach(BUILD / "tests" / "play")

# What only prepares a test, or is behind a web server whose way with programs is what is tried: without sanitizers, which make
# each start four times as long.  The same code runs sanitized in Core, Cgi, Fastcgi, Serve and LighttpdFastcgi.
PLAIN = BUILD.parent if BUILD.name.startswith("san-") and (BUILD.parent / "codecourier.cgi").exists() else BUILD
HELPER = within_reach(PLAIN / "codecourier", "helper")
PLAIN_WEB = within_reach(PLAIN / "codecourier.cgi", "plain.cgi")

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
counter = itertools.count(1)


def command(*arguments: str | Path, check: bool = True, env: dict[str, str] | None = None, program: Path = COMMAND) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60, cwd="/",
                          env=os.environ | {"LC_ALL": "C.UTF-8"} | (env or {}), **unprivileged())  # type: ignore[call-overload]  # fmt: skip
    if check and done.returncode != 0:
        raise AssertionError(f"codecourier {' '.join(map(str, arguments))} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done


SCOPES: list[str] = json.loads(command("openapi", "--inline").stdout)["components"]["schemas"]["apiKey"]["properties"]["scopes"]["items"]["enum"]
READ = [scope for scope in SCOPES if scope.endswith(":read")]
WRITE = [scope for scope in SCOPES if scope.endswith(":write")]

KEYS: dict[str, list[str]] = {
    "quickstart": ["projects:read", "workflows:read", "runs:read"],
    "admin": [*WRITE, "analytics:read", "audit:read"],
    "admin_too": [*WRITE, "analytics:read", "audit:read"],
    "reader": READ,
    "starter": ["runs:write"],
    "canceller": ["runs:cancel"],
    "keymaker": ["keys:write", "audit:read"],
    "auditor": ["audit:read"],
    "test": [*WRITE, "analytics:read", "audit:read"],
    "expired": READ,
    "revoked": READ,
    "network": READ,
    "slow": READ,
}


def with_checksum(text: str) -> str:
    """A key's 40 characters, then the six that CRC32 gives over them (contract section 2)."""
    rest, digits = zlib.crc32(text.encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, 62)
        digits = BASE62[digit] + digits
    return text + digits


METRICS_TOKEN = "a-token-for-metrics"


def settings(data: Path, *lines: str) -> None:
    """More of them, before anything is started that reads them."""
    with (data / "codecourier.conf").open("a") as conf:
        conf.write("".join(f"{line}\n" for line in lines))
    hand_over(data)


def new_data(folder: Path) -> Path:
    data = folder / "data"
    command("init", "--data", data)
    return data


class Project:
    """One project of a data directory; its keys and its owner are made when a transcript first names them."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.values: dict[str, str] = {}
        self.id = self.another_project()

    def another_project(self) -> str:
        made = command("project", "create", "--data", self.data, "--examples",
                       "--name", f"Project {os.getpid()} {next(counter)}", "--json", program=HELPER)  # fmt: skip
        return str(json.loads(made.stdout)["id"])

    def key(self, name: str, scopes: list[str], *options: str, project: str | None = None) -> str:
        made = command("key", "create", "--data", self.data, "--project", project or self.id, "--name", name,
                       "--scopes", ",".join(scopes), "--quiet", *options, program=HELPER)  # fmt: skip
        return made.stdout.strip()

    def __call__(self, name: str) -> str:
        if name not in self.values:
            self.values[name] = self.make(name)
        return self.values[name]

    def make(self, name: str) -> str:
        if name == "other_project" or name.startswith("doomed"):
            return self.key("admin", KEYS["admin"], project=self.another_project())
        if name.startswith("guest"):  # somebody without an account
            return f"{name}-{os.getpid()}-{next(counter)}@example.com"
        if name in ("owner", "owner_password"):
            self.values["owner"] = f"owner-{os.getpid()}-{next(counter)}@example.com"
            self.values["owner_password"] = command("user", "add", "--data", self.data, "--project", self.id, "--role", "owner",
                                                    "--email", self.values["owner"], "--quiet", program=HELPER).stdout.strip()  # fmt: skip
            return self.values[name]
        if name == "metrics_token":
            return METRICS_TOKEN
        if name == "unknown":
            return with_checksum("cc_live_" + "0123456789abcdefghijABCDEFGHIJ01")
        if name == "misspelt":
            key = self("quickstart")
            return key[:-1] + ("0" if key[-1] != "0" else "1")
        scopes = KEYS[name]
        if name == "test":
            return self.key(name, scopes, "--mode", "test")
        if name == "network":
            return self.key(name, scopes, "--networks", "192.0.2.0/24,2001:db8::/32")
        if name == "slow":
            return self.key(name, scopes, "--rate-limit", "6")
        key = self.key(name, scopes)
        if name == "expired":
            self.expire(name)
        if name == "revoked":
            listed = json.loads(command("key", "list", "--data", self.data, "--project", self.id, "--json").stdout)
            rows = listed["data"] if isinstance(listed, dict) else listed
            (identity,) = [row["id"] for row in rows if row["name"] == "revoked"]
            command("key", "revoke", "--data", self.data, "--project", self.id, identity)
        return key

    def expire(self, name: str) -> None:
        """As if the key had been made for a time that is over.  (That time goes by in tests/py/test_transcripts.py.)"""
        with storage.connect(self.data) as database:
            changed = database.execute(
                "UPDATE api_keys SET expires_at = created_at - 1 WHERE project_id = ? AND name = ?", (self.id, name)
            ).rowcount
        database.close()
        assert changed == 1, f"no key {name}"

    def set_run(self, run: str, status: str) -> None:
        set_run(self.data, run, status)


def set_run(data: Path, run: str, status: str) -> None:
    """Do to a run what a worker does."""
    now = int(time.time() * 1000)
    with storage.connect(data, timeout=10) as database:
        changed = database.execute(
            "UPDATE runs SET status = ?, version = version + 1, started_at = coalesce(started_at, ?), finished_at = ? WHERE id = ?",
            (status, now, now if status in ("completed", "failed", "cancelled") else None, run),
        ).rowcount
    database.close()
    assert changed == 1, f"no run {run}"
