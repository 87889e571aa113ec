"""Codex, OpenCode and Pi.  (What becomes of the ways in which a stream can go wrong: test_agent_output.py.)

recordings/ is what these programs wrote, word for word (codex-cli 0.169.0, opencode 1.18.33, pi 0.73.1), when a stand-in for their
model service asked for one command and then answered, or refused.  Where they are installed, they are driven themselves against
such a stand-in; each is a download of 200 to 400 MB, so the tests do not install them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from instance import Instance
from standin import StandIn, served

RECORDINGS = Path(__file__).parent / "recordings"
ANSWER = "All is well.\nVERDICT: PASS"
COST: dict[str, float | None] = {"codex": None, "opencode": 0.000188, "pi": 0.000188}  # Codex tells none
TOOL = {"codex": "shell", "opencode": "bash", "pi": "bash"}


def play_recording(instance: Instance, agent: str, file: str, code: int) -> str:
    instance.agent(agent, f"import sys\nassert 'Look around' in sys.stdin.read()\nsys.stdout.write({(RECORDINGS / file).read_text()!r})\nsys.exit({code})\n")
    instance.conf[f"agent.{agent}"] = str(instance.bin / agent)  # as in the table: the prompt on standard input
    instance.write_conf()
    return instance.start(instance.workflow({"role": "checker", "agent": agent, "instructions": "Look around."}), "live")


def went_well(instance: Instance, agent: str, run: str) -> None:
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "completed", (ended, instance.texts(run, "live"))
    (step,) = instance.steps(run, "live")
    assert step["output"] == ANSWER and step["verdict"] == "pass"
    assert step["inputTokens"] == 200 and step["outputTokens"] == 14
    assert step["costUsd"] == ended["costUsd"] == COST[agent]
    events = [(event["type"], event["data"]) for event in instance.follow(run, "live")]
    (tool,) = [data for kind, data in events if kind == "tool"]
    assert tool["name"] == TOOL[agent] and "echo hello" in tool["input"]
    assert [data["text"] for kind, data in events if kind == "message"] == [ANSWER]
    assert not [data for kind, data in events if kind == "log" and data["text"].startswith("{")], "an event was not understood"


@pytest.mark.parametrize("agent", COST)
def test_what_an_agent_says_is_understood(instance: Instance, agent: str) -> None:
    went_well(instance, agent, play_recording(instance, agent, f"{agent}.jsonl", 0))


@pytest.mark.parametrize("agent", COST)
def test_what_an_agent_says_when_it_fails_is_the_reason(instance: Instance, agent: str) -> None:
    run = play_recording(instance, agent, f"{agent}-failed.jsonl", 0)  # whatever its exit code
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "failed" and "The stand-in refuses." in ended["error"], ended


class Model(StandIn):
    """Asks for a command, then answers: as the Responses API does, or as chat completions do."""

    def do_GET(self) -> None:
        self.answer("application/json", b'{"object": "list", "data": []}')

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        events = self.by_responses(body) if self.path.endswith("/responses") else self.by_chat(body)
        self.answer("text/event-stream", "".join((f"event: {e['type']}\n" if "type" in e else "") + f"data: {json.dumps(e)}\n\n" for e in events).encode())

    def by_responses(self, body: dict[str, object]) -> list[dict[str, object]]:
        asked = '"function_call_output"' in json.dumps(body)
        item: dict[str, object] = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "exec_command", "status": "completed", "arguments": '{"cmd": "echo hello"}'}
        if asked:
            item = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [{"type": "output_text", "text": ANSWER, "annotations": []}]}
        response = {"id": "resp_1", "object": "response", "created_at": 1, "model": body.get("model"), "output": []}
        usage = {"input_tokens": 100, "input_tokens_details": {"cached_tokens": 40}, "output_tokens": 7, "output_tokens_details": {"reasoning_tokens": 2}, "total_tokens": 107}
        return [
            {"type": "response.created", "response": response | {"status": "in_progress"}},
            {"type": "response.output_item.done", "output_index": 0, "item": item},
            {"type": "response.completed", "response": response | {"status": "completed", "output": [item], "usage": usage}},
        ]

    def by_chat(self, body: dict[str, object]) -> list[dict[str, object]]:
        asked = '"role": "tool"' in json.dumps(body) or "tools" not in body
        call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "bash", "arguments": '{"command": "echo hello", "description": "say"}'}}
        delta = {"role": "assistant", "content": ANSWER} if asked else {"role": "assistant", "content": None, "tool_calls": [call]}
        usage = {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107, "prompt_tokens_details": {"cached_tokens": 40}}
        chunk = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": body.get("model")}
        return [
            chunk | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
            chunk | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop" if asked else "tool_calls"}]},
            chunk | {"choices": [], "usage": usage},
        ]


@pytest.fixture
def model() -> Iterator[str]:
    with served(Model) as address:
        yield address + "/v1"


def settings(agent: str, folder: Path, model: str) -> dict[str, str]:
    """What makes the program ask the stand-in."""
    prices = {"input": 1, "output": 2}
    if agent == "codex":
        provider = f'name = "stand"\nbase_url = "{model}"\nenv_key = "STAND_KEY"\nwire_api = "responses"\n'
        (folder / "config.toml").write_text(f'model_provider = "stand"\nmodel = "stand-in"\n[model_providers.stand]\n{provider}')
        return {"CODEX_HOME": str(folder), "STAND_KEY": "stand-in-key"}
    if agent == "opencode":
        models = {"stand-in": {"name": "stand-in", "cost": prices | {"cache_read": 0.5}, "limit": {"context": 100000, "output": 8000}}}
        provider = {"npm": "@ai-sdk/openai-compatible", "name": "stand", "options": {"baseURL": model, "apiKey": "k"}, "models": models}
        (folder / "opencode.json").write_text(json.dumps({"model": "stand/stand-in", "autoupdate": False, "share": "disabled", "provider": {"stand": provider}}))
        return {"OPENCODE_CONFIG": str(folder / "opencode.json")}
    one = {"id": "stand-in", "name": "stand-in", "reasoning": False, "input": ["text"], "cost": prices | {"cacheRead": 0.5, "cacheWrite": 0}, "contextWindow": 100000, "maxTokens": 8000}
    (folder / "models.json").write_text(json.dumps({"providers": {"stand": {"baseUrl": model, "apiKey": "k", "api": "openai-completions", "models": [one]}}}))
    return {"PI_CODING_AGENT_DIR": str(folder), "PI_OFFLINE": "1"}


@pytest.mark.parametrize("agent", COST)
def test_the_program_itself_takes_a_step(instance: Instance, model: str, agent: str) -> None:
    if not shutil.which(agent):
        pytest.skip(f"NOT TESTED: {agent} itself, because it is not installed")
    instance.conf["sandbox"] = "off"  # its settings lie beside the data
    instance.write_conf()
    folder = instance.folder / "settings"
    folder.mkdir()
    instance.ask("PATCH", "/project/settings", {"envVars": settings(agent, folder, model)})
    step = {"role": "checker", "agent": agent, "instructions": "Look around.", "timeoutSeconds": 120} | ({"model": "stand/stand-in"} if agent != "codex" else {})
    went_well(instance, agent, instance.start(instance.workflow(step), "live"))
