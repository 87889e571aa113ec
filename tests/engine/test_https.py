"""Cloning and pushing over HTTP with a token: git's own server behind Basic authentication, and nobody else sees the token."""

from __future__ import annotations

import base64
import http.server
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from instance import Instance
from test_stages import git

TOKEN = "ghp_0123456789abcdefghijklmnopqrstuvwxyz"
PAIR = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()


class Remote(http.server.BaseHTTPRequestHandler):
    """git http-backend, for those who have the token."""

    root = Path()
    pushed: list[str] = []
    refused = 0
    open = False  # to whoever has no token
    reads = False  # the token may read, and no more
    forgets = False  # says that it took the branch, and does not have it

    def backend(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        if not self.open and self.headers.get("Authorization") != "Basic " + PAIR:
            type(self).refused += 1
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        if self.reads and "git-receive-pack" in self.path:
            self.send_response(403)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if path.endswith("/git-receive-pack"):
            self.pushed.append(path)
        environment = os.environ | {
            "GIT_PROJECT_ROOT": str(self.root), "GIT_HTTP_EXPORT_ALL": "1", "REMOTE_USER": "somebody", "PATH_INFO": path, "QUERY_STRING": query,
            "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "REMOTE_ADDR": "127.0.0.1",
        }  # fmt: skip
        done = subprocess.run(["git", "http-backend"], env=environment, input=body, capture_output=True)
        if self.forgets and path.endswith("/git-receive-pack"):
            for name in git("for-each-ref", "--format=%(refname)", "refs/heads/cc", cwd=self.root / "repo.git").split():
                git("update-ref", "-d", name, cwd=self.root / "repo.git")
        head, _, data = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.send_response(int(fields.pop("Status", "200").split(" ")[0]))
        for name, value in (fields | {"Content-Length": str(len(data))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = backend

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def remote(instance: Instance) -> Iterator[str]:
    source, bare = instance.folder / "source", instance.folder / "served" / "repo.git"
    git("init", "--quiet", "-b", "main", str(source), cwd=instance.folder)
    (source / "a.txt").write_text("one\n")
    git("add", ".", cwd=source)
    git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "first", cwd=source)
    git("clone", "--quiet", "--bare", str(source), str(bare), cwd=instance.folder)
    Remote.root, Remote.pushed, Remote.refused, Remote.forgets, Remote.open, Remote.reads = bare.parent, [], 0, False, False, False
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Remote)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    instance.conf["privateHosts"] = f"127.0.0.1:{server.server_address[1]}"
    yield f"http://127.0.0.1:{server.server_address[1]}/repo.git"
    server.shutdown()


class Onlooker(threading.Thread):
    """Reads every command line on the machine, as anybody could."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.lines: set[bytes] = set()
        self.done = False

    def run(self) -> None:
        while not self.done:
            for pid in os.listdir("/proc"):
                if pid.isdigit():
                    try:
                        self.lines.add(Path(f"/proc/{pid}/cmdline").read_bytes())
                    except OSError:
                        pass
            time.sleep(0.002)


def hidden(instance: Instance, words: bytes) -> None:
    for secret in (TOKEN.encode(), PAIR.encode()):
        assert secret not in words
        for path in instance.data.rglob("*"):
            if path.is_file() and not path.is_symlink():
                assert secret not in path.read_bytes(), path
        assert secret.decode() not in instance.log_text()


def run_with(instance: Instance, remote: str, variables: dict[str, str]) -> tuple[str, bytes]:
    instance.conf["sandbox"] = "off"
    instance.agent("edit", "open('a.txt', 'a').write('two\\n')\nimport time\ntime.sleep(0.2)\n")
    instance.ask("PATCH", "/project/settings", {"envVars": variables})
    onlooker = Onlooker()
    onlooker.start()
    run = instance.start(instance.workflow({"role": "custom", "agent": "edit"}), "live", githubRepoUrl=remote, name="Add two")
    instance.drain()
    instance.finish(run, "live")
    onlooker.done = True
    onlooker.join()
    assert any(b"http" in line and b"repo.git" in line for line in onlooker.lines), "it saw no git at all"
    told = str([instance.run(run, "live"), instance.steps(run, "live"), list(instance.follow(run, "live"))]).encode()
    return run, b"\0".join(onlooker.lines) + told


@pytest.mark.parametrize("variable", ["GITHUB_TOKEN", "GIT_TOKEN"])
def test_a_branch_is_pushed_with_the_token_that_nobody_sees(instance: Instance, remote: str, variable: str) -> None:
    run, words = run_with(instance, remote, {variable: TOKEN})
    ended = instance.run(run, "live")
    assert ended["status"] == "completed", (ended, instance.texts(run, "live"))
    assert git("show", f"{ended['branchName']}:a.txt", cwd=Remote.root / "repo.git") == "one\ntwo\n"
    assert Remote.pushed and Remote.refused == 0, "the token goes with the first request"
    hidden(instance, words)


def test_a_run_is_not_complete_before_the_host_shows_its_branch(instance: Instance, remote: str) -> None:
    Remote.forgets = True
    run, _ = run_with(instance, remote, {"GITHUB_TOKEN": TOKEN})
    ended = instance.run(run, "live")
    assert Remote.pushed and ended["status"] == "failed" and "does not have it" in ended["error"], ended


@pytest.mark.produces("PUSH_NO_TOKEN")
def test_a_branch_that_there_is_no_token_for_is_kept_back_with_a_word(instance: Instance, remote: str) -> None:
    Remote.open = True
    run, _ = run_with(instance, remote, {"OTHER": "variable"})
    ended = instance.run(run, "live")
    told = [e["data"]["text"] for e in instance.follow(run, "live") if e["type"] == "log" and e["data"]["stream"] == "worker"]
    assert ended["status"] == "completed" and not Remote.pushed, ended
    assert any("was not pushed" in text and "GITHUB_TOKEN" in text for text in told), told
    assert ended["pushStatus"] == "failed" and "GITHUB_TOKEN" in ended["pushError"], ended
    assert [file["path"] for file in instance.ask("GET", f"/runs/{run}/changes", mode="live")["data"]["files"]] == ["a.txt"]


def test_a_token_that_is_not_taken_is_a_reason_without_the_token(instance: Instance, remote: str) -> None:
    run, words = run_with(instance, remote, {"GITHUB_TOKEN": TOKEN[:-1] + "X"})
    ended = instance.run(run, "live")
    assert ended["status"] == "failed" and "could not be fetched" in ended["error"], ended
    assert "127.0.0.1 answered 401 to GITHUB_TOKEN of the project's environment" in ended["error"], ended
    assert not Remote.pushed and TOKEN[:-1].encode() not in words


@pytest.mark.produces("CREDENTIAL_OF_PROJECT", "CREDENTIAL_REFUSED", "PUSH_FORBIDDEN")
def test_a_token_that_may_only_read_is_found_before_an_agent_is_paid(instance: Instance, remote: str) -> None:
    Remote.reads = True
    run, _ = run_with(instance, remote, {"GIT_TOKEN": TOKEN})
    ended = instance.run(run, "live")
    assert ended["status"] == "failed" and "would not be let push" in ended["error"], ended
    assert "127.0.0.1 answered 403 to GIT_TOKEN of the project's environment" in ended["error"], ended
    assert instance.steps(run, "live")[0]["status"] == "skipped"


@pytest.mark.produces("PUSH_FAILED")
def test_what_a_host_says_that_refuses_a_branch_is_the_reason(instance: Instance, remote: str) -> None:
    hook = Remote.root / "repo.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'error: GH006: Protected branch update failed.' >&2\nexit 1\n")
    hook.chmod(0o755)
    run, _ = run_with(instance, remote, {"GITHUB_TOKEN": TOKEN})
    ended = instance.run(run, "live")
    assert ended["status"] == ended["pushStatus"] == "failed", ended
    assert "GH006: Protected branch update failed." in ended["error"] and "pre-receive hook declined" in ended["error"], ended
    assert ended["pushError"] == ended["error"]
    assert instance.ask("GET", f"/runs/{run}/changes", mode="live")["data"]["fileCount"] == 1


@pytest.mark.produces("CREDENTIAL_NONE")
def test_the_token_goes_to_no_other_host(instance: Instance, remote: str) -> None:
    """The operator's is for GitHub alone."""
    instance.conf["githubToken"] = TOKEN
    instance.write_conf()
    run, words = run_with(instance, remote, {"OTHER": "variable"})
    assert "could not be fetched" in instance.run(run, "live")["error"]
    assert Remote.refused and not Remote.pushed
    assert TOKEN.encode() not in words
