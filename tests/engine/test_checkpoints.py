"""What the agents of a run have made is kept after each step: it is put back where it is lost, and nothing of it is done twice."""

from __future__ import annotations

import shutil
import signal

import pytest
from instance import Instance, Json, stop
from test_git import Place, git


@pytest.fixture
def place(instance: Instance) -> Place:
    return Place(instance)


# Adds a line and a file, both called as its step's instructions say; the second step waits, once.
WORD = """
import os, sys, time
word = sys.argv[1].split("# Your step\\n")[1].split()[0]
"""
AGENT = WORD + """
print("sees", sorted(n for n in os.listdir(".") if n != ".git"), open("a.txt").read().split(), flush=True)
open("a.txt", "a").write(word + "\\n")
open(word, "w").write("new\\n")
"""
WAITS = """
if word == "two" and "again" not in os.environ:
    open("junk", "w").write("half done\\n")
    os.mkdir("locked", 0)
    print("waits", flush=True)
    time.sleep(600)
"""


def flow(instance: Instance, *words: str, more: str = "") -> str:
    instance.agent("agent", AGENT + more)
    return instance.workflow(*({"role": "custom", "agent": "agent", "instructions": word} for word in words))


def told(place: Place, run: str, stream: str) -> list[str]:
    return [e["data"]["text"] for e in place.instance.follow(run, "live") if e["type"] == "log" and e["data"]["stream"] == stream]


def test_a_step_that_begins_again_finds_the_tree_as_it_was_and_says_so(place: Place) -> None:
    instance = place.instance
    run = instance.start(flow(instance, "one", "two", more=WAITS), "live", githubRepoUrl=str(place.remote), name="Change")
    worker = instance.worker()
    instance.until(run, "waits", "live")
    stop(worker, signal.SIGKILL)
    instance.ask("PATCH", "/project/settings", {"envVars": {"again": "yes"}}, mode="live")
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "completed", (ended, instance.log_text())
    sees = [text for text in told(place, run, "stdout") if text.startswith("sees")]
    assert sees == ["sees ['a.txt', 'src'] ['one']"] + ["sees ['a.txt', 'one', 'src'] ['one', 'one']"] * 2
    assert place.files(ended["branchName"]) == ["a.txt", "one", "src/b.txt", "two"]
    assert git("log", "--format=%s", f"main..{ended['branchName']}", cwd=place.remote) == "Change\n"
    assert [step["attempt"] for step in instance.steps(run, "live")] == [1, 2]
    assert [e["data"]["attempt"] for e in instance.follow(run, "live") if e["type"] == "step.started"] == [1, 1, 2]
    assert any("attempt 2" in text and "as it was" in text for text in told(place, run, "worker"))


def pause_between(place: Place, script: str = AGENT) -> str:
    """A run that waits, paused, behind its first step."""
    instance = place.instance
    instance.agent("agent", script + "time.sleep(1)\n")
    flow = instance.workflow(*({"role": "custom", "agent": "agent", "instructions": word} for word in ("one", "two")))
    run = instance.start(flow, "live", githubRepoUrl=str(place.remote), name="Change")
    worker = instance.worker()
    instance.until(run, "step.started", "live")
    instance.ask("POST", f"/runs/{run}/pause", mode="live")
    instance.wait(lambda: instance.steps(run, "live")[0]["status"] == "completed")
    stop(worker)
    assert instance.run(run, "live")["status"] == "paused"
    return run


def resume_elsewhere(place: Place, run: str) -> Json:
    """By a worker that has nothing of the run but what is in the database."""
    shutil.rmtree(place.instance.data / "runs" / run)
    place.instance.ask("POST", f"/runs/{run}/resume", mode="live")
    place.instance.drain()
    return place.instance.finish(run, "live")


def test_a_paused_run_whose_directory_was_removed_goes_on_with_what_it_had_made(place: Place) -> None:
    """Though the branch that it was made upon has gone on meanwhile, further than is cloned."""
    run = pause_between(place)
    first = place.instance.steps(run, "live")[0]
    assert first["baseCommit"] == git("rev-parse", "main", cwd=place.remote).strip() and first["headCommit"] != first["baseCommit"]
    source = place.instance.folder / "remote.git.source"
    for n in range(60):
        git("-c", "user.name=B", "-c", "user.email=b@example.org", "commit", "-qm", f"later {n}", "--allow-empty", cwd=source)
    git("push", "--quiet", str(place.remote), "main", cwd=source)
    ended = resume_elsewhere(place, run)
    assert ended["status"] == "completed", (ended, place.instance.log_text())
    assert place.files(ended["branchName"]) == ["a.txt", "one", "src/b.txt", "two"]
    assert git("show", f"{ended['branchName']}:a.txt", cwd=place.remote).split() == ["one", "one", "two"]
    assert git("merge-base", "main", ended["branchName"], cwd=place.remote).strip() == first["baseCommit"]
    assert [step["attempt"] for step in place.instance.steps(run, "live")] == [1, 1]


def test_so_does_one_on_a_repository_without_a_commit(place: Place) -> None:
    git("update-ref", "-d", "refs/heads/main", cwd=place.remote)
    run = pause_between(place, WORD + "open(word, 'w').write('new')\n")
    assert place.instance.steps(run, "live")[0]["headCommit"] and not place.instance.steps(run, "live")[0]["baseCommit"]
    ended = resume_elsewhere(place, run)
    assert ended["status"] == "completed", (ended, place.instance.log_text())
    assert place.files(ended["branchName"]) == ["one", "two"]


def again(place: Place, run: str, what: str, body: Json) -> Json:
    made = str(place.instance.ask("POST", f"/runs/{run}/{what}", body, mode="live")["data"]["id"])
    place.instance.drain()
    return place.instance.finish(made, "live")


def test_a_failed_run_is_retried_from_the_step_that_failed(place: Place) -> None:
    """Step one is not paid for again, and what the failed step had done is not there."""
    instance = place.instance
    fails = "open('junk', 'w').close()\nif word == 'two' and 'again' not in os.environ: sys.exit(3)\nos.remove('junk')\n"
    first = instance.start(flow(instance, "one", "two", more=fails), "live", githubRepoUrl=str(place.remote), name="Change")
    instance.drain()
    assert instance.finish(first, "live")["status"] == "failed"
    instance.ask("PATCH", "/project/settings", {"envVars": {"again": "yes"}}, mode="live")
    instance.ask("DELETE", f"/runs/{again(place, first, 'retry', {})['id']}", mode="live")  # and whoever does it twice
    shutil.rmtree(instance.data / "runs")
    ended = again(place, first, "retry", {"fromStep": 2})
    assert ended["status"] == "completed" and ended["restartedFrom"] == first, (ended, instance.log_text())
    assert [text for text in told(place, ended["id"], "stdout") if text.startswith("sees")] == ["sees ['a.txt', 'one', 'src'] ['one', 'one']"]
    assert place.files(ended["branchName"]) == ["a.txt", "one", "src/b.txt", "two"]
    assert [(step["status"], step["costUsd"]) for step in instance.steps(ended["id"], "live")][0] == ("completed", 0)
    instance.ask("DELETE", f"/runs/{first}", mode="live")
    assert again(place, ended["id"], "retry", {"fromStep": 2})["status"] == "completed"


def test_a_restarted_run_has_a_branch_of_its_own(place: Place) -> None:
    """Unless it was asked to work on a certain one."""
    ended, _ = place.go("open('a.txt', 'a').write('two\\n')")
    second = again(place, ended["id"], "restart", {})
    assert second["branchName"].startswith("cc/run-2-") and second["status"] == "completed", second
    assert git("log", "--format=%s", f"main..{second['branchName']}", cwd=place.remote) == "Change\n"
    assert git("show", f"{second['branchName']}:a.txt", cwd=place.remote) == "one\ntwo\n"
    git("branch", "topic", "main", cwd=place.remote)
    asked, _ = place.go("open('a.txt', 'a').write('two\\n')", branchName="topic")
    assert again(place, asked["id"], "restart", {})["branchName"] == "topic"


def test_a_loop_is_begun_again_from_its_first_round(instance: Instance) -> None:
    """The checker of round two is not among what is taken over: the loop has not come so far."""
    steps = [{"role": "designer"}, {"role": "designer", "loopId": "l"}, {"role": "checker", "loopId": "l", "instructions": "rehearse: verdict=fail,pass"}, {"role": "answerer"}]
    run = instance.start(instance.workflow(*steps))
    instance.drain()
    assert len(instance.steps(run)) == 6
    for first, taken in ((2, 1), (3, 2), (4, 5)):
        made = str(instance.ask("POST", f"/runs/{run}/retry", {"fromStep": first})["data"]["id"])
        assert sum(step["status"] == "completed" for step in instance.steps(made)) == taken
        instance.drain()
        assert instance.finish(made)["status"] == "completed" and len(instance.steps(made)) == 6


def test_what_is_too_large_to_be_kept_is_said_and_pushed_all_the_same(place: Place) -> None:
    place.instance.conf["checkpointMb"] = 1
    ended, _ = place.go("open('large', 'wb').write(os.urandom(2 << 20))")
    assert ended["status"] == "completed", ended
    assert place.files(ended["branchName"]) == ["a.txt", "large", "src/b.txt"]
    assert any("setting checkpointMb: 1 MB" in text for text in told(place, ended["id"], "worker"))
    assert place.instance.sql("SELECT count(*) FROM checkpoint_parts") == [(0,)]


@pytest.mark.produces("CHECKPOINT_TOO_LARGE")
def test_a_run_whose_work_is_nowhere_any_more_says_so(place: Place) -> None:
    place.instance.conf["checkpointMb"] = 0
    ended = resume_elsewhere(place, pause_between(place))
    assert ended["status"] == "failed" and "checkpointMb" in ended["error"], ended


def test_a_deleted_run_leaves_no_checkpoint(place: Place) -> None:
    ended, _ = place.go("open('large', 'wb').write(os.urandom(2 << 20))")
    kinds = place.instance.sql("SELECT kind, count(*), sum(length(data)) > 2 << 20 FROM checkpoint_parts GROUP BY kind ORDER BY kind")
    assert kinds == [("bundle", 5, 1), ("numbers", 1, 0), ("patch", 5, 1)], kinds
    place.instance.ask("DELETE", f"/runs/{ended['id']}", mode="live")
    assert place.instance.sql("SELECT count(*) FROM checkpoint_parts") == [(0,)]


def test_a_worker_that_is_stopped_keeps_a_finished_steps_changes_first(place: Place) -> None:
    """The step is paid for: it ends, and the next worker begins with the second one."""
    instance = place.instance
    run = instance.start(flow(instance, "one", "two", more="if word == 'one': print('done', flush=True)\n"), "live", githubRepoUrl=str(place.remote))
    worker = instance.worker()
    instance.wait(lambda: instance.steps(run, "live")[0]["status"] != "pending")
    instance.until(run, "done", "live")
    stop(worker)
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "completed", ended
    assert place.files(ended["branchName"]) == ["a.txt", "one", "src/b.txt", "two"]
    assert git("show", f"{ended['branchName']}:a.txt", cwd=place.remote).split() == ["one", "one", "two"]
