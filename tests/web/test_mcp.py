"""The Model Context Protocol: the official clients over HTTP and standard input, and how large the list of tools is.

What single messages are answered with is tests/transcripts/mcp.txt.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import jsonschema
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

import installation
import servers
from transcript import Answer, Request

LARGEST_LIST = 60 * 1024  # bytes of tools/list for a key that may do everything
NODE = installation.ROOT / "build" / "node"
CLAUDE = NODE / "node_modules" / ".bin" / "claude"
Row = dict[str, Any]

OPENAPI: Row = json.loads(installation.command("openapi").stdout)
CALLABLE = {  # by a key, and what it needs for that
    operation["operationId"].replace(".", "_"): {operation.get("x-required-scope"), operation.get("x-also-required-scope")} - {None}
    for path in OPENAPI["paths"].values()
    for operation in path.values()
    if operation.get("security") not in ([], [{"session": []}]) and operation.get("x-sent-by") is None
}


def ask(transport: servers.Transport, key: str, method: str, params: Row | None = None, query: str = "") -> Answer:
    message = {"jsonrpc": "2.0", "id": 1, "method": method} | ({"params": params} if params is not None else {})
    headers = [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream")]
    return transport.send(Request("POST", f"/api/v1/mcp{query}", headers, json.dumps(message).encode()))


def tools(transport: servers.Transport, key: str, query: str = "") -> list[Row]:
    return list(ask(transport, key, "tools/list", query=query).json["result"]["tools"])


# ---- the list --------------------------------------------------------------------------------------


def test_the_list_of_every_tool_is_one_a_model_can_read(core: servers.Transport) -> None:
    project = installation.Project(core.data)
    answer = ask(core, project("admin"), "tools/list")
    assert len(answer.body) <= LARGEST_LIST, f"{len(answer.body)} bytes"
    listed: list[Row] = answer.json["result"]["tools"]
    assert {tool["name"] for tool in listed} == {*CALLABLE, "describe"} and len(listed) == len(CALLABLE) + 1
    for tool in listed:
        assert re.fullmatch(r"[A-Za-z_]{1,50}", tool["name"]), tool["name"]
        jsonschema.Draft202012Validator.check_schema(tool["inputSchema"])
        assert set(tool["inputSchema"].get("required", [])) <= set(tool["inputSchema"].get("properties", [])), tool["name"]
        assert tool["description"] and set(tool["annotations"]) <= {"readOnlyHint", "destructiveHint", "idempotentHint"}


def test_what_takes_away_says_so(core: servers.Transport) -> None:
    hints = {tool["name"]: tool["annotations"] for tool in tools(core, installation.Project(core.data)("admin"))}
    assert hints["runs_get"] == {"readOnlyHint": True}
    assert hints["runs_delete"] == {"destructiveHint": True, "idempotentHint": True}
    assert all(hints[name]["destructiveHint"] for name in ("runs_cancel", "trash_empty", "runs_bulkDelete", "pulls_merge", "keys_rotate"))
    assert hints["runs_start"] == {"destructiveHint": False}
    assert hints["issues_update"] == {"destructiveHint": False, "idempotentHint": True}


def test_the_scopes_of_a_key_decide_what_is_listed(core: servers.Transport) -> None:
    project = installation.Project(core.data)
    for scopes in (["runs:read"], ["issues:write"], ["audit:read"]):
        held = {scope for granted in scopes for scope in (granted, granted.replace(":write", ":read"))}
        names = {tool["name"] for tool in tools(core, project.key("some", scopes))}
        assert names == {"describe", *(name for name, needs in CALLABLE.items() if needs <= held)}, scopes
    assert ask(core, project.key("none", ["audit:read"]), "resources/list").json["result"]["resources"] == []
    few = {tool["name"] for tool in tools(core, project("admin"), "?tools=whoami,%20pulls")}
    assert few == {"describe", "whoami", *(name for name in CALLABLE if name.startswith("pulls_"))}


def test_describe_tells_of_every_tool(core: servers.Transport) -> None:
    project = installation.Project(core.data)
    key = project.key("unlimited", installation.KEYS["admin"], "--rate-limit", "1000000")
    for name in CALLABLE:
        result = ask(core, key, "tools/call", {"name": "describe", "arguments": {"tool": name}}).json["result"]
        told = json.loads(result["content"][0]["text"])
        assert told["operation"].replace(".", "_") == name
        jsonschema.Draft202012Validator.check_schema(told["arguments"])


# ---- the clients -----------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["lighttpd-fastcgi", "lighttpd-cgi", "apache-cgid"])
def web(request: pytest.FixtureRequest) -> Iterator[servers.Transport]:
    """Without limits of rate: every tool is called, one right after the other."""
    transport = servers.TRANSPORTS[request.param]()
    try:
        installation.command("init", "--data", transport.data, program=installation.HELPER)
        (transport.data / "codecourier.conf").write_text("rateLimit = 0\n")
        transport.start()
        yield transport
    finally:
        transport.stop()


def judge(called: dict[str, str]) -> None:
    """Of arguments that are left out, refusals say so; nothing fails for another reason."""
    assert set(called) == {*CALLABLE, "describe"}
    assert called["whoami"] == called["runs_list"] == called["describe"] == called["project_delete"] == "fine"
    assert called["runs_start"] == called["runs_get"] == "VALIDATION"
    assert set(called.values()) <= {"fine", "VALIDATION", "NOT_FOUND", "CONFLICT", "FORBIDDEN"}, called


async def python_client(target: Any, mode: str) -> dict[str, str]:
    called = {}
    async with Client(target, mode=mode) as client:
        assert client.server_info is None or client.server_info.name == "codecourier"
        listed = (await client.list_tools()).tools
        assert (await client.list_resources()).resources == []
        assert [template.name for template in (await client.list_resource_templates()).resource_templates] == ["run-log"]
        for tool in sorted(listed, key=lambda tool: tool.name == "project_delete"):  # all else would be gone with it
            result = await client.call_tool(tool.name, {"tool": "runs_start"} if tool.name == "describe" else {})
            text = getattr(result.content[0], "text", "")
            called[tool.name] = json.loads(text)["error"]["code"] if result.is_error else "fine"
    return called


@contextlib.asynccontextmanager
async def over_http(transport: servers.Transport, key: str) -> Any:
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=60) as http:
        async with streamable_http_client(f"http://127.0.0.1:{transport.port}/api/v1/mcp", http_client=http) as streams:
            yield streams


def over_stdio(key: str, data: object) -> StdioServerParameters:
    return StdioServerParameters(command=str(installation.COMMAND), args=["mcp", "--data", str(data)], env={"CC_KEY": key})


@pytest.mark.parametrize("mode", ["2026-07-28", "legacy"])
def test_the_official_python_client_calls_every_tool_over_http(web: servers.Transport, mode: str) -> None:
    key = installation.Project(web.data)("admin")
    judge(asyncio.run(python_client(over_http(web, key), mode)))


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_python_client_calls_every_tool_over_stdio(unlimited: servers.Core, mode: str) -> None:
    judge(asyncio.run(python_client(stdio_client(over_stdio(installation.Project(unlimited.data)("admin"), unlimited.data)), mode)))


@pytest.fixture(scope="module")
def unlimited() -> Iterator[servers.Core]:
    transport = servers.Core()
    try:
        installation.command("init", "--data", transport.data)
        (transport.data / "codecourier.conf").write_text("rateLimit = 0\n")
        yield transport
    finally:
        transport.stop()


def typescript_client(which: str, key: str, *target: str) -> None:
    node = shutil.which("node")
    assert node, "node is not installed: tests/packages test"
    done = subprocess.run([node, installation.ROOT / "tests/web/mcp_client.mjs", NODE, which, *target],
                          env={"PATH": os.environ["PATH"], "CC_KEY": key}, capture_output=True, text=True, timeout=120)  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["server"], told["resources"], told["templates"]) == ("codecourier", 0, 1)
    judge(told["called"])


@pytest.mark.parametrize("which", ["sdk", "client"])
def test_the_official_typescript_clients_call_every_tool_over_http(web: servers.Transport, which: str) -> None:
    typescript_client(which, installation.Project(web.data)("admin"), f"http://127.0.0.1:{web.port}/api/v1/mcp")


@pytest.mark.parametrize("which", ["sdk", "client"])
def test_the_official_typescript_clients_call_every_tool_over_stdio(unlimited: servers.Core, which: str) -> None:
    typescript_client(which, installation.Project(unlimited.data)("admin"), str(installation.COMMAND), "mcp", "--data", str(unlimited.data))


def test_a_call_that_is_cut_off_does_nothing(fastcgi: servers.Fastcgi) -> None:
    key = installation.Project(fastcgi.data)("admin")
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "issues_create", "arguments": {"title": "Half of it"}}}
    body = json.dumps(message).encode()
    headers = [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json")]
    connection = fastcgi.connect(Request("POST", "/api/v1/mcp", headers, body))
    fastcgi.send_body(connection, body[:-5])
    answer = fastcgi.receive(connection)
    assert (answer.status, answer.json["error"]["code"], answer.json["error"]["field"]) == (400, "VALIDATION", "body")
    called = ask(fastcgi, key, "tools/call", {"name": "issues_list"}).json["result"]["content"][0]["text"]
    assert json.loads(called)["data"] == []


class Holding(servers.Fastcgi):
    """One worker that holds whoever waits, and in which nobody may sleep."""

    workers, holds = 1, True

    def start(self) -> None:
        (self.data / "codecourier.conf").write_text("maxWaiting = 0\n")
        super().start()


def test_a_tool_that_waits_leaves_its_process_to_others() -> None:
    transport = Holding()
    try:
        installation.command("init", "--data", transport.data)
        transport.start()
        key = installation.Project(transport.data)("admin")

        def call(name: str, **arguments: object) -> Any:
            result = ask(transport, key, "tools/call", {"name": name, "arguments": arguments}).json["result"]
            assert not result["isError"], result
            return json.loads(result["content"][0]["text"])["data"]

        run = call("runs_start", workflowId=call("workflows_list")[0]["id"], prompt="Wait.")["id"]
        seen = call("runs_events", id=run)[-1]["seq"]
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(call, "runs_events", id=run, after=seen, wait=20)
            for _ in range(20):  # the only worker answers others, too
                call("whoami")
            assert not waiting.done()
            call("runs_cancel", id=run)
            assert waiting.result(60)[-1]["data"]["status"] == "cancelled"
    finally:
        transport.stop()


# ---- standard input --------------------------------------------------------------------------------


def lines(key: str | None, data: object, text: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"]} | ({"CC_KEY": key} if key is not None else {})
    return subprocess.run([installation.COMMAND, "mcp", "--data", str(data)], input=text, env=env, capture_output=True, text=True, timeout=60)


def test_a_line_is_a_message_and_so_is_its_answer(unlimited: servers.Core) -> None:
    key = installation.Project(unlimited.data)("quickstart")
    done = lines(key, unlimited.data, '{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n\nnonsense\n{"jsonrpc": "2.0", "method": "notifications/initialized"}\n'
                 '{"jsonrpc": "2.0", "id": "ends without a newline", "method": "ping"}')  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("id") for answer in answers] == [1, None, "ends without a newline"]
    assert answers[1]["error"]["code"] == -32700 and done.returncode == 0


def test_what_http_says_with_a_status_is_an_error_with_its_number(unlimited: servers.Core) -> None:
    project = installation.Project(unlimited.data)
    key = project.key("once a minute", ["runs:read"], "--rate-limit", "1")
    done = lines(key, unlimited.data, "".join(f'{{"jsonrpc": "2.0", "id": {n}, "method": "ping"}}\n' for n in range(3)))
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["id"] == 2 and last["error"]["code"] == 429 and last["error"]["message"].startswith("RATE_LIMITED: ")


def test_without_a_key_that_works_it_does_not_begin(unlimited: servers.Core) -> None:
    project = installation.Project(unlimited.data)
    for key, code in ((None, 2), ("", 2), (project("unknown"), 1)):
        done = lines(key, unlimited.data, '{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        assert done.returncode == code and not done.stdout and done.stderr, done


# ---- the examples of www/docs/mcp.md ---------------------------------------------------------------


def example(language: str) -> str:
    text = (installation.ROOT / "www/docs/mcp.md").read_text(encoding="utf-8")
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(block)


@pytest.mark.parametrize("web", ["lighttpd-fastcgi"], indirect=True)
@pytest.mark.parametrize("language", ["python", "ts"])
def test_the_examples_of_the_page_work(web: servers.Transport, language: str, tmp_path: Path) -> None:
    program = tmp_path / {"python": "example.py", "ts": "example.mjs"}[language]
    program.write_text(example(language), encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(NODE / "node_modules")
    env = {"PATH": os.environ["PATH"], "CC_BASE": f"http://127.0.0.1:{web.port}", "CC_KEY": installation.Project(web.data)("quickstart")}
    done = subprocess.run([sys.executable if language == "python" else "node", program], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    names, workflow = done.stdout.splitlines()
    assert "describe" in names and "whoami" in names and workflow, done.stdout


@pytest.mark.parametrize("web", ["lighttpd-fastcgi"], indirect=True)
@pytest.mark.skipif(not CLAUDE.exists(), reason="claude is not installed")
def test_claude_code_connects_as_the_page_says(web: servers.Transport, tmp_path: Path) -> None:
    env = {"PATH": f"{CLAUDE.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path), "CC_BASE": f"http://127.0.0.1:{web.port}",
           "CC_KEY": installation.Project(web.data)("quickstart"), "DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}  # fmt: skip
    done = subprocess.run(["sh", "-ec", example("sh")], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"codecourier: .*Connected", done.stdout), done.stdout
