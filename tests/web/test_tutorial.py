"""Both tutorial pages, followed to the letter with curl, TypeScript and Python against what `make run` starts.

The blocks in tests/transcripts/tutorial/ are the pages' own text.  Later blocks of a language go on where earlier ones ended,
as a reader's file would.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

import installation
import servers
import transcript

BLOCKS = installation.ROOT / "tests" / "transcripts" / "tutorial"
SCOPES = ["projects:read", "workflows:read", "runs:read"]


def block(*names: str) -> str:
    return "\n".join((BLOCKS / name).read_text(encoding="utf-8") for name in names)


@dataclass
class Tutorial:
    base: str
    data: Path
    printed: str
    folder: Path
    key: str = ""
    admin: str = ""

    def run(self, *arguments: str | Path, **more: str) -> str:
        done = subprocess.run(
            [str(argument) for argument in arguments], capture_output=True, text=True, timeout=120, cwd=self.folder,
            env=os.environ | {"CC_BASE": self.base, "CC_KEY": self.key} | more,
        )  # fmt: skip
        assert done.returncode == 0, f"{arguments} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def shell(self, name: str, include: bool = False) -> str:
        """A block as it stands, by sh; `include` shows the headers too, by way of curl's own configuration file."""
        (self.folder / ".curlrc").write_text("silent\n" + ("include\n" if include else ""))
        return self.run("sh", BLOCKS / name, CURL_HOME=str(self.folder))

    def python(self, *names: str) -> str:
        return self.run(sys.executable, "-c", block(*names))

    def node(self, name: str) -> str:
        return self.run("node", self.folder / "out" / f"{name}.js")


@pytest.fixture(scope="module")
def compiled(tutorial: Tutorial) -> Tutorial:
    """Both programs of TypeScript, checked by tsc as strictly as it can; at once, as most of its time goes into its own libraries."""
    sources = {"whoami": block("whoami.ts"), "workflows": block("whoami.ts", "workflows.ts")}
    for name, text in sources.items():
        (tutorial.folder / f"{name}.ts").write_text(text, encoding="utf-8")
    node = installation.ROOT / "build" / "node"
    tutorial.run(node / "node_modules" / ".bin" / "tsc", "--strict", "--target", "es2022", "--module", "esnext", "--moduleDetection", "force",
                 "--moduleResolution", "bundler", "--lib", "es2022,dom", "--typeRoots", node / "node_modules" / "@types", "--types", "node",
                 "--outDir", tutorial.folder / "out", *(tutorial.folder / f"{name}.ts" for name in sources))  # fmt: skip
    (tutorial.folder / "out" / "package.json").write_text('{"type": "module"}')
    return tutorial


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tutorial]:
    """`make run` itself, with a fresh data directory; then the two lines it says to type."""
    folder = tmp_path_factory.mktemp("tutorial")
    port, data = servers.free_port(), folder / "var"
    arguments = ["make", "run"] if installation.BUILD == installation.ROOT / "build" else [str(installation.BUILD / "codecourier"), "serve"]
    if arguments[0] == "make":
        arguments += [f"DATA={data}", f"PORT={port}"]
    else:
        arguments += ["--data", str(data), "--port", str(port)]
    log = folder / "printed.txt"
    with log.open("w") as out:
        process = subprocess.Popen(arguments, cwd=installation.ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        base = f"http://127.0.0.1:{port}"
        end = time.monotonic() + 60
        while True:
            try:
                if requests.get(f"{base}/api/v1/health", timeout=5).ok and "CC_BASE" in log.read_text():
                    break
            except requests.ConnectionError:
                pass
            assert process.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.1)
        yield Tutorial(base, data, log.read_text(), folder)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(20)


def test_the_first_start_prints_address_sign_in_and_what_to_type_next(tutorial: Tutorial) -> None:
    assert tutorial.base in tutorial.printed
    assert f"export CC_BASE={tutorial.base}" in tutorial.printed.replace('"', "").replace("'", "")
    assert re.search(r"[^\s@]+@[^\s@]+", tutorial.printed), "the owner's e-mail address"
    assert "password" in tutorial.printed.lower()
    assert re.search(r"codecourier key create .*--scopes projects:read,workflows:read,runs:read", tutorial.printed)


def test_1_the_printed_command_makes_the_key(tutorial: Tutorial) -> None:
    (line,) = re.findall(r"^.*codecourier key create .*$", tutorial.printed, re.MULTILINE)
    command = re.sub(r"^[\s$]*", "", line)
    assert "--name quickstart" in command
    typed = subprocess.run(["sh", "-c", f"{command}\nprintf '%s' \"${{CC_KEY-}}\""], cwd=installation.ROOT, capture_output=True, text=True, timeout=60)
    assert typed.returncode == 0, typed.stderr
    (tutorial.key,) = set(re.findall(r"cc_live_[0-9A-Za-z]{38}", typed.stdout))
    admin = subprocess.run(
        [installation.BUILD / "codecourier", "key", "create", "--data", tutorial.data, "--name", "admin", "--scopes", ",".join(installation.KEYS["admin"]), "--quiet"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    tutorial.admin = admin.stdout.strip()
    assert re.fullmatch(r"cc_live_[0-9A-Za-z]{38}", tutorial.admin)


def is_the_page(body: object) -> None:
    """As on the page: the same members in the same order, times of the same form; more may follow."""
    want = json.loads(block("whoami.json"))["data"]
    assert isinstance(body, dict)
    assert list(body)[: len(want)] == list(want)
    assert body["name"] == want["name"] and body["scopes"] == want["scopes"]
    assert body["keyId"].startswith("kak_") and body["projectId"].startswith("prj_")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["createdAt"])
    assert body["lastUsedAt"] is None or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["lastUsedAt"])


def test_2_whoami_with_curl(tutorial: Tutorial) -> None:
    answer = json.loads(tutorial.shell("whoami.sh"))
    assert list(answer) == ["data"]
    is_the_page(answer["data"])


def test_2_whoami_with_typescript(compiled: Tutorial) -> None:
    printed = compiled.node("whoami")
    assert "name: 'quickstart'" in printed and "keyId: 'kak_" in printed
    assert "scopes: [ 'projects:read', 'workflows:read', 'runs:read' ]" in printed


def test_2_whoami_with_python(tutorial: Tutorial) -> None:
    is_the_page(eval(tutorial.python("whoami.py"), {"__builtins__": {}}))  # noqa: S307 - it is print() of a dict


def test_4_workflows_with_curl(tutorial: Tutorial) -> None:
    answer = json.loads(tutorial.shell("workflows.sh"))
    assert list(answer) == ["data", "nextCursor", "hasMore"]
    assert len(answer["data"]) == 2 and answer["nextCursor"] is None and answer["hasMore"] is False


def test_4_workflows_with_typescript(compiled: Tutorial) -> None:
    assert compiled.node("workflows").endswith("2 workflows, more=false\n")


def test_4_workflows_with_python(tutorial: Tutorial) -> None:
    assert tutorial.python("whoami.py", "workflows.py").endswith("2 workflows, more=False\n")


def test_5_the_error_envelope_carries_the_request_id(tutorial: Tutorial) -> None:
    head, _, text = tutorial.shell("cancel.sh", include=True).replace("\r\n", "\n").partition("\n\n")
    assert re.match(r"HTTP/[0-9.]+ 403", head)
    request_id = re.search(r"^X-Request-ID: (\S+)$", head, re.MULTILINE | re.IGNORECASE)
    assert request_id
    shown = json.loads("".join(line.removeprefix("# ") for line in block("cancel.sh").splitlines()[5:] if line.startswith("# ")))
    body = json.loads(text)
    assert list(body["error"]) == list(shown["error"])
    assert body["error"] == shown["error"] | {"requestId": request_id[1]}
    assert json.loads(tutorial.shell("cancel.sh"))["error"]["code"] == "SCOPE_DENIED"


def test_5_granting_the_scope_turns_it_into_200(tutorial: Tutorial) -> None:
    admin = {"Authorization": f"Bearer {tutorial.admin}"}
    key = {"Authorization": f"Bearer {tutorial.key}"}
    api = f"{tutorial.base}/api/v1"
    identity = requests.get(f"{api}/whoami", headers=key, timeout=30).json()["data"]["keyId"]
    flow = requests.get(f"{api}/workflows", headers=key, timeout=30).json()["data"][0]["id"]
    granted = requests.patch(f"{api}/project/api-keys/{identity}", headers=admin, json={"scopes": [*SCOPES, "runs:cancel"]}, timeout=30)
    assert granted.status_code == 200, granted.text
    run = requests.post(f"{api}/runs", headers=admin, json={"workflowId": flow}, timeout=30).json()["data"]["id"]
    # The worker that `make run` started ends it at once where there is no agent to ask: let it be one that somebody paused.
    while requests.get(f"{api}/runs/{run}", headers=key, timeout=30).json()["data"]["status"] not in ("completed", "failed"):
        time.sleep(0.1)
    installation.set_run(tutorial.data, run, "paused")
    cancelled = tutorial.run("sh", "-c", block("cancel.sh").replace("run_abc", run), CURL_HOME=str(tutorial.folder))
    assert "data" in cancelled, cancelled
    assert json.loads(cancelled)["data"]["status"] in ("cancelled", "cancelling"), cancelled
    assert json.loads(cancelled)["data"]["id"] == run


def test_the_blocks_and_the_transcript_tell_the_same_story() -> None:
    told = {(exchange.method, exchange.path) for exchange in transcript.read(installation.ROOT / "tests" / "transcripts" / "tutorial.txt")}
    assert {("GET", "/api/v1/whoami"), ("GET", "/api/v1/workflows?limit=5"), ("POST", "/api/v1/runs/run_abc/cancel")} <= told
