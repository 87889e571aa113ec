"""Claude Code itself, against a stand-in for its model service.  The pinned one from tests/package.json (the last that is plain
JavaScript: no second download, and any machine with node runs it), else the one in PATH; skipped where there is neither."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator

import pytest
from instance import ROOT, Instance
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
