"""A database as a build of another day made it, as text: make.py BUILD FILE.sql

Run it with a build of the commit whose schema is to be kept, once; test_older.py opens what it wrote with the programs of today.
What is in there: a project with a person, keys, settings, a workflow, runs of both modes, a schedule, a chain and their audit log.
"""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))

from known import KEY_FILE, REPOSITORY  # noqa: E402

SCOPES = "runs:write,workflows:write,personas:write,projects:write,issues:write,schedules:write,keys:write,audit:read"
AGENT = """#!/bin/sh
echo "I have read it"
[ ! -e a.txt ] || echo two >>a.txt
[ -z "$CC_ARTIFACTS" ] || echo kept >"$CC_ARTIFACTS/note.txt"
case $0 in *fails) echo "no good" >&2; exit 3 ;; esac
"""


def main(build: Path, out: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data"
        make(build, folder, data)
        out.write_text(dump(folder, data / "codecourier.db"), encoding="utf-8")


def make(build: Path, folder: Path, data: Path) -> None:
    def command(*words: str) -> str:
        return subprocess.run([build / "codecourier", *words], check=True, stdout=subprocess.PIPE, text=True, cwd=folder).stdout.strip()

    def ask(method: str, path: str, key: str, body: object = None) -> dict[str, str]:
        text = b"" if body is None else json.dumps(body).encode()
        variables = {
            "CODECOURIER_DATA": str(data), "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": method, "REQUEST_URI": "/api/v1" + path,
            "HTTP_AUTHORIZATION": "Bearer " + key, "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(text)),
        }  # fmt: skip
        done = subprocess.run([build / "codecourier.cgi"], env=os.environ | variables, input=text, capture_output=True, check=True)
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        assert head.startswith(b"Status: 20"), done.stdout
        data_of: dict[str, str] = json.loads(answer)["data"] if answer else {}
        return data_of

    remote, source = folder / "remote.git", folder / "source"
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", remote], check=True)
    subprocess.run(["git", "init", "--quiet", "-b", "main", source], check=True)
    (source / "a.txt").write_text("one\n")
    for words in (["add", "."], ["commit", "--quiet", "-m", "first"], ["push", "--quiet", str(remote), "main"]):
        subprocess.run([*git, *words], cwd=source, check=True)
    for name in ("agent", "fails"):
        (folder / name).write_text(AGENT)
        (folder / name).chmod(0o755)

    command("init", "--data", str(data))
    (data / "codecourier.db-key").write_bytes(KEY_FILE)
    warm = "cgiKeepWarm = 0\n" if "cgiKeepWarm" in command("help", "settings") else ""
    (data / "codecourier.conf").write_text(f"agent.agent = {folder}/agent {{prompt}}\nagent.fails = {folder}/fails {{prompt}}\nsandbox = off\n{warm}localRepositories = {folder}\n")
    live, test, gone = (command("key", "create", "--data", str(data), "--name", name, "--scopes", SCOPES, "--mode", mode, "--quiet")
                        for name, mode in (("live", "live"), ("test", "test"), ("gone", "live")))  # fmt: skip
    mine = ask("GET", "/whoami", gone)["keyId"]
    ask("DELETE", f"/project/api-keys/{mine}", live)
    ask("PATCH", "/project/settings", live, {"envVars": {"TOKEN": "sealed-by-an-older-program-1"}})
    flow = ask("POST", "/workflows", live, {"name": "Straße", "steps": [{"role": "custom", "agent": "agent"}]})["id"]
    fails = ask("POST", "/workflows", live, {"name": "Fails", "steps": [{"role": "custom", "agent": "fails"}]})["id"]
    ask("POST", "/personas", live, {"name": "Ada", "type": "custom"})
    ask("POST", "/issues", live, {"title": "Fix it"})
    ask("POST", "/schedules", live, {"name": "Nightly", "workflowId": flow, "frequency": "daily", "hour": 3})
    ask("POST", "/chains", test, {"name": "Sprint", "source": "sprint", "workflowId": flow, "runCount": 2})
    ask("POST", "/runs", test, {"workflowId": flow})
    ask("POST", "/runs", live, {"workflowId": flow, "githubRepoUrl": str(remote), "name": "Change"})
    ask("POST", "/runs", live, {"workflowId": fails})
    subprocess.run([build / "codecourier", "work", "--data", data, "--drain"], check=True, stderr=subprocess.DEVNULL)
    ask("POST", "/runs", live, {"workflowId": flow, "name": "Waiting"})
    (folder / "keys").write_text(f"{live} {test} {gone}")


def dump(folder: Path, path: Path) -> str:
    """Without what is this machine's."""
    with sqlite3.connect(path) as database:
        version, = database.execute("PRAGMA user_version").fetchone()
        lines = [f"-- keys: {(folder / 'keys').read_text()}", "-- They are this text's alone: it was written by make.py.", f"PRAGMA user_version = {version};"]
        lines += database.iterdump()
    text = "\n".join(lines) + "\n"
    text = text.replace(str(folder / "remote.git"), REPOSITORY).replace(str(folder), "/srv/courier")
    text = re.sub(rf"'{re.escape(socket.gethostname())}(:[^']*)?'", r"'worker.example.org\1'", text)
    assert socket.gethostname() not in text and str(Path.home()) not in text
    return text


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
