"""What an agent is told: the whole prompt, what its issue is called, how hard to think; and what it cannot be told."""

from __future__ import annotations

import hashlib

import pytest
from instance import Instance, Refused, stop
from test_agent_output import play, recording

LONG = "ä€😀z" * 262144  # as many characters as a prompt may have: 2.6 MB


def hashing(instance: Instance, line: str) -> None:
    instance.agent("hash", "import hashlib, sys\ntext = sys.stdin.buffer.read() + sys.argv[-1].encode()\nprint(hashlib.sha256(text.partition(b'# The task\\n')[2]).hexdigest())\n")
    instance.conf["agent.hash"] = f"{instance.bin / 'hash'}{line}"
    instance.write_conf()


def test_the_longest_prompt_arrives_whole(instance: Instance) -> None:
    hashing(instance, " -")
    run = instance.start(instance.workflow({"role": "custom", "agent": "hash"}), "live", prompt=LONG)
    instance.drain()
    assert instance.texts(run, "live") == [hashlib.sha256(LONG.encode() + b"-").hexdigest()]
    with pytest.raises(Refused) as refused:
        instance.start(instance.workflow({"role": "custom", "agent": "hash"}), "live", prompt=LONG + "z")
    assert refused.value.error["field"] == "prompt"


@pytest.mark.produces("PROMPT_TOO_LONG")
def test_a_prompt_that_fits_no_command_line_is_said_and_not_cut(instance: Instance) -> None:
    hashing(instance, " {prompt}")
    fits, not_ = (instance.start(instance.workflow({"role": "custom", "agent": "hash"}), "live", prompt="x" * size) for size in (120_000, 140_000))
    instance.drain()
    assert instance.texts(fits, "live") == [hashlib.sha256(b"x" * 120_000).hexdigest()]
    ended = instance.finish(not_, "live")
    assert ended["status"] == "failed" and "Leave {prompt} out of agent.hash in codecourier.conf" in ended["error"]


@pytest.mark.parametrize(
    ("description", "asked", "told"),
    [
        ("The page is blank.", None, "Fix login bug\n\nhttps://example.org/issues/7\n\nThe page is blank."),
        ("The page is blank.", "Only find out why.", "Fix login bug\n\nhttps://example.org/issues/7\n\nThe page is blank.\n\nOnly find out why."),
        (None, None, "Fix login bug\n\nhttps://example.org/issues/7"),
    ],
)
def test_an_agent_is_told_what_its_issue_is_called(instance: Instance, description: str | None, asked: str | None, told: str) -> None:
    hashing(instance, "")
    instance.agent("show", "import sys\nprint(sys.argv[1].partition('# The task\\n')[2])\n")
    issue = instance.ask("POST", "/issues", {"title": "Fix login bug", "sourceUrl": "https://example.org/issues/7"} | ({"description": description} if description else {}), mode="live")
    run = instance.start(instance.workflow({"role": "custom", "agent": "show"}), "live", issueId=issue["data"]["id"], **({"prompt": asked} if asked else {}))
    instance.drain()
    assert "\n".join(instance.texts(run, "live")) == told


def test_an_effort_that_an_agent_cannot_make_is_said(instance: Instance) -> None:
    instance.agent("show", "import sys\nprint(sys.argv[1:])\n")
    show = instance.bin / "show"
    instance.conf |= {"agent.show": f"{show} x", "agent.claude": f"{show} [--effort {{effort}}]", "agent.codex": f"{show} [-c {{effort}}]"}
    instance.write_conf()
    persona = instance.ask("POST", "/personas", {"name": "Thinker", "thinkingEffort": "max"}, mode="live")["data"]["id"]
    told = {}
    for agent in ("show", "claude", "codex"):
        run = instance.start(instance.workflow({"role": "custom", "agent": agent, "personaId": persona}), "live")
        instance.drain()
        told[agent] = [event["data"]["text"] for event in instance.follow(run, "live") if event["type"] == "log"]
    assert told == {
        "show": ["The agent 'show' cannot be told how hard to think ('max').", "['x']"],
        "claude": ["['--effort', 'max']"],
        "codex": ["The agent 'codex' knows no thinking effort 'max'; it works with 'xhigh'.", "['-c', 'xhigh']"],
    }


@pytest.mark.parametrize("file", ["claude-nokey", "claude-key"])
@pytest.mark.produces("KEY_INVALID")
def test_a_key_that_is_missing_or_wrong_is_called_by_its_variable(instance: Instance, file: str) -> None:
    (ended,) = play(instance, "claude", {file: (recording(file), 1)}).values()
    assert ended["status"] == "failed"
    assert "set ANTHROPIC_API_KEY or CLAUDE_CODE_OAUTH_TOKEN in the Project Settings" in ended["error"]
    assert "Not logged in" in ended["error"] or "Invalid API key" in ended["error"]


def test_an_agent_of_the_operators_may_speak_as_one_of_ours(instance: Instance) -> None:
    instance.agent("mine", f"import sys\nsys.stdout.buffer.write({recording('gemini')!r})\n")
    instance.conf["agent.mine"] = f"gemini: {instance.bin / 'mine'}"
    instance.write_conf()
    run = instance.start(instance.workflow({"role": "checker", "agent": "mine"}), "live")
    instance.drain()
    (step,) = instance.steps(run, "live")
    assert (step["output"], step["agent"], step["outputTokens"]) == ("All is well.\nVERDICT: PASS", "mine", 21)


def interrupted(instance: Instance, again: str) -> str:
    """A step whose worker is stopped while its agent works; what the agent does `again`."""
    instance.agent(
        "claude",
        "import json, sys, time\n"
        "def say(**more): print(json.dumps(more), flush=True)\n"
        "told = sys.stdin.read()\n"
        "say(type='system', subtype='init', session_id='a-name-of-its-own')\n"
        f"if '--resume' in sys.argv:\n    {again}\n"
        "elif 'go on' in told:\n    say(type='result', subtype='success', is_error=False, result='from the beginning'); sys.exit()\n"
        "say(type='assistant', message={'content': [{'type': 'text', 'text': 'Looking.'}]})\n"
        "time.sleep(600)\n",
    )
    instance.conf["agent.claude"] = f"{instance.bin / 'claude'} [--resume {{session}}]"
    instance.write_conf()
    run = instance.start(instance.workflow({"role": "custom", "agent": "claude"}), "live", prompt="Look around.")
    worker = instance.worker()
    instance.until(run, "message", "live")
    stop(worker)
    return run


def test_an_agent_that_was_interrupted_goes_on_with_its_conversation(instance: Instance) -> None:
    run = interrupted(instance, "say(type='result', subtype='success', is_error=False, result=' '.join(sys.argv[1:]) + ': ' + told); sys.exit()")
    instance.drain()
    (step,) = instance.steps(run, "live")
    assert step["attempt"] == 2 and step["output"].startswith("--resume a-name-of-its-own: You were interrupted while you worked on this."), step
    assert step["output"].endswith("# The task\nLook around.")
    assert instance.sql("SELECT session FROM run_steps") == [("a-name-of-its-own",)]


def test_a_conversation_that_is_gone_is_begun_anew(instance: Instance) -> None:
    run = interrupted(instance, "say(type='result', subtype='error_during_execution', is_error=True, errors=['No conversation found with session ID: a-name-of-its-own']); sys.exit(1)")
    instance.agent("claude", (instance.bin / "claude").read_text().partition("\n")[2].replace("elif 'go on' in told", "else"))
    instance.conf["agent.claude"] = f"{instance.bin / 'claude'} [--resume {{session}}]"
    instance.write_conf()
    instance.drain()
    (step,) = instance.steps(run, "live")
    assert (step["status"], step["output"], step["attempt"]) == ("completed", "from the beginning", 2), instance.run(run, "live")
