"""Steps, loops, agents, isolation, git: what a worker makes of a run."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest
from instance import Instance, Refused, stop, storage


def test_a_run_has_the_verdict_of_its_checkers_last_round(instance: Instance) -> None:
    """One that says fail decides."""
    for said, verdict in (("fail,pass", "pass"), ("pass", "pass"), ("fail", "fail"), (None, None)):
        checkers = [{"role": "checker", "loopId": "l", "loopMaxIterations": 2, "instructions": f"rehearse: verdict={said}"}] if said else []
        run = instance.start(instance.workflow({"role": "designer", "loopId": "l"}, *checkers, {"role": "answerer"}))
        instance.drain()
        ended = instance.finish(run)
        assert (ended["status"], ended["verdict"]) == ("completed", verdict), (said, ended)


def test_steps_run_in_order_and_hand_on_their_output(instance: Instance) -> None:
    instance.agent("echo", "import sys\nprint('got', sys.argv[1].split('handed on\\n')[-1].split(chr(10))[-1])\n")
    flow = instance.workflow({"role": "custom", "agent": "echo", "instructions": "alpha"}, {"role": "custom", "agent": "echo"})
    run = instance.start(flow, "live", prompt="The task")
    instance.drain()
    assert instance.finish(run, "live")["status"] == "completed"
    first, second = instance.steps(run, "live")
    assert first["output"] == "got alpha" and second["output"] == "got got alpha"


def test_a_loop_goes_round_until_its_checker_lets_it_pass(instance: Instance) -> None:
    flow = instance.workflow(
        {"role": "designer"},
        {"role": "optimizer", "loopId": "a", "loopMaxIterations": 5},
        {"role": "checker", "loopId": "a", "instructions": "rehearse: verdict=fail,fail,pass"},
        {"role": "answerer"},
    )
    run = instance.start(flow)
    instance.drain()
    instance.finish(run)
    went = [(e["data"]["position"], e["data"]["iteration"]) for e in instance.follow(run) if e["type"] == "step.started"]
    assert went == [(0, 1), (1, 1), (2, 1), (1, 2), (2, 2), (1, 3), (2, 3), (3, 1)]


def test_a_loop_ends_at_its_maximum(instance: Instance) -> None:
    flow = instance.workflow({"role": "checker", "loopId": "a", "loopMaxIterations": 2, "instructions": "rehearse: verdict=fail"}, {"role": "answerer"})
    run = instance.start(flow)
    instance.drain()
    assert instance.finish(run)["status"] == "completed"
    assert [(s["position"], s["iteration"], s["verdict"]) for s in instance.steps(run)] == [(0, 1, "fail"), (1, 1, None), (0, 2, "fail")]


@pytest.mark.produces("AGENT_EXITED")
def test_a_failed_step_fails_the_run_and_skips_the_rest(instance: Instance) -> None:
    instance.agent("bad", "import sys\nprint('no good', file=sys.stderr)\nsys.exit(3)\n")
    run = instance.start(instance.workflow({"role": "custom", "agent": "bad"}, {"role": "answerer", "agent": "rehearsal"}), "live")
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "failed" and "code 3: no good" in ended["error"]
    assert [s["status"] for s in instance.steps(run, "live")] == ["failed", "skipped"]


@pytest.mark.parametrize("agent", ["nobody", "codex"])
def test_a_missing_agent_is_said_before_anything_starts(instance: Instance, agent: str) -> None:
    run = instance.start(instance.workflow({"role": "custom", "agent": "rehearsal"}, {"role": "custom", "agent": agent}), "live")
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "failed" and agent in ended["error"]
    assert not [e for e in instance.follow(run, "live") if e["type"] == "step.started"]


@pytest.mark.produces("STEP_TOO_LONG")
def test_a_step_that_takes_too_long_fails(instance: Instance) -> None:
    instance.agent("slow", "import time\nwhile True:\n    time.sleep(60)\n")  # never ends by itself
    run = instance.start(instance.workflow({"role": "custom", "agent": "slow", "timeoutSeconds": 1}), "live")
    instance.drain()
    assert "longer than 1 s" in instance.finish(run, "live")["error"]


def test_the_stream_of_claude_is_understood(instance: Instance) -> None:
    lines = [
        {"type": "system", "subtype": "init"},
        {"type": "assistant", "message": {"content": [{"type": "text", "text": "Looking."}, {"type": "tool_use", "name": "Bash", "input": {"command": "ls"}}]}},
        {"type": "assistant", "message": {"content": [{"type": "text", "text": "Done.\nVERDICT: PASS"}]}},
        {"type": "result", "subtype": "success", "is_error": False, "result": "Done.\nVERDICT: PASS", "total_cost_usd": 0.25,
         "usage": {"input_tokens": 10, "cache_read_input_tokens": 5, "output_tokens": 7}},
    ]  # fmt: skip
    instance.agent("claude", f"import json\nfor line in {lines!r}: print(json.dumps(line))\n")
    run = instance.start(instance.workflow({"role": "checker", "agent": "claude"}), "live")
    instance.drain()
    ended = instance.finish(run, "live")
    (step,) = instance.steps(run, "live")
    assert (step["inputTokens"], step["outputTokens"], step["costUsd"], step["verdict"]) == (15, 7, 0.25, "pass")
    assert ended["costUsd"] == 0.25 and step["output"].startswith("Done.")
    assert [e["type"] for e in instance.follow(run, "live")][3:7] == ["message", "tool", "message", "cost"]


def test_secrets_are_masked_wherever_they_are_cut(instance: Instance) -> None:
    secret = "correct-horse-battery"
    instance.ask("PATCH", "/project/settings", {"envVars": {"TOKEN": secret, "KEY": "-----BEGIN-----\nline-one-of-key\n-----END-----"}})
    instance.agent(
        "leak",
        "import os, sys, time\n"
        "for piece in (os.environ['TOKEN'][:9], os.environ['TOKEN'][9:], chr(10)):\n"
        "    sys.stdout.write(piece); sys.stdout.flush(); time.sleep(0.1)\n"
        "print(os.environ['KEY'])\n"
        "sys.stdout.write('x' * 65530 + os.environ['TOKEN'] + 'y' * 200000)\n"
        "print('to stderr ' + os.environ['TOKEN'], file=sys.stderr)\n",
    )
    run = instance.start(instance.workflow({"role": "custom", "agent": "leak"}), "live")
    instance.drain()
    texts = instance.texts(run, "live")
    assert texts[0] == "••••tery"
    everything = "".join(texts) + str(instance.steps(run, "live")) + str(instance.run(run, "live"))
    assert secret not in everything and "line-one-of-key" not in everything
    assert sum(text.count("x") for text in texts) >= 65530 and sum(text.count("y") for text in texts) >= 200000


def test_an_agent_sees_neither_our_data_nor_our_environment(instance: Instance) -> None:
    os.environ["CC_TEST_ONLY"] = "secret"
    instance.agent(
        "look",
        f"import os\nfor f in ('', '/codecourier.db', '/codecourier.db-key'):\n"
        f"    print(os.path.exists({str(instance.data)!r} + f))\n"
        "print('CC_TEST_ONLY' in os.environ, os.getcwd(), os.listdir('.'), os.environ['HOME'])\n",
    )
    run = instance.start(instance.workflow({"role": "custom", "agent": "look"}), "live")
    instance.drain()
    assert instance.texts(run, "live") == ["False", "False", "False", "False /work [] /home/agent"]


def git(*words: str, cwd: object = None) -> str:
    return subprocess.run(["git", *words], cwd=str(cwd), check=True, capture_output=True, text=True).stdout


def test_changes_are_committed_and_pushed_to_a_branch(instance: Instance) -> None:
    remote, source = instance.folder / "remote.git", instance.folder / "source"
    git("init", "--quiet", "--bare", "-b", "main", str(remote), cwd=instance.folder)
    git("init", "--quiet", "-b", "main", str(source), cwd=instance.folder)
    (source / "a.txt").write_text("one\n")
    git("add", ".", cwd=source)
    git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "first", cwd=source)
    git("push", "--quiet", str(remote), "main", cwd=source)
    instance.ask("PATCH", "/project/settings", {"gitCommitName": "Courier", "gitCommitEmail": "courier@example.org"})
    instance.agent("edit", "open('a.txt','a').write('two\\n')\nopen('.git/config','a').write('[core]\\n\\tfsmonitor = touch /tmp/cc-pwned\\n')\n")
    for number in (1, 2):
        run = instance.start(instance.workflow({"role": "custom", "agent": "edit"}), "live", githubRepoUrl=str(remote), name="Add two")
        instance.drain()
        ended = instance.finish(run, "live")
        branch = ended["branchName"]
        assert ended["status"] == "completed" and branch == f"cc/run-{number}-{run[-8:]}", ended
        assert git("show", f"{branch}:a.txt", cwd=remote) == "one\ntwo\n"
        assert git("log", "-1", "--format=%an <%ae> %s", branch, cwd=remote).strip() == "Courier <courier@example.org> Add two"
    assert not os.path.exists("/tmp/cc-pwned"), "git obeyed a configuration that an agent wrote"


def test_without_changes_nothing_is_pushed(instance: Instance) -> None:
    remote = instance.folder / "remote.git"
    git("init", "--quiet", "--bare", "-b", "main", str(remote), cwd=instance.folder)
    instance.agent("idle", "print('nothing to do')\n")
    run = instance.start(instance.workflow({"role": "custom", "agent": "idle"}), "live", githubRepoUrl=str(remote))
    instance.drain()
    assert instance.finish(run, "live")["status"] == "completed"
    assert git("branch", "--all", cwd=remote) == ""


@pytest.mark.produces("REPOSITORY_NOT_THERE")
def test_a_repository_that_is_not_there_fails_the_run(instance: Instance) -> None:
    instance.conf["privateHosts"] = "127.0.0.1:1"
    instance.write_conf()
    for url in (str(instance.folder / "none.git"), "https://127.0.0.1:1/none.git"):
        run = instance.start(instance.workflow({"role": "custom", "agent": "rehearsal"}), "live", githubRepoUrl=url)
        instance.drain()
        assert "could not be fetched" in instance.finish(run, "live")["error"]


def test_an_issue_moves_with_its_run(instance: Instance) -> None:
    issue = instance.ask("POST", "/issues", {"title": "Mend it"}, mode="live")["data"]["id"]
    flow = instance.workflow({"role": "custom", "agent": "rehearsal"})
    run = instance.start(flow, "live", issueId=issue)
    instance.drain()
    assert instance.finish(run, "live")["source"] == "issue"
    assert instance.ask("GET", f"/issues/{issue}")["data"]["status"] == "completed"


def test_a_burst_loses_no_line(instance: Instance) -> None:
    instance.agent("burst", "import sys\nsys.stdout.write(''.join(f'line {i}\\n' for i in range(20000)))\n")
    run = instance.start(instance.workflow({"role": "custom", "agent": "burst"}), "live")
    instance.worker()
    assert instance.texts(run, "live") == [f"line {i}" for i in range(20000)]


def test_waiting_is_bounded_and_ends_with_the_event(instance: Instance) -> None:
    instance.conf["maxWaiting"] = 0
    instance.write_conf()
    run = instance.start(instance.workflow({"role": "designer"}))
    with pytest.raises(Refused) as refused:
        instance.ask("GET", f"/runs/{run}/events?after=1&wait=5")
    assert refused.value.status == 503
    assert instance.ask("GET", f"/runs/{run}/events?after=1")["data"] == []


def test_a_stream_resumes_behind_the_last_event_and_ends_with_the_run(instance: Instance) -> None:
    run = instance.start(instance.workflow({"role": "designer", "instructions": "rehearse: lines=3 wait=200"}))
    instance.worker()
    environment = {
        "CODECOURIER_DATA": str(instance.data), "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "GET", "REMOTE_ADDR": "127.0.0.1",
        "REQUEST_URI": f"/api/v1/runs/{run}/events", "HTTP_AUTHORIZATION": "Bearer " + instance.keys["test"],
        "HTTP_ACCEPT": "text/event-stream", "HTTP_LAST_EVENT_ID": "2",
    }  # fmt: skip
    import instance as place

    done = subprocess.run([place.BUILD / "codecourier.cgi"], env=environment, capture_output=True, timeout=30)
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    assert b"text/event-stream" in head and b"Content-Length" not in head
    ids = [int(line[4:]) for line in body.decode().splitlines() if line.startswith("id: ")]
    assert ids == list(range(3, 3 + len(ids))) and b'"status":"completed"' in body
    environment["HTTP_LAST_EVENT_ID"] = str(ids[-1])
    again = subprocess.run([place.BUILD / "codecourier.cgi"], env=environment, capture_output=True, timeout=30)
    assert again.stdout.startswith(b"Status: 204")


def test_drain_ends_and_a_stopped_worker_hands_its_run_back(instance: Instance) -> None:
    run = instance.start(instance.workflow({"role": "designer", "instructions": "rehearse: lines=10 wait=200"}))
    worker = instance.worker()
    instance.until(run, "line 1 of 10")
    assert stop(worker) == 0
    assert instance.run(run)["status"] == "running"
    instance.drain()
    assert instance.finish(run)["status"] == "completed"


def test_a_worker_that_is_told_to_stop_lets_the_step_in_hand_end(instance: Instance) -> None:
    """With drainSeconds: an upgrade costs no step that was paid for.  The next step is the next worker's."""
    instance.conf["drainSeconds"] = 60
    instance.write_conf()
    step = {"role": "custom", "instructions": "rehearse: lines=3 wait=300"}
    run = instance.start(instance.workflow({**step, "label": "first"}, {**step, "label": "second"}))
    worker = instance.worker()
    instance.until(run, "line 1 of 3")
    assert stop(worker) == 0
    assert [step["status"] for step in instance.steps(run)] == ["completed", "pending"] and instance.run(run)["status"] == "running"
    instance.drain()
    assert instance.finish(run)["status"] == "completed"


def test_who_is_told_twice_waits_for_nothing(instance: Instance) -> None:
    instance.conf["drainSeconds"] = 600
    instance.write_conf()
    run = instance.start(instance.workflow({"role": "custom", "instructions": "rehearse: lines=100 wait=300"}))
    worker = instance.worker()
    instance.until(run, "line 1 of 100")
    worker.send_signal(signal.SIGTERM)
    instance.wait(lambda: "ending when the steps in hand have ended" in instance.log_text())
    assert stop(worker) == 0
    assert [step["status"] for step in instance.steps(run)] != ["completed"]


def test_a_project_that_has_lost_its_settings_runs_with_the_presets(instance: Instance) -> None:
    """The worker took such a run and gave it back a hundred times a second, for ever."""
    run = instance.start(instance.workflow({"role": "custom", "agent": "rehearsal"}), "live")
    with storage.connect(instance.data) as database:
        database.execute("DELETE FROM project_settings")
    instance.drain()
    assert instance.finish(run, "live")["status"] == "completed"


def test_an_agent_is_handed_the_trace_of_whoever_started_its_run(instance: Instance) -> None:
    """Each step of it, and of that run alone; what is no trace context is none."""
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    instance.agent("agent", "import os; print('trace', os.environ.get('TRACEPARENT'))")
    flow = instance.workflow({"role": "custom", "agent": "agent", "instructions": "Speak."})
    said = {}
    for sent in (trace, trace.upper(), ""):
        run = instance.ask("POST", "/runs", {"workflowId": flow}, "live", **({"HTTP_TRACEPARENT": sent} if sent else {}))["data"]["id"]
        instance.drain()
        said[sent] = [event["data"].get("text", "") for event in instance.ask("GET", f"/runs/{run}/events?limit=1000", mode="live")["data"] if event["type"] == "log"]
    assert f"trace {trace}" in said[trace] and "trace None" in said[trace.upper()] and "trace None" in said[""], said
