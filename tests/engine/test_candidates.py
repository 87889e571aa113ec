"""Candidates: real pushes to a real repository, a judge that is an agent of ours, and the stand-in for a forge, which counts what it is asked."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from forge import TOKEN, Forge, served
from instance import Instance, Json, Refused

PULLS = "POST /repos/acme/shop/pulls"


@pytest.fixture
def github(instance: Instance) -> Iterator[Forge]:
    instance.own_clock()
    with served(instance) as made:
        instance.conf["githubApi"] = made.here
        instance.write_conf()
        instance.ask("PATCH", "/project/settings", {"envVars": {"GITHUB_TOKEN": TOKEN}})
        made.answers = {
            "GET /repos/acme/shop": (200, {"default_branch": "main"}),
            PULLS: (201, {"html_url": "https://github.example/acme/shop/pull/7", "number": 7, "state": "open"}),
        }
        yield made


def judging(instance: Instance, *said: object, first: str = "") -> None:
    """The project's agent is a judge who says so in its first and second round."""
    rounds = [json.dumps(one) for one in said]
    instance.agent("judge", f"{first}\nimport sys\nprint({rounds!r}[1 if '# Once more' in sys.argv[1] else 0])\n")
    instance.ask("PATCH", "/project/settings", {"defaultAgent": "judge"}, "live")


def began(instance: Instance, mode: str = "live", agent: str = "edit", candidates: int = 3, **more: object) -> tuple[str, list[str]]:
    """The group, and its runs."""
    flow = instance.workflow({"role": "custom", "agent": agent} if mode == "live" else {"role": "custom"})
    run = instance.ask("POST", "/runs", {"workflowId": flow, "prompt": "Add two.", "candidates": candidates} | more, mode)["data"]
    made = group(instance, run["candidateGroupId"], mode)
    assert made["status"] == "running" and made["runIds"][0] == run["id"] and len(set(made["runIds"])) == candidates
    listed = instance.ask("GET", f"/runs?candidateGroupId={made['id']}", mode=mode)["data"]
    assert sorted(one["id"] for one in listed) == sorted(made["runIds"])
    return made["id"], made["runIds"]


def group(instance: Instance, made: str, mode: str = "live") -> Json:
    found: Json = instance.ask("GET", f"/candidates/{made}", mode=mode)["data"]
    return found


def ended(instance: Instance, made: str, mode: str = "live") -> Json:
    instance.drain()
    return group(instance, made, mode)


def opened(github: Forge) -> list[str]:
    """The branches that a pull request was asked for."""
    return [asked[3]["head"] for asked in github.api() if f"{asked[0]} {asked[1]}" == PULLS]


def at(github: Forge) -> dict[str, object]:
    return {"githubRepoUrl": f"{github.here}/acme/shop.git", "name": "Add two"}


def statuses(instance: Instance, runs: list[str]) -> list[str | None]:
    return [instance.run(run, "live")["prStatus"] for run in runs]


def test_the_one_that_the_judge_names_gets_the_pull_request_and_no_other(instance: Instance, github: Forge) -> None:
    judging(instance, {"best": 2, "reason": "It is shorter."}, first="open('seen', 'w').write('')")
    made, runs = began(instance, **at(github))
    done = ended(instance, made)
    session = instance.ask("GET", f"/sessions/{done['judgeSessionId']}", mode="live")["data"]
    assert (session["kind"], session["runIds"], session["result"]) == ("judge", runs, {"bestRunId": runs[1], "reason": "It is shorter."}), instance.log_text()
    assert (done["status"], done["chosenRunId"], done["chosenBy"], done["reason"], done["error"]) == ("decided", runs[1], "judge", "It is shorter.", None), done
    branches = [instance.run(run, "live")["branchName"] for run in runs]
    assert opened(github) == [branches[1]]
    assert statuses(instance, runs) == ["notChosen", "open", "notChosen"]
    assert [instance.run(run, "live")["prNumber"] for run in runs] == [None, 7, None]
    # All of them are pushed, each to a branch of its own, and stay.
    assert len(set(branches)) == 3 and all(github.tip(branch) for branch in branches)
    sent = github.api()[-1][3]
    assert (sent["title"], sent["body"], sent["base"]) == ("Add two", "Add two.", "main")
    (pull,) = instance.ask("GET", "/pull-requests", mode="live")["data"]
    assert (pull["runId"], pull["number"], pull["branch"]) == (runs[1], 7, branches[1])
    # A choice stands; said again, it changes nothing.
    with pytest.raises(Refused, match="Another candidate was chosen"):
        instance.ask("POST", f"/runs/{runs[0]}/choose", {}, "live")
    instance.ask("POST", f"/runs/{runs[1]}/choose", {}, "live")
    assert ended(instance, made)["status"] == "decided" and opened(github) == [branches[1]]
    # Each start and the choice stand in the audit log, the group goes with its last run.
    assert instance.sql("SELECT action, count(*) FROM audit WHERE action IN ('runs.start', 'runs.choose') GROUP BY action ORDER BY action") == [("runs.choose", 2), ("runs.start", 3)]
    for number, run in enumerate(runs):
        assert group(instance, made)["runIds"] == runs, number
        instance.fetch(f"/runs/{run}", "live", "DELETE")
    with pytest.raises(Refused, match="404"):
        group(instance, made)


def test_killed_between_the_verdict_and_the_pull_request_it_is_opened_once(instance: Instance, github: Forge) -> None:
    judging(instance, {"best": 1, "reason": "It is the best."})
    made, runs = began(instance, candidates=2, **at(github))
    github.silent, _ = {PULLS}, github.silence.clear()  # it is asked, and does not answer
    worker = instance.worker()
    instance.wait(lambda: opened(github))
    assert group(instance, made)["status"] == "decided"
    branch = instance.run(runs[0], "live")["branchName"]
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert statuses(instance, runs) == ["opening", "notChosen"]
    # It has opened it, as the one that was killed could not hear any more.
    github.answers[PULLS] = (422, {"message": "Validation Failed", "errors": [{"message": f"A pull request already exists for acme:{branch}."}]})
    github.answers[f"GET /repos/acme/shop/pulls?state=open&head=acme:{quote(branch, safe='')}&base=main"] = (
        200, [{"html_url": "https://github.example/acme/shop/pull/7", "number": 7, "state": "open"}],
    )  # fmt: skip
    github.silence.set()
    instance.drain()
    assert statuses(instance, runs) == ["opening", "notChosen"], "nobody else takes it so soon"
    instance.let_pass(301)
    done = ended(instance, made)
    assert (done["status"], done["chosenRunId"], done["error"]) == ("decided", runs[0], None)
    assert set(opened(github)) == {branch} and statuses(instance, runs) == ["open", "notChosen"]
    assert [pull["number"] for pull in instance.ask("GET", "/pull-requests", mode="live")["data"]] == [7]


@pytest.mark.produces("JUDGE_NAMED_NONE")
def test_without_a_verdict_nothing_is_opened_and_a_person_chooses(instance: Instance, github: Forge) -> None:
    judging(instance, {"best": 9, "reason": "?"}, {"best": 9, "reason": "?"})
    made, runs = began(instance, candidates=2, **at(github))
    done = ended(instance, made)
    assert (done["status"], done["errorCode"], done["chosenRunId"]) == ("undecided", "JUDGE_NAMED_NONE", None), done
    assert "its answer does not fit" in done["error"] and opened(github) == []
    assert statuses(instance, runs) == ["waiting", "waiting"]
    noted = instance.ask("GET", "/notifications", mode="live")["data"]
    assert [(one["resourceId"], one["name"]) for one in noted if one["type"] == "candidates.undecided"] == [(made, "Add two")]
    # What its forge refuses is said, and can be asked for again.
    github.answers[PULLS] = (403, {"message": "Not today."})
    assert instance.ask("POST", f"/runs/{runs[1]}/choose", {}, "live")["data"]["prStatus"] == "opening"
    done = ended(instance, made)
    assert (done["status"], done["chosenRunId"], done["chosenBy"], done["errorCode"]) == ("decided", runs[1], "person", "FORGE_REFUSED"), done
    assert "Not today." in done["error"] and statuses(instance, runs) == ["notChosen", "notOpened"]
    github.answers[PULLS] = (201, {"html_url": "https://github.example/acme/shop/pull/8", "number": 8, "state": "open"})
    assert instance.command("run", "choose", runs[1], "--data", str(instance.data)).stdout == f"Run {runs[1]} is chosen.\n"
    done = ended(instance, made)
    assert (done["error"], statuses(instance, runs)) == (None, ["notChosen", "open"])
    assert len(opened(github)) == 2


@pytest.mark.produces("CANDIDATES_NONE")
def test_of_one_nobody_is_asked_and_of_none_it_fails(instance: Instance, github: Forge) -> None:
    issue = instance.ask("POST", "/issues", {"title": "Two is missing"}, mode="live")["data"]["id"]
    judging(instance, {"best": 1, "reason": "Nobody asks."})
    made, runs = began(instance, issueId=issue, **at(github))
    for run in runs[:2]:
        instance.ask("POST", f"/runs/{run}/cancel", {}, "live")
    done = ended(instance, made)
    assert (done["status"], done["chosenRunId"], done["chosenBy"], done["judgeSessionId"]) == ("decided", runs[2], "only", None), done
    assert statuses(instance, runs) == [None, None, "open"] and len(opened(github)) == 1
    assert instance.ask("GET", f"/issues/{issue}", mode="live")["data"]["status"] == "completed"
    instance.agent("edit", "raise SystemExit(1)\n")
    made, runs = began(instance, candidates=2, issueId=issue, **at(github))
    done = ended(instance, made)
    assert (done["status"], done["errorCode"], done["judgeSessionId"]) == ("failed", "CANDIDATES_NONE", None), done
    assert instance.ask("GET", f"/issues/{issue}", mode="live")["data"]["status"] == "failed"
    with pytest.raises(Refused, match="A failed run cannot be chosen"):
        instance.ask("POST", f"/runs/{runs[0]}/choose", {}, "live")


def test_a_right_that_has_ended_chooses_nothing(instance: Instance, github: Forge) -> None:
    judging(instance, {"best": 1, "reason": "It is the best."})
    mine = instance.keys["live"]
    instance.keys["live"] = instance.helper("key", "create", "--data", str(instance.data), "--name", "narrow", "--scopes", "runs:write,workflows:write", "--quiet")
    made, runs = began(instance, candidates=2, **at(github))
    key = instance.ask("GET", "/whoami", mode="live")["data"]["keyId"]
    instance.keys["live"] = mine
    instance.helper("key", "revoke", key, "--data", str(instance.data))
    done = ended(instance, made)
    assert (done["status"], done["errorCode"], done["judgeSessionId"]) == ("undecided", "KEY_ENDED", None), done
    assert statuses(instance, runs) == ["waiting", "waiting"] and opened(github) == []
    # Cancelled as a whole, there is nothing left to choose from.
    assert instance.ask("POST", f"/candidates/{made}/cancel", {}, "live")["data"]["status"] == "cancelled"
    assert statuses(instance, runs) == ["notChosen", "notChosen"]
    with pytest.raises(Refused, match="A cancelled group of candidates cannot be chosen from"):
        instance.ask("POST", f"/runs/{runs[0]}/choose", {}, "live")


def test_a_rehearsal_is_judged_and_pushes_nothing(instance: Instance) -> None:
    made, runs = began(instance, "test", candidates=2)
    done = ended(instance, made, "test")
    assert (done["status"], done["mode"], done["chosenRunId"], done["chosenBy"]) == ("decided", "test", runs[0], "judge"), (done, instance.log_text())
    assert [instance.run(run)["prStatus"] for run in runs] == [None, None]
    flow = instance.workflow({"role": "custom"})
    said = instance.command("run", "start", "--data", str(instance.data), "--workflow", flow, "--candidates", "2").stdout
    assert re.fullmatch(r"Started 2 candidates, group cnd_\w+; the first is run run_\w+\.\n", said), said
    assert "2 runs like this" in instance.command("run", "check", flow, "--data", str(instance.data), "--candidates", "2", check=False).stdout
    made, runs = began(instance, "test", candidates=2)
    assert instance.ask("POST", f"/candidates/{made}/cancel", {})["data"]["status"] == "cancelled"
    assert [instance.run(run)["status"] for run in runs] == ["cancelled", "cancelled"]
    assert ended(instance, made, "test")["judgeSessionId"] is None

