"""The dry run: what it finds before a run is started is what the run itself would say, word for word."""

from __future__ import annotations

from typing import Any

import pytest
from instance import PYTHON, Instance, Refused, stop
from test_git import Place

KEYLESS = (
    "The agent 'claude' gets no key for its model service: set ANTHROPIC_API_KEY or CLAUDE_CODE_OAUTH_TOKEN in the Project Settings, "
    "among the environment variables."
)


def dry(instance: Instance, workflow: str, mode: str = "live", **more: object) -> dict[str, Any]:
    data: dict[str, Any] = instance.ask("POST", f"/workflows/{workflow}/run-dry", more, mode=mode)["data"]
    assert data["ok"] == all(found["severity"] != "error" for found in data["findings"])
    assert instance.sql("SELECT count(*) FROM runs WHERE status = 'pending'") == [(0,)], "it started something"
    return data


def found(instance: Instance, workflow: str, mode: str = "live", **more: object) -> dict[str, dict[str, Any]]:
    return {one["code"]: one for one in dry(instance, workflow, mode, **more)["findings"]}


def fails(instance: Instance, workflow: str, **more: object) -> str:
    run = instance.start(workflow, "live", **more)
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "failed"
    return str(ended["error"])


def told(instance: Instance, run: str) -> list[str]:
    """What the worker itself says in the run, in order."""
    return [event["data"]["text"] for event in instance.follow(run, "live") if event["type"] == "log" and event["data"]["stream"] == "worker"]


def settings(instance: Instance, **values: object) -> None:
    instance.ask("PATCH", "/project/settings", values)


def on_path(instance: Instance, *programs: str) -> None:
    """Ours, not the operator's: found along PATH, where nothing else is but the system's."""
    for name in programs:
        (instance.bin / name).write_text(f"#!{PYTHON} -IS\nprint('Please run /login')\nraise SystemExit(1)\n")
        (instance.bin / name).chmod(0o755)
    instance.environment["PATH"] = f"{instance.bin}:/usr/bin:/bin"


def test_a_worker_says_what_it_has_and_none_is_missed_while_it_is_there(instance: Instance) -> None:
    on_path(instance)
    flow = instance.workflow({"role": "custom", "agent": "codex"})
    assert "NO_WORKER" in found(instance, flow) and "AGENT_NOT_INSTALLED" not in found(instance, flow)
    worker = instance.worker()
    instance.wait(lambda: "NO_WORKER" not in found(instance, flow))
    missing = found(instance, flow)["AGENT_NOT_INSTALLED"]
    assert (missing["severity"], missing["step"], missing["field"]) == ("error", 0, "agent")
    stop(worker)
    assert "NO_WORKER" in found(instance, flow)
    assert fails(instance, flow) == missing["message"]
    assert "NO_WORKER" not in found(instance, flow)  # one that drains comes again


def test_an_agent_that_some_workers_lack_is_a_warning(instance: Instance) -> None:
    on_path(instance, "codex")
    flow = instance.workflow({"role": "custom", "agent": "codex"})
    with_it = instance.worker()
    instance.environment["PATH"] = "/usr/bin:/bin"
    without = instance.worker()
    instance.wait(lambda: instance.sql("SELECT count(*) FROM workers") == [(2,)])
    assert found(instance, flow)["AGENT_NOT_INSTALLED"]["severity"] == "warning"
    stop(without)
    assert "AGENT_NOT_INSTALLED" not in found(instance, flow)
    stop(with_it)


def test_an_agent_that_there_is_not_ends_the_run_with_the_same_words(instance: Instance) -> None:
    flow = instance.workflow({"role": "custom", "agent": "rehearsal"}, {"role": "custom", "label": "Two", "agent": "nobody"})
    unknown = found(instance, flow)["NO_SUCH_AGENT"]
    assert unknown["step"] == 1 and fails(instance, flow) == unknown["message"]


def test_a_missing_key_is_the_first_thing_that_the_run_says(instance: Instance) -> None:
    on_path(instance, "claude")
    flow = instance.workflow({"role": "custom", "label": "Do", "agent": "claude"})
    missing = found(instance, flow)["KEY_MISSING"]
    assert (missing["severity"], missing["message"], missing["field"]) == ("error", KEYLESS, "envVars")
    run = instance.start(flow, "live")
    instance.drain()
    assert told(instance, run)[0] == KEYLESS
    error = instance.run(run, "live")["error"]
    assert KEYLESS.partition(": ")[2] in error and "Please run /login" in error
    settings(instance, envVars={"CLAUDE_CODE_OAUTH_TOKEN": "an-example-0123456789"})
    assert "KEY_MISSING" not in found(instance, flow)


@pytest.mark.parametrize(
    ("agent", "variable", "severity"),
    [("claude", "ANTHROPIC_BASE_URL", "error"), ("codex", "OPENAI_API_KEY", "error"), ("gemini", "GOOGLE_API_KEY", "error"),
     ("opencode", "SOME_OTHER_API_KEY", "warning"), ("pi", "OPENAI_API_KEY", "warning"), ("aider", "DEEPSEEK_API_KEY", "warning")],
)  # fmt: skip
def test_each_agent_knows_where_its_key_may_be(instance: Instance, agent: str, variable: str, severity: str) -> None:
    flow = instance.workflow({"role": "custom", "agent": agent})
    settings(instance, envVars={variable: ""})
    assert found(instance, flow)["KEY_MISSING"]["severity"] == severity
    settings(instance, envVars={variable: "an-example-0123456789"})
    assert "KEY_MISSING" not in found(instance, flow)


def test_sign_ins_of_the_operators_and_his_own_command_lines_are_his_affair(instance: Instance) -> None:
    flow = instance.workflow({"role": "custom", "agent": "claude"})
    instance.agent("claude", "print('VERY SECRET')\n")
    instance.conf["agent.claude"] = f"{instance.bin / 'claude'} --token VERY-SECRET"
    instance.write_conf()
    answer = dry(instance, flow)
    assert answer["steps"][0]["argv"] is None and "VERY" not in str(answer)
    assert found(instance, flow)["KEY_MISSING"]["severity"] == "warning"
    instance.conf["agentHome"] = instance.folder / "home"
    instance.write_conf()
    assert "KEY_MISSING" not in found(instance, flow)


def test_the_instructions_are_those_that_the_agent_is_told(instance: Instance) -> None:
    instance.agent("echo", "import sys\nprint(sys.argv[-1])\n")
    issue = instance.ask("POST", "/issues", {"title": "Mend it", "description": "It is broken."})["data"]["id"]
    persona = instance.ask("POST", "/personas", {"name": "Ada", "instructions": "Be exact.", "agent": "echo"})["data"]["id"]
    settings(instance, systemPrompt="Write British English.")
    flow = instance.workflow({"role": "reviewer", "personaId": persona, "instructions": "Look."})
    step = dry(instance, flow, issueId=issue)["steps"][0]
    run = instance.start(flow, "live", issueId=issue)
    instance.drain()
    assert "\n".join(instance.texts(run, "live")) == step["instructions"]
    assert step["persona"] == "Ada" and step["instructionsBytes"] == len(step["instructions"])
    instance.keys["few"] = instance.helper("key", "create", "--data", str(instance.data), "--name", "few", "--scopes", "runs:write,workflows:read",
                                           "--quiet")  # fmt: skip
    step = dry(instance, flow, "few")["steps"][0]
    assert step["instructions"] is None and step["persona"] is None and step["argv"] is None


def test_what_an_agent_cannot_be_told_and_a_persona_that_is_gone(instance: Instance) -> None:
    instance.agent("plain", "print('done')\n")
    persona = instance.ask("POST", "/personas", {"name": "Ada", "agent": "plain", "thinkingEffort": "high"})["data"]["id"]
    flow = instance.workflow({"role": "custom", "personaId": persona})
    effort = found(instance, flow)["EFFORT_NOT_HONOURED"]
    run = instance.start(flow, "live")
    instance.drain()
    assert effort["severity"] == "warning" and effort["message"] in told(instance, run)
    settings(instance, defaultAgent="plain")
    instance.ask("DELETE", f"/personas/{persona}")
    assert found(instance, flow)["PERSONA_DELETED"]["step"] == 0


@pytest.mark.parametrize("mode", ["off", "broken"])
def test_a_sandbox_that_is_not_there(instance: Instance, mode: str) -> None:
    instance.agent("plain", "print('done')\n")
    flow = instance.workflow({"role": "custom", "agent": "plain"})
    if mode == "off":
        instance.conf["sandbox"] = "off"
        instance.write_conf()
    else:
        instance.environment["PATH"] = str(instance.bin)  # where no bubblewrap is
    run = instance.start(flow, "live")
    instance.drain()
    said = found(instance, flow)
    if mode == "off":
        assert said["SANDBOX_OFF"]["severity"] == "warning" and said["SANDBOX_OFF"]["message"] in told(instance, run)
    else:
        assert said["SANDBOX_BROKEN"]["severity"] == "error" and said["SANDBOX_BROKEN"]["message"] == instance.run(run, "live")["error"]
    assert not {"SANDBOX_OFF", "SANDBOX_BROKEN"} & found(instance, flow, "test").keys()


def test_a_repository_that_cannot_be_reached(instance: Instance) -> None:
    instance.agent("plain", "print('done')\n")
    flow = instance.workflow({"role": "custom", "agent": "plain"}, githubRepoUrl="git@git.example.com:team/site.git")
    missing = found(instance, flow)["SSH_KEY_MISSING"]
    assert missing["severity"] == "error" and fails(instance, flow) == missing["message"]
    settings(instance, envVars={"GIT_SSH_KEY": "an example"})
    assert "SSH_KEY_MISSING" not in found(instance, flow)
    instance.conf["gitProtocols"] = "https"
    instance.write_conf()
    refused = found(instance, flow)["REPOSITORY_REFUSED"]
    assert refused["field"] == "githubRepoUrl" and fails(instance, flow) == refused["message"]
    with pytest.raises(Refused) as wrong:  # in the request itself it is a wrong value, as it is for POST /runs
        found(instance, flow, githubRepoUrl="http://git.example.com/team/site")
    assert wrong.value.error["field"] == "githubRepoUrl"


def test_without_a_token_nothing_can_be_pushed(instance: Instance) -> None:
    flow = instance.workflow({"role": "custom", "agent": "rehearsal"})
    url = "https://git.example.com/team/site"
    assert found(instance, flow, githubRepoUrl=url)["PUSH_NO_TOKEN"]["severity"] == "warning"
    settings(instance, envVars={"GIT_TOKEN": "an-example-0123456789"})
    assert "PUSH_NO_TOKEN" not in found(instance, flow, githubRepoUrl=url)
    place = Place(instance)
    assert not {"PUSH_NO_TOKEN", "REPOSITORY_REFUSED"} & found(instance, flow, githubRepoUrl=str(place.remote)).keys()


def test_a_run_that_would_have_to_wait(instance: Instance) -> None:
    instance.conf["runsPerProject"] = 1
    instance.write_conf()
    flow = instance.workflow({"role": "custom", "agent": "rehearsal"})
    worker = instance.worker()
    run = instance.start(flow, prompt="rehearse: lines=1 wait=600000")
    instance.until(run, "step.started")
    limit = found(instance, flow, "test")["LIMIT_REACHED"]
    assert limit["severity"] == "warning" and "runsPerProject: 1" in limit["message"]
    instance.ask("POST", f"/runs/{run}/cancel", {})
    instance.finish(run)
    assert "LIMIT_REACHED" not in found(instance, flow, "test")
    stop(worker)


def test_a_prompt_that_fits_no_command_line(instance: Instance) -> None:
    instance.agent("plain", "print('done')\n")
    flow = instance.workflow({"role": "custom", "agent": "plain"})
    long = found(instance, flow, prompt="x" * 140_000)["PROMPT_TOO_LONG"]
    assert long["severity"] == "error" and fails(instance, flow, prompt="x" * 140_000) == long["message"]


def test_an_archived_workflow_is_no_run_but_its_steps_are_told(instance: Instance) -> None:
    flow = instance.workflow({"role": "custom", "agent": "rehearsal"}, status="archived")
    answer = dry(instance, flow)
    with pytest.raises(Refused) as refused:
        instance.start(flow, "live")
    refusal = next(one for one in answer["findings"] if one["code"] == "WORKFLOW_ARCHIVED")
    assert refusal["message"] == refused.value.error["message"] and len(answer["steps"]) == 1


def test_by_hand_the_exit_code_says_it(instance: Instance) -> None:
    good, bad = (instance.workflow({"label": "Do", "role": "custom", "agent": agent}) for agent in ("rehearsal", "nobody"))
    words = ("--data", str(instance.data))
    done = instance.command("run", "check", good, *words)
    assert done.stdout.splitlines()[0] == "1. Do: rehearsal" and done.stdout.splitlines()[-1] == "It can be started."
    done = instance.command("run", "check", bad, *words, check=False)
    assert done.returncode == 1 and "error: step 1: There is no agent 'nobody' (step \"Do\").\n" in done.stdout
    done = instance.command("run", "check", bad, "--json", *words, check=False)
    assert done.returncode == 1 and '"NO_SUCH_AGENT"' in done.stdout
    assert instance.command("run", "check", "wfl_none", *words, check=False).returncode != 0
