"""Sandboxes: one talks with an agent, from one worker to the next, and what it has changed is pushed when somebody says so."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import pytest
from forge import TOKEN, served
from instance import Instance, Json, Refused, stop
from test_git import Place, git


@pytest.fixture
def place(instance: Instance) -> Place:
    return Place(instance)


# Tells what it was told and sees; does what the last line of that says: `write NAME TEXT`, `fail`, `wait` or `look PATH`.
AGENT = """
import json, os, sys, time
told = sys.argv[1]
print(json.dumps({"told": told, "sees": sorted(n for n in os.listdir(".") if n != ".git"), "home": sorted(os.listdir(os.environ["HOME"]))}))
open(os.environ["HOME"] + "/been-here", "w").close()
word, *rest = told.splitlines()[-1].split()
if word == "write":
    open(rest[0], "a").write(" ".join(rest[1:]) + "\\n")
if word == "fail":
    sys.exit(3)
if word == "wait" and "again" not in os.environ:
    open("half-done", "w").close()
    print("waits", flush=True)
    time.sleep(600)
if word == "look":
    for path in rest:
        for name, _, files in os.walk(path, onerror=lambda wrong: print(json.dumps({"refused": str(wrong)}))):
            print(json.dumps({"found": [name, *files]}))
"""


def opened(place: Place, **more: object) -> str:
    place.instance.agent("talker", AGENT)
    return str(place.instance.ask("POST", "/sandboxes", {"agent": "talker", "githubRepoUrl": str(place.remote)} | more, "live")["data"]["id"])


def sandbox(instance: Instance, made: str, mode: str = "live") -> Json:
    found: Json = instance.ask("GET", f"/sandboxes/{made}", mode=mode)["data"]
    return found


def say(instance: Instance, made: str, text: str, mode: str = "live") -> str:
    return str(instance.ask("POST", f"/sandboxes/{made}/messages", {"text": text}, mode)["data"]["id"])


def commit(instance: Instance, made: str, message: str, **more: object) -> None:
    instance.ask("POST", f"/sandboxes/{made}/commit", {"message": message} | more, "live")


def messages(instance: Instance, made: str, mode: str = "live") -> list[Json]:
    """Oldest first."""
    found: list[Json] = instance.ask("GET", f"/sandboxes/{made}/messages?limit=100", mode=mode)["data"]
    return found[::-1]


def last(instance: Instance, made: str) -> Json:
    """What became of the last message, once all are answered."""
    instance.drain()
    found = messages(instance, made)[-1]
    assert found["status"] in ("completed", "failed"), (found, instance.log_text())
    return found


def seen(instance: Instance, made: str) -> Json:
    found = last(instance, made)
    assert found["status"] == "completed", (found, instance.log_text())
    answer: Json = json.loads(found["answer"].splitlines()[0])
    return answer


def directory(instance: Instance, made: str) -> Path:
    return instance.data / "runs" / made


def test_a_conversation_goes_on_wherever_its_worker_is(place: Place) -> None:
    instance = place.instance
    made = opened(place)
    assert sandbox(instance, made)["status"] == "opening"
    instance.drain()
    assert sandbox(instance, made)["status"] == "idle"
    assert instance.run(made, "live")["status"] == "paused"
    say(instance, made, "write one first")
    assert sandbox(instance, made)["status"] == "working"
    first = seen(instance, made)
    assert first["told"] == "write one first" and first["sees"] == ["a.txt", "src"] and "been-here" not in first["home"], first
    # Another machine has neither the tree nor the agent's home: what was changed is there, and so is what was said.
    shutil.rmtree(directory(instance, made))
    say(instance, made, "write two second")
    second = seen(instance, made)
    assert second["sees"] == ["a.txt", "one", "src"] and "been-here" not in second["home"], second
    assert "The files are as you left them." in second["told"] and "## You were told\nwrite one first" in second["told"]
    assert second["told"].endswith("# What you are told now\nwrite two second")
    # Here again, with its home.  A turn that fails is only that.
    say(instance, made, "fail")
    failed = last(instance, made)
    assert failed["status"] == "failed" and failed["errorCode"] == "AGENT_EXITED" and failed["answer"] is None, failed
    assert sandbox(instance, made)["status"] == "idle"
    # Nothing was pushed so far; now exactly that is, in one commit.
    assert git("branch", "--list", "--format=%(refname:short)", cwd=place.remote).split() == ["main"]
    commit(instance, made, "Add two files\n\nAs talked about.")
    done = last(instance, made)
    now = sandbox(instance, made)
    branch = now["branchName"]
    assert done["kind"] == "commit" and done["status"] == "completed" and done["answer"] == f"Pushed as {branch}.", done
    assert now["pushStatus"] == "pushed" and now["status"] == "idle", now
    assert place.files(branch) == ["a.txt", "one", "src/b.txt", "two"]
    assert git("log", "--format=%B", f"main..{branch}", cwd=place.remote).strip() == "Add two files\n\nAs talked about."
    # It goes on from there, and the next commit comes upon that one.
    with pytest.raises(Refused, match="first commit"):
        commit(instance, made, "Named too late", branchName="late")
    say(instance, made, "write three third")
    third = seen(instance, made)
    assert third["sees"] == ["a.txt", "one", "src", "two"] and "been-here" in third["home"] and "Pushed as" in third["told"], third
    commit(instance, made, "Add a third")
    commit(instance, made, "Add nothing")
    assert last(instance, made)["answer"] == "Nothing was changed."
    assert git("log", "--format=%s", f"main..{branch}", cwd=place.remote).split("\n")[:2] == ["Add a third", "Add two files"]
    # What is killed has no files any more.
    instance.ask("POST", f"/sandboxes/{made}/kill", {}, "live")
    instance.drain()
    over = sandbox(instance, made)
    assert over["status"] == "killed" and over["filesRemovedAt"], over
    instance.drain()
    assert not directory(instance, made).exists(), instance.log_text()
    assert instance.sql("SELECT count(*) FROM checkpoint_parts WHERE run_id = ?", made) == [(0,)]


def test_a_worker_that_is_killed_in_the_middle_of_an_answer_is_said(place: Place) -> None:
    instance = place.instance
    made = opened(place, message="write one first")
    say(instance, made, "wait")
    say(instance, made, "write two second")
    worker = instance.worker()
    instance.until(made, "waits", "live")
    stop(worker, signal.SIGKILL)
    instance.ask("PATCH", "/project/settings", {"envVars": {"again": "yes"}}, mode="live")
    assert seen(instance, made)["sees"] == ["a.txt", "one", "src"]  # without what was half done
    assert [(one["position"], one["status"], one["attempt"]) for one in messages(instance, made)] == [(0, "completed", 1), (1, "completed", 2), (2, "completed", 1)]
    events = instance.ask("GET", f"/sandboxes/{made}/events?limit=1000", mode="live")["data"]
    assert any("attempt 2" in event["data"].get("text", "") for event in events)
    assert [event["data"]["position"] for event in events if event["type"] == "step.finished"] == [0, 1, 2]


@pytest.mark.produces("WORKER_LOST")
def test_a_message_that_costs_too_many_workers_fails_and_the_next_is_answered(place: Place) -> None:
    instance = place.instance
    instance.conf["lostRunRetries"] = 0
    made = opened(place, message="wait")
    say(instance, made, "write two second")
    worker = instance.worker()
    instance.until(made, "waits", "live")
    stop(worker, signal.SIGKILL)
    assert seen(instance, made)["sees"] == ["a.txt", "src"]  # without what was half done
    assert [(one["status"], one["errorCode"]) for one in messages(instance, made)] == [("failed", "WORKER_LOST"), ("completed", None)]
    assert sandbox(instance, made)["status"] == "idle"


def test_paused_it_answers_nothing_and_begun_anew_it_has_forgotten(place: Place) -> None:
    instance = place.instance
    made = opened(place, message="write one first")
    instance.drain()
    assert instance.ask("POST", f"/sandboxes/{made}/pause", {}, "live")["data"]["status"] == "paused"
    say(instance, made, "write two second")
    instance.drain()
    assert messages(instance, made)[-1]["status"] == "pending" and sandbox(instance, made)["status"] == "paused"
    assert instance.ask("POST", f"/sandboxes/{made}/resume", {}, "live")["data"]["status"] == "working"
    assert seen(instance, made)["sees"] == ["a.txt", "one", "src"]
    assert instance.ask("POST", f"/sandboxes/{made}/restart", {}, "live")["data"]["status"] == "opening"
    say(instance, made, "write three third")
    anew = seen(instance, made)
    assert anew == {"told": "write three third", "sees": ["a.txt", "src"], "home": anew["home"]} and "been-here" not in anew["home"], anew
    instance.drain()
    assert [path.name for path in directory(instance, made).parent.iterdir()] == [made]  # what was before is gone
    for number in range(20):
        say(instance, made, f"write four {number}")
    with pytest.raises(Refused, match="20 messages wait already"):
        say(instance, made, "one too many")


def test_killed_in_the_middle_of_an_answer_it_ends_at_once(place: Place) -> None:
    instance = place.instance
    made = opened(place, message="wait")
    worker = instance.worker()
    instance.until(made, "waits", "live")
    with pytest.raises(Refused, match="at work cannot be restarted"):
        instance.ask("POST", f"/sandboxes/{made}/restart", {}, "live")
    assert instance.ask("POST", f"/sandboxes/{made}/pause", {}, "live")["data"]["status"] == "paused"
    assert messages(instance, made)[0]["status"] == "running"  # it is answered to its end
    assert instance.ask("POST", f"/sandboxes/{made}/kill", {}, "live")["data"]["status"] == "killing"
    instance.wait(lambda: sandbox(instance, made)["status"] == "killed")
    assert messages(instance, made)[0]["status"] == "cancelled"
    stop(worker)
    instance.drain()
    assert not directory(instance, made).exists(), instance.log_text()


# Keeps what it was told where agents keep it: in its home, under a name.
SPEAKER = """
import json, os, sys
def say(**more): print(json.dumps({"jsonrpc": "2.0"} | more), flush=True)
def hear(): return json.loads(sys.stdin.readline())
start = hear()
say(id=start["id"], result={"protocolVersion": 1, "agentCapabilities": {"loadSession": True}, "authMethods": []})
new = hear()
loads = new["method"] == "session/load"
name = new["params"]["sessionId"] if loads else "talk-1"
path = os.environ["HOME"] + "/" + name
if loads and not os.path.exists(path):
    say(id=new["id"], error={"code": -32000, "message": "There is no such session"})
    sys.exit(1)
say(id=new["id"], result=None if loads else {"sessionId": name})
asked = hear()
open(path, "a").write(json.dumps(asked["params"]["prompt"][0]["text"]) + "\\n")
say(method="session/update", params={"sessionId": name, "update": {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": json.dumps([json.loads(line) for line in open(path)])}}})
say(id=asked["id"], result={"stopReason": "end_turn"})
"""


def test_an_agent_that_keeps_its_conversation_goes_on_with_it_where_it_is(place: Place) -> None:
    instance = place.instance
    instance.agent("speaks", SPEAKER)
    instance.conf["agent.mine"] = f"acp: {instance.bin / 'speaks'}"
    instance.write_conf()
    made = opened(place, agent="mine", message="My name is Ada.")
    assert json.loads(last(instance, made)["answer"]) == ["My name is Ada."]
    say(instance, made, "Who am I?")
    assert json.loads(last(instance, made)["answer"]) == ["My name is Ada.", "Who am I?"]
    assert instance.sql("SELECT session FROM run_steps WHERE run_id = ? ORDER BY position", made) == [("talk-1",), ("talk-1",)]
    (directory(instance, made) / "home" / "talk-1").unlink()  # it has lost it: then it is told all of it
    say(instance, made, "And now?")
    (told,) = json.loads(last(instance, made)["answer"])
    assert "## You were told\nWho am I?" in told and told.endswith("# What you are told now\nAnd now?")


@pytest.mark.produces("KEY_ENDED")
def test_it_ends_with_the_right_of_whoever_opened_it(place: Place) -> None:
    instance = place.instance
    owner = instance.keys["live"]
    instance.keys["live"] = instance.helper("key", "create", "--data", str(instance.data), "--name", "guest", "--scopes", "runs:write", "--quiet")
    made = opened(place, message="write one first")
    instance.keys["live"] = owner
    instance.drain()
    assert sandbox(instance, made)["status"] == "idle"
    ((guest,),) = instance.sql("SELECT id FROM api_keys WHERE name = 'guest'")
    instance.helper("key", "revoke", guest, "--data", str(instance.data))
    say(instance, made, "write two second")
    instance.drain()
    over = sandbox(instance, made)
    assert over["status"] == "failed" and over["errorCode"] == "KEY_ENDED", over
    assert messages(instance, made)[-1]["status"] == "skipped"


def test_one_does_not_reach_what_another_one_has(place: Place) -> None:
    instance = place.instance
    victim = opened(place, message="write secret the-secret")
    instance.drain()
    made = opened(place, message=f"look {instance.data} {directory(instance, victim)} {directory(instance, victim)}/git /repository ..")
    found = last(instance, made)
    assert found["status"] == "completed" and "the-secret" not in str(found) and victim not in str([line for line in found["answer"].splitlines()[1:] if "refused" not in line])
    assert '"secret"' not in "".join(found["answer"].splitlines()[1:]), found["answer"]


def test_nobody_having_used_it_for_days_its_files_go(place: Place) -> None:
    instance = place.instance
    instance.own_clock()
    made = opened(place, message="write one first")
    instance.drain()
    assert directory(instance, made).exists()
    instance.let_pass(15 * 86400)
    instance.drain()
    over = sandbox(instance, made)
    assert over["status"] == "expired" and over["filesRemovedAt"] and instance.run(made, "live")["status"] == "completed", over
    instance.drain()
    assert not directory(instance, made).exists()
    assert messages(instance, made)[0]["status"] == "completed"  # what was said stays


def test_a_commit_becomes_a_pull_request(instance: Instance) -> None:
    with served(instance) as forge:
        instance.conf["githubApi"] = forge.here
        instance.agent("talker", AGENT)
        pull = {"html_url": "https://github.example/acme/shop/pull/7", "number": 7, "state": "open"}
        forge.answers = {"GET /repos/acme/shop": (200, {"default_branch": "main"}), "POST /repos/acme/shop/pulls": (201, pull)}
        instance.ask("PATCH", "/project/settings", {"envVars": {"GITHUB_TOKEN": TOKEN}})
        made = instance.ask("POST", "/sandboxes", {"agent": "talker", "githubRepoUrl": f"{forge.here}/acme/shop.git", "message": "write two second"}, "live")["data"]["id"]
        assert last(instance, made)["status"] == "completed" and forge.api() == []
        commit(instance, made, "Add two\n\nIt was missing.", title="Two", description="As talked about.", branchName="two", draft=True)
        done = last(instance, made)
        assert done["answer"] == "Pushed as two.  https://github.example/acme/shop/pull/7", done
        assert forge.api()[-1][3] == {"title": "Two", "head": "two", "base": "main", "body": "As talked about.", "draft": True}
        now = sandbox(instance, made)
        assert (now["prUrl"], now["prNumber"], now["prStatus"], now["branchName"]) == (pull["html_url"], 7, "open", "two")
        assert git("show", "two:two", cwd=forge.folder / "acme" / "shop.git") == "second\n"


def test_the_command_talks_and_waits_for_the_answer(place: Place) -> None:
    instance = place.instance
    instance.agent("talker", AGENT)
    data = ("--data", str(instance.data))
    made = instance.command("sandbox", "open", "--repository", str(place.remote), "--agent", "talker", "--name", "By hand", "--quiet", *data).stdout.strip()
    worker = instance.worker()
    said = instance.command("sandbox", "say", made, "write one first", *data)
    assert "-> Message 1 (talker)" in said.stdout and '{"told": "write one first"' in said.stdout.splitlines()[-1], said.stdout
    assert json.loads(instance.command("sandbox", "commit", made, "Add one", "--json", *data).stdout)["answer"].startswith("Pushed as cc/run-1-")
    failed = instance.command("sandbox", "say", made, "fail", *data, check=False)
    assert failed.returncode == 1 and "There is no answer: failed." in failed.stdout, failed
    assert "By hand" in instance.command("sandbox", "list", "--status", "idle", *data).stdout
    assert f"Sandbox {made}: kill" in instance.command("sandbox", "kill", made, *data).stdout
    stop(worker)


def test_a_rehearsal_talks_and_pushes_nothing(instance: Instance) -> None:
    made = instance.ask("POST", "/sandboxes", {"message": "Hello"})["data"]["id"]
    instance.ask("POST", f"/sandboxes/{made}/commit", {"message": "Say hello"})
    instance.drain()
    first, second = messages(instance, made, "test")
    assert first["status"] == "completed" and "Hello" in first["answer"], first
    assert second["status"] == "completed" and second["answer"] == "A rehearsal pushes nothing.", second
    assert sandbox(instance, made, "test")["status"] == "idle"
