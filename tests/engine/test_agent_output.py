"""What an agent has said, and what the run makes of it: read generously, believed with doubt.

recordings/ holds what the programs wrote, word for word; claude*.jsonl is Claude Code 2.1.112 against a stand-in for its model service
(the other versions: test_agents.py), gemini*.jsonl is gemini-cli
0.61.0, aider*.txt aider 0.86.2 (without what it says of git and of a list of prices).  codex-overloaded and pi-overloaded are put together from their good recordings and the
lines that the programs' sources write when they ask again."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from instance import Instance, Json

RECORDINGS = Path(__file__).parent / "recordings"
AGENTS = ("claude", "codex", "opencode", "pi", "gemini")

Line = Callable[[bytes], bytes]


def recording(file: str, kind: str = "jsonl") -> bytes:
    return (RECORDINGS / f"{file}.{kind}").read_bytes()


def play(instance: Instance, agent: str, cases: dict[str, tuple[bytes, int]], then: str = "", errors: bytes = b"", **step: object) -> dict[str, Json]:
    """Each case in a run of its own, which says these bytes and ends with that code: the runs as they ended."""
    packed = {number: (zlib.compress(text), code) for number, (text, code) in enumerate(cases.values())}
    instance.agent(
        agent,
        "import re, sys, time, zlib\n"
        f"cases = {packed!r}\n"
        "text, code = cases[int(re.search('CASE ([0-9]+)', sys.stdin.read())[1])]\n"
        f"sys.stderr.buffer.write({errors!r})\nsys.stderr.flush()\n"
        f"sys.stdout.buffer.write(zlib.decompress(text))\nsys.stdout.flush()\n{then}\nsys.exit(code)\n",
    )
    instance.conf[f"agent.{agent}"] = str(instance.bin / agent)
    instance.write_conf()
    flow = [instance.workflow({"role": "checker", "agent": agent, "instructions": f"CASE {number}"} | step) for number in range(len(cases))]
    runs = [instance.start(one, "live") for one in flow]
    instance.drain()
    return {case: instance.run(run, "live") for case, run in zip(cases, runs, strict=True)}


def lines(text: bytes, change: Line) -> bytes:
    return b"\n".join(change(line) for line in text.splitlines()) + b"\n"


def member(text: bytes) -> Line:
    return lambda line: b"{" + text + b"," + line[1:]


CHANGES: dict[str, Line] = {
    "as it is": lambda line: line,
    "a byte order mark": lambda line: b"\xef\xbb\xbf" + line,
    "colours": lambda line: b"\x1b[0m\x1b[32m" + line,
    "text before the object": lambda line: b"npm warn {odd} " + line,
    "text behind it": lambda line: line + b" \x1b[0m done",
    "CR LF": lambda line: line + b"\r",
    "half of a surrogate pair": lambda line: line.replace(b"is well", rb"is\ud83d well").replace(b"refuses", rb"refuses\udc00"),
    "U+0000": lambda line: line.replace(b"is well", rb"is\u0000 well").replace(b"refuses", rb"refuses\u0000"),
    "broken UTF-8": lambda line: line.replace(b"is well", b"is\xff\xc3 well").replace(b"refuses", b"refuses\xe2\x82"),
    "a control character": lambda line: line.replace(b"is well", b"is\x01 well").replace(b"refuses", b"refuses\x02"),
    "a number past 2^53": member(b'"n":123456789012345678901234567890'),
    "a number past all": member(b'"n":[1e999,NaN,-Infinity]'),
    "a name twice": member(b'"n":1,"n":2'),
    "nesting": member(b'"n":' + b"[" * 60 + b"]" * 60),
}  # fmt: skip


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.produces("AGENT_SAYS", "STEP_FAILED")
def test_a_line_counts_however_it_was_written(instance: Instance, agent: str) -> None:
    cases = {f"{kind} {file}": (lines(recording(file), change), 0) for kind, change in CHANGES.items() for file in (agent, f"{agent}-failed")}
    cases["all in one line"] = (recording(agent).replace(b"\n", b""), 0)
    cases["all in one line, failed"] = (recording(f"{agent}-failed").replace(b"\n", b""), 0)
    for case, ended in play(instance, agent, cases).items():
        if case.endswith("failed"):
            assert ended["status"] == "failed" and "The stand-in refuses" in ended["error"], (case, ended)
        else:
            (step,) = instance.steps(ended["id"], "live")
            assert ended["status"] == "completed" and step["verdict"] == "pass", (case, ended, instance.texts(ended["id"], "live"))
            assert step["output"].startswith("All is") and step["outputTokens"] == (21 if agent == "gemini" else 14), (case, step)


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.produces("AGENT_EXITED_LATE", "AGENT_EXITED_SILENT")
def test_only_an_agent_that_says_so_has_completed_its_step(instance: Instance, agent: str) -> None:
    good = recording(agent)
    *before, last = good.splitlines(keepends=True)
    ends = {
        "nothing": (b"", 0),
        "a word": (b"Bye.\n", 0),
        "no result": (b"".join(before), 0),
        "half of the result": (b"".join(before) + last[: len(last) // 2], 0),
        "all but the last brace": (b"".join(before) + last.rstrip()[:-1], 0),
        "a new beginning": (good + good[: len(good) - len(last)], 0),
    }
    for case, ended in play(instance, agent, ends).items():
        assert ended["status"] == "failed" and "ended with code 0 and without a result" in ended["error"], (case, ended)
        assert case != "a word" or ended["error"].endswith("without a result: Bye."), ended
    (ended,) = play(instance, agent, {"done, but": (good + b"Segmentation fault\n", 3)}).values()
    assert ended["status"] == "failed" and ended["error"].endswith("ended with code 3, after it had said that it was done: Segmentation fault")


@pytest.mark.produces("AGENT_TURNS")
def test_a_result_that_is_an_error_is_one_whatever_else_it_says(instance: Instance) -> None:
    turns = recording("claude-turns")
    cases = {
        "its words": (turns, 1),
        "no error, it says": (turns.replace(b'"is_error":true', b'"is_error":false'), 0),
        "no words": (turns.replace(b',"errors":["Reached maximum number of turns (1)"]', b""), 0),
        "nobody knows it": (turns.replace(b"error_max_turns", b"error_of_tomorrow").replace(b',"errors":["Reached maximum number of turns (1)"]', b""), 0),
    }
    ended = play(instance, "claude", cases)
    assert {run["status"] for run in ended.values()} == {"failed"}
    assert "Reached maximum number of turns (1)" in ended["its words"]["error"] and "maximum number of turns" in ended["no error, it says"]["error"]
    assert "reached its limit of turns before it was done" in ended["no words"]["error"]
    assert "error_of_tomorrow" in ended["nobody knows it"]["error"]


@pytest.mark.parametrize("agent", AGENTS)
def test_an_agent_that_hangs_after_its_result_is_ended_and_its_result_counts(instance: Instance, agent: str) -> None:
    hang = "time.sleep(600)"
    good, bad = play(instance, agent, {"good": (recording(agent), 0), "bad": (recording(f"{agent}-failed"), 0)}, hang, timeoutSeconds=60).values()
    assert good["status"] == "completed", good
    assert bad["status"] == "failed" and "The stand-in refuses" in bad["error"]


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("claude", ["The model service is overloaded, attempt 1 of 10, next in 1 s.", "The model service is overloaded, attempt 2 of 10, next in 2 s."]),
        ("codex", ["The model service is overloaded, attempt 1 of 5.", "The connection to the model service broke, attempt 2 of 5."]),
        ("pi", ["The model service is overloaded, attempt 1 of 3, next in 2 s."]),
        ("gemini", ["The model service is overloaded, attempt 1.", "The model service is overloaded, attempt 2."]),
    ],
)
def test_what_an_agent_tries_again_is_told(instance: Instance, agent: str, told: list[str]) -> None:
    errors = recording("gemini-overloaded", "stderr") if agent == "gemini" else b""
    (ended,) = play(instance, agent, {"overloaded": (recording(f"{agent}-overloaded"), 0)}, errors=errors).values()
    assert ended["status"] == "completed", (ended, instance.texts(ended["id"], "live"))
    assert [event["data"]["text"] for event in instance.follow(ended["id"], "live") if event["type"] == "log" and event["data"]["stream"] == "model"] == told


def test_a_result_of_nine_megabytes_is_whole_and_its_event_is_short(instance: Instance) -> None:
    text = "é" * (9 * 1024 * 1024 // 2)
    result = json.loads(recording("claude").splitlines()[-1]) | {"result": text}
    message = {"type": "assistant", "message": {"role": "assistant", "content": [{"type": "text", "text": text}]}}
    (ended,) = play(instance, "claude", {"long": (b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in (message, result)), 0)}).values()
    assert ended["status"] == "completed", ended
    (event,) = [event for event in instance.follow(ended["id"], "live") if event["type"] == "message"]
    shown = event["data"]["text"]
    assert shown.endswith(f"é… ({len(text.encode())} bytes in all)") and len(shown.encode()) <= 64 * 1024
    assert json.loads(transcript(instance, ended["id"])[0]["text"]) == message


# Aider says in words what others say in objects.


def test_what_aider_says_is_understood(instance: Instance) -> None:
    good = recording("aider", "txt")
    texts = {"good": good, "failed": recording("aider-failed", "txt"), "key": recording("aider-key", "txt"), "overloaded": recording("aider-overloaded", "txt")}
    texts |= {"nothing": b"", "cut off": good[: good.index(b"Tokens: ")], "twice": good + recording("aider-failed", "txt")}
    ended = play(instance, "aider", {case: (text, 0) for case, text in texts.items()})
    assert {case: run["status"] for case, run in ended.items() if run["status"] == "completed"} == {"good": "completed", "overloaded": "completed"}, ended
    (step,) = instance.steps(ended["good"]["id"], "live")
    assert (step["inputTokens"], step["outputTokens"], step["costUsd"], step["model"], step["verdict"]) == (100, 14, 0.00039, "gpt-4o", "pass")
    assert "All is well." in step["output"]
    assert "The stand-in refuses." in ended["failed"]["error"] and "The stand-in refuses." in ended["twice"]["error"]
    assert "OPENAI_API_KEY, in the Project Settings" in ended["key"]["error"]
    assert "without a result" in ended["nothing"]["error"] and "without a result" in ended["cut off"]["error"]
    told = [event["data"]["text"] for event in instance.follow(ended["overloaded"]["id"], "live") if event["type"] == "log" and event["data"]["stream"] == "model"]
    assert told and told[0].startswith("The model service is") and ", attempt 1, next in 1 s." in told[0], told


def test_gemini_is_quoted_when_its_last_line_says_no_more(instance: Instance) -> None:
    error = {"type": "error", "severity": "error", "message": "The quota is used up."}
    text = b"".join(json.dumps(one).encode() + b"\n" for one in (error, {"type": "result", "status": "error"}))
    (ended,) = play(instance, "gemini", {"quota": (text, 1)}).values()
    assert ended["error"] == "Step 1 (checker) failed: The quota is used up.", ended


def test_gemini_without_a_key_names_its_variable(instance: Instance) -> None:
    (ended,) = play(instance, "gemini", {"no key": (b"", 41)}, errors=recording("gemini-nokey", "stderr")).values()
    assert ended["status"] == "failed" and "set GEMINI_API_KEY in the Project Settings" in ended["error"]


# What a step has cost.


def priced(cost: str) -> bytes:
    return lines(recording("claude"), lambda line: line.replace(b'"total_cost_usd":0.000279', f'"total_cost_usd":{cost}'.encode()))


def test_costs_are_exact_and_summed_right(instance: Instance) -> None:
    texts = [priced("0.1"), priced("0.2"), priced("0.13949999999999999"), priced("0.000000001")]
    steps = [{"role": "custom", "agent": "claude", "instructions": f"CASE {number}"} for number in range(len(texts))]
    play(instance, "claude", {str(number): (text, 0) for number, text in enumerate(texts)})
    run = instance.start(instance.workflow(*steps), "live")
    instance.drain()
    assert instance.finish(run, "live")["costUsd"] == 0.439500001
    assert [step["costUsd"] for step in instance.steps(run, "live")] == [0.1, 0.2, 0.1395, 0.000000001]


def test_what_nobody_prices_is_not_known_and_not_free(instance: Instance) -> None:
    (ended,) = play(instance, "codex", {"good": (recording("codex"), 0)}).values()
    (step,) = instance.steps(ended["id"], "live")
    assert ended["status"] == "completed" and ended["costUsd"] is None and step["costUsd"] is None and step["inputTokens"] == 200
    assert [event["data"]["costUsd"] for event in instance.follow(ended["id"], "live") if event["type"] in ("cost", "step.finished")] == [None, None]
    free = instance.start(instance.workflow({"role": "custom"}))
    instance.drain()
    assert instance.finish(free)["costUsd"] == 0 and instance.steps(free)[0]["costUsd"] == 0


@pytest.mark.parametrize("agent", ["opencode", "pi"])
def test_a_run_that_is_cancelled_costs_what_was_paid(instance: Instance, agent: str) -> None:
    before = b"".join(recording(agent).splitlines(keepends=True)[:-1]) if agent == "pi" else b"".join(recording(agent).splitlines(keepends=True)[:4])
    script = f"import sys, time\nsys.stdout.buffer.write({before!r})\nsys.stdout.flush()\ntime.sleep(600)\n"
    instance.agent(agent, script)
    run = instance.start(instance.workflow({"role": "custom", "agent": agent}), "live")
    instance.worker()
    instance.until(run, "cost", "live")
    instance.ask("POST", f"/runs/{run}/cancel", {}, mode="live")
    ended = instance.finish(run, "live")
    (step,) = instance.steps(run, "live")
    assert ended["status"] == "cancelled"
    assert ended["costUsd"] == step["costUsd"] == (0.000188 if agent == "pi" else 0.000094) and step["inputTokens"] > 0


def test_the_model_that_answered_stands_in_the_step(instance: Instance) -> None:
    for agent, model in (("claude", "claude-sonnet-4-6"), ("pi", "stand-in"), ("gemini", "gemini-2.5-pro"), ("codex", "asked-for")):
        (ended,) = play(instance, agent, {"good": (recording(agent), 0)}, model="asked-for").values()
        assert [step["model"] for step in instance.steps(ended["id"], "live")] == [model], agent


def transcript(instance: Instance, run: str) -> list[Json]:
    (file,) = (instance.data / "runs" / run / "transcript").iterdir()
    assert file.name == "step-0-1-1.jsonl.gz"
    return [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]


def test_all_of_a_long_output_is_in_the_transcript_and_its_ends_are_events(instance: Instance) -> None:
    instance.agent("build", "import sys\nfor n in range(400000):\n    print('line', n, 'of a build that says more than anybody reads, over and over')\nprint('to stderr', file=sys.stderr)\n")
    before = sum(file.stat().st_size for file in instance.data.glob("codecourier.db*"))
    run = instance.start(instance.workflow({"role": "custom", "agent": "build"}), "live")
    instance.drain()
    assert instance.run(run, "live")["status"] == "completed"
    assert sum(file.stat().st_size for file in instance.data.glob("codecourier.db*")) - before < 10e6
    texts = instance.texts(run, "live")
    lines = [f"line {n} of a build that says more than anybody reads, over and over" for n in range(400000)]
    assert texts[:10000] == lines[:10000] and [text for text in texts if text != "to stderr"][-1000:] == lines[-1000:]
    told = [event["data"]["text"] for event in instance.follow(run, "live") if event["data"].get("stream") == "worker"]
    assert len(told) == 2 and "The run has said very much" in told[0] and "are left out here; the transcript of the step has them" in told[1], told
    whole = transcript(instance, run)
    assert [line["text"] for line in whole if line["stream"] == "stdout"] == lines and [line["text"] for line in whole if line["stream"] == "stderr"] == ["to stderr"]


def test_silence_is_told(instance: Instance) -> None:
    instance.own_clock()
    instance.agent("silent", "import time\nprint('Well,', flush=True)\ntime.sleep(600)\n")
    run = instance.start(instance.workflow({"role": "custom", "agent": "silent"}), "live")
    instance.worker()
    instance.until(run, "Well,", "live")
    instance.let_pass(130)
    instance.until(run, "No output for 2 min: ", "live")
    instance.let_pass(120)
    instance.until(run, "No output for 4 min: ", "live")
    told = [e["data"]["text"] for e in instance.ask("GET", f"/runs/{run}/events?limit=1000", mode="live")["data"] if e["data"].get("stream") == "worker"]
    assert all(text.endswith(" s of processor time so far.") and " process" in text and ", waiting, " in text for text in told), told
    instance.ask("POST", f"/runs/{run}/cancel", {}, mode="live")
    instance.finish(run, "live")
