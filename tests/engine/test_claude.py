"""Claude Code itself, against a stand-in for its model service.  The pinned one from tests/package.json (the last that is plain
JavaScript: no second download, and any machine with node runs it), else the one in PATH; skipped where there is neither."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from instance import ROOT, Instance, stop
from standin import StandIn, served

KEY = "stand-in-key-0123456789"
PROGRAMS = f"{ROOT / 'build' / 'node' / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"


class Model(StandIn):
    asked: list[tuple[str, str]] = []

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.end_headers()

    do_GET = do_HEAD

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        self.asked.append((self.path, json.dumps(body)))
        if not self.path.startswith("/v1/messages") or "count_tokens" in self.path:
            self.answer("application/json", b'{"input_tokens": 3}')
            return
        text = "All is well.\nVERDICT: PASS"
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body.get("model"), "content": [],
                   "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 11, "output_tokens": 1}}  # fmt: skip
        if not body.get("stream"):
            message |= {"content": [{"type": "text", "text": text}], "stop_reason": "end_turn"}
            self.answer("application/json", json.dumps(message).encode())
            return
        events = [
            {"type": "message_start", "message": message},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": 7}},
            {"type": "message_stop"},
        ]
        self.answer("text/event-stream", "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events).encode())


@pytest.fixture
def model() -> Iterator[str]:
    with served(Model) as address:
        yield address


@pytest.mark.skipif(shutil.which("claude", path=PROGRAMS) is None, reason="claude is not installed")
def test_claude_code_takes_a_step(instance: Instance, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", PROGRAMS)
    address = model.removeprefix("http://")
    instance.conf |= {"egressHosts": address, "privateHosts": address}
    instance.write_conf()
    instance.ask("PATCH", "/project/settings", {"envVars": {
        "ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": model, "DISABLE_TELEMETRY": "1", "DISABLE_ERROR_REPORTING": "1",
        "DISABLE_AUTOUPDATER": "1", "IS_SANDBOX": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    }})  # fmt: skip
    run = instance.start(instance.workflow({"role": "checker", "agent": "claude", "instructions": "Look whether all is well.", "timeoutSeconds": 90}), "live")
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "completed", (ended, instance.texts(run, "live"))
    (step,) = instance.steps(run, "live")
    assert step["output"] == "All is well.\nVERDICT: PASS" and step["verdict"] == "pass"
    assert step["inputTokens"] >= 11 and step["outputTokens"] >= 7
    assert any("Look whether all is well." in body for _, body in Model.asked)
    assert KEY not in str(list(instance.follow(run, "live")))


class Director(StandIn):
    """A model that starts a run by the tools that it is told of, follows it, and says how it ended."""

    workflow = ""
    tools: set[str] = set()
    results: list[str] = []

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.end_headers()

    do_GET = do_HEAD

    def next(self, body: dict[str, Any]) -> dict[str, Any]:
        self.tools.update(tool["name"] for tool in body.get("tools", []))
        results = [part for message in body["messages"] if isinstance(message["content"], list) for part in message["content"] if part["type"] == "tool_result"]
        if "mcp__codecourier__runs_start" not in {tool["name"] for tool in body.get("tools", [])}:
            return {"type": "text", "text": "fine"}  # what else Claude Code asks a model for
        if not results:
            return self.use("runs_start", {"workflowId": self.workflow, "prompt": "Mend it."})
        texts = [part["content"] if isinstance(part["content"], str) else part["content"][0]["text"] for part in results]
        self.results[:] = texts
        run = json.loads(texts[0])["data"]["id"]
        events = [event for text in texts[1:] for event in json.loads(text)["data"]]
        if any(event["data"].get("status") == "completed" for event in events):
            return {"type": "text", "text": f"The run {run} is completed."}
        return self.use("runs_events", {"id": run, "after": max((event["seq"] for event in events), default=0), "wait": 20})

    def use(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"type": "tool_use", "id": f"toolu_{len(self.results)}", "name": f"mcp__codecourier__{tool}", "input": arguments}

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if not self.path.startswith("/v1/messages") or "count_tokens" in self.path:
            self.answer("application/json", b'{"input_tokens": 3}')
            return
        block = self.next(body)
        used = block["type"] == "tool_use"
        stop = "tool_use" if used else "end_turn"
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body.get("model"), "content": [],
                   "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}  # fmt: skip
        if not body.get("stream"):
            self.answer("application/json", json.dumps(message | {"content": [block], "stop_reason": stop}).encode())
            return
        delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])} if used else {"type": "text_delta", "text": block["text"]}
        events = [
            {"type": "message_start", "message": message},
            {"type": "content_block_start", "index": 0, "content_block": block | ({"input": {}} if used else {"text": ""})},
            {"type": "content_block_delta", "index": 0, "delta": delta},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": 1}},
            {"type": "message_stop"},
        ]
        self.answer("text/event-stream", "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events).encode())


@pytest.mark.skipif(shutil.which("claude", path=PROGRAMS) is None, reason="claude is not installed")
def test_claude_code_starts_a_run_by_mcp_and_follows_it(instance: Instance, tmp_path: Path) -> None:
    Director.workflow = instance.workflow({"role": "custom", "instructions": "Do it."})
    server = {"command": str(instance.programs / "codecourier"), "args": ["mcp", "--data", str(instance.data)], "env": {"CC_KEY": instance.keys["test"]}}
    (tmp_path / "mcp.json").write_text(json.dumps({"mcpServers": {"codecourier": server}}))
    worker = instance.worker()
    try:
        with served(Director) as address:
            done = subprocess.run(
                ["claude", "-p", "Start a run and tell me how it ended.", "--mcp-config", tmp_path / "mcp.json", "--strict-mcp-config",
                 "--allowedTools", "mcp__codecourier__runs_start,mcp__codecourier__runs_events"],
                env={"PATH": PROGRAMS, "HOME": str(tmp_path), "ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": address, "DISABLE_AUTOUPDATER": "1",
                     "DISABLE_TELEMETRY": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "ENABLE_TOOL_SEARCH": "false"},
                cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
            )  # fmt: skip
    finally:
        stop(worker)
    assert re.search(r"The run run_\w+ is completed\.", done.stdout), (done, Director.results)
    assert {"mcp__codecourier__workflows_list", "mcp__codecourier__describe"} <= Director.tools
