"""Hosts of repositories that do not mean well: nothing that they answer leads git elsewhere, holds a slot, fills the disk or reaches a screen as more
than words; and each run that fails over it says why."""

from __future__ import annotations

import base64
import functools
import hashlib
import http.server
import os
import socket
import struct
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from instance import ROOT, Instance, Json
from test_git import git

TOKEN = "glpat-0123456789abcdefghij"
PAIR = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
PAINT = "\033]0;owned\a\033[2J\033[1;31mred\r\u009b1mB\u202e\b\b"
EDIT = "open('a.txt', 'a').write('two\\n')\n"

Answer = Callable[["Request"], bool]  # true: it has answered


class Request(http.server.BaseHTTPRequestHandler):
    """git http-backend, if the host's `answer` does not come before it."""

    protocol_version = "HTTP/1.0"
    host: Host

    def serve(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                self.body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        self.host.heard.append(f"{self.command} {self.path} {self.headers.get('Authorization')}")
        try:
            if not self.host.answer(self):
                self.backend(self.path)
        except OSError:  # the client has had enough
            pass

    def backend(self, at: str, protocol: str | None = None) -> None:
        path, _, query = at.partition("?")
        environment = os.environ | {
            "GIT_PROJECT_ROOT": str(self.host.root), "GIT_HTTP_EXPORT_ALL": "1", "REMOTE_USER": "somebody", "PATH_INFO": path, "QUERY_STRING": query,
            "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(self.body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "REMOTE_ADDR": "127.0.0.1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", "") if protocol is None else protocol,
        }  # fmt: skip
        head, _, data = subprocess.run(["git", "http-backend"], env=environment, input=self.body, capture_output=True).stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.say(data, int(fields.pop("Status", "200").split(" ")[0]), **fields)

    def say(self, data: bytes, status: int = 200, **fields: str) -> bool:
        self.send_response(status)
        for name, value in (fields | {"Content-Length": str(len(data))}).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)
        return True

    def begin(self, kind: str) -> None:
        """An answer whose end is nowhere said."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()

    do_GET = do_POST = serve

    def log_message(self, format: str, *args: object) -> None:
        pass


class Host:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.heard: list[str] = []
        self.answer: Answer = lambda request: False
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Request,), {"host": self}))
        self.port = int(self.server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Place:
    """A host with a repository, another one that nobody may come to, and runs."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.source = instance, instance.folder / "source"
        git("init", "--quiet", "-b", "main", str(self.source), cwd=instance.folder)
        (self.source / "a.txt").write_text("one\n")
        self.host, self.other = Host(instance.folder / "served"), Host(instance.folder / "served")
        self.commit()
        git("clone", "--quiet", "--bare", str(self.source), str(self.host.root / "repo.git"), cwd=instance.folder)
        git("config", "http.receivepack", "true", cwd=self.host.root / "repo.git")
        # The operator lets runs come to the other one, too: that it stays unheard of is not for the list's sake.
        instance.conf |= {"privateHosts": f"127.0.0.1:{self.host.port} 127.0.0.1:{self.other.port}", "gitProtocols": "https ssh http git"}
        instance.programs = ROOT / "build"  # our command is ssh's and git's tunnel, under limits that leave a sanitizer no room for its shadow
        instance.ask("PATCH", "/project/settings", {"envVars": {"GIT_TOKEN": TOKEN}})

    def commit(self, what: str = ".") -> None:
        git("add", what, cwd=self.source)
        git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "more", cwd=self.source)

    def push(self, what: str = ".") -> None:
        self.commit(what)
        git("push", "--quiet", str(self.host.root / "repo.git"), "main", cwd=self.source)

    def go(self, url: str | None = None, script: str = EDIT) -> Json:
        """One run; whatever came of it, nobody else was asked, and nothing that the host said steers a screen or shows the token."""
        self.instance.agent("edit", script)
        flow = self.instance.workflow({"role": "custom", "agent": "edit"})
        run = self.instance.start(flow, "live", githubRepoUrl=url or f"{self.host.url}/repo.git", name="Add two")
        self.instance.drain()
        ended = self.instance.finish(run, "live")
        events = list(self.instance.follow(run, "live"))
        assert self.other.heard == [], self.other.heard
        assert TOKEN not in str([ended, events]), events
        assert ended["error"] is None or ended["error"].isprintable(), ended
        shown = self.instance.command("run", "watch", run, "--data", str(self.instance.data), check=False)
        for text in (shown.stdout + shown.stderr, self.instance.log_text()):
            assert not [c for c in text if c not in "\n\t" and not c.isprintable()], text
        return ended | {"texts": [event["data"].get("text", "") for event in events]}

    def close(self) -> None:
        for host in (self.host, self.other):
            host.server.shutdown()
            host.server.server_close()
        self.instance.close()


@pytest.fixture
def place() -> Iterator[Place]:
    made = Place(Instance())
    try:
        yield made
    finally:
        made.close()


def packet(text: str | bytes) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return f"{len(data) + 4:04x}".encode() + data


def band(number: int, data: bytes) -> bytes:
    return packet(bytes([number]) + data)


def is_refs(request: Request) -> bool:
    return request.path.split("?")[0].endswith("/info/refs")


def advertise(request: Request, *lines: str | bytes) -> bool:
    data = packet("# service=git-upload-pack\n") + b"0000" + b"".join(packet(line) for line in lines) + b"0000"
    return request.say(data, Content_Type="application/x-git-upload-pack-advertisement", Cache_Control="no-cache")


def result(request: Request, data: bytes) -> bool:
    return request.say(data, Content_Type="application/x-git-upload-pack-result")


# ---- where it leads git


@pytest.mark.parametrize("sandbox", ["bubblewrap", "off"])
@pytest.mark.parametrize("when", ["refs", "pack"])
def test_a_redirection_to_another_host_is_not_followed(place: Place, sandbox: str, when: str) -> None:
    place.instance.conf["sandbox"] = sandbox
    for to in (f"{place.other.url}/repo.git", "http://169.254.169.254/latest", "file:///etc", "ext::sh", f"git://127.0.0.1:{place.other.port}/repo.git"):
        place.host.answer = lambda request, to=to: is_refs(request) == (when == "refs") and request.say(
            b"", 301 if when == "refs" else 307, Location=to + request.path.removeprefix("/repo.git")
        )
        ended = place.go()
        assert ended["status"] == "failed" and "could not be fetched: " in ended["error"], ended


def test_a_repository_that_has_moved_on_its_own_host_is_found(place: Place) -> None:
    moved = place.host.root / "new.git"
    place.host.answer = lambda request: is_refs(request) and "/repo.git" in request.path and request.say(b"", 301, Location=request.path.replace("repo.git", "new.git"))
    (place.host.root / "repo.git").rename(moved)
    ended = place.go()
    assert ended["status"] == "completed", (ended["error"], ended["texts"])
    assert git("show", f"{ended['branchName']}:a.txt", cwd=moved) == "one\ntwo\n"


def test_no_pack_and_no_bundle_is_taken_from_another_host(place: Place) -> None:
    """Capabilities that nobody asked for: the other host's pack in the middle of an answer, and a bundle to begin with."""
    tip = git("rev-parse", "main", cwd=place.source).strip()

    def answer(request: Request) -> bool:
        if is_refs(request):
            return advertise(request, "version 2\n", "agent=x\n", "ls-refs=unborn\n", "fetch=shallow packfile-uris filter\n", "bundle-uri\n", "promisor-remote=name=x,url=" + place.other.url + "\n", "object-format=sha1\n")
        if b"command=ls-refs" in request.body:
            return result(request, packet(f"{tip} HEAD symref-target:refs/heads/main\n") + packet(f"{tip} refs/heads/main\n") + b"0000")
        if b"command=bundle-uri" in request.body:
            return result(request, packet("bundle.version=1\n") + packet("bundle.mode=all\n") + packet(f"bundle.x.uri={place.other.url}/bundle\n") + b"0000")
        return result(request, packet("packfile-uris\n") + packet(f"{'0' * 40} {place.other.url}/pack\n") + b"0001" + packet("packfile\n") + band(1, pack([])) + b"0000")

    place.host.answer = answer
    ended = place.go()
    assert ended["status"] == "failed" and "could not be fetched: " in ended["error"], ended


def test_no_alternate_of_a_simple_host_is_followed(place: Place) -> None:
    git("update-server-info", cwd=place.host.root / "repo.git")

    def answer(request: Request) -> bool:
        path = place.host.root / request.path.split("?")[0].lstrip("/")
        if path.name in ("http-alternates", "alternates"):
            return request.say(f"{place.other.url}/repo.git/objects/\n/../../other.git/objects\n".encode())
        if path.is_file() and "objects" not in path.parts:
            return request.say(path.read_bytes(), Content_Type="text/plain")
        return request.say(b"", 404)

    place.host.answer = answer
    ended = place.go()
    assert ended["status"] == "failed" and "could not be fetched: " in ended["error"], ended
    assert any("alternates" in line for line in place.host.heard), "it never came so far"


@pytest.mark.parametrize("update", ["", "\tupdate = !touch ran\n"])
def test_submodules_lead_nowhere(place: Place, update: str) -> None:
    """Nobody fetches them.  What no git should take from anybody, the run does not hand on, and says so."""
    tip = git("rev-parse", "main", cwd=place.source).strip()
    names = {"a": f"{place.other.url}/repo.git", "b": "../../repo.git", "c": "file:///etc", "d": f"git://127.0.0.1:{place.other.port}/repo.git"}
    (place.source / ".gitmodules").write_text("".join(f'[submodule "{name}"]\n\tpath = {name}\n\turl = {url}\n{update}' for name, url in names.items()))
    for name in names:
        git("update-index", "--add", "--cacheinfo", f"160000,{tip},{name}", cwd=place.source)
    place.push(".gitmodules")
    ended = place.go()
    if update:
        assert ended["status"] == "failed" and "disallowed submodule update" in ended["error"], ended
    else:
        assert ended["status"] == "completed", (ended["error"], ended["texts"])
        assert git("ls-tree", "--name-only", ended["branchName"], cwd=place.host.root / "repo.git").split() == [".gitmodules", "a", "a.txt", "b", "c", "d"]


@pytest.mark.parametrize("sandbox", ["bubblewrap", "off"])
def test_a_name_of_this_machine_is_not_reached_by_any_protocol(place: Place, sandbox: str) -> None:
    """Whoever owns a domain lets its name lead here; at the door it is a name like any other.  git:// must go through the proxy as well."""
    place.instance.conf |= {"sandbox": sandbox, "privateHosts": ""}
    place.instance.ask("PATCH", "/project/settings", {"envVars": {"GIT_SSH_KEY": "none"}})
    for scheme in ("http", "git", "ssh"):
        ended = place.go(f"{scheme}://{socket.gethostname()}:{place.other.port}/repo.git")
        assert ended["status"] == "failed" and "could not be fetched: " in ended["error"], ended


@pytest.mark.parametrize("sandbox", ["bubblewrap", "off"])
def test_gits_own_protocol_works_through_the_proxy(place: Place, sandbox: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["git", "-c", "safe.directory=*", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", "--export-all", f"--base-path={place.host.root}", "--enable=receive-pack"]
    daemon = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        place.instance.wait(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
        place.instance.conf |= {"sandbox": sandbox, "privateHosts": f"127.0.0.1:{port}"}
        ended = place.go(f"git://127.0.0.1:{port}/repo.git")
        assert ended["status"] == "completed", (ended["error"], ended["texts"])
        assert git("show", f"{ended['branchName']}:a.txt", cwd=place.host.root / "repo.git") == "one\ntwo\n"
    finally:
        daemon.terminate()
        daemon.wait()


# ---- what it calls its branches

NAMES = ["-x", "--upload-pack=touch", "../../x", "a/../b", "x.lock", ".hidden", "a\x1b[2Jb", "a\x07", "a~1", "a:b", "@{-1}", "HEAD", "@", "con", "a\u202eb", "a\\b", "$(touch${IFS}ran)", "';touch${IFS}ran;'"]


@pytest.mark.parametrize("head", ["main", "-x", "../../x", "a\x1b[2Jb", "$(touch${IFS}ran)"])
def test_names_of_branches_are_only_names(place: Place, head: str) -> None:
    """What git takes for one is in nobody's way; what it does not is passed over."""
    tip = git("rev-parse", "main", cwd=place.source).strip()
    refs = sorted({f"refs/heads/{name}" for name in [*NAMES, head, "main"]})
    lines = [f"{tip} HEAD\0side-band-64k ofs-delta agent=x symref=HEAD:refs/heads/{head}\n", *(f"{tip} {ref}\n" for ref in refs)]
    place.host.answer = functools.partial(shows, place, lines)
    ended = place.go()
    assert ended["status"] == "completed", (ended["error"], ended["texts"])
    assert not list(place.instance.data.rglob("ran"))


def shows(place: Place, lines: list[str], request: Request) -> bool:
    """These branches, until one has been pushed."""
    if any("receive-pack" in line for line in place.host.heard):
        return False
    if is_refs(request):
        return advertise(request, *lines)
    request.backend(request.path, protocol="")
    return True


def test_branches_whose_names_differ_in_case_are_two(place: Place) -> None:
    for name in ("Topic", "topic"):
        git("branch", name, "main", cwd=place.host.root / "repo.git")
    assert place.go()["status"] == "completed"


def test_more_branches_than_anybody_has_are_taken_in_time(place: Place) -> None:
    tip = git("rev-parse", "main", cwd=place.source).strip()
    (place.host.root / "repo.git" / "packed-refs").write_text("# pack-refs with: peeled fully-peeled sorted \n" + "".join(f"{tip} refs/heads/b{n:06}\n" for n in range(20_000)) + f"{tip} refs/heads/main\n")
    ended = place.go()
    assert ended["status"] == "completed" or "setting" in ended["error"], ended


# ---- what it says


def test_what_a_host_says_is_words_and_no_token(place: Place) -> None:
    """In an error, beside a pack, and when it refuses a branch: it shows what it was shown, and paints."""
    echo = f"{PAINT} {TOKEN} Basic {PAIR}"

    def refuse(request: Request) -> bool:
        return advertise(request, f"ERR {echo}")

    def beside(request: Request) -> bool:
        if is_refs(request) or "receive-pack" in request.path:
            return False
        return b"command=fetch" in request.body and result(request, packet("packfile\n") + band(2, f"{echo}\n".encode()) + band(3, f"{echo}\n".encode()) + b"0000")

    def status(request: Request) -> bool:
        return request.say(echo.encode(), 403, Content_Type="text/plain; charset=utf-8")

    for answer in (refuse, beside, status):
        place.host.answer = answer
        ended = place.go()
        assert ended["status"] == "failed" and ended["error"].startswith("The repository could not be fetched: "), ended
        assert PAIR not in str(ended), ended


def test_a_branch_that_a_host_refuses_is_refused_in_words(place: Place) -> None:
    hook = place.host.root / "repo.git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nprintf '%s\\n' '{PAINT} {TOKEN} {PAIR}' >&2\nexit 1\n")
    hook.chmod(0o755)
    ended = place.go()
    assert ended["status"] == "failed" and "pre-receive hook declined" in ended["error"] and PAIR not in str(ended), ended


# ---- how long it takes, and how much it sends


def pack(objects: list[bytes], count: int | None = None) -> bytes:
    data = b"PACK" + struct.pack(">II", 2, len(objects) if count is None else count) + b"".join(objects)
    return data + hashlib.sha1(data).digest()


def blob(data: bytes) -> bytes:
    size, head = len(data) >> 4, [3 << 4 | len(data) & 15]
    while size:
        head[-1] |= 0x80
        head.append(size & 0x7F)
        size >>= 7
    return bytes(head) + zlib.compress(data, 0)


def endless(request: Request, piece: Callable[[], bytes], pause: float) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        request.wfile.write(piece())
        request.wfile.flush()
        time.sleep(pause)
    return True


def test_a_host_that_comes_to_no_end_is_left_in_time(place: Place) -> None:
    """A list of branches without an end, quick and slow; and an answer of one byte now and then."""
    place.instance.conf["gitTimeoutSeconds"] = 4
    tip, kind = git("rev-parse", "main", cwd=place.source).strip(), "application/x-git-upload-pack-advertisement"
    number = iter(range(10**9))

    def drip(request: Request) -> bool:
        request.begin(kind)
        return endless(request, lambda: b" ", 0.3)

    def refs(request: Request, pause: float) -> bool:
        request.begin(kind)
        request.wfile.write(packet("# service=git-upload-pack\n") + b"0000" + packet(f"{tip} refs/heads/a\0side-band-64k\n"))
        return endless(request, lambda: b"".join(packet(f"{tip} refs/heads/b{next(number):09}\n") for _ in range(1000)), pause)

    for answer in (drip, functools.partial(refs, pause=0), functools.partial(refs, pause=0.5)):
        place.host.answer = answer
        began = time.monotonic()
        ended = place.go()
        assert time.monotonic() - began < 100 and ended["status"] == "failed", ended
        assert "gitTimeoutSeconds" in ended["error"] or "emory" in ended["error"], ended


def test_a_pack_without_an_end_does_not_fill_the_disk(place: Place) -> None:
    place.instance.conf |= {"workspaceMb": 30, "gitTimeoutSeconds": 60}

    def answer(request: Request) -> bool:
        if is_refs(request) or b"command=fetch" not in request.body:
            return False
        request.begin("application/x-git-upload-pack-result")
        request.wfile.write(packet("packfile\n") + band(1, b"PACK" + struct.pack(">II", 2, 2**20)))
        return endless(request, lambda: band(1, blob(os.urandom(60_000))), 0)

    place.host.answer = answer
    ended = place.go()
    assert ended["status"] == "failed" and "workspaceMb" in ended["error"], (ended["error"], ended["texts"])
    assert sum(path.lstat().st_size for path in place.instance.data.rglob("*")) < 100 << 20


def test_a_small_pack_with_much_in_it_stays_within_limits(place: Place) -> None:
    """Zeros, which are nothing until they are written; and folders in folders, ten of each in each."""
    place.instance.conf |= {"workspaceMb": 30, "workspaceFiles": 3000}
    (place.source / "zeros").write_bytes(bytes(64 << 20))
    place.push()
    ended = place.go()
    assert ended["status"] == "failed" and "workspaceMb" in ended["error"], (ended["error"], ended["texts"])
    place.instance.conf["gitTimeoutSeconds"] = 5
    tree = git("rev-parse", "main~1^{tree}", cwd=place.source).strip()
    for _ in range(9):
        lines = "".join(f"040000 tree {tree}\t{n}\n" for n in range(10))
        tree = subprocess.run(["git", "mktree"], cwd=place.source, input=lines, text=True, check=True, capture_output=True).stdout.strip()
    bomb = git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit-tree", "-m", "bomb", tree, cwd=place.source).strip()
    git("push", "--quiet", "--force", str(place.host.root / "repo.git"), f"{bomb}:refs/heads/main", cwd=place.source)
    ended = place.go()
    assert ended["status"] == "failed" and ("setting" in ended["error"] or "emory" in ended["error"]), ended
