"""Issues of forges: taken over by a worker, and answered with a comment when a run has worked on them.  Stand-ins answer as the
forges' documentation says they do."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from forge import TOKEN, Forge, served
from instance import Instance, Json, Refused
from test_chains import chain_of, look


@dataclasses.dataclass
class Kind:
    """An issue in the words of one forge."""

    name: str
    variable: str
    api: str
    path: str  # of the issue, for people
    issue: str  # and in the API
    comments: str
    listed: str
    say: Callable[[str, str | None], Json]


def common(title: str, body: str | None) -> Json:
    return {"number": 7, "title": title, "body": body, "state": "open", "html_url": "https://forge.example/acme/shop/issues/7", "pull_request": None}


KINDS = [
    Kind("github", "GITHUB_TOKEN", "", "/acme/shop/issues/7", "/repos/acme/shop/issues/7", "/repos/acme/shop/issues/7/comments", "per_page=100", common),
    Kind(
        "gitlab", "GITLAB_TOKEN", "/api/v4", "/acme/shop/-/issues/7", "/api/v4/projects/acme%2Fshop/issues/7", "/api/v4/projects/acme%2Fshop/issues/7/notes",
        "sort=desc&per_page=100", lambda title, text: {"iid": 7, "title": title, "description": text, "state": "opened", "web_url": "https://forge.example/acme/shop/-/issues/7"},
    ),
    Kind("gitea", "GITEA_TOKEN", "/api/v1", "/acme/shop/issues/7", "/api/v1/repos/acme/shop/issues/7", "/api/v1/repos/acme/shop/issues/7/comments", "per_page=100", common),
]  # fmt: skip
each = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


class Place:
    """A forge with an issue, and a project with a token for it."""

    def __init__(self, instance: Instance, forge: Forge, kind: Kind) -> None:
        self.instance, self.forge, self.kind = instance, forge, kind
        self.url = forge.here + kind.path
        instance.conf["forges"] = f"127.0.0.1={kind.name}@{forge.here}{kind.api}"
        instance.write_conf()
        instance.ask("PATCH", "/project/settings", {"envVars": {kind.variable: TOKEN, "GIT_TOKEN": TOKEN}})
        self.says("Two is missing", "Please add it.\n")

    def says(self, title: str, text: str | None) -> None:
        self.forge.answers[f"GET {self.kind.issue}"] = (200, self.kind.say(title, text))

    def ask(self, **more: object) -> Json:
        return dict(self.instance.ask("POST", "/issues/import", {"url": self.url} | more, mode="live")["data"])

    def list(self) -> list[Json]:
        return list(self.instance.ask("GET", "/issues", mode="live")["data"])

    def imported(self, **more: object) -> Json:
        issue = self.ask(**more)
        self.instance.drain()
        return self.get(issue["id"])

    def get(self, issue: str) -> Json:
        return dict(self.instance.ask("GET", f"/issues/{issue}", mode="live")["data"])

    def run(self, issue: str, **more: object) -> Json:
        """One of the issue, to its end and until its forge is told."""
        flow = self.instance.workflow({"role": "custom", "agent": "edit"})
        run = self.instance.start(flow, "live", githubRepoUrl=f"{self.forge.here}/acme/shop.git", issueId=issue, **more)
        self.instance.drain()
        return self.instance.finish(run, "live")

    def sent(self) -> list[str]:
        """The comments."""
        return [str(body["body"]) for method, path, _, body in self.forge.api() if (method, path) == ("POST", self.kind.comments)]


@contextmanager
def placed(instance: Instance, kind: Kind) -> Iterator[Place]:
    with served(instance) as forge:
        yield Place(instance, forge, kind)
    assert TOKEN not in instance.log_text()


@each
def test_it_is_taken_over_and_answered(instance: Instance, kind: Kind) -> None:
    instance.conf["publicUrl"] = "https://courier.example.com/"
    with placed(instance, kind) as at:
        asked = at.ask(commentOnIssue=True)
        assert (asked["pendingAction"], asked["title"], asked["sourceUrl"], asked["importedAt"], asked["status"]) == ("import", "shop#7", at.url, None, "new")
        with pytest.raises(Refused) as refused:
            instance.ask("POST", "/runs", {"workflowId": instance.workflow({"role": "planner"}), "issueId": asked["id"]}, mode="live")
        assert (refused.value.status, refused.value.error["message"]) == (409, "The issue is still being taken over from its forge.")
        assert at.forge.api() == [], "only a worker speaks with forges"

        instance.drain()
        issue = at.get(asked["id"])
        assert (issue["title"], issue["description"], issue["pendingAction"], issue["actionError"], issue["commentOnIssue"]) == ("Two is missing", "Please add it.\n", None, None, True), issue
        assert issue["importedAt"] and [found["id"] for found in instance.ask("GET", "/issues?q=missing", mode="live")["data"]] == [issue["id"]]

        at.forge.answers |= {f"POST {kind.comments}": (201, {"id": 1})}
        run = at.run(issue["id"])
        assert run["status"] == "completed", run
        [comment] = at.sent()
        assert f"[run {run['runNumber']}](https://courier.example.com/#/runs/{run['id']}) has completed." in comment
        assert f"Branch: `{run['branchName']}`" in comment and TOKEN not in comment
        instance.drain()
        assert len(at.sent()) == 1 and at.get(issue["id"])["actionError"] is None


@each
def test_found_twice_it_is_not_made_twice(instance: Instance, kind: Kind) -> None:
    with placed(instance, kind) as at:
        first = at.imported()
        instance.ask("PATCH", f"/issues/{first['id']}", {"title": "Three is missing"}, mode="live")
        asked = len(at.forge.api())
        for url in (at.url, at.url + "/", at.url + "?x=1#note"):
            again = dict(instance.ask("POST", "/issues/import", {"url": url, "commentOnIssue": True}, mode="live")["data"])
            assert (again["id"], again["title"], again["pendingAction"], again["commentOnIssue"]) == (first["id"], "Three is missing", None, True)
        instance.drain()
        assert len(at.list()) == 1 and len(at.forge.api()) == asked, "what somebody has changed here stays"


def test_an_address_that_is_none_is_refused_at_once(instance: Instance) -> None:
    with placed(instance, KINDS[0]) as at:
        here = at.forge.here
        for url in ("https://elsewhere.example/acme/shop/issues/7", f"{here}/acme/shop/issues/", f"{here}/acme/shop/issues/0", f"{here}/acme/shop/issues/7x",
                    f"{here}/acme/shop/pull/7", f"{here}/issues/7", "git@github.com:acme/shop/issues/7", f"{here}/a cme/shop/issues/7", "file:///acme/shop/issues/7", "7"):  # fmt: skip
            with pytest.raises(Refused) as refused:
                instance.ask("POST", "/issues/import", {"url": url}, mode="live")
            assert (refused.value.status, refused.value.error["field"]) == (400, "url"), url
        assert at.list() == []


@each
def test_what_a_stranger_wrote_is_made_to_fit(instance: Instance, kind: Kind) -> None:
    with placed(instance, kind) as at:
        at.says(" A\u202e\ttitle\x07\u2028 " + "ü" * 400, "1\r\n\x1b[31m2\u009b\n" + "x" * 2_000_000)
        issue = at.imported()
        assert issue["title"].startswith("A title ü") and len(issue["title"]) == 200, issue["title"]
        assert issue["description"].startswith("1\n[31m2\nxxx") and len(issue["description"]) <= 1024 * 1024
        at.says("\u200b\x00", None)
        instance.sql("UPDATE issues SET imported_at = NULL, action_error = 'x' WHERE id = ?", issue["id"])
        again = at.imported()
        assert (again["title"], again["description"]) == (issue["title"], None), "a title of which nothing is left is none"


TROUBLE: dict[str, tuple[tuple[int, Any], dict[str, str], str, bool]] = {
    "wrong token": ((401, {"message": "Bad credentials"}), {}, "GitHub answered 401: Bad credentials", False),
    "no right": ((403, {"message": "Resource not accessible"}), {}, "GitHub answered 403: Resource not accessible", False),
    "too often": ((403, {"message": "API rate limit exceeded"}), {"X-RateLimit-Remaining": "0"}, "GitHub answered 403: API rate limit exceeded", True),
    "slower": ((429, {"message": "Slow down"}), {"Retry-After": "3000"}, "GitHub answered 429: Slow down", True),
    "gone": ((404, {"message": "Not Found"}), {}, "GitHub answered 404: Not Found", False),
    "deleted": ((410, {"message": "This issue was deleted"}), {}, "GitHub answered 410: This issue was deleted", False),
    "unprocessable": ((422, {"message": "Validation Failed"}), {}, "GitHub answered 422: Validation Failed", False),
    "moved": ((301, {}), {"Location": "https://elsewhere.example/"}, "the repository has moved", False),
    "broken": ((502, "<html>oops"), {}, "GitHub answered 502", True),
    "no sense": ((200, {"title": 7}), {}, "GitHub's answer is not understood", False),
    "no issue": ((200, common("A", "b") | {"pull_request": {"url": "https://forge.example"}}), {}, "#7 is a pull request at GitHub, and no issue", False),
    "the token": ((403, {"message": f"I know {TOKEN}"}), {}, "GitHub refused it.", False),
    "cut off": ((200, common("A", "b")), {}, "did not answer", True),
}  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLE)
def test_what_a_forge_refuses_is_said_and_what_passes_is_tried_again(instance: Instance, trouble: str) -> None:
    answer, headers, words, passes = TROUBLE[trouble]
    instance.own_clock()
    with placed(instance, KINDS[0]) as at:
        what = f"GET {KINDS[0].issue}"
        at.forge.answers[what], at.forge.headers[what] = answer, dict(headers)
        if trouble == "cut off":
            at.forge.cut.add(what)
        if trouble == "too often":
            at.forge.headers[what]["X-RateLimit-Reset"] = str(int(time.time()) + 3000)
        issue = at.imported(commentOnIssue=True)
        assert words in issue["actionError"] and issue["title"] == "shop#7" and issue["importedAt"] is None, issue
        assert (issue["actionErrorCode"], issue["actionErrorParams"]) == ("FORGE_REFUSED", {"detail": issue["actionError"]})
        assert issue["pendingAction"] == ("import" if passes else None)
        asked = len(at.forge.api())
        instance.drain()
        assert len(at.forge.api()) == asked, "not at once"
        at.forge.headers.clear()
        at.forge.cut.clear()
        at.says("Two is missing", None)
        if passes:
            instance.let_pass(2900)
            if trouble in ("too often", "slower"):
                instance.drain()
                assert len(at.forge.api()) == asked, "it had said when to come again"
            instance.let_pass(200)
            instance.drain()
            issue = at.get(issue["id"])
        else:
            issue = at.imported()
        assert (issue["title"], issue["actionError"], issue["pendingAction"]) == ("Two is missing", None, None), "asked for once more"
        assert issue["actionErrorCode"] is issue["actionErrorParams"] is None
        assert len(at.list()) == 1


def test_one_that_fails_for_ever_is_given_up(instance: Instance) -> None:
    instance.own_clock()
    with placed(instance, KINDS[2]) as at:
        at.forge.answers[f"GET {KINDS[2].issue}"] = (500, {"message": "Oh"})
        issue = at.ask()
        for _ in range(12):
            instance.drain()
            instance.let_pass(3600)
        assert at.get(issue["id"])["pendingAction"] is None and len(at.forge.api()) == 7


def test_without_a_token_it_says_what_is_missing(instance: Instance) -> None:
    with placed(instance, KINDS[1]) as at:
        instance.ask("PATCH", "/project/settings", {"envVars": {"GITLAB_TOKEN": None, "GIT_TOKEN": None, "GITHUB_TOKEN": TOKEN}})
        issue = at.imported()
        assert "no token for its forge" in issue["actionError"] and at.forge.api() == []
        assert (issue["actionErrorCode"], issue["actionErrorParams"]) == ("FORGE_NO_TOKEN", {})


@pytest.mark.produces("ISSUE_ADDRESS")
def test_an_address_that_is_no_issues_any_more_is_said(instance: Instance) -> None:
    with placed(instance, KINDS[0]) as at:
        issue = at.ask()
        instance.sql("UPDATE issues SET source_url = 'https://127.0.0.1/acme'")
        instance.drain()
        seen = at.get(issue["id"])
        assert (seen["actionErrorCode"], seen["pendingAction"], at.forge.api()) == ("ISSUE_ADDRESS", None, [])


@each
def test_a_comment_that_may_be_there_is_looked_for_first(instance: Instance, kind: Kind) -> None:
    instance.own_clock()
    with placed(instance, kind) as at:
        issue = at.imported(commentOnIssue=True)
        at.forge.answers[f"POST {kind.comments}"] = (201, {"id": 1})
        at.forge.cut.add(f"POST {kind.comments}")  # it was made, and nobody heard of it
        run = at.run(issue["id"])
        [comment] = at.sent()
        assert "did not answer" in at.get(issue["id"])["actionError"]
        at.forge.answers[f"GET {kind.comments}?{kind.listed}"] = (200, [{"body": "Thanks!"}, {"body": comment}])
        instance.let_pass(7200)
        instance.drain()
        assert len(at.sent()) == 1 and at.get(issue["id"])["actionError"] is None and run["id"] in comment
        assert instance.sql("SELECT * FROM issue_comments") == []


def test_who_did_not_ask_for_a_comment_gets_none(instance: Instance) -> None:
    with placed(instance, KINDS[0]) as at:
        issue = at.imported()
        at.run(issue["id"])
        elsewhere = instance.ask("POST", "/issues", {"title": "Mine", "commentOnIssue": True}, mode="live")["data"]["id"]
        at.run(elsewhere)
        flow = instance.workflow({"role": "planner"})
        instance.ask("PATCH", f"/issues/{issue['id']}", {"commentOnIssue": True}, mode="live")
        rehearsed = instance.start(flow, "test", issueId=issue["id"])
        instance.drain()
        assert instance.finish(rehearsed)["status"] == "completed" and at.sent() == []


def test_a_comment_that_is_refused_is_said(instance: Instance) -> None:
    with placed(instance, KINDS[0]) as at:
        issue = at.imported(commentOnIssue=True)
        at.forge.answers[f"POST {KINDS[0].comments}"] = (403, {"message": "Resource not accessible by personal access token"})
        assert at.run(issue["id"])["status"] == "completed"
        seen = at.get(issue["id"])
        assert "403: Resource not accessible" in seen["actionError"] and seen["actionErrorCode"] == "FORGE_REFUSED" and instance.sql("SELECT * FROM issue_comments") == []


@pytest.mark.produces("ISSUE_NOT_TAKEN_OVER")
def test_a_chain_does_not_run_what_is_not_there_yet(instance: Instance) -> None:
    with placed(instance, KINDS[0]) as at:
        at.forge.answers[f"GET {KINDS[0].issue}"] = (500, {"message": "Oh"})
        issue = at.imported()
        flow = instance.workflow({"role": "planner"})
        chain = chain_of(instance, source="issue", workflowId=flow, issueIds=[issue["id"]])
        instance.drain()
        assert look(instance, chain)["errorCode"] == "ISSUE_NOT_TAKEN_OVER"


def test_a_forge_that_is_slow_holds_nobody_up(instance: Instance) -> None:
    instance.own_clock()
    with placed(instance, KINDS[0]) as at:
        at.forge.silence.clear()
        issue = at.ask()
        instance.worker()
        instance.wait(lambda: bool(at.forge.api()))
        run = instance.start(instance.workflow({"role": "planner"}))
        assert instance.finish(run)["status"] == "completed", "meanwhile runs are worked on"
        assert at.get(issue["id"])["pendingAction"] == "import"
        instance.let_pass(130)
        instance.wait(lambda: at.get(issue["id"])["actionError"])
        at.forge.silence.set()
        assert at.get(issue["id"])["pendingAction"] == "import"
        instance.wait(lambda: at.get(issue["id"])["title"] == "Two is missing", passing=10)
