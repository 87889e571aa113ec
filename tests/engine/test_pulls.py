"""Pull requests: a real push over HTTP and real requests, to a stand-in for GitHub that keeps what it was sent."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from forge import TOKEN, Forge, git, served
from instance import Instance, Refused


@pytest.fixture
def github(instance: Instance) -> Iterator[Forge]:
    with served(instance) as made:
        instance.conf["githubApi"] = made.here
        instance.write_conf()
        made.answers = {
            "GET /repos/acme/shop": (200, {"default_branch": "main"}),
            "POST /repos/acme/shop/pulls": (201, {"html_url": "https://github.example/acme/shop/pull/7", "number": 7, "state": "open"}),
        }
        yield made


def go(instance: Instance, github: Forge, own: bool = True, **more: object) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run once; the run, and what its events say about a pull request."""
    if own:
        instance.ask("PATCH", "/project/settings", {"envVars": {"GITHUB_TOKEN": TOKEN}})
    flow = instance.workflow({"role": "custom", "agent": "edit"})
    run = instance.start(flow, "live", **({"githubRepoUrl": f"{github.here}/acme/shop.git", "name": "Add two"} | more))
    instance.drain()
    ended = instance.finish(run, "live")
    events = list(instance.follow(run, "live"))
    assert TOKEN not in str(events) + str(ended) + instance.log_text()
    return ended, [event["data"] for event in events if event["type"] == "pullRequest"]


def test_a_pushed_branch_becomes_a_pull_request(instance: Instance, github: Forge) -> None:
    ended, said = go(instance, github, prompt="Please add two.")
    assert ended["status"] == "completed", ended
    assert (ended["prUrl"], ended["prNumber"], ended["prStatus"]) == ("https://github.example/acme/shop/pull/7", 7, "open")
    assert said == [{"url": "https://github.example/acme/shop/pull/7", "number": 7, "status": "open"}]
    assert git("show", f"{ended['branchName']}:a.txt", cwd=github.folder / "acme" / "shop.git") == "one\ntwo\n"
    first, second = github.api()[-2:]  # before the run it was asked whether the branch may be pushed to
    assert first[:2] == ("GET", "/repos/acme/shop") and second[:2] == ("POST", "/repos/acme/shop/pulls")
    assert second[3] == {"title": "Add two", "head": ended["branchName"], "base": "main", "body": "Please add two."}
    assert all(headers["Authorization"] == f"Bearer {TOKEN}" for _, _, headers, _ in (first, second))
    assert second[2]["Accept"] == "application/vnd.github+json" and second[2]["User-Agent"].startswith("codecourier/")


def test_an_issue_gives_title_link_and_words_to_commit_and_pull_request(instance: Instance, github: Forge) -> None:
    link = "https://example.org/issues/7"
    issue = instance.ask("POST", "/issues", {"title": "Fix login bug", "description": "The page is blank.", "sourceUrl": link}, mode="live")
    ended, _ = go(instance, github, name="Sprint 7 (1/2)", issueId=issue["data"]["id"])
    pull = github.api()[-1][3]
    assert (pull["title"], pull["body"]) == ("Fix login bug", f"{link}\n\nThe page is blank.")
    message = git("log", "-1", "--format=%B", ended["branchName"], cwd=github.folder / "acme" / "shop.git")
    assert message.strip() == f"Fix login bug\n\n{link}\n\nRun 1 of Flow."


def judged(instance: Instance, github: Forge) -> dict[str, Any]:
    instance.ask("PATCH", "/project/settings", {"envVars": {"GITHUB_TOKEN": TOKEN}})
    instance.agent("doubter", "print('Not yet.\\nVERDICT: FAIL')\n")
    flow = instance.workflow({"role": "designer", "agent": "edit", "loopId": "l", "loopMaxIterations": 2}, {"role": "checker", "agent": "doubter", "loopId": "l"})
    issue = instance.ask("POST", "/issues", {"title": "Two is missing"}, mode="live")["data"]["id"]
    run = instance.start(flow, "live", githubRepoUrl=f"{github.here}/acme/shop.git", prompt="Add two.", issueId=issue)
    instance.drain()
    return instance.finish(run, "live")


def test_what_its_checker_never_let_pass_becomes_a_draft_that_says_so(instance: Instance, github: Forge) -> None:
    ended = judged(instance, github)
    assert (ended["status"], ended["verdict"], ended["pushStatus"], ended["prNumber"]) == ("completed", "fail", "pushed", 7), ended
    sent = github.api()[-1][3]
    assert sent["draft"] is True and sent["body"].startswith("**The verdict of the last check is: fail.**") and "Add two." in sent["body"]
    assert [issue["status"] for issue in instance.ask("GET", "/issues", mode="live")["data"]] == ["failed"]


def test_where_there_are_no_drafts_it_is_opened_all_the_same(instance: Instance, github: Forge) -> None:
    github.answers["POST /repos/acme/shop/pulls"] = (422, {"message": "Draft pull requests are not supported in this repository."})
    judged(instance, github)
    assert ["draft" in asked[3] for asked in github.api() if asked[0] == "POST"] == [True, False]


def test_the_operators_token_serves_a_project_without_one(instance: Instance, github: Forge) -> None:
    instance.conf["githubToken"] = TOKEN
    instance.write_conf()
    ended, _ = go(instance, github, own=False)
    assert ended["status"] == "completed" and ended["prNumber"] == 7


def test_the_operators_token_goes_to_no_other_host(instance: Instance, github: Forge) -> None:
    instance.conf |= {"githubToken": TOKEN, "githubApi": "https://api.github.com"}
    instance.write_conf()
    ended, said = go(instance, github, own=False)
    assert ended["status"] == "completed" and ended["prUrl"] is None and said == []
    assert github.asked and not any("Authorization" in headers for _, _, headers, _ in github.asked)


def test_one_that_is_open_already_is_found(instance: Instance, github: Forge) -> None:
    errors = [{"message": "A pull request already exists for acme:topic."}]
    github.answers["POST /repos/acme/shop/pulls"] = (422, {"message": "Validation Failed", "errors": errors})
    github.answers["GET /repos/acme/shop/pulls?state=open&head=acme:topic&base=main"] = (
        200, [{"html_url": "https://github.example/acme/shop/pull/3", "number": 3, "state": "open"}],
    )  # fmt: skip
    ended, _ = go(instance, github, branchName="topic")
    assert ended["prNumber"] == 3 and ended["status"] == "completed"


@pytest.mark.produces("PULL_NOT_OPENED")
@pytest.mark.parametrize(
    ("at", "answer", "words"),
    [
        ("GET /repos/acme/shop", (401, {"message": "Bad credentials"}), "401: Bad credentials"),
        ("GET /repos/acme/shop", (301, {"message": "Moved Permanently"}), "has moved"),
        ("POST /repos/acme/shop/pulls", (403, {"message": f"No: {TOKEN}"}), "GitHub refused it"),
        ("POST /repos/acme/shop/pulls", (422, {"message": "Validation Failed", "errors": [{"message": "No commits"}]}), "No commits"),
        ("POST /repos/acme/shop/pulls", (201, {"html_url": "javascript:alert(1)", "number": 1, "state": "open"}), "not understood"),
    ],
)
def test_a_failed_pull_request_fails_no_run(instance: Instance, github: Forge, at: str, answer: tuple[int, Any], words: str) -> None:
    github.answers[at] = answer
    if answer[0] == 301:
        github.headers[at] = {"Location": github.here + "/repos/elsewhere"}
    ended, said = go(instance, github)
    assert ended["status"] == "completed" and ended["prUrl"] is None
    assert len(said) == 1 and words in said[0]["error"], said
    assert (said[0]["code"], said[0]["params"]) == ("PULL_NOT_OPENED", {"detail": said[0]["error"]})
    assert not any("elsewhere" in path for _, path, _, _ in github.asked), "a redirect was followed"


@pytest.mark.produces("PULL_UNANSWERED")
def test_an_api_that_falls_silent_holds_a_slot_for_a_set_time(instance: Instance, github: Forge) -> None:
    instance.conf["gitTimeoutSeconds"] = 5
    instance.write_conf()
    github.silence.clear()
    try:
        ended, said = go(instance, github)
    finally:
        github.silence.set()
    assert ended["status"] == "completed" and ended["prUrl"] is None
    assert said == [{"error": "there was no answer within 5 s (setting gitTimeoutSeconds).", "code": "PULL_UNANSWERED", "params": {"seconds": "5"}}], said


def test_a_repository_that_the_token_does_not_reach_fails_no_run(instance: Instance, github: Forge) -> None:
    github.answers.clear()
    ended, said = go(instance, github)
    assert ended["status"] == "completed" and "404" in said[0]["error"]


def test_only_the_command_brings_a_client_for_the_web() -> None:
    from instance import BUILD

    for name, has in (("codecourier", True), ("codecourier.cgi", False)):
        assert ("libcurl" in subprocess.run(["ldd", BUILD / name], capture_output=True, text=True).stdout) is has


def template(instance: Instance, text: str | None) -> None:
    instance.ask("PATCH", "/project/settings", {"pullRequestTemplate": text})


def test_a_template_says_what_was_done(instance: Instance, github: Forge) -> None:
    instance.conf["publicUrl"] = "https://courier.example.com"
    instance.agent("edit", "open('a.txt', 'a').write('two\\n')\nprint('I have added two. {{title}} hush-hush-123')\nprint('More.')\n")
    instance.ask("PATCH", "/project/settings", {"envVars": {"PASSWORD": "hush-hush-123"}})
    template(instance, "# {{title}}\n{{ issue }}|{{verdict}}|{{cost}}|{{run}}|{single} {{ not one }}\n\n{{prompt}}\n\n{{steps}}\n")
    issue = instance.ask("POST", "/issues", {"title": "Add two", "description": "Please.", "sourceUrl": "https://example.org/issues/7"}, mode="live")
    ended, _ = go(instance, github, issueId=issue["data"]["id"])
    head, line, _, *rest = github.api()[-1][3]["body"].split("\n")
    assert head == "# Add two"
    assert line == f"https://example.org/issues/7|none|not known|https://courier.example.com/#/runs/{ended['id']}|{{single}} {{{{ not one }}}}"
    assert rest[:4] == ["https://example.org/issues/7", "", "Please.", ""]
    assert rest[4].startswith("1. **custom** (custom): I have added two. {{title}} ") and "hush" not in rest[4] and rest[5:] == [""]


def test_a_template_does_not_hide_a_verdict(instance: Instance, github: Forge) -> None:
    template(instance, "{{steps}}")
    judged(instance, github)
    body = github.api()[-1][3]["body"]
    assert body.startswith("**The verdict of the last check is: fail.**\n\n1. **designer** (designer)") and "2. **checker** (checker): fail" in body
    assert "(designer, round 2)" in body and "(checker, round 2): fail" in body


def test_a_template_with_the_verdict_says_it_once(instance: Instance, github: Forge) -> None:
    template(instance, "It is: {{verdict}}")
    judged(instance, github)
    assert github.api()[-1][3]["body"] == "It is: fail"


def test_a_template_with_what_is_no_value_is_refused(instance: Instance) -> None:
    for text in ("{{titel}}", "{{title}} {{ secret }}"):
        with pytest.raises(Refused) as refused:
            template(instance, text)
        assert (refused.value.status, refused.value.error["field"]) == (400, "pullRequestTemplate")
    template(instance, "{{title}")
    template(instance, None)
    assert instance.ask("GET", "/project/settings")["data"]["pullRequestTemplate"] is None
