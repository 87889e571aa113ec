"""An agent that speaks the Agent Client Protocol, version 1: a small one of its own, which says what the protocol's pages say.
recordings/acp.jsonl is what Gemini CLI 0.61.0 answered (gemini --acp, against a stand-in for its model service)."""

from __future__ import annotations

import hashlib
import json

import pytest
from instance import Instance, Json, stop
from test_agent_output import recording

AGENT = r"""
import hashlib, json, os, sys, time
CASE = json.loads(%r)
heard = []
def say(**more): print(json.dumps({"jsonrpc": "2.0"} | more), flush=True)
def update(**more): say(method="session/update", params={"sessionId": "sess_1", "update": more})
def hear():
    line = sys.stdin.readline()
    if not line:
        sys.exit(7)
    heard.append(json.loads(line))
    return heard[-1]
def speak(*pieces):
    for piece in pieces:
        update(sessionUpdate="agent_message_chunk", content={"type": "text", "text": piece})

start = hear()
assert start["method"] == "initialize" and start["params"]["protocolVersion"] == 1, start
say(id=start["id"], result={"protocolVersion": 1, "agentCapabilities": {"loadSession": CASE.get("loads", False)}, "authMethods": []})
new = hear()
if CASE.get("no session"):
    say(id=new["id"], error={"code": -32000, "message": "Authentication required"})
    sys.stdin.read()
    sys.exit()
assert new["params"]["cwd"] == os.getcwd() and new["params"]["mcpServers"] == [], new
models = {"id": "model", "category": "model", "type": "select", "currentValue": "small", "options": [{"value": "small", "name": "S"}, {"value": "large", "name": "L"}]}
if new["method"] == "session/load":
    speak("What was said before.")
    say(id=new["id"], result=None)
else:
    say(id=new["id"], result={"sessionId": "sess_1", "configOptions": [models]})
asked = hear()
if asked["method"] == "session/set_config_option":
    assert asked["params"] == {"sessionId": "sess_1", "configId": "model", "value": "large"}, asked
    say(id=asked["id"], result={"configOptions": [models]})
    asked = hear()
assert asked["method"] == "session/prompt" and asked["params"]["sessionId"] == "sess_1", asked
(block,) = asked["params"]["prompt"]
if CASE.get("hangs"):
    speak("Looking.")
    update(sessionUpdate="tool_call", toolCallId="c0", title="look", status="pending")
    time.sleep(600)
speak("I look ", "around.")
update(sessionUpdate="tool_call", toolCallId="call_1", title="echo hello", kind="execute", status="pending", rawInput={"command": "echo hello"})
say(id="may-1", method="session/request_permission", params={"sessionId": "sess_1", "toolCall": {"toolCallId": "call_1"}, "options": [
    {"optionId": "always", "name": "Always", "kind": "allow_always"}, {"optionId": "once", "name": "Once", "kind": "allow_once"}, {"optionId": "no", "name": "No", "kind": "reject_once"}]})
assert hear() == {"jsonrpc": "2.0", "id": "may-1", "result": {"outcome": {"outcome": "selected", "optionId": "once"}}}, heard
say(id=9, method="fs/read_text_file", params={"sessionId": "sess_1", "path": "/etc/passwd"})
assert hear()["error"]["code"] == -32601, heard
update(sessionUpdate="tool_call_update", toolCallId="call_1", status="completed")
update(sessionUpdate="usage_update", used=53000, size=200000, cost={"amount": 0.045, "currency": "USD"})
speak(hashlib.sha256(block["text"].partition("# The task\n")[2].encode()).hexdigest() + " " + new["method"], "\nVERDICT: PASS")
if "error" in CASE:
    say(id=asked["id"], error=CASE["error"])
elif "stop" in CASE:
    say(id=asked["id"], result={"stopReason": CASE["stop"], "usage": {"totalTokens": 214, "inputTokens": 200, "outputTokens": 14}})
else:
    sys.exit()
if CASE.get("lingers"):
    time.sleep(600)
assert sys.stdin.read() == ""
"""


def go(instance: Instance, prompt: str = "Look around.", model: str | None = None, **case: object) -> tuple[Json, Json]:
    instance.agent("speaks", AGENT % json.dumps(case))
    instance.conf["agent.mine"] = f"acp: {instance.bin / 'speaks'}"
    instance.write_conf()
    run = instance.start(instance.workflow({"role": "checker", "agent": "mine"} | ({"model": model} if model else {})), "live", prompt=prompt)
    instance.drain()
    (step,) = instance.steps(run, "live")
    return instance.run(run, "live"), step


def test_an_agent_is_led_through_the_protocol(instance: Instance) -> None:
    ended, step = go(instance, model="large", stop="end_turn")
    assert ended["status"] == "completed", (ended, instance.texts(ended["id"], "live"))
    assert step["output"] == hashlib.sha256(b"Look around.\n\n# Your verdict\nEnd your answer with a line that reads either \"VERDICT: PASS\" or \"VERDICT: FAIL\".").hexdigest() + " session/new\nVERDICT: PASS"
    assert (step["verdict"], step["model"], step["inputTokens"], step["outputTokens"], step["costUsd"]) == ("pass", "large", 200, 14, 0.045)
    events = list(instance.follow(ended["id"], "live"))
    assert [event["data"]["text"] for event in events if event["type"] == "message"] == ["I look around.", step["output"]]
    assert [event["data"] for event in events if event["type"] == "tool"] == [{"name": "echo hello", "input": '{"command":"echo hello"}'}]
    assert not [event for event in events if event["type"] == "log"], events


def test_what_gemini_answers_is_understood(instance: Instance) -> None:
    instance.agent("gemini-acp", f"import sys\nsys.stdout.buffer.write({recording('acp')!r})\nsys.stdout.flush()\nsys.stdin.read()\n")
    instance.conf["agent.acp"] = str(instance.bin / "gemini-acp")
    instance.write_conf()
    run = instance.start(instance.workflow({"role": "checker", "agent": "acp"}), "live")
    instance.drain()
    (step,) = instance.steps(run, "live")
    assert (step["output"], step["verdict"], step["outputTokens"], step["costUsd"]) == ("All is well.\nVERDICT: PASS", "pass", 14, None), instance.run(run, "live")
    assert [event["data"]["name"] for event in instance.follow(run, "live") if event["type"] == "tool"] == ["echo hello"]


def test_a_long_prompt_goes_through_its_pipe(instance: Instance) -> None:
    ended, step = go(instance, prompt="ä€😀\n" * 262144, stop="end_turn")
    assert ended["status"] == "completed" and step["model"] == "small", ended


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        pytest.param({"stop": "refusal"}, "the agent refuses to do this", marks=pytest.mark.produces("AGENT_REFUSES")),
        pytest.param({"stop": "max_tokens"}, "cut off at its greatest length", marks=pytest.mark.produces("AGENT_CUT")),
        pytest.param({"stop": "cancelled"}, "the agent was interrupted", marks=pytest.mark.produces("AGENT_INTERRUPTED")),
        ({"stop": "max_turn_requests"}, "limit of turns"),
        ({"error": {"code": -32603, "message": "Internal error", "data": {"details": "529 Overloaded"}}}, "Internal error: 529 Overloaded"),
        ({}, "without a result"),
        ({"no session": True}, "set the key of its model's provider in the Project Settings"),
    ],
)
def test_what_is_no_success_is_said(instance: Instance, case: Json, reason: str) -> None:
    ended, _ = go(instance, **case)
    assert ended["status"] == "failed" and reason in ended["error"], ended


def test_one_that_stays_after_its_answer_is_ended(instance: Instance) -> None:
    ended, step = go(instance, stop="end_turn", lingers=True)
    assert ended["status"] == "completed" and step["verdict"] == "pass"


def test_a_model_that_is_not_offered_is_said(instance: Instance) -> None:
    ended, step = go(instance, model="huge", stop="end_turn")
    assert ended["status"] == "completed" and step["model"] == "small"
    assert [event["data"]["text"] for event in instance.follow(ended["id"], "live") if event["type"] == "log"] == ["The agent cannot be told which model to ask."]


def test_an_interrupted_session_is_loaded_again(instance: Instance) -> None:
    instance.agent("speaks", AGENT % json.dumps({"hangs": True, "loads": True}))
    instance.conf["agent.mine"] = f"acp: {instance.bin / 'speaks'}"
    instance.write_conf()
    run = instance.start(instance.workflow({"role": "custom", "agent": "mine"}), "live")
    worker = instance.worker()
    instance.until(run, "tool", "live")
    stop(worker)
    instance.agent("speaks", AGENT % json.dumps({"stop": "end_turn", "loads": True}))
    instance.conf["agent.mine"] = f"acp: {instance.bin / 'speaks'}"
    instance.write_conf()
    instance.drain()
    (step,) = instance.steps(run, "live")
    assert step["status"] == "completed" and step["output"].endswith(" session/load\nVERDICT: PASS"), (step, instance.texts(run, "live"))
    assert "What was said before." not in str(list(instance.follow(run, "live")))
