"""Every reason of core/context/reasons.h is produced by a test: those that nothing else is about, here."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from instance import PLAIN, ROOT, Instance, Json, stop
from test_acting import Maker
from test_chains import chain_of, look, until
from test_checkpoints import again, flow, pause_between, place, resume_elsewhere  # noqa: F401
from test_git import Place
from test_https import remote  # noqa: F401
from test_agent_output import play, recording
from test_sandbox import inside


def test_no_reason_is_without_a_test() -> None:
    listed = {one["code"] for one in json.loads(subprocess.run([PLAIN / "codecourier", "openapi"], capture_output=True, check=True).stdout)["x-reasons"]}
    done = subprocess.run([sys.executable, "-m", "pytest", "--collect-only", "--produced", "-q", "-p", "no:cacheprovider", "."],
                          cwd=Path(__file__).parent, capture_output=True, text=True)  # fmt: skip
    found = re.search(r"^produced: (.*)$", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr
    by_units = {code for path in (ROOT / "tests" / "unit").glob("*.c") for code in re.findall(r"\bCC_REASON_([A-Z_]+)\b", path.read_text())}
    produced = set(found[1].split()) | by_units
    assert listed - produced == set(), "no test produces these"
    assert set(found[1].split()) - listed == set(), "there are no such reasons"


def ended_as(instance: Instance, run: str) -> Json:
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "failed" and ended["errorCode"] and ended["errorParams"] is not None, ended
    return ended


# ---- before the first step


@pytest.fixture
def idle(instance: Instance) -> str:
    instance.agent("idle", "print('ran')\n")
    return instance.workflow({"role": "custom", "agent": "idle"})


@pytest.fixture
def tools(instance: Instance) -> Iterator[Path]:
    """All that the worker finds: bubblewrap, and what is linked there beside it.  Not below /tmp, which the sandbox covers before it starts."""
    with tempfile.TemporaryDirectory(prefix="cc-tools-", dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "bwrap").symlink_to(shutil.which("bwrap") or "/nowhere")
        instance.environment["PATH"] = name
        yield folder


@pytest.mark.produces("RUN_UNREADABLE")
def test_a_run_that_cannot_be_read_says_so(instance: Instance, idle: str) -> None:
    run = instance.start(idle, "live")
    instance.sql("UPDATE runs SET steps = '[' WHERE id = ?", run)
    assert ended_as(instance, run)["errorCode"] == "RUN_UNREADABLE"


@pytest.mark.produces("NO_AGENT", "NO_SUCH_AGENT", "AGENT_NOT_INSTALLED", "AGENT_PROGRAM_MISSING")
@pytest.mark.usefixtures("tools")
def test_an_agent_that_is_not_there_is_said_with_what_to_do(instance: Instance) -> None:
    instance.conf["agent.gone"] = str(instance.folder / "gone")
    instance.write_conf()
    runs = {agent: instance.start(instance.workflow({"role": "custom"} | ({"agent": agent} if agent else {})), "live") for agent in ("", "nobody", "codex", "gone")}
    instance.drain()
    ended = {agent: instance.finish(run, "live") for agent, run in runs.items()}
    assert {agent: run["errorCode"] for agent, run in ended.items()} == {
        "": "NO_AGENT", "nobody": "NO_SUCH_AGENT", "codex": "AGENT_NOT_INSTALLED", "gone": "AGENT_PROGRAM_MISSING",
    }  # fmt: skip
    assert ended["codex"]["errorParams"]["agent"] == "codex" and "npm install" in ended["codex"]["error"]
    assert ended["nobody"]["errorParams"] == {"agent": "nobody", "label": "custom"}


@pytest.mark.produces("SANDBOX_BROKEN")
@pytest.mark.parametrize("repository", [False, True])
def test_a_sandbox_that_goes_away_under_a_worker_ends_its_runs(instance: Instance, tools: Path, idle: str, repository: bool) -> None:
    """Before an agent is started, and before git is; without it, nothing of either runs."""
    (tools / "git").symlink_to(shutil.which("git") or "/nowhere")
    first = instance.start(idle, "live")
    worker = instance.worker()
    assert instance.finish(first, "live")["status"] == "completed", instance.log_text()
    (tools / "bwrap").unlink()
    more = {"githubRepoUrl": str(Place(instance).remote)} if repository else {}
    ended = instance.finish(instance.start(idle, "live", **more), "live")
    assert (ended["status"], ended["errorCode"]) == ("failed", "SANDBOX_BROKEN") and "bubblewrap" in ended["error"], ended
    assert instance.texts(ended["id"], "live") == []
    stop(worker)


@pytest.mark.produces("AGENT_HOME_NOT_COPIED", "HOME_TOO_LARGE")
def test_a_home_that_is_too_large_is_not_copied(instance: Instance, idle: str) -> None:
    home = instance.folder / "sign-ins"
    home.mkdir()
    (home / "models").write_bytes(bytes(65 << 20))
    instance.conf["agentHome"] = str(home)
    instance.write_conf()
    ended = ended_as(instance, instance.start(idle, "live"))
    assert ended["errorParams"] == {"reason": {"code": "HOME_TOO_LARGE"}}
    assert ended["error"] == "The directory of the setting agentHome could not be copied for the project: it holds more than 64 MB."


@pytest.mark.produces("DIRECTORY_NOT_MADE")
def test_a_directory_that_cannot_be_made_says_why(instance: Instance, idle: str) -> None:
    (instance.data / "runs").write_text("in the way")
    assert "irectory" in ended_as(instance, instance.start(idle, "live"))["errorParams"]["detail"]


@pytest.mark.produces("MIRROR_NOT_MADE")
def test_a_mirror_that_cannot_be_made_says_why(instance: Instance, idle: str) -> None:
    (instance.data / "repos").write_text("in the way")
    assert "irectory" in ended_as(instance, instance.start(idle, "live", githubRepoUrl=str(Place(instance).remote)))["errorParams"]["detail"]


@pytest.mark.produces("GIT_MISSING")
@pytest.mark.usefixtures("tools")
def test_a_machine_without_git_is_told_so(instance: Instance, idle: str) -> None:
    ended_as(instance, instance.start(idle, "live", githubRepoUrl=str(Place(instance).remote)))


@pytest.mark.parametrize(
    ("url", "now", "part"),
    [
        pytest.param("http://127.0.0.1:9/r", {"gitProtocols": "https"}, "PROTOCOL_REFUSED", marks=pytest.mark.produces("PROTOCOL_REFUSED")),
        pytest.param("http://127.0.0.1:9/r", {"privateHosts": ""}, "HOST_REFUSED", marks=pytest.mark.produces("HOST_REFUSED")),
    ],
)
def test_an_address_is_judged_by_the_settings_as_they_are_now(instance: Instance, idle: str, url: str, now: Json, part: str) -> None:
    instance.conf["privateHosts"] = "127.0.0.1:9"
    instance.write_conf()
    run = instance.start(idle, "live", githubRepoUrl=url)
    instance.conf |= now
    instance.write_conf()
    ended = ended_as(instance, run)
    assert (ended["errorCode"], ended["errorParams"]["reason"]["code"]) == ("REPOSITORY_REFUSED", part)


@pytest.mark.produces("CREDENTIAL_OF_OPERATOR")
def test_the_operators_token_is_called_by_its_setting(instance: Instance, idle: str, remote: str) -> None:  # noqa: F811
    instance.conf |= {"githubApi": remote.removesuffix("/repo.git"), "githubToken": "ghp_not0the0one0that0it0knows0000000000"}
    instance.write_conf()
    ended = ended_as(instance, instance.start(idle, "live", githubRepoUrl=remote))
    assert ended["error"].endswith("(127.0.0.1 answered 401 to the setting githubToken of codecourier.conf)"), ended
    assert ended["errorParams"]["credential"] == {"code": "CREDENTIAL_REFUSED", "host": "127.0.0.1", "status": "401", "reason": {"code": "CREDENTIAL_OF_OPERATOR"}}


# ---- what was changed


@pytest.mark.produces("TREE_NOT_RESTORED")
def test_a_tree_that_cannot_be_put_back_ends_the_run(place: Place) -> None:  # noqa: F811
    instance = place.instance
    run = instance.start(flow(instance, "one", "two", more="if word == 'two':\n    print('waits', flush=True)\n    time.sleep(600)\n"), "live", githubRepoUrl=str(place.remote))
    worker = instance.worker()
    instance.until(run, "waits", "live")
    stop(worker, signal.SIGKILL)
    shutil.rmtree(instance.data / "runs" / run / "kept" / "kept.git" / "objects")
    ended_as(instance, run)


@pytest.mark.produces("CHANGES_GONE")
def test_work_that_is_nowhere_any_more_is_not_begun_without(place: Place) -> None:  # noqa: F811
    run = pause_between(place)
    place.instance.sql("DELETE FROM checkpoint_parts")
    ended = resume_elsewhere(place, run)
    assert (ended["status"], ended["errorCode"]) == ("failed", "CHANGES_GONE"), ended
    assert place.instance.steps(run, "live")[1]["status"] == "skipped"


@pytest.mark.produces("CHANGES_NOT_KEPT")
def test_what_the_database_does_not_take_is_not_called_kept(place: Place) -> None:  # noqa: F811
    instance = place.instance
    run = instance.start(flow(instance, "one", more="print('waits', flush=True)\nwhile not os.path.exists('go'): time.sleep(0.02)\n"), "live", githubRepoUrl=str(place.remote))
    worker = instance.worker()
    instance.until(run, "waits", "live")
    instance.sql("ALTER TABLE checkpoint_parts RENAME TO elsewhere")
    (instance.data / "runs" / run / "work" / "go").touch()
    ended = instance.finish(run, "live")
    assert (ended["status"], ended["errorCode"]) == ("failed", "CHANGES_NOT_KEPT"), ended
    stop(worker)


# ---- steps

ENDINGS = {
    "AGENT_BUDGET": ("claude", "error_max_budget_usd"), "AGENT_ERROR": ("claude", "error_during_execution"),
    "AGENT_FILTERED": ("opencode", "content-filter"), "AGENT_UNFINISHED": ("pi", "toolUse"),
}  # fmt: skip


def ending(agent: str, word: str) -> bytes:
    if agent == "claude":
        return json.dumps({"type": "result", "subtype": word, "is_error": True}).encode() + b"\n"
    if agent == "opencode":
        return re.sub(rb'"reason":"stop"', b'"reason":"' + word.encode() + b'"', recording("opencode"))
    return re.sub(rb'"stopReason":"stop"', b'"stopReason":"' + word.encode() + b'"', recording("pi"))


@pytest.mark.parametrize("code", [pytest.param(code, marks=pytest.mark.produces(code)) for code in ENDINGS])
def test_what_an_agent_calls_its_end_is_said_in_words(instance: Instance, code: str) -> None:
    agent, word = ENDINGS[code]
    (ended,) = play(instance, agent, {word: (ending(agent, word), 0)}).values()
    assert (ended["status"], ended["errorParams"]["reason"]) == ("failed", {"code": code}), ended
    (step,) = instance.steps(ended["id"], "live")
    assert (step["errorCode"], step["errorParams"]) == (code, {}) and ended["error"] == f"Step 1 (checker) failed: {step['output']}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(b"Hm.\n", "AGENT_KILLED_SILENT", marks=pytest.mark.produces("AGENT_KILLED_SILENT")),
        pytest.param(recording("claude"), "AGENT_KILLED_LATE", marks=pytest.mark.produces("AGENT_KILLED_LATE")),
        pytest.param(None, "AGENT_KILLED", marks=pytest.mark.produces("AGENT_KILLED")),
    ],
)
def test_an_agent_that_a_signal_ends_is_not_done(instance: Instance, text: bytes | None, code: str) -> None:
    instance.conf["sandbox"] = "off"  # in one, bubblewrap makes a code of it
    killed = "import os\nos.kill(os.getpid(), 10)"
    if text is None:
        ended, _ = inside(instance, killed)
    else:
        (ended,) = play(instance, "claude", {"killed": (text, 0)}, killed).values()
    assert ended["errorParams"]["reason"] | {"detail": ""} == {"code": code, "signal": "10", "detail": ""}, ended


def test_a_step_keeps_its_reason_when_another_worker_ends_the_run(instance: Instance) -> None:
    """As when its worker was lost behind the step's end and before the run's."""
    instance.agent("fails", "import sys\nsys.exit('no good')\n")
    run = instance.start(instance.workflow({"role": "custom", "agent": "fails"}), "live")
    first = ended_as(instance, run)
    instance.sql("UPDATE runs SET status = 'running', finished_at = NULL, error = NULL, error_code = NULL, error_params = NULL, lease_until = 1 WHERE id = ?", run)
    second = ended_as(instance, run)
    assert {name: second[name] for name in ("error", "errorCode", "errorParams")} == {name: first[name] for name in ("error", "errorCode", "errorParams")}
    assert second["errorParams"]["reason"] == {"code": "AGENT_EXITED", "exit": "1", "detail": "no good"}


# ---- chains


@pytest.fixture
def sprint(instance: Instance) -> Iterator[str]:
    """A chain whose first run waits."""
    instance.agent("waits", "import time\ntime.sleep(600)\n")
    flow_id = instance.workflow({"role": "custom", "agent": "waits"})
    chain = chain_of(instance, "live", source="sprint", workflowId=flow_id, runCount=2)
    worker = instance.worker()
    instance.wait(lambda: bool(look(instance, chain, "live")["currentRunId"]))
    yield chain
    stop(worker)


@pytest.mark.produces("CHAIN_RUN_CANCELLED", "CHAIN_RUN_DELETED")
def test_a_chain_says_what_became_of_its_run(instance: Instance, sprint: str) -> None:
    run = look(instance, sprint, "live")["currentRunId"]
    instance.ask("POST", f"/runs/{run}/cancel", mode="live")
    ended = until(instance, sprint, "failed", "live")
    assert (ended["error"], ended["errorCode"], ended["errorParams"]) == ("Run 1 was cancelled.", "CHAIN_RUN_CANCELLED", {"run": "1"})
    instance.ask("POST", f"/chains/{sprint}/resume", {}, mode="live")
    resumed = look(instance, sprint, "live")
    assert (resumed["error"], resumed["errorCode"], resumed["errorParams"]) == (None, None, None)
    instance.wait(lambda: bool(look(instance, sprint, "live")["currentRunId"]))
    instance.sql("DELETE FROM runs WHERE id = ?", look(instance, sprint, "live")["currentRunId"])
    instance.sql("UPDATE chains SET current_run_id = 'run_0NqT3yKc8ZVbW5aXeRm1Lp' WHERE id = ?", sprint)
    assert until(instance, sprint, "failed", "live")["errorCode"] == "CHAIN_RUN_DELETED"


@pytest.mark.produces("WORKFLOW_GONE", "ISSUE_GONE")
def test_a_chain_says_what_it_was_to_start_and_is_gone(instance: Instance) -> None:
    flow_id = instance.workflow({"role": "planner"})
    issue = instance.ask("POST", "/issues", {"title": "Fix it"}, mode="live")["data"]["id"]
    chains = [chain_of(instance, source="issue", workflowId=flow_id, issueIds=[issue]), chain_of(instance, source="sprint", workflowId=flow_id, runCount=1)]
    instance.sql("DELETE FROM issues WHERE id = ?", issue)
    instance.sql("UPDATE chains SET workflow_id = 'wfl_0NqT3yKc8ZVbW5aXeRm1Lp' WHERE id = ?", chains[1])
    instance.drain()
    assert [look(instance, chain)["errorCode"] for chain in chains] == ["ISSUE_GONE", "WORKFLOW_GONE"]


@pytest.mark.produces("SCOPE_LOST", "KEY_OF_TESTS")
def test_a_chain_says_which_right_its_maker_has_lost(instance: Instance) -> None:
    maker = Maker(instance)
    lost, test = maker.chain(), maker.chain()
    tests = instance.ask("GET", "/whoami")["data"]["keyId"]
    instance.sql("UPDATE api_keys SET scopes = 0 WHERE id = ?", maker.id)
    instance.sql("UPDATE chains SET acts_for = ? WHERE id = ?", tests, test)
    instance.drain()
    first, second = look(instance, lost, "live"), look(instance, test, "live")
    assert (first["errorCode"], first["errorParams"]) == ("SCOPE_LOST", {"key": "maker", "scope": "runs:write"}), first
    assert second["errorCode"] == "KEY_OF_TESTS" and second["error"] == f"The key '{second['errorParams']['key']}' set this up and is a test key."
