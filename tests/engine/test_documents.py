"""What agents are given of a run's documents: the contexts that were active when it was asked for, as they were then, and where
nothing of them is ever committed."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest
from instance import Instance, Json, stop
from test_agent_output import recording
from test_git import Place, git

FILES = {
    "claude": ".claude/CLAUDE.md",
    "codex": ".codex/AGENTS.md",
    "opencode": ".config/opencode/AGENTS.md",
    "pi": ".pi/agent/AGENTS.md",
    "gemini": ".gemini/GEMINI.md",
}
# Keeps what it is told, the texts of its home, and which files of the work tree there are.
RECORDER = """
import json, os, shutil, sys, time
def files(top):
    return sorted(os.path.relpath(os.path.join(folder, name), top) for folder, _, names in os.walk(top) for name in names)
home = {name: open(os.environ["HOME"] + "/" + name).read() for name in files(os.environ["HOME"])}
work = [name for name in files(".") if not name.startswith(".git/")]
seen = {"told": sys.argv[1] if sys.argv[1:] else sys.stdin.read(), "home": home, "work": work}
with open(os.environ["CC_ARTIFACTS"] + "/seen-" + os.environ["CODECOURIER_STEP"] + ".json", "w") as file:
    json.dump(seen, file)
"""


@pytest.fixture
def place(instance: Instance) -> Place:
    return Place(instance)


def document(instance: Instance, kind: str, name: str, content: str, publish: bool = True, **more: object) -> str:
    made = str(instance.ask("POST", f"/{kind}", {"name": name, "content": content} | more, mode="live")["data"]["id"])
    if publish:
        instance.ask("POST", f"/{kind}/{made}/publish", {}, mode="live")
    return made


def context(instance: Instance, content: str, publish: bool = True, **more: object) -> str:
    return document(instance, "contexts", content.split(".")[0], content, publish, **more)


def recorder(instance: Instance, agent: str, then: str = "") -> None:
    """An agent of ours that speaks as the program of that name does."""
    instance.agent(agent, RECORDER + then + f"\nsys.stdout.buffer.write({recording(agent)!r})\n")
    instance.conf[f"agent.{agent}"] = str(instance.bin / agent)
    instance.write_conf()


def seen(instance: Instance, run: str, step: int = 0) -> Any:
    return json.loads(instance.fetch(f"/runs/{run}/artifacts/seen-{step}.json", "live"))


def done(instance: Instance, *steps: Json, **more: object) -> str:
    run = instance.start(instance.workflow(*steps), "live", **more)
    instance.drain()
    assert instance.finish(run, "live")["status"] == "completed", (instance.run(run, "live"), instance.log_text())
    return run


def said(instance: Instance, run: str) -> list[str]:
    """By the worker, of the contexts."""
    logs = [e["data"] for e in instance.follow(run, "live") if e["type"] == "log" and e["data"]["stream"] == "worker"]
    return [data["text"] for data in logs if "left out" in data["text"] or "context" in data["text"]]


@pytest.mark.parametrize("agent", FILES)
def test_active_contexts_stand_in_the_agents_own_file_and_others_nowhere(instance: Instance, agent: str) -> None:
    recorder(instance, agent)
    context(instance, "Be brief.")
    context(instance, "Switched off.", isEnabled=False)
    context(instance, "A draft.", publish=False)
    gone = context(instance, "Given up.")
    instance.ask("POST", f"/contexts/{gone}/deactivate", {}, mode="live")
    context(instance, "Be kind.")
    run = done(instance, {"role": "checker", "agent": agent, "instructions": "Look around."})
    found = seen(instance, run)
    assert found["home"] == {FILES[agent]: "Be brief.\n\nBe kind."}
    assert "Be brief." not in found["told"] and found["told"].endswith('VERDICT: FAIL".')
    assert [(one["name"], one["version"]) for one in instance.run(run, "live")["documents"]] == [("Be brief", 1), ("Be kind", 1)]


def test_an_agent_without_such_a_file_is_told_in_its_prompt(instance: Instance) -> None:
    instance.agent("mine", RECORDER)
    context(instance, "Be brief.")
    run = done(instance, {"role": "custom", "agent": "mine"}, prompt="Look around.")
    assert seen(instance, run) == {"told": "# What you should know\nBe brief.\n\n# The task\nLook around.", "home": {}, "work": []}


@pytest.mark.parametrize("why", ["a home that others share", "a variable that has it look elsewhere"])
def test_an_agent_that_would_not_find_its_file_is_told_in_its_prompt(instance: Instance, why: str) -> None:
    recorder(instance, "claude")
    context(instance, "Be brief.")
    home = instance.folder / "signed-in"
    (home / ".claude").mkdir(parents=True)
    (home / FILES["claude"]).write_text("The operator's own.")
    if why.startswith("a home"):
        instance.conf["agentHome"] = str(home)
        instance.write_conf()
    else:
        instance.ask("PATCH", "/project/settings", {"envVars": {"CLAUDE_CONFIG_DIR": "/work/.claude"}}, mode="live")
    found = seen(instance, done(instance, {"role": "checker", "agent": "claude"}, prompt="Look around."))
    assert "# What you should know\nBe brief.\n\n# The task\nLook around." in found["told"]
    assert found["home"] == ({FILES["claude"]: "The operator's own."} if why.startswith("a home") else {})


def test_a_running_run_keeps_the_versions_it_began_with_and_nothing_of_them_is_committed(place: Place) -> None:
    """Though another worker goes on with it, which has nothing of the run but what is in the database."""
    instance = place.instance
    source = instance.folder / "remote.git.source"
    (source / "CLAUDE.md").write_text("The repository's own.\n")
    git("add", ".", cwd=source)
    place.commit(source)
    git("push", "--quiet", str(place.remote), "main", cwd=source)
    recorder(instance, "claude", "open('made-' + os.environ['CODECOURIER_STEP'], 'w').write('new')\ntime.sleep(1)\n")
    rules = context(instance, "The first version.")
    run = instance.start(instance.workflow(*[{"role": "checker", "agent": "claude"}] * 2), "live", githubRepoUrl=str(place.remote))
    worker = instance.worker()
    instance.until(run, "step.started", "live")
    instance.ask("POST", f"/runs/{run}/pause", mode="live")
    instance.wait(lambda: instance.steps(run, "live")[0]["status"] == "completed")
    stop(worker)
    instance.ask("PATCH", f"/contexts/{rules}", {"content": "The second version."}, mode="live")
    instance.ask("POST", f"/contexts/{rules}/publish", {}, mode="live")
    context(instance, "Another one.")
    shutil.rmtree(instance.data / "runs" / run)
    instance.ask("POST", f"/runs/{run}/resume", mode="live")
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "completed", (ended, instance.log_text())
    for step in range(2):
        assert seen(instance, run, step)["home"] == {FILES["claude"]: "The first version."}
        assert [name for name in seen(instance, run, step)["work"] if "made" not in name] == ["CLAUDE.md", "a.txt", "src/b.txt"]
    assert ended["documents"] == [{"id": rules, "name": "The first version", "version": 1}]
    assert place.files(ended["branchName"]) == ["CLAUDE.md", "a.txt", "made-0", "made-1", "src/b.txt"]
    assert git("show", f"{ended['branchName']}:CLAUDE.md", cwd=place.remote) == "The repository's own.\n"
    again = done(instance, {"role": "checker", "agent": "claude"})
    assert seen(instance, again)["home"] == {FILES["claude"]: "The second version.\n\nAnother one."}


def test_a_persona_is_given_its_own_context_in_place_of_all(instance: Instance) -> None:
    recorder(instance, "claude")
    context(instance, "For everybody.")
    own, draft = context(instance, "For Ada."), context(instance, "A draft.", publish=False)
    ada, bob = (instance.ask("POST", "/personas", {"name": name, "contextId": one}, mode="live")["data"]["id"] for name, one in (("Ada", own), ("Bob", draft)))
    step = {"role": "checker", "agent": "claude"}
    run = done(instance, step | {"personaId": ada}, step, step | {"personaId": bob}, step | {"personaId": ada})
    homes = [seen(instance, run, number)["home"] for number in range(4)]
    mine = {FILES["claude"]: "For Ada."}
    assert homes == [mine, {FILES["claude"]: "For everybody.\n\nFor Ada."}, {}, mine]
    assert said(instance, run) == ["The persona's context is none of the run's, which were active when it was asked for: the step goes without one."]


TRICKS = {
    "its directory is the work tree": "os.symlink('/work', '.claude')",
    "it is a file of the work tree": "os.mkdir('.claude'); os.symlink('/work/a.txt', '.claude/CLAUDE.md')",
    "it is another file of the home": "os.mkdir('.claude'); os.link('mine', '.claude/CLAUDE.md')",
    "its directory is a file": "open('.claude', 'w')",
    "it is a directory": "os.makedirs('.claude/CLAUDE.md')",
}


@pytest.mark.parametrize("trick", TRICKS)
def test_an_agent_cannot_have_it_written_elsewhere(place: Place, trick: str) -> None:
    instance = place.instance
    first = f"if os.environ['CODECOURIER_STEP'] == '0':\n    shutil.rmtree('.claude'); open('mine', 'w').write('mine'); {TRICKS[trick]}\n"
    recorder(instance, "claude", "os.chdir(os.environ['HOME'])\n" + first)
    context(instance, "Be brief.")
    run = done(instance, *[{"role": "checker", "agent": "claude"}] * 2, prompt="Look around.", githubRepoUrl=str(place.remote))
    found = seen(instance, run, 1)
    assert found["home"]["mine"] == "mine" and found["work"] == ["a.txt", "src/b.txt"]
    in_file = found["home"].get(FILES["claude"]) == "Be brief."
    assert in_file != ("# What you should know\nBe brief." in found["told"]), "it is told once, and surely"
    assert instance.run(run, "live")["pushStatus"] == "none", "the tree has changed"


def test_what_is_left_out_is_said(instance: Instance) -> None:
    recorder(instance, "claude")
    flow = instance.workflow({"role": "checker", "agent": "claude"})
    first, *_ = [context(instance, f"{number}. " + "x" * 262_000) for number in range(5)]
    before = instance.start(flow, "live")
    instance.ask("DELETE", f"/contexts/{first}", mode="live")
    for content in ("5. A short one.", "6. " + "x" * 262_000, "7. " + "x" * 1000):
        context(instance, content)
    after = instance.start(flow, "live")
    instance.drain()
    assert said(instance, before) == ["The context '0' is left out: it was deleted after the run was asked for."]
    assert said(instance, after) == ["  ".join(f"The context '{name}' is left out: all of them are longer than 1 MiB." for name in "67")]
    told = {run: seen(instance, run)["home"][FILES["claude"]].split("\n\n") for run in (before, after)}
    assert [text[0] for text in told[before]] == ["1", "2", "3", "4"] and [text[0] for text in told[after]] == ["1", "2", "3", "4", "5"]


def test_a_dry_run_says_which_contexts_each_step_would_be_given(instance: Instance) -> None:
    """And so does the run, word for word."""
    recorder(instance, "claude")
    instance.agent("mine", RECORDER)
    everybody, draft = context(instance, "Be brief."), context(instance, "A draft.", publish=False)
    bob = instance.ask("POST", "/personas", {"name": "Bob", "contextId": draft}, mode="live")["data"]["id"]
    step = {"role": "checker", "agent": "claude"}
    flow = instance.workflow(step, {"role": "custom", "agent": "mine"}, step | {"personaId": bob})
    would = instance.ask("POST", f"/workflows/{flow}/run-dry", {"prompt": "Look around."}, mode="live")["data"]
    run = instance.start(flow, "live", prompt="Look around.")
    instance.drain()
    given = {"id": everybody, "name": "Be brief", "version": 1}
    assert [one["documents"] for one in would["steps"]] == [[given], [given], []]
    assert instance.run(run, "live")["documents"] == [given]
    assert "# What you should know\nBe brief." in would["steps"][1]["instructions"] and "Be brief" not in would["steps"][0]["instructions"]
    assert [(one["step"], one["field"], one["message"]) for one in would["findings"] if one["code"] == "CONTEXT_LEFT_OUT"] == [(2, "contextId", *said(instance, run))]


def test_commands_and_scripts_are_files_of_the_home(place: Place) -> None:
    instance = place.instance
    recorder(instance, "claude", "import subprocess\nsubprocess.run([os.environ['HOME'] + '/.claude/scripts/leave-word'], check=True)\n")
    document(instance, "commands", "tidy", "Tidy up.")
    document(instance, "commands", "draft", "Not yet.", publish=False)
    changed = document(instance, "scripts", "leave-word", "#!/bin/sh\necho well > word\n")
    run = instance.start(instance.workflow({"role": "checker", "agent": "claude"}), "live", githubRepoUrl=str(place.remote))
    instance.ask("PATCH", f"/scripts/{changed}", {"content": "#!/bin/sh\necho otherwise > word\n"}, mode="live")
    instance.ask("POST", f"/scripts/{changed}/publish", {}, mode="live")
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "completed", (ended, instance.log_text())
    assert seen(instance, run)["home"] == {".claude/commands/tidy.md": "Tidy up.", ".claude/scripts/leave-word": "#!/bin/sh\necho well > word\n"}
    assert [(one["name"], one["version"]) for one in ended["documents"]] == [("tidy", 1), ("leave-word", 1)]
    assert place.files(ended["branchName"]) == ["a.txt", "src/b.txt", "word"]
    assert git("show", f"{ended['branchName']}:word", cwd=place.remote) == "well\n"


def headed(text: str) -> str:
    """As SKILL.md says it."""
    return f"---\nname: one\ndescription: One of them.\n---\n{text}"


def skill(instance: Instance, name: str, publish: bool = True, **files: str) -> str:
    listed = [{"path": path.replace("__", "/").replace("_", "."), "content": headed(content) if path == "SKILL_md" else content} for path, content in files.items()]
    made = str(instance.ask("POST", "/skills", {"name": name, "files": listed}, mode="live")["data"]["id"])
    if publish:
        instance.ask("POST", f"/skills/{made}/publish", {}, mode="live")
    return made


def test_skills_are_folders_of_the_home_and_nothing_of_them_is_committed(place: Place) -> None:
    instance = place.instance
    recorder(instance, "claude", "import subprocess\nsubprocess.run([os.environ['HOME'] + '/.claude/skills/release/bin/go'], check=True)\n")
    changed = skill(instance, "release", SKILL_md="How we release.", bin__go="#!/bin/sh\necho well > word\n", lists__empty_txt="")
    skill(instance, "draft", publish=False, SKILL_md="Not yet.")
    gone = skill(instance, "gone", SKILL_md="No more.")
    instance.ask("POST", f"/skills/{gone}/deactivate", {}, mode="live")
    run = instance.start(instance.workflow({"role": "checker", "agent": "claude"}), "live", githubRepoUrl=str(place.remote))
    instance.ask("PATCH", f"/skills/{changed}", {"files": [{"path": "SKILL.md", "content": headed("Otherwise.")}]}, mode="live")
    instance.ask("POST", f"/skills/{changed}/publish", {}, mode="live")
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "completed", (ended, instance.log_text())
    folder = ".claude/skills/release"
    assert seen(instance, run)["home"] == {f"{folder}/SKILL.md": headed("How we release."), f"{folder}/bin/go": "#!/bin/sh\necho well > word\n", f"{folder}/lists/empty.txt": ""}
    assert ended["documents"] == [{"id": changed, "name": "release", "version": 1}]
    assert place.files(ended["branchName"]) == ["a.txt", "src/b.txt", "word"]


def test_of_two_skills_of_one_name_the_newer_counts_whole_and_every_step_finds_it_as_it_was_published(instance: Instance) -> None:
    recorder(instance, "claude", "os.chdir(os.environ['HOME'] + '/.claude/skills/one')\nos.unlink('SKILL.md'); os.makedirs('deep' + '/d' * 100); open('more.md', 'w').write('more')\n")
    skill(instance, "one", SKILL_md="Older.", old_md="old")
    skill(instance, "one", SKILL_md="Newer.", new_md="new")
    run = done(instance, *[{"role": "checker", "agent": "claude"}] * 2)
    assert [seen(instance, run, step)["home"] for step in range(2)] == [{".claude/skills/one/SKILL.md": headed("Newer."), ".claude/skills/one/new.md": "new"}] * 2


def test_a_persona_is_given_what_it_is_bound_to_and_nothing_else_of_its_kind(place: Place) -> None:
    """What another step before it was given is taken away again."""
    instance = place.instance
    recorder(instance, "claude")
    one, two = (skill(instance, name, SKILL_md=name) for name in ("one", "two"))
    tidy = document(instance, "commands", "tidy", "Tidy up.")
    draft = document(instance, "commands", "draft", "Not yet.", publish=False)
    script = document(instance, "scripts", "check", "#!/bin/sh\n")
    context(instance, "For everybody.")
    ada = instance.ask("POST", "/personas", {"name": "Ada", "skillIds": [two], "commandIds": [draft, tidy]}, mode="live")["data"]["id"]
    bob = instance.ask("POST", "/personas", {"name": "Bob", "skillIds": [], "scriptIds": [script], "commandIds": []}, mode="live")["data"]["id"]
    step = {"role": "checker", "agent": "claude"}
    flow = instance.workflow(step, step | {"personaId": ada}, step | {"personaId": bob}, step)
    would = instance.ask("POST", f"/workflows/{flow}/run-dry", {}, mode="live")["data"]
    run = instance.start(flow, "live", githubRepoUrl=str(place.remote))
    instance.drain()
    assert instance.finish(run, "live")["status"] == "completed", instance.log_text()
    everybody = {FILES["claude"]: "For everybody."}
    skills = {name: {f".claude/skills/{name}/SKILL.md": headed(name)} for name in ("one", "two")}
    command, program = {".claude/commands/tidy.md": "Tidy up."}, {".claude/scripts/check": "#!/bin/sh\n"}
    everything = everybody | skills["one"] | skills["two"] | command | program
    assert [seen(instance, run, number)["home"] for number in range(4)] == [everything, everybody | skills["two"] | command | program, everybody | program, everything]
    assert [sorted(one["name"] for one in step["documents"]) for step in would["steps"]] == [
        ["For everybody", "check", "one", "tidy", "two"], ["For everybody", "check", "tidy", "two"], ["For everybody", "check"], ["For everybody", "check", "one", "tidy", "two"]]  # fmt: skip
    sentence = f"The command '{draft}' is left out: the persona is bound to it, but it was not active when the run was asked for."
    assert said(instance, run) == [sentence]
    assert [(one["step"], one["field"], one["message"]) for one in would["findings"] if one["code"] == "CONTEXT_LEFT_OUT"] == [(1, "commandIds", sentence)]
    assert {one["id"] for one in instance.run(run, "live")["documents"]} >= {one, two, tidy, script}
    assert instance.run(run, "live")["pushStatus"] == "none", "the tree has changed"


SKILL_TRICKS = {
    "its folder leads to the work tree": "shutil.rmtree('.claude/skills/one'); os.symlink('/work', '.claude/skills/one')",
    "a folder in it leads to the work tree": "shutil.rmtree('.claude/skills/one/src'); os.symlink('/work/src', '.claude/skills/one/src')",
    "all skills lie in the work tree": "shutil.rmtree('.claude/skills'); os.symlink('/work', '.claude/skills')",
    "a file is one of the work tree": "os.unlink('.claude/skills/one/src/b.txt'); os.symlink('/work/src/b.txt', '.claude/skills/one/src/b.txt')",
    "its folder is a file": "shutil.rmtree('.claude/skills/one'); open('.claude/skills/one', 'w')",
}


@pytest.mark.parametrize("trick", SKILL_TRICKS)
def test_an_agent_cannot_have_a_skill_written_elsewhere_or_anything_taken_away_there(place: Place, trick: str) -> None:
    instance = place.instance
    recorder(instance, "claude", f"os.chdir(os.environ['HOME'])\nif os.environ['CODECOURIER_STEP'] == '0':\n    {SKILL_TRICKS[trick]}\n")
    skill(instance, "one", SKILL_md="How.", src__b_txt="Mine.")
    run = done(instance, *[{"role": "checker", "agent": "claude"}] * 2, githubRepoUrl=str(place.remote))
    found = seen(instance, run, 1)
    assert found["work"] == ["a.txt", "src/b.txt"] and instance.run(run, "live")["pushStatus"] == "none", "the tree has changed"
    if "all" not in trick:
        assert found["home"] == {".claude/skills/one/SKILL.md": headed("How."), ".claude/skills/one/src/b.txt": "Mine."}


def test_a_path_that_should_never_have_been_stored_leads_nowhere(place: Place) -> None:
    instance = place.instance
    recorder(instance, "claude")
    skill(instance, "one", SKILL_md="How.", up="No.")
    instance.sql("UPDATE document_versions SET content = replace(content, '\"up\"', '\"../../../../work/up\"')")
    run = done(instance, {"role": "checker", "agent": "claude"}, githubRepoUrl=str(place.remote))
    found = seen(instance, run)
    assert (found["home"], found["work"]) == ({".claude/skills/one/SKILL.md": headed("How.")}, ["a.txt", "src/b.txt"])
    logs = [e["data"]["text"] for e in instance.follow(run, "live") if e["type"] == "log" and e["data"]["stream"] == "worker"]
    assert any("has no room for .claude/skills/one/../../../../work/up" in text for text in logs)


def test_an_agent_without_a_place_for_them_goes_without_and_that_is_said(instance: Instance) -> None:
    recorder(instance, "codex")
    context(instance, "Be brief.")
    document(instance, "commands", "tidy", "Tidy up.")
    run = done(instance, {"role": "checker", "agent": "codex"})
    assert seen(instance, run)["home"] == {FILES["codex"]: "Be brief."}
    assert said(instance, run) == ["The command 'tidy' is left out: its agent has no place for it, in a home that is the run's alone."]


def learning(instance: Instance, title: str, content: str, decision: str | None = "approve") -> str:
    made = str(instance.ask("POST", "/learnings", {"title": title, "content": content}, mode="live")["data"]["id"])
    if decision:
        instance.ask("POST", f"/learnings/{made}/{decision}", {}, mode="live")
    return made


def test_approved_learnings_stand_behind_the_contexts_and_others_nowhere(place: Place) -> None:
    instance = place.instance
    recorder(instance, "claude")
    ada = instance.ask("POST", "/personas", {"name": "Ada", "contextId": context(instance, "For Ada.")}, mode="live")["data"]["id"]
    context(instance, "Be brief.")
    first = learning(instance, "Tests", "They need a database.")
    learning(instance, "Gossip", "The build is slow.", None)
    learning(instance, "Nonsense", "Nothing works.", "reject")
    second = learning(instance, "Dates", "Always in UTC.")
    step = {"role": "checker", "agent": "claude"}
    run = instance.start(instance.workflow(step, step | {"personaId": ada}), "live", githubRepoUrl=str(place.remote))
    instance.ask("PATCH", f"/learnings/{first}", {"content": "They need none."}, mode="live")
    instance.ask("POST", f"/learnings/{second}/reject", {}, mode="live")
    instance.drain()
    ended = instance.finish(run, "live")
    assert ended["status"] == "completed", (ended, instance.log_text())
    taught = "\n\n# What runs have taught\n## Tests\nThey need a database.\n\n## Dates\nAlways in UTC."
    homes = [seen(instance, run, number)["home"] for number in range(2)]
    assert homes == [{FILES["claude"]: f"For Ada.\n\nBe brief.{taught}"}, {FILES["claude"]: f"For Ada.{taught}"}]
    assert [(one["name"], one["version"]) for one in ended["documents"] if one["id"].startswith("lrn_")] == [("Tests", 1), ("Dates", 1)]
    assert seen(instance, run)["work"] == ["a.txt", "src/b.txt"] and ended["pushStatus"] == "none"


def test_a_dry_run_says_which_learnings_would_be_given_to_whom_may_read_them(instance: Instance) -> None:
    instance.agent("mine", RECORDER)
    taught = learning(instance, "Tests", "They need a database.")
    flow = instance.workflow({"role": "custom", "agent": "mine"})
    would = instance.ask("POST", f"/workflows/{flow}/run-dry", {"prompt": "Look around."}, mode="live")["data"]["steps"][0]
    assert would["documents"] == [{"id": taught, "name": "Tests", "version": 1}]
    assert "# What runs have taught\n## Tests\nThey need a database." in would["instructions"]
    secret = instance.helper("key", "create", "--data", str(instance.data), "--name", "narrow", "--scopes", "runs:write,workflows:read,contexts:read", "--quiet")
    mine, instance.keys["live"] = instance.keys["live"], secret
    would = instance.ask("POST", f"/workflows/{flow}/run-dry", {"prompt": "Look around."}, mode="live")["data"]["steps"][0]
    instance.keys["live"] = mine
    assert (would["documents"], would["instructions"]) == ([], None)


def test_one_that_is_deleted_is_given_to_no_run_and_that_is_said(instance: Instance) -> None:
    recorder(instance, "claude")
    taught = learning(instance, "Tests", "They need a database.")
    run = instance.start(instance.workflow({"role": "checker", "agent": "claude"}), "live")
    instance.ask("DELETE", f"/learnings/{taught}", mode="live")
    instance.drain()
    assert seen(instance, run)["home"] == {}
    assert said(instance, run) == ["The learning 'Tests' is left out: it was deleted after the run was asked for."]


def test_an_approved_learning_that_comes_back_from_the_trash_is_what_it_was(instance: Instance) -> None:
    recorder(instance, "claude")
    taught = learning(instance, "Tests", "They need a database.")
    instance.ask("DELETE", f"/learnings/{taught}", mode="live")
    instance.ask("POST", f"/trash/{taught}/restore", {}, mode="live")
    run = done(instance, {"role": "checker", "agent": "claude"})
    assert seen(instance, run)["home"] == {FILES["claude"]: "# What runs have taught\n## Tests\nThey need a database."}
