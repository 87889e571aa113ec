"""Something to look at: what a project holds after some weeks of work."""

from __future__ import annotations

import json
import random
import time
from typing import TYPE_CHECKING

import storage

if TYPE_CHECKING:
    from conftest import Server

DAY = 86_400_000

STEPS = [
    {"role": "planner", "label": "Plan", "instructions": "Read the issue and the code around it. Write a short plan."},
    {"role": "designer", "label": "Build", "instructions": "Make the change that the plan describes.", "loopId": "A", "loopMaxIterations": 3},
    {"role": "checker", "label": "Check", "instructions": "Run the tests. Pass when they all do.", "loopId": "A", "loopMaxIterations": 3},
    {"role": "reviewer", "label": "Review", "instructions": "Read the change as the person next door would.", "agent": "claude", "model": "sonnet"},
]
ISSUES = [
    ("Sign-in fails with a plus sign in the address", "high", "new"), ("Explain the retry rules in the handbook", "low", "new"),
    ("Export takes a minute for large projects", "critical", "running"), ("Dates in the digest are in American order", "medium", "completed"),
    ("Attachment names lose their umlauts", "medium", "failed"), ("Remove the old import path", "low", "completed"),
]  # fmt: skip


def make(server: Server, path: str, body: dict[str, object]) -> str:
    answer = server.api("POST", path, body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


def fill(server: Server) -> None:
    write = [one["scope"] for one in json.loads(server.command("scopes", "--json"))["data"] if one["scope"].endswith(":write")]
    everything = ",".join([*write, "analytics:read", "audit:read"])
    server.key = server.command("key", "create", "--name", "deploy pipeline", "--scopes", everything, "--quiet").strip()
    for name, scopes, more in [
        ("quickstart", ["projects:read", "workflows:read", "runs:read"], {}),
        ("night shift", ["runs:write", "workflows:read", "personas:read"], {"expiresAt": "2099-01-01T00:00:00Z", "allowedNetworks": ["192.0.2.0/24"]}),
        ("rehearsals", ["runs:write", "workflows:read", "issues:read", "personas:read", "contexts:read", "assets:read"], {"mode": "test"}),
    ]:
        server.ids[f"key {name}"] = make(server, "/project/api-keys", {"name": name, "scopes": scopes, **more})
    server.ids["webhook"] = make(server, "/webhooks/endpoints", {"url": "https://hooks.invalid/courier", "description": "Tells the team's chat", "events": ["pr.merged", "chain.failed", "member.joined", "key.revoked"]})
    make(server, "/webhooks/endpoints", {"url": "https://hooks.invalid/archive", "isEnabled": False})
    old = make(server, "/project/api-keys", {"name": "last year's laptop", "scopes": ["runs:read"]})
    assert server.api("DELETE", f"/project/api-keys/{old}").status_code == 200
    server.ids["persona"] = make(server, "/personas", {"name": "Careful reviewer", "type": "reviewer", "agent": "claude", "model": "opus",
                                                      "thinkingEffort": "high", "instructions": "Point out risks before style."})  # fmt: skip
    make(server, "/personas", {"name": "Plain speaker", "type": "answerer", "isEnabled": False})
    for name, content in {"House rules": "Use British spelling.\n\nNever edit files below third_party/.", "Where the tests are": "Run them with make test."}.items():
        server.ids[f"context {name}"] = make(server, "/contexts", {"name": name, "content": content, "description": "For everybody."})
    for content, note in (("Use British spelling.", "As agreed on Monday"), ("Use British spelling.\n\nNever edit files below third_party/.", None)):
        server.api("PATCH", f"/contexts/{server.ids['context House rules']}", {"content": content})
        server.api("POST", f"/contexts/{server.ids['context House rules']}/publish", {"note": note})
    for path, name, content in (("/commands", "release-notes", "Write release notes for what has changed since the last tag."), ("/scripts", "check-links", "#!/bin/sh\ngrep -rn 'http://' docs\n")):
        assert server.api("POST", f"{path}/{make(server, path, {'name': name, 'content': content})}/publish", {}).status_code == 200
    server.ids["skill"] = make(server, "/skills", {"name": "release", "description": "For whoever releases.", "files": [
        {"path": "SKILL.md", "content": "---\nname: release\ndescription: How we release.\n---\nFollow checklist.md.\n"}, {"path": "checklist.md", "content": "1. Run the tests.\n2. Write the notes.\n"}]})  # fmt: skip
    assert server.api("POST", f"/skills/{server.ids['skill']}/publish", {}).status_code == 200
    for title, decision in (("The tests need a database of their own", "approve"), ("Dates are always in UTC", "reject"), ("Run make generate after changes of the table", None)):
        learning = make(server, "/learnings", {"title": title, "content": "So it is said in the handbook."})
        assert not decision or server.api("POST", f"/learnings/{learning}/{decision}", {}).status_code == 200
    for provider, key in {"anthropic": "sk-ant-api03-example-1234", "github": "ghp_example0000000abcd"}.items():
        assert server.api("PUT", f"/project/provider-keys/{provider}", {"key": key}).status_code == 200
    for path, body in {"/personas": {"name": "Impatient reviewer"}, "/commands": {"name": "old-notes", "content": "Write notes."}}.items():
        assert server.api("DELETE", f"{path}/{make(server, path, body)}").status_code == 200
    steps = [dict(step) for step in STEPS]
    steps[3]["personaId"] = server.ids["persona"]
    server.ids["workflow"] = make(server, "/workflows", {"name": "Plan, build, check, review", "description": "From an issue to a change that is ready to merge.", "steps": steps})
    server.ids["small"] = make(server, "/workflows", {"name": "Nightly review", "steps": [STEPS[3]]})
    make(server, "/workflows", {"name": "Release notes", "status": "draft", "steps": [STEPS[0]], "description": "Collects what has changed since the last tag."})
    for name, more in {"Nightly review": {"frequency": "daily", "hour": 3, "minute": 30, "timeZone": "Europe/Berlin"}, "Dependencies": {"frequency": "weekly", "hour": 7, "timeZone": "America/New_York"},
                       "Release notes": {"frequency": "monthly", "hour": 18, "isEnabled": False}}.items():  # fmt: skip
        server.ids[f"schedule {name}"] = make(server, "/schedules", {"name": name, "workflowId": server.ids["small"], "prompt": "Review what changed since the last time."} | more)
    for title, priority, status in ISSUES:
        server.ids[f"issue {title[:10]}"] = server.ids[f"issue {status}"] = make(server, "/issues", {"title": title, "priority": priority, "status": status, "description": "Seen on Tuesday.", "suggestedPrompt": "Find out why."})
    server.api("PATCH", "/project/settings", {"envVars": {"GITHUB_TOKEN": "ghp_example_1234", "NPM_REGISTRY": "https://registry.example.com/"},
                                              "systemPrompt": "We write plain English and test what we write.", "defaultAgent": "claude"})  # fmt: skip
    runs = [make(server, "/runs", {"workflowId": server.ids["workflow" if i % 3 else "small"], "prompt": "Why are addresses with a plus sign refused?"}) for i in range(32)]
    server.ids["run pending"] = runs[-1]
    server.ids["run running"] = runs[-4]
    server.ids["run completed"] = runs[-3]
    history(server, runs)


def history(server: Server, runs: list[str]) -> None:
    """Give the runs a past, straight in the database: no API can, and it should not."""
    chance = random.Random(7)
    now = int(time.time() * 1000)
    with storage.connect(server.folder / "data", timeout=30) as db:
        for i, run in enumerate(runs[:-1]):
            begun = now - 240_000 if run == server.ids["run running"] else now - 600_000 if run == server.ids["run completed"] else now - (len(runs) - i) * DAY * 9 // 10
            status = "running" if run == server.ids["run running"] else "completed" if run == server.ids["run completed"] or chance.random() < 0.75 else chance.choice(["failed", "cancelled"])
            steps = db.execute("SELECT position FROM run_steps WHERE run_id = ? ORDER BY position", (run,)).fetchall()
            at, cost = begun, 0.0
            for n, (position,) in enumerate(steps):
                took = chance.randint(20_000, 140_000)
                last = status == "running" and n == len(steps) - 2
                if status == "running" and n > len(steps) - 2:
                    break
                spent = round(chance.random() / 5, 4)
                db.execute("UPDATE run_steps SET status = ?, started_at = ?, finished_at = ?, agent = 'claude', model = 'sonnet', cost_nano = ?, input_tokens = ?, output_tokens = ?, output = ? "
                           "WHERE run_id = ? AND position = ?", ("running" if last else "completed", at, None if last else at + took, round(spent * 1e9), chance.randint(900, 30_000),
                           chance.randint(200, 6_000), "A plan in three points.\n1. Read.\n2. Change.\n3. Test.", run, position))  # fmt: skip
                at, cost = at + took, cost + spent
            over = status != "running"
            if not over:  # held by a worker that is not there, for long
                db.execute("UPDATE runs SET worker = 'elsewhere', lease_until = ? WHERE id = ?", (now + DAY, run))
            db.execute("UPDATE runs SET status = ?, created_at = ?, started_at = ?, finished_at = ?, cost_nano = ?, error = ?, current_step_label = ? WHERE id = ?",
                       (status, begun, begun, at if over else None, round(cost * 1e9), "The tests did not pass in three rounds." if status == "failed" else None, None if over else "Check", run))  # fmt: skip
        chains(db, server, runs)
        event(db, server.ids["run running"], "log", {"text": "Reading src/address.c\nFound the pattern in line 41."})
    db.close()
    for number, checks in (("31", "success"), ("32", "pending"), ("33", "failure")):
        server.ids["pull"] = storage.add_pull(server.folder / "data", server.ids["run completed"], number, checks)
    for name in ("cc/run-25-Rm1Lp", "cc/run-24-Qx7Ka", "release/2"):
        storage.add_branch(server.folder / "data", server.ids["run completed"], name)
    sessions(server)
    sandboxes(server)
    candidates(server)


def candidates(server: Server) -> None:
    """Three runs of one task, of which a judge named none."""
    first = server.api("POST", "/runs", {"workflowId": server.ids["workflow"], "name": "Mend the sign-in", "prompt": "Mend it.", "candidates": 3}).json()["data"]
    server.ids["candidates"] = first["candidateGroupId"]
    given_up(server, first["candidateGroupId"], "candidates")
    with storage.connect(server.folder / "data", timeout=30) as db:
        db.execute("UPDATE runs SET status = 'completed', started_at = created_at, finished_at = created_at + 240000, cost_nano = 320000000, pr_status = 'waiting', error = NULL, error_code = NULL, error_params = NULL "
                   "WHERE candidate_group_id = ?", (first["candidateGroupId"],))  # fmt: skip
        db.execute("UPDATE candidate_groups SET status = 'undecided', error = 'The judge has named none, for its session was cancelled or deleted, or the run that it named was.', "
                   "error_code = 'JUDGE_NAMED_NONE', error_params = '{}' WHERE id = ?", (first["candidateGroupId"],))  # fmt: skip
    db.close()


def sessions(server: Server) -> None:
    """One that waits, one that has scored a run, and what one has asked."""
    data = server.folder / "data"
    server.ids["session"] = make(server, "/sessions", {"kind": "discovery", "prompt": "Look at the sign-in code."})
    server.ids["evaluation"] = made = make(server, "/sessions", {"kind": "evaluation", "runIds": [server.ids["run completed"]]})
    quality = {"correctness": 90, "completeness": 80, "maintainability": 75, "security": 85, "tests": 60, "composite": 78, "threshold": 70, "passed": True, "sessionId": made}
    with storage.connect(data, timeout=30) as db:
        db.execute("UPDATE runs SET status = 'completed', started_at = created_at, finished_at = created_at + 60000, cost_nano = 21000000, session_result = ? WHERE id = ?",
                   (json.dumps({"quality": quality, "reason": "The pattern is right; nothing tests it."}), made))  # fmt: skip
        db.execute("UPDATE runs SET quality = ? WHERE id = ?", (json.dumps(quality), server.ids["run completed"]))
    db.close()
    for text in ("Is the old import path still used?", "Which dates does the digest show?"):
        question = storage.add_question(data, server.ids["session"], text)
    assert server.api("PATCH", f"/questions/{question}", {"answer": "Those of the reader's own zone."}).status_code == 200


def given_up(server: Server, made: str, kind: str = "sandboxes") -> None:
    """By the worker, which has no agent: then nobody has it."""
    until = time.monotonic() + 60
    while server.api("GET", f"/{kind}/{made}").json()["data"]["status"] != "failed":
        assert time.monotonic() < until, server.log()
        time.sleep(0.1)


def sandboxes(server: Server) -> None:
    """One that has answered and was committed."""
    server.ids["sandbox"] = made = make(server, "/sandboxes", {"name": "Greetings", "agent": "claude", "githubRepoUrl": "https://github.com/acme/api", "message": "What does this repository do?"})
    given_up(server, made)
    with storage.connect(server.folder / "data", timeout=30) as db:
        db.execute("UPDATE runs SET status = 'paused', finished_at = NULL, error = NULL, error_code = NULL, error_params = NULL, branch_name = 'cc/run-31-Rm1Lp', push_status = 'pushed', "
                   "pr_url = 'https://github.com/acme/api/pull/7', pr_number = 7, pr_status = 'open', cost_nano = 12000000 WHERE id = ?", (made,))  # fmt: skip
        db.execute("UPDATE sandbox_runs SET opened = 1, pushed = 1, asked = 2 WHERE run_id = ?", (made,))
        db.execute("INSERT INTO sandbox_messages (project_id, mode, run_id, id, position, kind, text, after, created_at) SELECT project_id, mode, run_id, id || '1', 1, 'commit', "
                   "'Greet people by their names', after, created_at + 60000 FROM sandbox_messages WHERE run_id = ?", (made,))  # fmt: skip
        db.execute("INSERT INTO run_steps (project_id, run_id, position, iteration, label, role, status) SELECT project_id, run_id, 1, 1, 'Commit 2', role, 'completed' FROM run_steps WHERE run_id = ?", (made,))
        for position, said in enumerate(("It greets people. src/greet.py has the words, and nothing tests them.", "Pushed as cc/run-31-Rm1Lp.  https://github.com/acme/api/pull/7")):
            db.execute("UPDATE run_steps SET status = 'completed', output = ?, agent = 'claude', attempt = 1 WHERE run_id = ? AND position = ?", (said, made, position))
    db.close()


def chains(db: storage.Connection, server: Server, runs: list[str]) -> None:
    """A sprint on its way, a chain of issues that has stopped, and one that is over."""
    issues = [server.ids[f"issue {title[:10]}"] for title, _, status in ISSUES if status in ("failed", "new")]
    for n, (name, source, status, places, count, error) in enumerate([
        ("Import clean-up", "sprint", "completed", {19: "completed", 20: "completed"}, 2, None),
        ("Defects of the week", "issue", "failed", {22: "completed", 23: "failed"}, len(issues), "Run 24 failed."),
        ("Sprint 12", "sprint", "running", {25: "completed", 26: "completed", 28: "running"}, 5, None),
    ]):  # fmt: skip
        done = sum(one == "completed" for one in places.values())
        chain = server.ids[f"chain {status}"] = f"chn_{n:022}"
        for place, (at, state) in enumerate(places.items(), 1):
            db.execute("UPDATE runs SET name = ?, source = ?, chain_id = ?, status = ?, error = NULL WHERE id = ?", (f"{name} ({place}/{count})", source, chain, state, runs[at]))
        first, last = (db.execute("SELECT project_id, workflow_id, created_at, finished_at FROM runs WHERE id = ?", (runs[at],)).fetchone() for at in (min(places), max(places)))
        db.execute("INSERT INTO chains (project_id, mode, id, name, source, status, workflow_id, prompt, issue_ids, run_count, completed_count, current_run_id, error, created_at, updated_at) "
                   "VALUES (?, 'live', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (first[0], chain, name, source, status, first[1], "Take the next item of the plan." if source == "sprint" else None,
                   json.dumps(issues) if source == "issue" else None, count, done, runs[max(places)], error, first[2], last[3] or first[2]))  # fmt: skip
    db.execute("UPDATE chains SET error_code = 'CHAIN_RUN_FAILED', error_params = ? WHERE status = 'failed'", (json.dumps({"run": "24"}),))
    slow = {"code": "STEP_TOO_LONG", "seconds": "1800"}
    db.execute("UPDATE runs SET error = 'Step 2 (Build) failed: it took longer than 1800 s.', error_code = 'STEP_FAILED', error_params = ? WHERE id = ?",
               (json.dumps({"label": "Build", "step": "2", "reason": slow}), runs[23]))  # fmt: skip
    server.ids["run failed"] = runs[23]


def event(db: storage.Connection, run: str, kind: str, data: dict[str, object]) -> None:
    """One more line in a run's log, as its worker writes it."""
    (project, seq) = db.execute("SELECT project_id, last_seq + 1 FROM runs WHERE id = ?", (run,)).fetchone()
    db.execute("UPDATE runs SET last_seq = ? WHERE id = ?", (seq, run))
    db.execute("INSERT INTO run_events (project_id, run_id, seq, type, at, data) VALUES (?, ?, ?, ?, ?, ?)", (project, run, seq, kind, int(time.time() * 1000), json.dumps(data)))
